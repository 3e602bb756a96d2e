import ChangeSets
import Foundation
import GRDB
import Replica

/// 指标 of the twelve months up to a day (domain 4.11, 4.12): each is a number and what it is out of, so that nobody has to guess at a share of
/// few.
package struct Indicators: Hashable, Sendable {
    /// Cases that were decided, and the days from their application to it, together.
    package let decided: Int
    package let daysToDecision: Int
    /// Applications, and those that an office found: by a village, a warning or a referral.
    package let applications: Int
    package let foundByUs: Int
    /// Double payments: told before both were paid (orange), and after (red).
    package let doublesBeforePay: Int
    package let doublesAfterPay: Int
    /// Lines that the bank was told to pay, those that it gave back, and of these those that were paid again, with the days until then.
    package let lines: Int
    package let returned: Int
    package let repaired: Int
    package let daysToRepair: Int
    /// Referrals whose result is there or was due by the day, and those of them that had it in time.
    package let referralsDue: Int
    package let referralsInTime: Int
    /// Conflicts that nobody has judged, and of these those that have been open for more than seven days.
    package let conflicts: Int
    package let conflictsOld: Int
    /// Up to when each office's work is in them.
    package let included: [Statistics.Included]

    /// - Parameter area: With all below it.
    package init(in area: OfficeCode, on today: CalendarDate, of replica: OfficeReplica) throws {
        try Desk(replica).refresh()
        let included = try Statistics.Included.all(replica)
        self = try replica.read { try Indicators(in: area, on: today, included, $0) }
    }

    private init(
        in area: OfficeCode, on today: CalendarDate, _ included: [Statistics.Included], _ db: Database
    ) throws {
        self.included = included
        let since = today.adding(days: -365) ?? today
        let span: StatementArguments = [area.digits, area.digits + ":", since.description, today.description]
        func days(_ rows: [Row]) -> [Int] {
            rows.compactMap { row in
                guard let first = row.date("first"), let last = row.date("last") else { return nil }
                return max(0, last.dayNumber - first.dayNumber)
            }
        }
        let decisions = days(
            try Row.fetchAll(
                db,
                sql: """
                    SELECT a.applied_on AS first, min(d.day) AS last FROM decision AS d
                    JOIN application AS a ON a.area = d.area AND a.id = d.application
                    WHERE d.area >= ? AND d.area < ? AND d.day > ? AND d.day <= ? AND d.application IS NOT NULL
                    GROUP BY a.area, a.id
                    """, arguments: span))
        decided = decisions.count
        daysToDecision = decisions.reduce(0, +)
        let applied = try Row.fetchOne(
            db,
            sql: """
                SELECT count(*) AS of, coalesce(sum(channel IN ('village', 'alert', 'referral')), 0) AS found FROM application
                WHERE area >= ? AND area < ? AND applied_on > ? AND applied_on <= ?
                """, arguments: span)
        applications = applied?["of"] ?? 0
        foundByUs = applied?["found"] ?? 0
        let doubles = try Row.fetchOne(
            db,
            sql: """
                SELECT coalesce(sum(colour < 3), 0) AS before, coalesce(sum(colour = 3), 0) AS after FROM desk_warning
                WHERE area >= ? AND area < ? AND issued_on > ? AND issued_on <= ? AND kind = 'A7'
                """, arguments: span)
        doublesBeforePay = doubles?["before"] ?? 0
        doublesAfterPay = doubles?["after"] ?? 0
        let sent = try PayBatches.all(nil, nil, db).filter { batch in
            (batch.stage == .exported || batch.stage == .settled) && batch.month.firstDay > since
                && batch.month.firstDay <= today
        }
        var (all, back, again) = (0, 0, [Int]())
        for batch in sent {
            let row = try Row.fetchOne(
                db.cachedStatement(
                    sql: """
                        SELECT count(*) AS of, coalesce(sum(EXISTS (SELECT 1 \(PayBatches.returns))), 0) AS returned
                        FROM pay_line AS l WHERE l.batch = ? AND l.area >= ? AND l.area < ?
                        """),
                arguments: [Data(batch.id), area.digits, area.digits + ":"])
            all += row?["of"] ?? 0
            back += row?["returned"] ?? 0
            let repaired = try Row.fetchAll(
                db.cachedStatement(
                    sql: """
                        SELECT min(r.day) AS first, ? AS last FROM pay_line AS n JOIN pay_return AS r
                            ON r.area = n.area AND r.line = n.reissues AND r.withdrawn = 0
                        WHERE n.batch = ? AND n.reissues IS NOT NULL AND n.area >= ? AND n.area < ? GROUP BY n.area, n.id
                        """),
                arguments: [batch.frozenOn?.description, Data(batch.id), area.digits, area.digits + ":"])
            again += days(repaired)
        }
        (lines, returned, repaired, daysToRepair) = (all, back, again.count, again.reduce(0, +))
        let open = try Row.fetchOne(
            db,
            sql: """
                SELECT count(*) AS of, coalesce(sum(since_ms < ?), 0) AS old FROM sanji_conflict
                WHERE area >= ? AND area < ? AND quiet = 0
                """,
            arguments: [(today.adding(days: -7) ?? today).shanghai_ms, area.digits, area.digits + ":"])
        (conflicts, conflictsOld) = (open?["of"] ?? 0, open?["old"] ?? 0)
        (referralsDue, referralsInTime) = try Self.referrals(in: area, since, today, db)
    }

    private static func referrals(
        in area: OfficeCode, _ since: CalendarDate, _ today: CalendarDate, _ db: Database
    ) throws -> (due: Int, inTime: Int) {
        let row = try Row.fetchOne(
            db,
            sql: """
                SELECT count(*) AS due, coalesce(sum(answered_on <= min(answer_due, ?4)), 0) AS in_time FROM desk_referral
                WHERE area >= ?1 AND area < ?2 AND sent_on > ?3 AND sent_on <= ?4
                AND (answered_on <= ?4 AND answer_due IS NOT NULL OR answer_due < ?4)
                """, arguments: [area.digits, area.digits + ":", since.description, today.description])
        return (row?["due"] ?? 0, row?["in_time"] ?? 0)
    }
}
