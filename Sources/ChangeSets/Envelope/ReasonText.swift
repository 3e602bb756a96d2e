/// Reasons and names from elsewhere are sentences for people: they may be cut, and must not steer a terminal.
extension String {
    /// The longest beginning that takes at most `count` bytes and splits no scalar.
    package func prefix(bytes count: Int) -> String {
        guard utf8.count > count else { return self }
        var end = utf8.index(utf8.startIndex, offsetBy: count)
        while end.samePosition(in: unicodeScalars) == nil { end = utf8.index(before: end) }
        return String(self[..<end])
    }

    package var hasControlCharacters: Bool { unicodeScalars.contains(where: Self.steers) }

    /// Control characters, and those that turn the direction of what follows.
    private static func steers(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x061C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: true
        default: scalar.properties.generalCategory == .control
        }
    }

    /// With a mark in place of every control character.
    package var printable: String {
        guard hasControlCharacters else { return self }
        var text = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            text.append(Self.steers(scalar) ? "\u{fffd}" : scalar)
        }
        return String(text)
    }
}
