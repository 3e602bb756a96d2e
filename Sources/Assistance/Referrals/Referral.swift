import ChangeSets
import Foundation
import GRDB
import Replica

/// One referral with all that was answered, as far as it has arrived here.
package struct Referral: Sendable {
    package struct Step: Hashable, Sendable {
        package let office: OfficeCode
        package let user: String
        package let day: CalendarDate
        package let text: String
        /// What is missing, where they have said.
        package let gap: Money?
    }

    package struct Answer: Hashable, Sendable {
        package let reply: ReferralReply
        package let office: OfficeCode
        package let user: String
        package let day: CalendarDate
        package let programme: String?
        package let basis: String?
        package let amount: Money
        package let month: CalendarMonth?
        package let text: String
    }

    /// Of its first row.
    package let id: [UInt8]
    package let household: HouseholdID
    package let person: [UInt8]?
    package let department: Department
    package let need: String
    package let episode: Int
    /// 本人同意
    package let isAgreed: Bool
    /// Who asked for it or sent it; each but the first is a note to it.
    package let steps: [Step]
    package let answers: [Answer]
    package let state: ReferralState

    /// 缺口: what is missing, as it was said last.
    package var gap: Money? { steps.lazy.reversed().compactMap(\.gap).first }

    /// What was given. Where two offices tell of one programme and month, unaware of each other, it is one gift, as the higher one tells it.
    package var given: [Answer] {
        let all = answers.filter { $0.reply == .given }
        return all.filter { answer in
            let same = all.filter { $0.programme == answer.programme && $0.month == answer.month }
            return answer.office.tier == same.map(\.office.tier).min()
        }
    }

    /// Until when the next thing must have happened, by the rules of the day it was asked for.
    package func due(_ db: Database) throws -> Deadline? {
        var book = try PublishedRules.book(of: household.area, on: state.askedOn, db)
        return try state.due(try PublishedRules.calendar(db), by: &book)
    }
}

package enum ReferralReading {
    package static func all(of household: HouseholdID, _ db: Database) throws -> [Referral] {
        try grouped(rows(db, "area = ? AND household = ?", [household.area.digits, Data(household.id)])) { area, id in
            try answers(db, "area = ? AND referral = ?", [area.digits, Data(id)])
        }
    }

    /// Of an area and below it, in order of area and id.
    static func all(in area: OfficeCode, _ db: Database) throws -> [Referral] {
        let span: StatementArguments = [area.digits, area.digits + ":"]
        let answers = Dictionary(grouping: try answers(db, "area >= ? AND area < ?", span)) {
            "\($0["area"] as String)/\(($0.bytes("referral") ?? []).hex)"
        }
        return try grouped(rows(db, "area >= ? AND area < ?", span)) { area, id in answers["\(area)/\(id.hex)"] ?? [] }
    }

    /// What departments have answered that they gave.
    /// - Parameter granted: What they have paid by their own lists: an answer that says the same of one of these is not another payment.
    static func gifts(
        of household: HouseholdID, besides granted: [Grant], _ db: Database
    ) throws -> [(referral: Referral, answer: Referral.Answer)] {
        var paid = granted
        return try all(of: household, db).flatMap { referral in
            let department = [referral.department.rawValue, referral.department.chinese]
            return referral.given.filter { answer in
                let same = paid.firstIndex {
                    $0.month == answer.month && department.contains($0.department) && $0.amount == answer.amount
                }
                return same.map { paid.remove(at: $0) } == nil
            }.map { (referral, $0) }
        }
    }

    /// - Parameter text: The id of one of its rows, or the beginning of it, at least eight digits.
    package static func one(_ text: String, _ db: Database) throws -> Referral {
        let row = try IDBeginning.only(text, unknown: ReferralError.unknown(text.shortened)) { try rows(db, $0, $1) }
        guard let household = row.bytes("household"),
            let referral = try all(
                of: HouseholdID(area: OfficeCode(row["area"] as String), id: household), db
            ).first(where: { referral in
                referral.department.rawValue == row["department"] && referral.need == row["need"]
                    && referral.episode == row["episode"]
            })
        else { throw ReferralError.unknown(text.shortened) }
        return referral
    }

    private static func rows(_ db: Database, _ condition: String, _ arguments: StatementArguments) throws -> [Row] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT *, \(RowWriter.office(of: referralTable.name, as: "t")) AS writer FROM referral AS t
                    WHERE \(condition) ORDER BY area, id
                    """),
            arguments: arguments)
    }

    private static func answers(_ db: Database, _ condition: String, _ arguments: StatementArguments) throws -> [Row] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT *, \(RowWriter.office(of: referralReplyTable.name, as: "t")) AS writer
                    FROM referral_reply AS t WHERE \(condition) ORDER BY id
                    """),
            arguments: arguments)
    }

    private struct Subject: Hashable {
        let household: HouseholdID
        let department: Department
        let need: String
        let episode: Int

        /// - Returns: nil for one that this program cannot read.
        init?(_ row: Row) {
            guard let area = try? OfficeCode(row["area"] as String), let id = row.bytes("household"),
                let department = Department(rawValue: row["department"])
            else { return nil }
            household = HouseholdID(area: area, id: id)
            self.department = department
            need = row["need"]
            episode = row["episode"]
        }
    }

    /// - Parameter answers: Of one row.
    private static func grouped(
        _ rows: [Row], _ answers: (OfficeCode, [UInt8]) throws -> [Row]
    ) throws -> [Referral] {
        var order: [Subject] = []
        var groups: [Subject: [Row]] = [:]
        for row in rows {
            guard let subject = Subject(row), Referral.Step(row) != nil else { continue }
            if groups[subject] == nil { order.append(subject) }
            groups[subject, default: []].append(row)
        }
        return try order.map { try referral($0, groups[$0]!, answers) }
    }

    private static func referral(
        _ subject: Subject, _ rows: [Row], _ answers: (OfficeCode, [UInt8]) throws -> [Row]
    ) throws -> Referral {
        // Somebody may have answered either of two that are one.
        let answers = try rows.flatMap { try answers(subject.household.area, $0.bytes("id") ?? []) }.sorted {
            ($0.bytes("id") ?? []).hex < ($1.bytes("id") ?? []).hex
        }.compactMap(Referral.Answer.init)
        let steps = rows.compactMap(Referral.Step.init)
        return Referral(
            id: rows[0].bytes("id") ?? [], household: subject.household,
            person: rows.lazy.compactMap { $0.bytes("person") }.first, department: subject.department,
            need: subject.need, episode: subject.episode, isAgreed: rows.contains { $0.isTrue("agreed") }, steps: steps,
            answers: answers,
            state: ReferralState(
                steps.map { ($0.office.tier, $0.day) }, answers.map { .init($0.reply, on: $0.day) },
                to: subject.department))
    }
}

