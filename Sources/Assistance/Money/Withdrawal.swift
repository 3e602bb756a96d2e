import ChangeSets
import Foundation
import GRDB
import Replica

/// 撤销: what was given, or taken down, by mistake counts nowhere any more. Its row stays, with who took it back and why. It is the word of
/// the office that wrote the row, or of one above it; any other's has no effect.
package struct Withdrawal: Hashable, Sendable {
    package let office: OfficeCode
    package let user: String
    package let day: CalendarDate?
    package let reason: String
}

/// A table whose rows may be taken back, and the one that says so of them.
struct Withdrawable {
    static let relief = Withdrawable(reliefTable, reliefWithdrawalTable, "relief")
    static let grant = Withdrawable(grantTable, grantWithdrawalTable, "line")

    private let given: DomainTable
    private let words: DomainTable
    private let column: String

    private init(_ given: DomainTable, _ words: DomainTable, _ column: String) {
        (self.given, self.words, self.column) = (given, words, column)
    }

    /// Whether a row was taken back, in SQL.
    /// - Parameter alias: Of the row's table.
    func sql(_ alias: String) -> String {
        "EXISTS (SELECT 1 FROM \(words.name) AS taken WHERE taken.area = \(alias).area AND taken.\(column) = \(alias).id AND \(counts(alias)))"
    }

    private func counts(_ alias: String) -> String {
        let writer = RowWriter.office(of: words.name, as: "taken")
        return "\(writer) <> '' AND instr(\(RowWriter.office(of: given.name, as: alias)), \(writer)) = 1"
    }

    /// - Returns: nil where it was not, or by nobody who may.
    func word(on id: [UInt8], in area: OfficeCode, _ db: Database) throws -> Withdrawal? {
        try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT taken.day, taken.reason, taken.created_by, \(RowWriter.office(of: words.name, as: "taken")) AS writer
                    FROM \(given.name) AS t JOIN \(words.name) AS taken ON taken.area = t.area AND taken.\(column) = t.id
                    WHERE t.area = ? AND t.id = ? AND \(counts("t")) ORDER BY taken.id LIMIT 1
                    """), arguments: [area.digits, Data(id)]
        ).map { row in
            Withdrawal(
                office: try OfficeCode(row["writer"] as String), user: row["created_by"], day: row.date("day"),
                reason: row["reason"])
        }
    }

    /// - Parameter giver: The office that wrote the row.
    /// - Throws: ``WithdrawalError``, ``CaseError``.
    func withdraw(
        _ id: [UInt8], in area: OfficeCode, of giver: OfficeCode, at office: OfficeCode, reason: String,
        as user: ActingUser, on today: CalendarDate, _ db: Database
    ) throws {
        guard !reason.trimmedCell.isEmpty else { throw CaseError.empty("reason") }
        guard office.covers(giver), office.tier != .village else { throw WithdrawalError.notYours(giver) }
        if let word = try word(on: id, in: area, db) { throw WithdrawalError.already(word.office, word.reason) }
        try NewRow(
            table: words, area: area,
            values: [(column, id.databaseValue), ("day", today.written), ("reason", reason.databaseValue)]
        ).insert(by: user, db)
    }
}

package enum WithdrawalError: Error, Hashable, CustomStringConvertible {
    case notYours(OfficeCode)
    case already(OfficeCode, String)
    case noSuchLine(department: String, number: String)

    package var description: String {
        switch self {
        case .notYours(let office): "\(office) wrote it; that office or one above it takes it back"
        case .already(let office, let reason): "\(office) has taken it back already: \(reason)"
        case .noSuchLine(let department, let number):
            "no line ‘\(number)’ of ‘\(department)’ is here; give --department and --line as they were imported"
        }
    }
}

extension ReliefEntry {
    /// Takes back what was given by mistake, with the reason. A case that ended with it is open again.
    /// - Throws: ``WithdrawalError``, ``ReliefError``, ``CaseError``; then nothing was written.
    package func withdraw(_ name: String, reason: String) throws -> Relief {
        try replica.write(as: user) { db in
            let relief = try Reliefs.one(name, db)
            let area = relief.household.area
            try Withdrawable.relief.withdraw(
                relief.id, in: area, of: relief.office, at: replica.office, reason: reason, as: user, on: today, db)
            return try Reliefs.one(relief.id.hex, db)
        }
    }
}
