import ChangeSets
import Foundation
import GRDB
import Replica

/// What offices do about referrals: each one transaction.
package struct ReferralEntry {
    private let replica: OfficeReplica
    private let user: ActingUser
    private let today: CalendarDate

    package init(_ replica: OfficeReplica, as user: ActingUser, today: CalendarDate) {
        self.replica = replica
        self.user = user
        self.today = today
    }

    /// Asks for a referral, or sends it where this office may. One that is open is taken up: this becomes a note to it.
    /// - Parameters:
    ///   - person: A member's name or identity number.
    ///   - agreed: Whether the family agrees to be named.
    ///   - gap: What is missing (缺口).
    package func send(
        _ household: HouseholdID, to department: Department, need: String, person: [UInt8]? = nil, text: String = "",
        application: [UInt8]? = nil, alert: [UInt8]? = nil, agreed: Bool = false, gap: Money? = nil
    ) throws -> Referral {
        let need = need.trimmedCell
        guard !need.isEmpty else { throw ReferralError.noNeed }
        return try replica.write(as: user) { db in
            let known = try ReferralReading.all(of: household, db).filter {
                $0.department == department && $0.need == need
            }
            let last = known.max { $0.episode < $1.episode }
            let episode = last.map { $0.state.stage.isEnd ? $0.episode + 1 : $0.episode } ?? 1
            guard episode <= 9999 else { throw ReferralError.tooMany }
            try NewRow(
                table: referralTable, area: household.area,
                values: [
                    ("household", household.id.databaseValue), ("person", person.databaseValue),
                    ("department", department.rawValue.databaseValue), ("need", need.databaseValue),
                    ("episode", episode.databaseValue), ("application", application.databaseValue),
                    ("alert", alert.databaseValue), ("day", today.description.databaseValue),
                    ("text", text.databaseValue), ("agreed", agreed.databaseValue),
                    ("gap_fen", (gap?.fen ?? 0).databaseValue),
                ]
            ).insert(by: user, db)
            return try ReferralReading.all(of: household, db).first {
                $0.department == department && $0.need == need && $0.episode == episode
            }!  // Just written.
        }
    }

    package struct Given: Sendable {
        package let programme: String
        package let basis: String?
        package let amount: Money
        package let month: CalendarMonth

        package init(programme: String, basis: String? = nil, amount: Money, month: CalendarMonth) {
            self.programme = programme
            self.basis = basis
            self.amount = amount
            self.month = month
        }
    }

    /// Records what the department has answered.
    /// - Parameter given: With the reply that something was given, and only with that.
    package func answer(
        _ name: String, _ reply: ReferralReply, _ given: Given? = nil, on day: CalendarDate? = nil, text: String = ""
    ) throws -> Referral {
        guard replica.office.tier != .village else { throw ReferralError.notYours(replica.office.tier) }
        guard day.map({ $0 <= today }) ?? true else { throw FactError.later("day of the answer") }
        guard (reply == .given) == (given != nil), given.map({ !$0.programme.isEmpty }) ?? true else {
            throw ReferralError.nothingGiven
        }
        return try replica.write(as: user) { db in
            let referral = try ReferralReading.one(name, db)
            // More may be given, for other months; but nothing else follows.
            if referral.state.stage.isEnd, !(reply == .given && referral.state.stage == .given) {
                throw ReferralError.ended(referral.state.stage)
            }
            guard referral.state.sentOn != nil else { throw ReferralError.notSent }
            try NewRow(
                table: referralReplyTable, area: referral.household.area,
                values: [
                    ("referral", referral.id.databaseValue), ("reply", reply.rawValue.databaseValue),
                    ("day", (day ?? today).description.databaseValue),
                    ("programme", (given?.programme).databaseValue), ("basis", (given?.basis ?? nil).databaseValue),
                    ("amount_fen", (given?.amount.fen ?? 0).databaseValue),
                    ("month", (given?.month.description).databaseValue), ("text", text.databaseValue),
                ]
            ).insert(by: user, db)
            return try ReferralReading.one(referral.id.hex, db)
        }
    }

    /// What the department is told, as a file with its mark.
    package func export(_ name: String) throws -> (referral: Referral, fields: ReferralFields, file: [UInt8]) {
        try replica.write(as: user) { db in
            let referral = try ReferralReading.one(name, db)
            guard replica.office.tier <= referral.department.sender else {
                throw ReferralError.notSender(replica.office.tier, referral.department)
            }
            guard referral.state.sentOn != nil else { throw ReferralError.notSent }
            let fields = try ReferralFields(referral, on: today, db)
            let file = try ExportLog.record(
                .referral, referral.id.hex, purpose: "referral",
                reason: "\(referral.department.chinese): \(referral.need)", at: replica.office, by: user, on: today, db
            ) { code in
                var writer = CsvWriter(mark: code)
                writer.append(["referral"] + fields.values.map(\.field.rawValue))
                writer.append([String(referral.id.hex.prefix(12))] + fields.values.map(\.value))
                return (Array(writer.text.utf8), 1)
            }.bytes
            return (referral, fields, file)
        }
    }
}
