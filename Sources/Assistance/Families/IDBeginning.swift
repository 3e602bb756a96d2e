import GRDB

/// The beginning of an id as people type it: at least eight hexadecimal digits.
struct IDBeginning {
    private let digits: String

    /// - Returns: nil for a text that is none.
    init?(_ text: String) {
        guard text.utf8.count >= 8, text.utf8.allSatisfy({ Character(UnicodeScalar($0)).isHexDigit }) else {
            return nil
        }
        digits = text.lowercased()
    }

    /// Of rows whose `id` begins so; takes ``arguments``.
    static let condition = "lower(hex(id)) LIKE ? || '%'"
    var arguments: StatementArguments { [digits] }
}
