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
    /// - Throws: `unknown`, where no row begins so; ``AmbiguousID``.
    static func only<Found>(
        _ text: String, unknown: some Error, _ read: (String, StatementArguments) throws -> [Found]
    ) throws -> Found {
        guard let id = IDBeginning(text) else { throw unknown }
        return try only(read(condition, id.arguments), text, unknown: unknown)
    }

    static func only<Found>(_ found: [Found], _ text: String, unknown: some Error) throws -> Found {
        guard let first = found.first else { throw unknown }
        guard found.count == 1 else { throw AmbiguousID(text: text.shortened, count: found.count) }
        return first
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

/// Somebody names several rows as one: ids that were made within the same minute begin alike.
package struct AmbiguousID: Error, Hashable, CustomStringConvertible {
    package let text: String
    package let count: Int

    package init(text: String, count: Int) {
        self.text = text
        self.count = count
    }

    package var description: String { "‘\(text)’ names \(count) of them here; give more digits of the id" }
}
