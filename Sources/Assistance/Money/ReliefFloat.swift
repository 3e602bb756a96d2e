import ChangeSets
import Foundation
import GRDB
import Replica

/// 备用金: what a town has in hand for urgent relief that is paid before its papers (domain 3.3, 4.10).
package struct ReliefFloat: Hashable, Sendable {
    package let town: OfficeCode
    /// What the district has given, less what came back.
    package let given: Money
    /// What the town has paid before the papers since it was first given one, by all that is known here.
    package let paid: Money

    /// Below nothing where two machines of a town paid unaware of each other.
    package var left: Money { given - paid }
}

package enum ReliefFloats {
    /// Of towns that have ever been given one, in order.
    package static func all(in area: OfficeCode, _ db: Database) throws -> [ReliefFloat] {
        try OfficeCode.fetchAll(
            db, "SELECT DISTINCT area FROM relief_float WHERE area >= ? AND area < ? ORDER BY area",
            [area.digits, area.digits + ":"]
        ).compactMap { try one($0, db) }
    }

    /// - Returns: nil for a town that was never given one: nothing bounds what it pays.
    static func one(_ town: OfficeCode, _ db: Database) throws -> ReliefFloat? {
        let sums = try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT count(*) AS entries, min(day) AS first,
                        coalesce(sum(iif(kind = 'given', amount_fen, -amount_fen)), 0) AS fen
                    FROM relief_float WHERE area = ?
                    """),
            arguments: [town.digits])
        guard let sums, sums["entries"] as Int > 0 else { return nil }
        // What was paid before there was one was paid from elsewhere.
        let first = sums.date("first")
        let paid = try Reliefs.paidFirst(by: town, db).filter { relief in first.map { $0 <= relief.day } ?? true }
            .reduce(Money.zero) { $0 + $1.amount }
        return ReliefFloat(town: town, given: Money(fen: sums["fen"]), paid: paid)
    }
}

extension OfficeCode {
    fileprivate static func fetchAll(_ db: Database, _ sql: String, _ arguments: StatementArguments) throws
        -> [OfficeCode]
    {
        try String.fetchAll(db, sql: sql, arguments: arguments).map { try OfficeCode($0) }
    }
}

extension ReliefEntry {
    /// The district gives a town something to have in hand, or takes it back.
    /// - Throws: ``ReliefError``, ``CaseError``; then nothing was written.
    package func float(
        _ town: OfficeCode, _ amount: Money, isReturned: Bool = false, document: String
    ) throws -> ReliefFloat {
        guard replica.office.tier == .district, town.tier == .town, replica.office.covers(town) else {
            throw ReliefError.floatOfDistrict
        }
        guard amount > .zero else { throw ReliefError.nothing }
        guard !document.isEmpty else { throw CaseError.empty("document number") }
        return try replica.write(as: user) { db in
            if isReturned {
                let left = try ReliefFloats.one(town, db)?.left ?? .zero
                guard amount <= left else { throw ReliefError.floatEmpty(left) }
            }
            try NewRow(
                table: reliefFloatTable, area: town,
                values: [
                    ("kind", (isReturned ? "returned" : "given").databaseValue),
                    ("amount_fen", amount.fen.databaseValue),
                    ("day", today.description.databaseValue), ("document", document.databaseValue),
                ]
            ).insert(by: user, db)
            return try ReliefFloats.one(town, db)!  // Just given.
        }
    }
}
