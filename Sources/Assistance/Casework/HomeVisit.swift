import ChangeSets
import Foundation
import GRDB
import Replica

/// 入户走访: for a case, because of a warning, or for neither (domain 3.4 C). Where nobody was at home it is none, and says so.
package struct HomeVisit: Sendable {
    let day: CalendarDate
    package let visitors: [String]
    /// Who of the family was seen.
    let seen: String
    let findings: String
    /// Visitors, and somebody of the family (domain 4.2), as the paper has them.
    let signedBy: [String]
    let papers: [PaperHash]

    /// - Throws: ``CaseError/empty(_:)`` where nobody went.
    package init(
        on day: CalendarDate, by visitors: [String], seen: String = "", findings: String = "", signedBy: [String] = [],
        papers: [PaperHash] = []
    ) throws {
        let visitors = Set(visitors.map(\.trimmedCell)).filter { !$0.isEmpty }.sorted()
        guard !visitors.isEmpty else { throw CaseError.empty("list of visitors") }
        (self.day, self.visitors) = (day, visitors)
        (self.seen, self.findings) = (seen.trimmedCell, findings)
        self.signedBy = signedBy.map(\.trimmedCell).filter { !$0.isEmpty }
        self.papers = papers
    }

    package var isAbsence: Bool { seen.isEmpty }

    func insert(
        to household: HouseholdID, application: [UInt8]? = nil, alert: [UInt8]? = nil, by user: ActingUser,
        today: CalendarDate, _ db: Database
    ) throws {
        guard day <= today else { throw FactError.later("day of the visit") }
        try NewRow(
            table: homeVisitTable, area: household.area,
            values: [
                ("household", household.id.databaseValue), ("application", application.databaseValue),
                ("alert", alert.databaseValue), ("day", day.description.databaseValue),
                ("visitors", visitors.joined(separator: "、").databaseValue), ("seen", seen.databaseValue),
                ("findings", findings.databaseValue), ("signed_by", signedBy.joined(separator: "、").databaseValue),
                ("papers", papers.written.databaseValue),
            ]
        ).insert(by: user, db)
    }
}

extension MemberEntry {
    /// A visit that belongs to no case and no warning: somebody has looked in.
    package func visit(_ household: HouseholdID, _ visit: HomeVisit) throws {
        try write(household) { db in try visit.insert(to: household, by: user, today: today, db) }
    }
}

extension WarningEntry {
    /// A visit because of a warning. Where nobody was at home the warning is still to be visited.
    package func visit(_ text: String, _ visit: HomeVisit) throws -> Warning {
        let warning = try replica.read { try WarningReading.one(text, $0) }
        return try replica.write(as: user) { db in
            try visit.insert(to: warning.household, alert: warning.id, by: user, today: today, db)
            guard !visit.isAbsence else { return warning }
            return try act(.visit, on: warning.id.hex, day: visit.day, saying: visit.findings, db)
        }
    }
}

/// 走访记录: of a household, whatever it was for.
package struct KnownVisit: Sendable {
    package let day: CalendarDate?
    package let visitors: String
    /// Empty where nobody was at home.
    package let seen: String
    package let findings: String
    package let signedBy: String
    /// Of its papers (``PaperHash``).
    package let hashes: [String]
    /// case, warning, or empty.
    package let reason: String
    package let office: String
    package let user: String

    /// In order of the days.
    package static func all(of household: HouseholdID, _ db: Database) throws -> [KnownVisit] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT *, \(RowWriter.office(of: homeVisitTable.name, as: "t")) AS writer FROM home_visit AS t
                    WHERE area = ? AND household = ? ORDER BY day, id
                    """),
            arguments: [household.area.digits, Data(household.id)]
        ).map { row in
            KnownVisit(
                day: row.date("day"), visitors: row["visitors"], seen: row["seen"], findings: row["findings"],
                signedBy: row["signed_by"],
                hashes: (row["papers"] as String).split(separator: " ").map(String.init),
                reason: row.bytes("application") != nil ? "case" : row.bytes("alert") != nil ? "warning" : "",
                office: row["writer"], user: row["created_by"])
        }
    }
}
