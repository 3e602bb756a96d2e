import Assistance
import ChangeSets
import Foundation
import Node
import Replica

/// A case as commands show it: as JSON, and on a terminal.
extension Case {
    struct Report: Encodable {
        struct Step: Encodable {
            let step: String, round: Int, office: String, user: String
            @OrNull var day: String?
            @OrNull var opinion: String?
            @OrNull var reason: String?
        }
        struct Objection: Encodable { let objector: String, text: String }
        struct Decision: Encodable {
            let outcome: String, category: String, fromMonth: String, office: String, document: String
            /// Where the file is opened.
            @OrNull var amountFen: Int64?
            @OrNull var graceTo: String?
            @OrNull var reason: String?
            /// Where the file is opened.
            @OrNull var trace: String?
        }
        let id: String, area: String, household: String, householdNo: String, head: String, kind: String
        @OrNull var number: String?
        let stage: String, stageName: String, round: Int, exitRequest: Bool, channel: String
        @OrNull var appliedOn: String?
        /// The disaster or accident it goes back to.
        @OrNull var event: String?
        let visits: Int, objections: Int, appraisals: [String]
        @OrNull var noticeEnds: String?
        let hiddenObjections: [Objection]
        let steps: [Step]
        let decisions: [Decision]
        /// Documents of decisions by offices that may not decide.
        let withoutRight: [String]
        /// investigate, visit, notice or confirm, and until when; and the end of the whole process.
        @OrNull var due: String?
        @OrNull var dueOn: String?
        @OrNull var wholeDueOn: String?
        /// Whether one of both may be later, once holidays are published.
        let provisional: Bool
        let overdue: Bool
        /// Documents of decisions about the household that were made unaware of each other.
        let rivals: [String]

        /// - Parameter fields: What of the household's file is opened.
        init(_ item: DeskCase, _ today: CalendarDate, opening fields: Set<HouseholdFile.Field> = []) {
            let file = item.file
            due = item.duty
            dueOn = item.due?.description
            wholeDueOn = item.wholeDue?.description
            provisional = item.isProvisional || item.isWholeProvisional
            overdue = item.isOverdue(on: today)
            id = file.id.hex
            area = file.area.digits
            household = file.household.id.hex
            householdNo = item.household.number
            head = item.household.head
            kind = file.aidKind
            number = file.number
            stage = file.state.stage.rawValue
            stageName = file.state.stage.chinese
            round = file.state.round
            exitRequest = file.state.hasExitRequest
            channel = file.channel
            appliedOn = file.appliedOn?.description
            event = file.event
            visits = file.visits.count
            objections = file.objections.count
            hiddenObjections = file.hiddenObjections.map { Objection(objector: $0.objector, text: $0.text) }
            appraisals = file.appraisals
            noticeEnds = file.notices.map(\.ends).max()?.description
            steps = file.steps.map { step in
                Step(
                    step: step.done.step.rawValue, round: step.done.round, office: step.office, user: step.user,
                    day: step.day?.description, opinion: step.isShown(opening: fields) ? step.opinion : nil,
                    reason: step.isShown(opening: fields) ? step.reason : nil)
            }
            withoutRight = file.decisionsWithoutRight.map { "\($0.office) \($0.document)" }
            rivals = file.rivals.map { "\($0.office) \($0.document)" }
            decisions = file.decisions.map { decision in
                Decision(
                    outcome: decision.outcome.rawValue, category: decision.category.rawValue,
                    fromMonth: decision.fromMonth.description, office: decision.office.digits,
                    document: decision.document, amountFen: fields.contains(.income) ? decision.total.fen : nil,
                    graceTo: decision.graceTo?.description, reason: decision.reason,
                    trace: fields.opensTrace ? decision.trace : nil)
            }
        }
    }

    /// One, with what its family has to settle and what was kept of papers.
    struct Single: Encodable {
        struct Paper: Encodable {
            let of: String
            @OrNull var day: String?
            let hashes: [String]
            let signedBy: String
        }
        struct Visit: Encodable {
            @OrNull var day: String?
            let visitors: [String], seen: String
            /// Where the file is opened: what was found may say who is ill.
            @OrNull var findings: String?
        }
        let report: Report
        /// 待核: before a decision.
        let questions: [String]
        /// Before it can be confirmed.
        let missing: [String]
        let papers: [Paper]
        let homeVisits: [Visit]
        @OrNull var applicant: String?
        @OrNull var proxy: String?
        @OrNull var finder: String?
        let consent: Bool
        @OrNull var kin: String?

        private enum CodingKeys: String, CodingKey {
            case questions, missing, papers, homeVisits, applicant, proxy, finder, consent, kin
        }

        init(
            _ item: DeskCase, _ questions: [OpenQuestion], missing: [String], _ today: CalendarDate,
            opening fields: Set<HouseholdFile.Field>
        ) {
            report = Report(item, today, opening: fields)
            let file = item.file
            applicant = file.applicant?.hex
            proxy = file.proxy
            finder = file.finder
            consent = file.hasConsent
            kin = file.kin
            homeVisits = file.visits.map {
                Visit(
                    day: $0.day?.description, visitors: $0.visitors, seen: $0.seen,
                    findings: fields.contains(.health) ? $0.findings : nil)
            }
            self.questions = questions.map(\.description)
            self.missing = missing
            papers = item.file.papers.map {
                Paper(of: $0.of, day: $0.day?.description, hashes: $0.hashes, signedBy: $0.signedBy)
            }
        }

