import ChangeSets
import Foundation
import GRDB
import Replica

/// A referral on the desk, with the day until when the next thing must have happened.
package struct DeskReferral: Sendable {
    package let referral: Referral
    package let household: HouseholdName
    package let due: CalendarDate?

    package func isOverdue(on today: CalendarDate) -> Bool { due.map { $0 < today } ?? false }
}

package enum ReferralDesk {
    /// Of an area and below it: those that have not ended first, and of them what is due first.
    /// - Parameters:
    ///   - ended: Whether also those that have ended.
    ///   - lateOn: Only those of which something was due before this day.
    /// - Returns: So many of them, and how many there are.
    package static func page(
        in area: OfficeCode, ended: Bool, lateOn: CalendarDate? = nil, skip: Int = 0, limit: Int = .max, _ db: Database
    ) throws -> (referrals: [DeskReferral], count: Int) {
        var query = DeskQuery("desk_referral", in: area, orderedBy: "ended, due_on, area, id")
        if !ended { query.add("ended = 0") }
        if let lateOn { query.add("due_on < ?", [lateOn.description]) }
        let (rows, count) = try query.page(skip: skip, limit: limit, db)
        let referrals = try rows.compactMap { row -> DeskReferral? in
            let key = try DeskKey(row)
            let household = HouseholdID(area: key.area, id: row.bytes("household") ?? [])
            return try ReferralReading.all(of: household, db).first { $0.id == key.id }
                .map {
                    DeskReferral(
                        referral: $0, household: try HouseholdName(household, db), due: row.date("due_on"))
                }
        }
        return (referrals, count)
    }

    /// All of a household: which rows are one referral may have changed.
    static func put(_ household: HouseholdID, _ rules: DeskRules, _ db: Database) throws {
        try clear("desk_referral", of: household, db)
        for referral in try ReferralReading.all(of: household, db) {
            // By the rules of the day it was asked for, as other dates are.
            var book = RuleBook(rules.values, area: household.area, hukouKind: "", on: referral.state.askedOn)
            let due = try? referral.state.due(rules.calendar, by: &book)
            let sent = referral.state.sentOn
            let answerDue = sent.flatMap { sent in
                (try? book.period(.referralResult)).flatMap { rules.calendar.end(of: $0, after: sent)?.date }
            }
            let answered = referral.answers.filter(\.reply.isEnd).map(\.day).min()
            let values: [(String, DatabaseValue)] = [
                ("area", household.area.digits.databaseValue), ("id", referral.id.databaseValue),
                ("household", household.id.databaseValue), ("ended", referral.state.stage.isEnd.databaseValue),
                ("due_on", (due?.date).written), ("sent_on", sent.written), ("answer_due", answerDue.written),
                ("answered_on", answered.written),
            ]
            try Assistance.put(values, into: "desk_referral", db)
        }
    }
}
