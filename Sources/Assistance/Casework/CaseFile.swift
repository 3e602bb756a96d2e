import ChangeSets
import Foundation
import GRDB
import Replica

/// One application with all that has been done about it, as far as it has arrived here.
package struct CaseFile: Sendable {
    package struct Step: Hashable, Sendable {
        package let id: [UInt8]
        package let done: CaseState.Done
        package let office: String
        package let day: CalendarDate?
        package let number: String?
        package let opinion: String?
        package let reason: String?
        package let user: String
    }

    package struct Visit: Hashable, Sendable {
        package let tier: Tier
        package let day: CalendarDate?
        package let visitors: [String]
        package let seen: String
        package let findings: String
        let signedBy: [String]
    }

    package struct Notice: Hashable, Sendable {
        package let round: Int
        package let posted: CalendarDate
        /// Its last day.
        package let ends: CalendarDate
        package let place: String
    }

    package let area: OfficeCode
    package let id: [UInt8]
    package let household: HouseholdID
    package let aidKind: String
    package let applicant: [UInt8]?
    package let appliedOn: CalendarDate?
    package let channel: String
    package let proxy: String?
    package let finder: String?
    package let hasConsent: Bool
    /// 近亲属: staff who are related.
    package let kin: String?
    package let event: String?
    /// In order of their ids, which begin with the time.
    package let steps: [Step]
    package let visits: [Visit]
    package let notices: [Notice]
    package let objections: [String]
    let objectedOn: [CalendarDate]
    /// What was said to a town or the district and is not for the village; empty there.
    package let hiddenObjections: [(objector: String, text: String)]

    /// What other departments were asked last, where they have not answered since. What is said to be asked on a day to come is not asked.
    func openCheck(on today: CalendarDate) -> Step? {
        func done(_ step: CaseStep) -> [Step] { steps(step).filter { $0.day.map { $0 <= today } ?? false } }
        let (asked, answered) = (done(.check), done(.checked))
        guard let last = asked.compactMap(\.day).max() else { return nil }
        // Of one day they are counted: ids of two offices say nothing of which came first.
        let isOpen =
            answered.compactMap(\.day).max().map { $0 == last ? asked.count > answered.count : $0 < last } ?? true
        return isOpen ? asked.last : nil
    }

    /// Since when the family has to be told in writing that it was refused; nil where it was, or was not refused.
    var untoldSince: CalendarDate? {
        guard state.stage == .refused, firstDay(of: .told) == nil else { return nil }
        return decisions.last { $0.outcome == .refused }?.day
    }
    /// The day on which this round began: what was sent back is visited and published anew.
    var roundBegan: CalendarDate? { state.round > 0 ? lastDay(of: .sendBack) : appliedOn }
    private func isOfThisRound(_ day: CalendarDate) -> Bool { roundBegan.map { day >= $0 } ?? true }
    var currentNotices: [Notice] { notices.filter { $0.round == state.round && isOfThisRound($0.posted) } }
    var currentVisits: [Visit] { visits.filter { $0.day.map(isOfThisRound) ?? false } }
    package let decisions: [Decision]
    /// 临时救助 that it led to.
    package let reliefs: [Relief]
    /// Of offices that may not decide: without effect.
    package let decisionsWithoutRight: [Decision]
    /// Decisions about the household that were made unaware of each other.
    package let rivals: [Decision]
    package let state: CaseState

    /// 临时救助: its cases end with relief, all others by decision.
    static let reliefKind = ApplicationKind.relief.rawValue
    var endsWithRelief: Bool { aidKind == Self.reliefKind }

    /// What was kept of papers: of which visit, notice or appraisal, and who signed.
    package struct Papers: Hashable, Sendable {
        package let of: String
        package let day: CalendarDate?
        package let hashes: [String]
        package let signedBy: String
    }
    package let papers: [Papers]

    /// 民主评议: day and conclusion.
    package let appraisals: [String]

    /// As the office that accepted it numbered it; of two that did unaware of each other the smaller.
    package var number: String? {
        steps.filter { $0.done.step == .accept && CaseStep.accept.tiers.contains($0.done.tier) }.compactMap(\.number)
            .min()
    }
}