extension Referral.Step {
    fileprivate init?(_ row: Row) {
        guard let office = try? OfficeCode(row["writer"] as String), let day = row.date("day") else { return nil }
        self.office = office
        self.day = day
        user = row["created_by"]
        text = row["text"]
        let missing = row.money("gap_fen")
        gap = missing > .zero ? missing : nil
    }
}

extension Referral.Answer {
    fileprivate init?(_ row: Row) {
        guard let office = try? OfficeCode(row["writer"] as String), let day = row.date("day"),
            let reply = ReferralReply(rawValue: row["reply"])
        else { return nil }
        self.reply = reply
        self.office = office
        self.day = day
        user = row["created_by"]
        programme = row["programme"]
        basis = row["basis"]
        amount = row.money("amount_fen")
        month = (row["month"] as String?).flatMap { CalendarMonth(written: $0) }
        text = row["text"]
    }
}

package enum ReferralError: Error, Hashable, CustomStringConvertible {
    case unknown(String)
    case noNeed
    case ended(ReferralStage)
    case notSent
    case notYours(Tier)
    case nothingGiven
    case notSender(Tier, Department)
    case noFields(Department)
    case oddField(String)
    case tooMany

    package var description: String {
        switch self {
        case .unknown(let id): "no one referral ‘\(id)’ is here; ‘sanji referral list’ shows all"
        case .noNeed: "say what the family needs"
        case .ended(let stage):
            "the referral has ended: \(stage.rawValue) \(stage.chinese); a new need is a new referral"
        case .notSent: "the referral was asked for, but not sent yet; ‘sanji referral send’ at the office that sends it"
        case .notYours(let tier): "a \(tier) records no answer of a department; its town or the district does"
        case .notSender(let tier, let department):
            "a \(tier) tells \(department.rawValue) nothing itself; the office that sends there does"
        case .nothingGiven: "say which programme gives how much, for which month"
        case .noFields(let department):
            "the parameter referral.fields names nothing that \(department.rawValue) may be told; the district publishes it"
        case .oddField(let name): "the parameter referral.fields names ‘\(name)’, which is no field"
        case .tooMany: "this need was referred too often"
        }
    }
}
