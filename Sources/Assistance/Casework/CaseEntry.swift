import ChangeSets
import Foundation
import GRDB
import Replica

/// What offices do with cases: each one transaction, refused where it does not follow on what is known here.
package struct CaseEntry {
    let replica: OfficeReplica
    let user: ActingUser
    let today: CalendarDate

    package init(_ replica: OfficeReplica, as user: ActingUser, today: CalendarDate) {
        self.replica = replica
        self.user = user
        self.today = today
    }

    package struct NewApplication: Sendable {
        /// One of ``ApplicationKind``.
        package var aidKind: String
        package var applicant: [UInt8]?
        package var proxy: String?
        package var channel: String
        package var finder: String?
        package var hasConsent: Bool
        package var kin: String?
        package var event: String?

        package init(
            aidKind: String, applicant: [UInt8]? = nil, proxy: String? = nil, channel: String = "self",
            finder: String? = nil, hasConsent: Bool, kin: String? = nil, event: String? = nil
        ) {
            self.aidKind = aidKind
            self.applicant = applicant
            self.proxy = proxy
            self.channel = channel
            self.finder = finder
            self.hasConsent = hasConsent
            self.kin = kin
            self.event = event
        }
    }

    /// - Parameters:
    ///   - day: On which it was applied for, where it is typed in later; today if nil.
    ///   - again: Also where an application of this kind is open here.
    /// - Returns: Id of the application.
    /// - Throws: ``CaseError/openAlready(_:_:)``, that one kind is not typed in twice unaware.
    package func open(
        _ application: NewApplication, for household: HouseholdID, on day: CalendarDate? = nil, again: Bool = false
    ) throws -> [UInt8] {
        guard day.map({ $0 <= today }) ?? true else { throw FactError.later("day of the application") }
        guard ApplicationKind(rawValue: application.aidKind) != nil else {
            throw CaseError.unknownKind(application.aidKind.shortened)
        }
        return try replica.write(as: user) { db in
            if let day { try checkLate(day, in: household.area, db) }
            if !again,
                let open = try CaseReading.all(of: household, db).first(where: {
                    $0.aidKind == application.aidKind && $0.state.stage < .confirmed
                })
            {
                throw CaseError.openAlready(open.number ?? open.id.hex, open.appliedOn)
            }
            return try NewRow(
                table: applicationTable, area: household.area,
                values: [
                    ("household", household.id.databaseValue), ("aid_kind", application.aidKind.databaseValue),
                    ("applicant", application.applicant.databaseValue), ("proxy", application.proxy.databaseValue),
                    ("applied_on", (day ?? today).description.databaseValue),
                    ("channel", application.channel.databaseValue),
                    ("finder", application.finder.databaseValue),
                    ("consent", application.hasConsent.databaseValue), ("kin", application.kin.databaseValue),
                    ("event", application.event.databaseValue),
                ]
            ).insert(by: user, db)
        }
    }

    /// Accepts a case, sends it on or back, takes it back, archives it.
    /// - Throws: ``CaseStepError``, ``CaseError``.
    package func step(_ step: CaseStep, _ name: String, opinion: String? = nil, reason: String? = nil) throws
        -> CaseFile
    {
        try inCase(name) { db, file in
            if let error = file.state.reason(against: step, by: replica.office.tier) { throw error }
            if [.sendBack, .withdraw, .papers, .check, .checked].contains(step), reason?.isEmpty ?? true {
                throw CaseError.empty("reason")
            }
            if step == .forward { try CaseChecks(file, on: today, db).notice() }
            // By when it was typed in: a line that was cut, or a family that brings papers later, loses no application.
            if step == .accept, let applied = file.appliedOn {
                try checkLate(applied, enteredOn: CalendarDate(madeWith: file.id) ?? today, in: file.area, db)
            }
            if step == .check { try Consents.check(file, on: today, db) }
            if step == .checked, file.openCheck(on: today) == nil { throw CaseError.noCheck }
            if step == .archive, file.untoldSince != nil { throw CaseError.untold }
            try add(step, file, opinion: opinion, reason: reason, db)
        }
    }

    package func visit(_ name: String, _ visit: HomeVisit) throws -> CaseFile {
        try inCase(name) { db, file in
            try visit.insert(to: file.household, application: file.id, by: user, today: today, db)
        }
    }

    /// Hangs the notice out, from the day after `posted` on, as long as the district's rules say.
    /// - Parameter papers: Photographs of it where it hangs.
    package func notice(
        _ name: String, posted: CalendarDate, place: String, papers: [PaperHash] = []
    ) throws -> CaseFile {
        guard posted <= today else { throw FactError.later("day of the notice") }
        return try inCase(name) { db, file in
            if let error = file.state.reason(against: .notice, by: replica.office.tier) { throw error }
            if let began = file.roundBegan, posted < began { throw CaseError.noticeBefore(began) }
            try checkLate(posted, in: file.area, db)
            if try PublicNotices.isOfMinor(file, on: today, db) { throw CaseError.noticeOfMinor }
            let checks = CaseChecks(file, on: today, db)
            try checks.visits(by: nil)
            guard let end = try checks.endOfNotice(posted: posted) else {
                throw FactError.later("day of the notice")
            }
            try NewRow(
                table: noticeTable, area: file.area,
                values: [
                    ("application", file.id.databaseValue), ("round", file.state.round.databaseValue),
                    ("posted_on", posted.description.databaseValue),
                    ("ends_on", end.description.databaseValue), ("place", place.databaseValue),
                    ("papers", papers.written.databaseValue),
                ]
            ).insert(by: user, db)
            try add(.notice, file, db)
        }
    }

    /// - Parameters:
    ///   - objector: Who says so; kept with what is said.
    ///   - isHidden: At a town or the district: the village learns that there is an objection, and neither what it says nor whose it is.
    package func objection(
        _ name: String, text: String, objector: String = "", hidden isHidden: Bool = false
    ) throws -> CaseFile {
        guard !text.isEmpty else { throw CaseError.empty("objection") }
        guard !isHidden || replica.office.tier != .village else { throw CaseError.notHidden }
        return try inCase(name) { db, file in
            if let error = file.state.reason(against: .objection, by: replica.office.tier) { throw error }
            try NewRow(
                table: objectionTable, area: file.area,
                values: [
                    ("application", file.id.databaseValue), ("day", today.description.databaseValue),
                    (
                        "text",
                        (isHidden ? Self.hidden : objector.isEmpty ? text : "\(text) (\(objector))").databaseValue
                    ),
                ]
            ).insert(by: user, db)
            if isHidden {
                try NewRow(
                    table: objectionToldTable, area: file.area,
                    values: [
                        ("application", file.id.databaseValue), ("objector", objector.databaseValue),
                        ("text", text.databaseValue), ("day", today.written),
                    ]
                ).insert(by: user, db)
            }
            try add(.objection, file, db)
        }
    }

    /// What a village reads of one.
    private static let hidden = "(由镇街受理，内容不公开 heard by the town, not shown)"

    package struct Votes: Sendable {
        package let inFavour: Int, against: Int, abstained: Int

        package init(inFavour: Int, against: Int, abstained: Int) {
            self.inFavour = inFavour
            self.against = against
            self.abstained = abstained
        }
    }

    package func appraise(
        _ name: String, on day: CalendarDate, place: String, present: [String], _ votes: Votes, conclusion: String,
        papers: [PaperHash] = []
    ) throws -> CaseFile {
        guard day <= today else { throw FactError.later("day of the meeting") }
        guard !conclusion.isEmpty else { throw CaseError.empty("conclusion") }
        return try inCase(name) { db, file in
            if let error = file.state.reason(against: .appraise, by: replica.office.tier) { throw error }
            try NewRow(
                table: appraisalTable, area: file.area,
                values: [
                    ("application", file.id.databaseValue), ("day", day.description.databaseValue),
                    ("place", place.databaseValue), ("present", present.joined(separator: "、").databaseValue),
                    ("votes_for", votes.inFavour.databaseValue), ("votes_against", votes.against.databaseValue),
                    ("votes_abstain", votes.abstained.databaseValue), ("conclusion", conclusion.databaseValue),
                    ("papers", papers.written.databaseValue),
                ]
            ).insert(by: user, db)
            try add(.appraise, file, db)
        }
    }

    // MARK: One case

    /// Reads the case, does something about it, and reads it again: in one transaction, so that nothing comes in between.
    func inCase(_ name: String, _ body: (Database, CaseFile) throws -> Void) throws -> CaseFile {
        try replica.write(as: user) { db in
            let file = try CaseReading.one(name, db)
            try body(db, file)
            return try CaseReading.file(of: file.area, file.id, db)
        }
    }

    private func add(
        _ step: CaseStep, _ file: CaseFile, opinion: String? = nil, reason: String? = nil, _ db: Database
    ) throws {
        let number = step == .accept ? try nextNumber(of: file.aidKind, db).description : nil
        try NewRow(
            table: caseStepTable, area: file.area,
            values: [
                ("application", file.id.databaseValue), ("step", step.rawValue.databaseValue),
                ("round", file.state.round.databaseValue), ("day", today.description.databaseValue),
                ("number", number.databaseValue), ("opinion", opinion.databaseValue), ("reason", reason.databaseValue),
            ]
        ).insert(by: user, db)
    }

    /// What happened on paper may be typed in later, and not any time later: the day of the entry stands beside it.
    private func checkLate(
        _ day: CalendarDate, enteredOn: CalendarDate? = nil, in area: OfficeCode, _ db: Database
    ) throws {
        var book = try PublishedRules.book(of: area, on: today, db)
        let days = try book.number(.caseLateDays)
        if let end = day.adding(days: days), end < enteredOn ?? today { throw CaseError.tooLate(day, days) }
    }

    /// Above the highest that this office has ever given, as far as is known here.
    private func nextNumber(of kind: String, _ db: Database) throws -> CaseNumber {
        let start = "\(kind)-\(replica.office)-\(today.year)-"
        let given = try String.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT number FROM case_step AS t WHERE number >= ? AND number < ?
                    AND \(RowWriter.office(of: caseStepTable.name, as: "t")) = office()
                    """),
            arguments: [start, start + ":"])
        let last = given.compactMap { CaseNumber(written: $0)?.sequence }.max() ?? 0
        guard
            let number = CaseNumber(kind: kind, office: replica.office, year: today.year, sequence: last + 1)
        else { throw CaseError.sequenceUsedUp }
        return number
    }
}
