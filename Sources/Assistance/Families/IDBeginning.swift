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

    /// What the one row is that somebody names.
    /// - Parameter read: Given a condition and its arguments.
    /// - Throws: `unknown`, where no row or several begin so.
    static func only<Found>(
        _ text: String, unknown: some Error, _ read: (String, StatementArguments) throws -> [Found]
    ) throws -> Found {
        guard let id = IDBeginning(text) else { throw unknown }
        let found = try read(condition, id.arguments)
        guard found.count == 1 else { throw unknown }
        return found[0]
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