/// Reads cases.
package enum CaseReading {
    /// - Parameter name: A case number, or the id of the application or the beginning of it (at least eight digits).
    /// - Throws: ``CaseError/unknown(_:)``, ``AmbiguousID``.
    package static func one(_ name: String, _ db: Database) throws -> CaseFile {
        let found: [Row]
        if CaseNumber(written: name) != nil {
            found = try applications(
                db,
                """
                (area, id) IN (
                    SELECT area, application FROM case_step AS s WHERE number = ? AND step = 'accept'
                    AND length(\(RowWriter.office(of: caseStepTable.name, as: "s"))) = 9)
                """, [name])
        } else {
            guard let id = IDBeginning(name) else { throw CaseError.unknown(name.shortened) }
            found = try applications(db, IDBeginning.condition, id.arguments)
        }
        return try file(IDBeginning.only(found, name, unknown: CaseError.unknown(name.shortened)), db)
    }

    /// One that is there.
    static func file(of area: OfficeCode, _ id: [UInt8], _ db: Database) throws -> CaseFile {
        guard let row = try applications(db, "area = ? AND id = ?", [area.digits, Data(id)]).first else {
            throw CaseError.unknown(id.hex)
        }
        return try file(row, db)
    }

    /// 待核: what somebody has to settle before anything is decided (domain 3.6, C3); nothing of a case that has ended, or of a family of which too little
    /// is known.
    package static func questions(of file: CaseFile, on today: CalendarDate, _ db: Database) throws -> [OpenQuestion] {
        guard file.state.stage < .confirmed else { return [] }
        var reader = FamilyReader(db, area: file.area, on: today, appliedOn: file.appliedOn)
        do { return try reader.family(file.household.id).questions } catch is FamilyError { return [] }
    }

    package static func all(of household: HouseholdID, _ db: Database) throws -> [CaseFile] {
        try applications(db, "area = ? AND household = ?", [household.area.digits, Data(household.id)]).map {
            try file($0, db)
        }
    }

    private static func applications(
        _ db: Database, _ condition: String, _ arguments: StatementArguments
    ) throws -> [Row] {
        try Row.fetchAll(
            db.cachedStatement(sql: "SELECT * FROM application AS a WHERE \(condition) ORDER BY area, id"),
            arguments: arguments)
    }

    private static func file(_ row: Row, _ db: Database) throws -> CaseFile {
        let (area, id) = (try OfficeCode(row["area"] as String), row.bytes("id") ?? [])
        func rows(_ table: DomainTable) throws -> [Row] {
            try Row.fetchAll(
                db.cachedStatement(
                    sql: """
                        SELECT *, \(RowWriter.office(of: table.name, as: "t")) AS writer FROM \(table.name) AS t
                        WHERE area = ? AND application = ? ORDER BY id
                        """),
                arguments: [area.digits, Data(id)])
        }
        let steps = try rows(caseStepTable).compactMap { CaseFile.Step($0) }
        let objections = try rows(objectionTable)
        let (visits, notices, appraisals) = (
            try rows(homeVisitTable), try rows(noticeTable), try rows(appraisalTable)
        )
        let household = HouseholdID(area: area, id: row.bytes("household") ?? [])
        let decided = try Decisions(of: household, db)
        let decisions = decided.all.filter { $0.application == id }
        let reliefs = try Reliefs.all(of: household, db).filter { $0.application == id }
        var outcomes = Set(decisions.compactMap(\.caseOutcome))
        if row["aid_kind"] == CaseFile.reliefKind, reliefs.contains(where: \.isValid) { outcomes.insert(.confirmed) }
        return CaseFile(
            area: area, id: id, household: household, aidKind: row["aid_kind"], applicant: row.bytes("applicant"),
            appliedOn: row.date("applied_on"), channel: row["channel"], proxy: row["proxy"], finder: row["finder"],
            hasConsent: row.isTrue("consent"),
            kin: row["kin"], event: row["event"], steps: steps,
            visits: visits.compactMap { CaseFile.Visit($0) },
            notices: notices.compactMap { CaseFile.Notice($0) },
            objections: objections.map { $0["text"] },
            objectedOn: objections.compactMap { $0.date("day") },
            hiddenObjections: try rows(objectionToldTable).map { ($0["objector"], $0["text"]) }, decisions: decisions,
            reliefs: reliefs,
            decisionsWithoutRight: decided.withoutRight.filter { $0.application == id }, rivals: decided.rivals,
            state: CaseState(steps.map(\.done), outcomes: outcomes),
            papers: visits.compactMap { CaseFile.Papers($0, of: "visit", on: "day") }
                + notices.compactMap { CaseFile.Papers($0, of: "notice", on: "posted_on") }
                + appraisals.compactMap { CaseFile.Papers($0, of: "appraisal", on: "day") },
            appraisals: appraisals.compactMap { row in
                row.date("day").map { "\($0): \(row["conclusion"] as String)" }
            })
    }
}

extension CaseFile.Step {
    /// - Returns: nil for a step that this program does not know.
    fileprivate init?(_ row: Row) {
        let office: String = row["writer"]
        guard let step = CaseStep(rawValue: row["step"]), let writer = try? OfficeCode(office) else { return nil }
        id = row.bytes("id") ?? []
        done = CaseState.Done(step, round: row["round"], by: writer.tier)
        self.office = office
        day = row.date("day")
        number = row["number"]
        opinion = row["opinion"]
        reason = row["reason"]
        user = row["created_by"]
    }
}

extension CaseFile.Papers {
    /// - Returns: nil where none were kept and nobody signed.
    fileprivate init?(_ row: Row, of what: String, on column: String) {
        hashes = (row["papers"] as String).split(separator: " ").map(String.init)
        signedBy = row["signed_by"] as String? ?? ""
        guard !hashes.isEmpty || !signedBy.isEmpty else { return nil }
        (of, day) = (what, row.date(column))
    }
}

