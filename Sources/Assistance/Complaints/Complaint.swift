import ChangeSets
import Foundation
import GRDB
import Replica

/// 投诉 about a village or a town, kept by the offices above it: the one that is named sees neither the complaint nor who made it (domain 3.5).
package struct Complaint: Hashable, Sendable {
    package struct Answer: Hashable, Sendable {
        package let text: String
        package let isSatisfied: Bool?
        package let day: CalendarDate?
        package let office: OfficeCode
        package let user: String
    }

    package let id: [UInt8]
    package let about: OfficeCode
    /// 12345, visit, letter …
    package let source: String
    package let complainant: String
    package let text: String
    package let day: CalendarDate
    package let office: OfficeCode
    package let user: String
    /// In order of their ids.
    package let answers: [Answer]

    /// Until whoever complained is content, or is told why nothing more is done.
    package var isOpen: Bool { !answers.contains { $0.isSatisfied != nil } }

    /// When it must be answered, by the rules of its day.
    /// - Returns: nil where no rule says so.
    package func due(_ db: Database) throws -> Deadline? { try Complaints.due([self], db)[0] }
}

package enum Complaints {
    /// Of an area and below it, those that came first first.
    package static func all(in area: OfficeCode, answered: Bool, _ db: Database) throws -> [Complaint] {
        try rows("area >= ? AND area < ?", [area.digits, area.digits + ":"], db).filter { answered || $0.isOpen }
            .sorted { ($0.day, $0.id.hex) < ($1.day, $1.id.hex) }
    }

    /// When each must be answered.
    package static func due(_ complaints: [Complaint], _ db: Database) throws -> [Deadline?] {
        let rules = try PublishedRules.values(db).filter { $0.name == ParameterName.complaintAnswer.rawValue }
        let calendar = try PublishedRules.calendar(db)
        return complaints.map { complaint in
            var book = RuleBook(rules, area: complaint.about, hukouKind: "", on: complaint.day)
            return (try? book.period(.complaintAnswer)).flatMap { calendar.end(of: $0, after: complaint.day) }
        }
    }

    /// - Parameter text: The id or the beginning of it, at least eight digits.
    package static func one(_ text: String, _ db: Database) throws -> Complaint {
        try IDBeginning.only(text, unknown: ComplaintError.unknown(text.shortened)) { try rows($0, $1, db) }
    }

    private static func rows(
        _ condition: String, _ arguments: StatementArguments, _ db: Database
    ) throws -> [Complaint] {
        try [(complaintTable, complaintAnswerTable), (townComplaintTable, townComplaintAnswerTable)].flatMap {
            table, answers in
            try Row.fetchAll(
                db.cachedStatement(
                    sql: """
                        SELECT *, \(RowWriter.office(of: table.name, as: "t")) AS writer FROM \(table.name) AS t
                        WHERE \(condition) ORDER BY area, id
                        """),
                arguments: arguments
            ).compactMap { try complaint($0, answers, db) }
        }
    }

    private static func complaint(_ row: Row, _ table: DomainTable, _ db: Database) throws -> Complaint? {
        guard let office = try? OfficeCode(row["writer"] as String), let about = try? OfficeCode(row["area"] as String),
            let day = row.date("day")
        else { return nil }
        let id = row.bytes("id") ?? []
        let answers = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT *, \(RowWriter.office(of: table.name, as: "t")) AS writer FROM \(table.name) AS t
                    WHERE area = ? AND complaint = ? ORDER BY id
                    """),
            arguments: [about.digits, Data(id)]
        ).compactMap { row -> Complaint.Answer? in
            guard let office = try? OfficeCode(row["writer"] as String) else { return nil }
            return Complaint.Answer(
                text: row["text"], isSatisfied: (row["satisfied"] as String?).map { $0 == "yes" }, day: row.date("day"),
                office: office, user: row["created_by"])
        }
        return Complaint(
            id: id, about: about, source: row["source"], complainant: row["complainant"], text: row["text"], day: day,
            office: office, user: row["created_by"], answers: answers)
    }
}

package enum ComplaintError: Error, Hashable, CustomStringConvertible {
    case unknown(String)
    case notAbove(OfficeCode, office: OfficeCode)
    case aboutDistrict
    case empty(String)

    package var description: String {
        switch self {
        case .unknown(let id): "no one complaint ‘\(id)’ is here; ‘sanji complaint list’ shows all"
        case .notAbove(let about, let office):
            "a complaint about \(about) is taken down at an office above it, not at \(office): whoever is named must not see it"
        case .aboutDistrict: "a complaint about the district goes to whoever is above it; Sanji has no office there"
        case .empty(let what): "the \(what) is empty; say it"
        }
    }
}

package struct ComplaintEntry {
    private let replica: OfficeReplica
    private let user: ActingUser
    private let today: CalendarDate

    package init(_ replica: OfficeReplica, as user: ActingUser, today: CalendarDate) {
        self.replica = replica
        self.user = user
        self.today = today
    }

    /// - Parameters:
    ///   - about: The village or town.
    ///   - complainant: Empty where the person does not want to be named.
    package func take(
        about: OfficeCode, source: String, complainant: String = "", text: String, on day: CalendarDate? = nil
    ) throws -> Complaint {
        guard about.tier > .district else { throw ComplaintError.aboutDistrict }
        guard !text.trimmedCell.isEmpty else { throw ComplaintError.empty("complaint") }
        guard day.map({ $0 <= today }) ?? true else { throw FactError.later("day") }
        try check(about)
        return try replica.write(as: user) { db in
            let id = try NewRow(
                table: about.tier == .village ? complaintTable : townComplaintTable, area: about,
                values: [
                    ("source", source.databaseValue), ("complainant", complainant.databaseValue),
                    ("text", text.databaseValue), ("day", (day ?? today).written),
                ]
            ).insert(by: user, db)
            return try Complaints.one(id.hex, db)
        }
    }

    /// - Parameter satisfied: What whoever complained says; nil while it goes on.
    package func answer(_ name: String, text: String, satisfied: Bool?) throws -> Complaint {
        guard !text.trimmedCell.isEmpty else { throw ComplaintError.empty("answer") }
        return try replica.write(as: user) { db in
            let complaint = try Complaints.one(name, db)
            try check(complaint.about)
            try NewRow(
                table: complaint.about.tier == .village ? complaintAnswerTable : townComplaintAnswerTable,
                area: complaint.about,
                values: [
                    ("complaint", complaint.id.databaseValue), ("text", text.databaseValue),
                    ("satisfied", satisfied.map { $0 ? "yes" : "no" }.databaseValue), ("day", today.written),
                ]
            ).insert(by: user, db)
            return try Complaints.one(complaint.id.hex, db)
        }
    }

    private func check(_ about: OfficeCode) throws {
        guard replica.office.covers(about), replica.office.tier < about.tier else {
            throw ComplaintError.notAbove(about, office: replica.office)
        }
    }
}
