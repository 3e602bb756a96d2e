import ChangeSets
import Foundation
import GRDB

/// A month that was paid although less was due, by what is known now: somebody had died, or a decision took effect that the list did not know of
/// (domain 4.6). Found, and not taken back by itself.
package struct Overpayment: Hashable, Sendable {
    package let month: CalendarMonth
    package let line: [UInt8]
    package let paid: Money
    package let due: Money
    package let reason: String

    package var amount: Money { paid - due }
}

package enum Overpayments {
    /// Of a household, in order of month; without lines that a recovery names already.
    package static func all(of household: HouseholdID, _ db: Database) throws -> [Overpayment] {
        let payments = try PayBatches.payments(of: household, db).filter { $0.line.returned == nil }
        guard !payments.isEmpty else { return [] }
        let named = Set(try Recoveries.all(of: household, db).flatMap(\.lines.ids))
        let decisions = try Decisions(of: household, db)
        let people = try People(household, db)
        return payments.filter { !named.contains($0.line.id) }.compactMap { line, batch in
            let (due, reason) = due(line, in: batch.month, decisions, people)
            return due < line.total
                ? Overpayment(month: batch.month, line: line.id, paid: line.total, due: due, reason: reason) : nil
        }.sorted { ($0.month, $0.line.hex) < ($1.month, $1.line.hex) }
    }

    /// Of an area and below it.
    package static func all(in area: OfficeCode, _ db: Database) throws -> [(household: HouseholdID, [Overpayment])] {
        // Only where somebody has died, or something was decided after the first payment: all others were paid what was due.
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT DISTINCT l.area, l.household FROM pay_line AS l WHERE l.area >= ?1 AND l.area < ?2 AND (
                    EXISTS (SELECT 1 FROM person AS p WHERE p.area = l.area AND p.household = l.household
                        AND p.death_date IS NOT NULL)
                    OR (SELECT count(*) FROM decision AS d WHERE d.area = l.area AND d.household = l.household) > 1)
                ORDER BY l.area, l.household
                """, arguments: [area.digits, area.digits + ":"])
        return try rows.compactMap { row in
            let household = HouseholdID(
                area: try OfficeCode(row["area"] as String), id: row.bytes("household") ?? [])
            let found = try all(of: household, db)
            return found.isEmpty ? nil : (household, found)
        }
    }

    /// What a month's line should have been.
    private static func due(
        _ line: PayLine, in month: CalendarMonth, _ decisions: Decisions, _ people: People
    ) -> (Money, String) {
        let first = CalendarDate(year: month.year, month: month.month, day: 1)
        if let first, people.areAllDead(before: first) { return (.zero, "nobody of the household lived any more") }
        // Who died before the month, unknown to what it was paid by: what was decided next says what was due for those who were left.
        if let first, people.deaths.contains(where: { $0 < first }),
            let next = decisions.all.first(where: { decision in
                decision.fromMonth > month && decision.predecessor == line.decision && decision.people < line.people
            })
        {
            return (next.amount(in: next.fromMonth), "a member had died; \(next.document)")
        }
        guard let holding = decisions.holding(in: month), holding.id != line.decision else { return (line.total, "") }
        return (holding.amount(in: month), "\(holding.outcome.rawValue) by \(holding.document)")
    }

    private struct People {
        let deaths: [CalendarDate]
        private let isAnybodyLeft: Bool

        init(_ household: HouseholdID, _ db: Database) throws {
            let rows = try Row.fetchAll(
                db.cachedStatement(
                    sql: "SELECT death_date FROM person WHERE area = ? AND household = ? AND row_state = 'live'"),
                arguments: [household.area.digits, Data(household.id)])
            deaths = rows.compactMap { $0.date("death_date") }
            isAnybodyLeft = deaths.count < rows.count
        }

        func areAllDead(before day: CalendarDate) -> Bool {
            !isAnybodyLeft && !deaths.isEmpty && deaths.allSatisfy { $0 < day }
        }
    }
}