        func encode(to encoder: any Encoder) throws {
            try report.encode(to: encoder)
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(questions, forKey: .questions)
            try container.encode(missing, forKey: .missing)
            try container.encode(papers, forKey: .papers)
            try container.encode(homeVisits, forKey: .homeVisits)
            try container.encode(applicant, forKey: .applicant)
            try container.encode(proxy, forKey: .proxy)
            try container.encode(finder, forKey: .finder)
            try container.encode(consent, forKey: .consent)
            try container.encode(kin, forKey: .kin)
        }
    }

    static func show(
        _ area: OfficeCode, _ id: [UInt8], _ replica: OfficeReplica, _ options: ReplicaOptions, running: Bool?,
        opening fields: Set<HouseholdFile.Field> = []
    ) throws {
        try Desk(replica).refresh()
        let (item, today) = (try replica.read { try CaseDesk.one(area, id, $0) }, try Today.date())
        let questions = try replica.read { try CaseReading.questions(of: item.file, on: today, $0) }
        let missing = try replica.read { try CaseChecks(item.file, on: today, $0).missing() }
        if options.json {
            return try Output.json(
                Single(item, questions, missing: missing, today, opening: fields), running: running)
        }
        write(item, today, opening: fields)
        Provisional.explain(item.isProvisional || item.isWholeProvisional)
        for question in questions { Output.line("  ! \(question)") }
        for what in missing { Output.line("  missing: \(what)") }
        for paper in item.file.papers {
            let signed = paper.signedBy.isEmpty ? "" : "signed by \(paper.signedBy)"
            let words = [signed] + paper.hashes.map { "SHA-256 \($0)" }
            Output.line(
                "  \(paper.day?.description ?? "?") \(paper.of): \(words.filter { !$0.isEmpty }.joined(separator: ", "))"
            )
        }
    }

    /// What is due, and until when all must be done.
    static func words(_ item: DeskCase, _ today: CalendarDate) -> String {
        let due = item.duty.flatMap { duty in
            item.due.map { due in
                let day = Provisional.mark(due, item.isProvisional)
                guard duty == "notice" else { return "\(duty) by \(day)" }
                return due < today ? "notice hung to \(day), forward or confirm" : "notice until \(day)"
            }
        }
        let whole = item.wholeDue.map { "all by \(Provisional.mark($0, item.isWholeProvisional))" }
        return ([due, whole].compactMap { $0 } + (item.isOverdue(on: today) ? ["overdue"] : []))
            .joined(separator: ", ")
    }

    static func write(_ item: DeskCase, _ today: CalendarDate, opening fields: Set<HouseholdFile.Field>) {
        let file = item.file
        let exit = file.state.hasExitRequest ? "; the family has asked to leave" : ""
        Output.line(
            "\(file.number ?? file.id.hex) \(file.aidKind) \(file.area)/\(item.household.number) \(item.household.head): \(file.state.stage.rawValue) \(file.state.stage.chinese)\(exit)"
        )
        if !words(item, today).isEmpty { Output.line("  \(words(item, today))") }
        for step in file.steps {
            let said = step.isShown(opening: fields) ? [step.opinion, step.reason] : []
            let words = said.compactMap { $0 }.joined(separator: "; ")
            Output.line(
                "  \(step.day?.description ?? "?") \(step.done.step.rawValue) \(step.office) \(step.user)"
                    + (words.isEmpty ? "" : ": \(words)"))
        }
        for visit in file.visits {
            let seen = visit.seen.isEmpty ? "nobody was at home" : "saw \(visit.seen)"
            let findings = fields.contains(.health) && !visit.findings.isEmpty ? ": \(visit.findings)" : ""
            Output.line(
                "  \(visit.day?.description ?? "?") visit by \(visit.visitors.joined(separator: ", ")), \(seen)\(findings)"
            )
        }
        for notice in file.notices { Output.line("  notice \(notice.posted) to \(notice.ends), \(notice.place)") }
        for objection in file.objections { Output.line("  objection: \(objection)") }
        for objection in file.hiddenObjections {
            Output.line("  not for the village: \(objection.text) (\(objection.objector))")
        }
        for appraisal in file.appraisals { Output.line("  appraisal \(appraisal)") }
        for decision in file.decisions {
            Output.line(
                "  \(decision.outcome.rawValue) by \(decision.office) (\(decision.document)): \(decision.category.rawValue)"
                    + (fields.contains(.income) ? ", \(decision.total) yuan a month" : "")
                    + " from \(decision.fromMonth)"
                    + (decision.graceTo.map {
                        fields.contains(.income) ? ", \(decision.graceKept) kept to \($0)" : ", in grace to \($0)"
                    } ?? ""))
        }
        for decision in file.decisionsWithoutRight {
            Output.line("  ! \(decision.office) decided without the right to (\(decision.document)): it has no effect")
        }
        if let last = file.rivals.last {
            Output.line(
                "  ! decided by several unaware of each other: "
                    + file.rivals.map { "\($0.office) (\($0.document))" }.joined(separator: ", ")
                    + "; that of \(last.office) holds until another is made")
        }
    }
}

extension CaseFile.Step {
    /// What other departments were asked and what they answered says what a family owns.
    fileprivate func isShown(opening fields: Set<HouseholdFile.Field>) -> Bool {
        ![.check, .checked].contains(done.step) || fields.contains(.income)
    }
}
