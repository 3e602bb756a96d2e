/// Reasons are sentences for people and may be cut; nothing that is signed as data ever is.
extension String {
    /// The longest beginning that takes at most `count` bytes and splits no scalar.
    package func prefix(bytes count: Int) -> String {
        guard utf8.count > count else { return self }
        var end = utf8.index(utf8.startIndex, offsetBy: count)
        while end.samePosition(in: unicodeScalars) == nil { end = utf8.index(before: end) }
        return String(self[..<end])
    }
}
