import ChangeSets
import Foundation
import GRDB
import Replica

/// 月份认定: what a household is due in a month that has begun, where the decisions alone do not say it: somebody was gone, and nobody decided
/// without them in time (domain 4.6). Typed by a person, with the reason.
package struct MonthDecision: Hashable, Sendable {
    package let id: [UInt8]
    package let office: OfficeCode
    package let month: CalendarMonth
    package let amount: Money
    package let document: String
    /// Ids of ``MemberEvent``, of other words on the month, and of people whose going no event tells.
    let settles: Settled
}

extension MonthDecision {
    /// Those of offices that may decide.
    package static func all(of household: HouseholdID, _ db: Database) throws -> [MonthDecision] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT *, \(RowWriter.office(of: monthDecisionTable.name, as: "t")) AS writer FROM month_decision AS t
                    WHERE area = ? AND household = ? ORDER BY id
                    """),
            arguments: [household.area.digits, Data(household.id)]
        ).compactMap { row in
            guard let office = try? OfficeCode(row["writer"] as String),
                let month = (row["month"] as String?).flatMap({ CalendarMonth(written: $0) }),
                try Authority.mayDecide(office, in: household.area, on: row.date("day"), db)
            else { return nil }
            return MonthDecision(
                id: row.bytes("id") ?? [], office: office, month: month, amount: row.money("amount_fen"),
                document: row["document"], settles: Settled(written: row["settles"]))
        }
    }

    /// The word on a month: the one that knew of the others; of several that did not, the highest office's, and of one tier the one that
    /// gives least. Words that claim to know of each other, around however many, are taken as unaware.
    static func standing(in month: CalendarMonth, of all: [MonthDecision]) -> MonthDecision? {
        let words = all.filter { $0.month == month }
        let byID = Dictionary(words.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        var known: Set<[UInt8]> = []
        for word in words {
            for id in word.settles.ids {
                if let other = byID[id], !other.settles.ids.contains(word.id) { known.insert(id) }
            }
        }
        let newest = words.filter { !known.contains($0.id) }
        return (newest.isEmpty ? words : newest).min { a, b in
            (a.office.tier, a.amount, a.id.hex) < (b.office.tier, b.amount, b.id.hex)
        }
    }
}
