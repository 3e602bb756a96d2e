/// Reasons and names from elsewhere are sentences for people: they may be cut, and must not steer a terminal.
extension String {
    /// The longest beginning that takes at most `count` bytes and splits no scalar.
    package func prefix(bytes count: Int) -> String {
        guard utf8.count > count else { return self }
        var end = utf8.index(utf8.startIndex, offsetBy: count)
        while end.samePosition(in: unicodeScalars) == nil { end = utf8.index(before: end) }
        return String(self[..<end])
    }

    package var hasControlCharacters: Bool { unicodeScalars.contains { $0.properties.generalCategory == .control } }

    /// With a mark in place of every control character.
    package var printable: String {
        guard hasControlCharacters else { return self }
        var text = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            text.append(scalar.properties.generalCategory == .control ? "\u{fffd}" : scalar)
        }
        return String(text)
    }
}
