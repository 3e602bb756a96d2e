import ChangeSets
import Foundation
import GRDB
import Replica

/// A month that was paid although less was due, by what is known now: somebody had died, or a decision took effect that the list did not know of
/// (domain 4.6). Found, and not taken back by itself.
package struct Overpayment: Hashable, Sendable {
    package let month: CalendarMonth
    package let line: [UInt8]
    package let paid: Money
    package let due: Money
    /// What recoveries ask of it already.
    package let asked: Money
    package let reason: String

    package var amount: Money { paid - due - asked }
}

/// A month that was paid while somebody was gone whom nobody has decided without: what it was due has to be said (`review month`).
package struct UnsettledMonth: Hashable, Sendable {
    package let month: CalendarMonth
    package let paid: Money
    package let reason: String
}

/// What came of looking at a household's paid months again.
package struct PaidMonths: Hashable, Sendable {
    package fileprivate(set) var overpaid: [Overpayment] = []
    package fileprivate(set) var unsettled: [UnsettledMonth] = []

    package init() {}

}

/// A line that was paid, and how much of it was due by all that is known now.
struct PaidLine {
    let line: [UInt8]
    let month: CalendarMonth
    let paid: Money
    let due: Money
    let reason: String
    /// Who was gone before the month began, and was counted all the same.
    let open: Set<Residents.Departure>

    /// Of a household, in order of month; without what the bank gave back.
    static func all(of household: HouseholdID, _ db: Database) throws -> [PaidLine] {
        let payments = try PayBatches.payments(of: household, db).filter { $0.line.returned == nil }
        guard !payments.isEmpty else { return [] }
        let decisions = try Decisions(of: household, db)
        let residents = try Residents(of: household, db)
        let words = try MonthDecision.all(of: household, db)
        let months = Dictionary(grouping: payments, by: \.batch.month).sorted { $0.key < $1.key }
        return try months.flatMap { month, paid in
            inOneMonth(paid, month, try MonthlyDue(in: month, decisions, residents, words: words))
        }
    }

    /// Where a month was paid twice, what is due is set first against the line of the kind of aid that was decided.
    private static func inOneMonth(
        _ payments: [(line: PayLine, batch: PayBatch)], _ month: CalendarMonth, _ due: MonthlyDue
    ) -> [PaidLine] {
        let kind = (due.decision?.category).map(Roster.AidKind.init)
        let inOrder = payments.sorted { a, b in
            let (first, second) = (a.batch.kind == kind, b.batch.kind == kind)
            return first == second ? a.line.id.hex < b.line.id.hex : first
        }
        let open = due.open.filter { ($0.day ?? $0.rowDay).map { $0 < month.firstDay } ?? true }
        var left = due.amount
        return inOrder.map { line, _ in
            let covered = min(left, line.total)
            left = left - covered
            return PaidLine(
                line: line.id, month: month, paid: line.total, due: covered,
                reason: reason(due, isTwice: payments.count > 1), open: open)
        }
    }

    private static func reason(_ due: MonthlyDue, isTwice: Bool) -> String {
        if !due.reason.isEmpty { return due.reason }
        guard let decision = due.decision else { return "nothing was decided" }
        return (isTwice ? "paid twice; " : "") + "\(decision.outcome.rawValue) by \(decision.document)"
    }
}

package enum Overpayments {
    /// Of a household, in order of month.
    package static func all(of household: HouseholdID, _ db: Database) throws -> PaidMonths {
        let lines = try PaidLine.all(of: household, db)
        guard !lines.isEmpty else { return PaidMonths() }
        let asked = try Recoveries.all(of: household, db).flatMap(\.lines).reduce(into: [[UInt8]: Money]()) {
            $0[$1.key] = max($0[$1.key] ?? .zero, $1.value)
        }
        var found = PaidMonths()
        for line in lines {
            let known = asked[line.line] ?? .zero
            guard line.due + known < line.paid else { continue }
            found.overpaid.append(
                Overpayment(
                    month: line.month, line: line.line, paid: line.paid, due: line.due, asked: known,
                    reason: line.reason))
        }
        let unsettled = Dictionary(grouping: lines.filter { !$0.open.isEmpty }, by: \.month)
        found.unsettled = unsettled.sorted { $0.key < $1.key }.map { month, lines in
            UnsettledMonth(
                month: month, paid: lines.reduce(.zero) { $0 + $1.paid },
                reason: lines[0].open.map(\.description).sorted().joined(separator: "; "))
        }
        return found
    }

    /// Of an area and below it, in order of area and household, as the desk keeps it.
    package static func all(
        in area: OfficeCode, of replica: OfficeReplica
    ) throws -> [(household: HouseholdID, PaidMonths)] {
        try PaidDesk(replica).refresh()
        let rows = try replica.read { db in
            try Row.fetchAll(
                db,
                sql: "SELECT * FROM desk_overpaid WHERE area >= ? AND area < ? ORDER BY area, household, month, line",
                arguments: [area.digits, area.digits + ":"])
        }
        var all: [(household: HouseholdID, PaidMonths)] = []
        for row in rows {
            let household = HouseholdID(
                area: try OfficeCode(row["area"] as String), id: row.bytes("household") ?? [])
            if all.last?.household != household { all.append((household, PaidMonths())) }
            all[all.count - 1].1.add(row)
        }
        return all
    }

    /// Where somebody has died or left, or something was decided after the first payment: all others were paid what was due.
    static func candidates(_ db: Database) throws -> [HouseholdID] {
        let arrivals = MemberChange.arrivals.map { "'\($0.rawValue)'" }.joined(separator: ", ")
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT l.area, l.household FROM (SELECT DISTINCT area, household FROM pay_line) AS l WHERE (
                    EXISTS (SELECT 1 FROM person AS p WHERE p.area = l.area AND p.household = l.household
                        AND (p.death_date IS NOT NULL OR p.row_state <> 'live'))
                    OR EXISTS (SELECT 1 FROM member_event AS e WHERE e.area = l.area AND e.household = l.household
                        AND e.kind NOT IN (\(arrivals)))
                    OR EXISTS (SELECT 1 FROM member_event AS e WHERE e.area = l.area AND e.other_household = l.household)
                    OR EXISTS (SELECT 1 FROM month_decision AS m WHERE m.area = l.area AND m.household = l.household)
                    OR (SELECT count(*) FROM decision AS d WHERE d.area = l.area AND d.household = l.household) > 1)
                """)
        return try rows.map { row in
            HouseholdID(area: try OfficeCode(row["area"] as String), id: row.bytes("household") ?? [])
        }
    }
}

extension PaidMonths {
    /// - Parameter row: Of `desk_overpaid`.
    fileprivate mutating func add(_ row: Row) {
        guard let month = CalendarMonth(written: row["month"] as String) else { return }
        let (paid, reason) = (row.money("paid_fen"), row["reason"] as String)
        if let due = row["due_fen"] as Int64? {
            overpaid.append(
                Overpayment(
                    month: month, line: row.bytes("line") ?? [], paid: paid, due: Money(fen: due),
                    asked: row.money("asked_fen"), reason: reason))
        } else {
            unsettled.append(UnsettledMonth(month: month, paid: paid, reason: reason))
        }
    }
}
