/// Why a text is no name of an office: it goes into the directory of every office, and on to terminals and pages.
struct OfficeNameFault {
    let message: String
    let remedy: String

    private static let sizeBytesMax = 200

    /// - Returns: nil for a name that can be used.
    init?(in name: String) {
        if name.allSatisfy(\.isWhitespace) {
            (message, remedy) = ("is empty", "write the office's name")
        } else if name.utf8.count > Self.sizeBytesMax {
            (message, remedy) = (
                "has \(name.utf8.count) bytes, more than \(Self.sizeBytesMax)",
                "shorten it; a Chinese character has 3 bytes"
            )
        } else if let scalar = name.unicodeScalars.first(where: { !$0.isShownAsItself }) {
            (message, remedy) = ("contains the control character \(scalar.codePoint)", "remove it")
        } else {
            return nil
        }
    }
}