extension CaseFile.Visit {
    fileprivate init?(_ row: Row) {
        guard let writer = try? OfficeCode(row["writer"] as String) else { return nil }
        tier = writer.tier
        day = row.date("day")
        func names(_ column: String) -> [String] {
            (row[column] as String).split(whereSeparator: { ",，、".contains($0) }).map(String.init)
        }
        visitors = names("visitors")
        signedBy = names("signed_by")
        seen = row["seen"]
        findings = row["findings"]
    }
}

extension CaseFile.Notice {
    fileprivate init?(_ row: Row) {
        guard let posted = row.date("posted_on"), let ends = row.date("ends_on") else { return nil }
        round = row["round"]
        self.posted = posted
        self.ends = ends
        place = row["place"]
    }
}

package enum CaseError: Error, Hashable, CustomStringConvertible {
    case unknown(String)
    case openAlready(String, CalendarDate?)
    case unsettled([OpenQuestion])
    case noVisit
    case notSigned
    case noticeRuns(until: CalendarDate)
    case noticeBefore(CalendarDate)
    case noticeOfMinor
    case noCheck
    case untold
    case tooLate(CalendarDate, Int)
    case unanswered(CalendarDate?)
    case checkTooOld(CalendarDate)
    case notPublished
    case noConsent
    case consentWithdrawn(String)
    case mustVisitItself
    case notYours(Tier)
    case nothingDue(Category)
    case empty(String)
    case sequenceUsedUp
    case otherAid(String)
    case unknownKind(String)
    case nothingToReview
    case moreThanDecided(Money)
    case notHidden

    package var description: String {
        switch self {
        case .unknown(let name): "no one case ‘\(name)’ is here; ‘sanji case list’ shows all"
        case .openAlready(let name, let day):
            "this household has applied for it already\(day.map { " on \($0)" } ?? ""), and case \(name) is open: go on with that (‘sanji case show \(name)’), or say --again"
        case .unsettled(let questions):
            "nothing can be decided before this is settled: " + questions.map(\.description).joined(separator: "; ")
        case .noVisit:
            "no home visit by at least two people who saw somebody of the family is recorded; ‘sanji case visit’ takes one down at any stage, and ‘sanji case step CASE send_back --reason …’ gives the case back to the town and its village"
        case .notSigned:
            "the paper of the visit is not signed by two visitors and somebody of the family; ‘sanji case visit … --signed NAME’, once for each, takes the signed one down, "
                + "‘sanji case step CASE send_back --reason …’ gives the case back, or --unsigned REASON says why nobody could sign"
        case .tooLate(let day, let days):
            "\(day) is more than \(days) days ago; what happened longer ago is not typed in any more, do it anew"
        case .untold: "the family does not have the refusal in writing yet; ‘sanji case step CASE told’"
        case .noCheck: "nothing was asked that is not answered; ‘sanji case step CASE check’ asks"
        case .unanswered(let day):
            "what other departments were asked\(day.map { " on \($0)" } ?? "") is not answered; ‘sanji case step CASE checked’ takes the answer down"
        case .checkTooOld(let day):
            "the answer of other departments held until \(day); ask anew (‘sanji case step CASE check’)"
        case .noticeOfMinor: "a child's case is not published; it is confirmed with ‘--without-notice REASON’"
        case .noticeBefore(let day): "what is published now begins on \(day); no notice of it hung before"
        case .noticeRuns(let end): "the notice hangs until \(end); confirm from the day after"
        case .notPublished:
            "the case was not on public notice; the town hangs it out (‘sanji case notice’, where it was forwarded already after ‘sanji case step CASE send_back --reason …’), or --without-notice REASON for those who must not be named"
        case .noConsent:
            "not every adult has agreed that their data are checked; ‘sanji household consent’ takes it down for each"
        case .consentWithdrawn(let name):
            "\(name) has withdrawn the agreement that their data are checked; ‘sanji household consent’ once they agree again"
        case .mustVisitItself:
            "somebody objected, or staff are related: the deciding office visits the family itself first"
        case .notYours(let tier):
            "a \(tier) does not decide this; the district does, or has delegated it (parameter decision.delegated)"
        case .nothingDue(let category):
            "the rules give \(category.rawValue): refuse it with its reason, or correct the facts"
        case .empty(let what): "the \(what) is empty; say it"
        case .unknownKind(let word):
            "‘\(word)’ is no kind of aid that is applied for here; it is one of \(ApplicationKind.offered), in capital letters. Other "
                + "aid is asked of its department with ‘sanji referral send’"
        case .otherAid(let kind):
            "‘\(kind)’ is not decided this way: monthly assistance (DB, TK, BY, GX) with ‘sanji case confirm’, temporary relief (LS) "
                + "with ‘sanji relief give … --case’"
        case .moreThanDecided(let decided):
            "that is more than the \(decided) yuan that were decided for the month; decide anew with `sanji review decide`"
        case .nothingToReview: "this household gets nothing that could be changed or stopped; it applies first"
        case .notHidden: "what a village takes down it knows; the family tells its town or the district"
        case .sequenceUsedUp: "this office has given out all numbers of this year"
        }
    }
}
