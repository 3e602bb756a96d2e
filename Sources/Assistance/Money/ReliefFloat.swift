import ChangeSets
import Foundation
import GRDB
import Replica

/// 备用金: what a town has in hand for urgent relief that is paid before its papers (domain 3.3, 4.10).
package struct ReliefFloat: Hashable, Sendable {
    package let town: OfficeCode
    /// What the district has given, less what came back.
    package let given: Money
    /// What the town has paid before the papers, without what the district knew of when it first gave one, by all that is known here.
    package let paid: Money

    /// Below nothing where two machines of a town paid unaware of each other.
    package var left: Money { given - paid }
}

package enum ReliefFloats {
    /// Of towns that have ever been given one, in order.
    package static func all(in area: OfficeCode, _ db: Database) throws -> [ReliefFloat] {
        try String.fetchAll(
            db, sql: "SELECT DISTINCT area FROM relief_float WHERE area >= ? AND area < ? ORDER BY area",
            arguments: [area.digits, area.digits + ":"]
        ).compactMap { try one(OfficeCode($0), db) }
    }

    /// - Returns: nil for a town that was never given one: nothing bounds what it pays.
    static func one(_ town: OfficeCode, _ db: Database) throws -> ReliefFloat? {
        let entries = try Row.fetchAll(
            db.cachedStatement(sql: "SELECT kind, amount_fen, settles FROM relief_float WHERE area = ?"),
            arguments: [town.digits])
        guard !entries.isEmpty else { return nil }
        let given = entries.reduce(Money.zero) {
            $1["kind"] == "given" ? $0 + $1.money("amount_fen") : $0 - $1.money("amount_fen")
        }
        // What was paid before there was one was paid from elsewhere.
        let elsewhere = entries.reduce(into: Set<[UInt8]>()) { $0.formUnion(Settled(written: $1["settles"]).ids) }
        let paid = try Reliefs.paidFirst(by: town, db).filter { !elsewhere.contains($0.id) }
            .reduce(Money.zero) { $0 + $1.amount }
        return ReliefFloat(town: town, given: given, paid: paid)
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
            let known = try ReliefFloats.one(town, db)
            if isReturned {
                let left = known?.left ?? .zero
                guard amount <= left else { throw ReliefError.floatEmpty(left) }
            }
            let before = known == nil ? try Reliefs.paidFirst(by: town, db).map(\.id) : []
            try NewRow(
                table: reliefFloatTable, area: town,
                values: [
                    ("kind", (isReturned ? "returned" : "given").databaseValue),
                    ("amount_fen", amount.fen.databaseValue),
                    ("day", today.description.databaseValue), ("document", document.databaseValue),
                    ("settles", Settled(before).databaseValue),
                ]
            ).insert(by: user, db)
            return try ReliefFloats.one(town, db)!  // Just given.
        }
    }
}
