import ChangeSets
import Foundation
import GRDB

/// The beginning of an id as people type it: eight hexadecimal digits at least, 32 at most.
struct IDBeginning {
    private let digits: String

    /// - Returns: nil for a text that is none.
    init?(_ text: String) {
        guard (8...32).contains(text.utf8.count), text.utf8.allSatisfy({ Character(UnicodeScalar($0)).isHexDigit })
        else {
            return nil
        }
        digits = text.lowercased()
    }

    /// Of rows whose `id` begins so; takes ``arguments``.
    static let condition = condition(on: "id")
    static func condition(on column: String) -> String { "\(column) BETWEEN ? AND ?" }
    /// The least and the greatest id of sixteen bytes.
    var arguments: StatementArguments {
        func end(_ digit: String) -> Data {
            Data([UInt8](hex: digits + String(repeating: digit, count: max(0, 32 - digits.utf8.count))) ?? [])
        }
        return [end("0"), end("f")]
    }
}
