import ArgumentParser
import Assistance
import ChangeSets
import Foundation
import Node
import Replica

/// 部门数据导入
struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Take what another department knows, as CSV; then monitor whom it is about.",
        discussion: """
            At a town or the district. Columns by kind: no,id_number,date and what is said; `sanji import KIND --columns` \
            prints them. A line is known by department, kind and number: imported again it says nothing new. Good lines are taken, \
            all others reported, exit code 2. The lines stay at this office; villages get kind and colour of what follows.
            """)
    @OptionGroup var options: ReplicaOptions
    @Argument(help: "medical, disability, accident, wage, income, school, death, disaster, asset, account_return.")
    var kind: SignalKind
    @Argument(help: "A CSV file.") var file: String?
    @Option(help: "Who hands it over, such as 医保.") var department: String?
    @Option(help: "Which delivery, such as 2026-11.") var batch: String?
    @Option(name: .customLong("as"), help: "Who acts. Recorded as unverified.") var user: String?
    @Flag(help: "Print the columns of this kind.") var columns = false

    struct Report: Encodable {
        struct Refused: Encodable { let line: Int, reason: String }
        let new: Int, known: Int, unmatched: Int, old: Int, refused: [Refused], warnings: MonitorOutcome
    }

    func validate() throws {
        if let user { try UserOption.check(user) }
        guard columns || (file != nil && department != nil && batch != nil && user != nil) else {
            throw ValidationError("give FILE, --department, --batch and --as; or --columns")
        }
    }

    func run() throws {
        if columns { return Output.line(kind.header.joined(separator: ",")) }
        guard let file, let department, let batch, let user else { return }
        let bytes = [UInt8](try InputFile.bytes(file))
        let (replica, today) = (try options.replica(), try Today.date())
        let report = try SignalImport.import(
            bytes, kind, department: department, batch: batch, into: replica, as: ActingUser(user), today: today)
        let warnings = MonitorOutcome(
            try Monitor(replica, as: ActingUser(user), today: today).run(MonitorOutcome.progress))
        try options.wakeNode()
        for line in report.refused { Output.note("\(line)") }
        if options.json {
            try Output.json(
                Report(
                    new: report.new, known: report.known, unmatched: report.unmatched, old: report.old,
                    refused: report.refused.map { .init(line: $0.line, reason: "\($0.fault)") }, warnings: warnings))
        } else {
            Output.line(
                "\(report.new) new lines, \(report.known) known, \(report.unmatched) about people in no register here, "
                    + "\(report.refused.count) refused")
            if report.old > 0 {
                Output.line(
                    "\(report.old) of more than \(SignalKind.daysBack) days ago: kept, and no rule looks at them")
            }
            Output.line(warnings.line)
        }
        warnings.noteFailures()
        if !report.refused.isEmpty || !warnings.failed.isEmpty { throw needsAttention }
    }
}

struct MonitorOutcome: Encodable {
    let looked: Int, raised: Int, heavier: Int, failed: [String]

    init(_ report: MonitorReport) {
        (looked, raised, heavier, failed) = (report.looked, report.raised, report.heavier, report.failed)
    }

    var line: String { "\(looked) households looked at: \(raised) warnings raised, \(heavier) got new facts" }

    func noteFailures() {
        for failure in failed.prefix(20) { Output.note(failure) }
        if failed.count > 20 { Output.note("… and \(failed.count - 20) more") }
    }

    static func progress(_ done: Int, _ total: Int) {
        Output.progress(done < total ? "\(done) of \(total) households" : "")
    }
}

struct MonitorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "monitor",
        abstract: "Look at every household about which something has changed, and raise warnings.",
        discussion: "At a town or the district, once a day: some warnings come with a date and not with data.")
    @OptionGroup var options: ReplicaOptions
    @OptionGroup var user: UserOption

    func run() throws {
        let replica = try options.replica()
        let outcome = MonitorOutcome(
            try Monitor(replica, as: user.user, today: try Today.date()).run(MonitorOutcome.progress))
        try options.wakeNode()
        if options.json { try Output.json(outcome) } else { Output.line(outcome.line) }
        outcome.noteFailures()
        if !outcome.failed.isEmpty { throw needsAttention }
    }
}

/// 预警处置
struct Alert: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "alert", abstract: "Warnings, from the first fact to the end.",
        discussion: """
            A warning is its id or the beginning of it, at least eight digits. Kinds:
            \(Alert.names(of: WarningKind.allCases).joined(separator: "\n"))
            """,
        subcommands: [
            List.self, Show.self, Raise.self, Acknowledge.self, Visited.self, Verdict.self, Close.self, Audit.self,
        ])

    static func names(of kinds: [WarningKind]) -> [String] {
        kinds.map { "\($0.rawValue) \($0.chinese) (\($0.english))" }
    }

    struct Report: Encodable {
        struct Step: Encodable {
            let action: String, office: String, user: String
            /// Where the file is opened: what was found may say who is ill.
            @OrNull var text: String?
            @OrNull var verdict: String?
            @OrNull var day: String?
        }
        let id: String, area: String, household: String, householdNo: String, head: String
        let kind: String, kindName: String, colour: Int, issuedOn: String, stage: String
        @OrNull var verdict: String?
        let contested: Bool
        let steps: [Step]
        @OrNull var due: String?
        @OrNull var dueOn: String?
        /// Whether `dueOn` may be later, once holidays are published.
        let provisional: Bool
        @OrNull var deliveredOn: String?
        let overdue: Bool
        @OrNull var concerns: String?

        init(_ item: DeskWarning, _ today: CalendarDate, opening fields: Set<HouseholdFile.Field> = []) {
            let warning = item.warning
            due = item.duty
            dueOn = item.due?.description
            provisional = item.isProvisional
            deliveredOn = item.delivered?.description
            overdue = item.isOverdue(on: today)
            concerns = item.concern(on: today)?.rawValue
            id = warning.id.hex
            area = warning.household.area.digits
            household = warning.household.id.hex
            householdNo = item.household.number
            head = item.household.head
            kind = warning.kind.rawValue
            kindName = warning.kind.chinese
            colour = warning.colour.rawValue
            issuedOn = warning.issuedOn.description
            stage = warning.state.stage.rawValue
            verdict = warning.state.verdict?.rawValue
            contested = warning.state.isContested
            steps = warning.steps.map { step in
                Step(
                    action: step.done.action.rawValue, office: step.office, user: step.user,
                    text: fields.contains(.health) ? step.text : nil,
                    verdict: step.done.verdict?.rawValue, day: step.day?.description)
            }
        }
    }

    /// One, with what its facts say.
    struct Single: Encodable {
        struct Fact: Encodable {
            @OrNull var day: String?
            let says: String
            /// Whom it means, where that is one person.
            @OrNull var person: String?
            /// In the words of whoever saw it, where the file is opened.
            @OrNull var text: String?
        }
        let warning: Report
        let facts: [Fact]

        private enum CodingKeys: String, CodingKey { case facts }

        func encode(to encoder: any Encoder) throws {
            try warning.encode(to: encoder)
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(facts, forKey: .facts)
        }
    }

    struct Target: ParsableArguments {
        @OptionGroup var options: ReplicaOptions
        @Argument(help: "Id of the warning.") var id: String
        @OptionGroup var user: UserOption

        func act(
            _ action: WarningAction, _ verdict: WarningVerdict? = nil, day: CalendarDate? = nil, _ text: String = "",
            ledTo file: String? = nil
        ) throws {
            let replica = try options.replica()
            let warning = try WarningEntry(replica, as: user.user, today: try Today.date())
                .act(action, on: id, verdict, day: day, saying: text, ledTo: file)
            try options.wakeNode()
            try Alert.show(warning.household.area, warning.id, replica, options, running: nil)
        }
    }

    static func show(
        _ area: OfficeCode, _ id: [UInt8], _ replica: OfficeReplica, _ options: ReplicaOptions, running: Bool?,
        opening fields: Set<HouseholdFile.Field> = []
    ) throws {
        try Desk(replica).refresh()
        let item = try replica.read { try WarningDesk.one(area, id, $0) }
        let today = try Today.date()
        let facts = try replica.read { try WarningReading.words(of: item.warning, $0) }
        func seen(_ fact: WarningWords) -> String? { fields.contains(.health) ? fact.seen : nil }
        if options.json {
            let words = facts.map {
                Single.Fact(day: $0.day?.description, says: $0.says, person: $0.person, text: seen($0))
            }
            return try Output.json(
                Single(warning: Report(item, today, opening: fields), facts: words), running: running)
        }
        write(item, today, opening: fields)
        Provisional.explain(item.isProvisional)
        for fact in facts {
            Output.line(
                "  \(fact.day?.description ?? "?") \(fact.says)" + (fact.person.map { ": \($0)" } ?? "")
                    + (seen(fact).map { "; \($0)" } ?? ""))
        }
    }

    static func write(_ item: DeskWarning, _ today: CalendarDate, opening fields: Set<HouseholdFile.Field>) {
        let warning = item.warning
        Output.line(
            "\(warning.id.hex) \(warning.colour.chinese) \(warning.kind.rawValue) \(warning.kind.chinese) "
                + "\(warning.household.area)/\(item.household.number) \(item.household.head) since \(warning.issuedOn): \(warning.state.stage.chinese)"
                + (warning.state.isContested ? "; two offices judge differently" : ""))
        if warning.state.stage != .closed {
            Output.line(
                "  " + (item.delivered.map { "at \(warning.household.area) since \($0)" } ?? "not known to be there")
                    + (words(item, today).isEmpty ? "" : "; \(words(item, today))"))
        }
        for step in warning.steps {
            Output.line(
                "  \(step.day?.description ?? "?") \(step.done.action.rawValue) \(step.office) \(step.user)"
                    + (step.done.verdict.map { ": \($0.rawValue)" } ?? "")
                    + (step.text.isEmpty || !fields.contains(.health) ? "" : "; \(step.text)")
            )
        }
    }

    /// What is due, and whose business it has become.
    private static func words(_ item: DeskWarning, _ today: CalendarDate) -> String {
        let due = item.duty.flatMap { duty in
            item.due.map {
                "\(duty) by \(Provisional.mark($0, item.isProvisional))"
                    + (item.isOverdue(on: today) ? ", overdue" : "")
            }
        }
        let concern = item.concern(on: today).map {
            switch $0 {
            case .call: "call the village"
            case .town: "for the town"
            case .district: "for the district"
            }
        }
        return [due, concern].compactMap { $0 }.joined(separator: "; ")
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "The warnings that are open here, the heaviest first, with what is due.",
            discussion: "Exits 2 when there are any.")
        @OptionGroup var options: ReplicaOptions
        @Option(help: "Only of this area and below it.", transform: OfficeCode.argument) var area: OfficeCode?
        @Flag(help: "Also those that are closed.") var all = false
        @Flag(help: "Only those of which something is overdue.") var overdue = false
        @Flag(help: "Only those that a town has closed and the district is to look at once more.") var audit = false
        @OptionGroup var page: PageOptions

        struct List: Encodable { let alerts: [Report], count: Int }

        func run() throws {
            let (replica, today) = (try options.replica(), try Today.date())
            try Desk(replica).refresh()
            let (items, count) = try replica.read {
                try WarningDesk.page(
                    in: area ?? replica.office, closed: all || audit, lateOn: overdue ? today : nil,
                    toAudit: audit, skip: page.skip, limit: page.limit, $0)
            }
            let running = try options.noteNode()
            if options.json {
                try Output.json(
                    List(alerts: items.map { Report($0, today) }, count: count), running: running)
            } else {
                Output.table(
                    ["id", "colour", "kind", "area", "household", "head", "since", "stage", "due"],
                    items.map { item in
                        let warning = item.warning
                        return [
                            warning.id.hex, warning.colour.chinese, "\(warning.kind.rawValue) \(warning.kind.chinese)",
                            warning.household.area.digits, item.household.number, item.household.head,
                            warning.issuedOn.description,
                            warning.state.stage.chinese + (warning.state.isContested ? " !" : ""),
                            Alert.words(item, today),
                        ]
                    })
                page.note(items.count, of: count)
                Provisional.explain(items.contains(where: \.isProvisional))
            }
            if audit ? !items.isEmpty : items.contains(where: { $0.warning.state.stage != .closed }) {
                throw needsAttention
            }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "One warning with all that was done.",
            discussion: """
                What was seen and what was found is shown where --purpose opens health (access.fields; ‘warning’ does as shipped), which is \
                written down.
                """)
        @OptionGroup var options: ReplicaOptions
        @Argument(help: "Id of the warning.") var id: String
        @OptionGroup var opening: Opening

        func run() throws {
            let replica = try options.replica()
            let warning = try replica.read { try WarningReading.one(id, $0) }
            let fields = try opening.fields(of: warning.household, in: replica, options)
            try Alert.show(
                warning.household.area, warning.id, replica, options, running: try options.noteNode(),
                opening: fields)
        }
    }

    struct Raise: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "raise", abstract: "Tell of something that somebody has seen and no department has told.",
            discussion: """
                At a town or the district it is a warning at once; what a village tells becomes one at the town, when it has \
                arrived and the town monitors. It is a fact of the household; ‘sanji fact withdraw’ takes it back. Its words are read at \
                the village as well, as all of it, in ‘sanji alert show’ and ‘sanji fact list’ with a purpose that opens health \
                (access.fields; --purpose warning does as shipped).
                """)
        @OptionGroup var entry: Fact.Entry
        @Option(help: "\(Alert.names(of: WarningKind.seen).joined(separator: "; ")).", transform: WarningKind.seen)
        var kind: WarningKind
        @Option(help: "What was seen.") var text: String
        @Option(help: "The day; today if not given.", transform: CalendarDate.argument) var on: CalendarDate?
        @Option(help: "Whom it is about: name or identity number; of a death always.") var person: String?
        @Option(help: "yellow, orange, red: more urgent than the kind is as a rule.") var colour: ColourName?

        enum ColourName: String, ExpressibleByArgument, CaseIterable {
            case yellow, orange, red

            var colour: Colour {
                switch self {
                case .yellow: .yellow
                case .orange: .orange
                case .red: .red
                }
            }
        }

        func run() throws {
            let day = try on ?? Today.date()
            try entry.add { home, db in
                .sighting(
                    kind, colour?.colour ?? .yellow,
                    person: try person.map { try HouseholdLookup.member($0, of: home, db) }, on: day, text: text)
            }
            let replica = try entry.options.replica()
            guard replica.office.tier != .village else {
                return Output.note("told; it becomes a warning at the town")
            }
            let home = try replica.read { try HouseholdLookup.one(entry.household, $0) }
            let report = try Monitor(replica, as: entry.user.user, today: try Today.date()).run(on: home)
            try entry.options.wakeNode()
            for failure in report.failed { Output.note(failure) }
            Output.note(
                report.raised + report.heavier > 0 ? "‘sanji alert list’ shows the warning" : "nothing new came of it")
        }
    }

    struct Acknowledge: ParsableCommand {
        static let configuration = CommandConfiguration(commandName: "ack", abstract: "Say that it was seen.")
        @OptionGroup var target: Target

        func run() throws { try target.act(.acknowledge) }
    }

    struct Visited: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "visit", abstract: "Record that the family was visited.",
            discussion: """
                It is a home visit: who was seen counts as contact, and where nobody was at home (without --seen) the warning is still \
                to be visited.
                """)
        @OptionGroup var target: Target
        @Option(help: "The day.", transform: CalendarDate.argument) var on: CalendarDate?
        @OptionGroup var visited: VisitOptions

        func run() throws {
            let (replica, today) = (try target.options.replica(), try Today.date())
            let visit = try visited.visit(on: on ?? today)
            let warning = try WarningEntry(replica, as: target.user.user, today: today).visit(target.id, visit)
            try target.options.wakeNode()
            if visit.isAbsence { Output.note("nobody was at home: the warning is still to be visited") }
            try Alert.show(warning.household.area, warning.id, replica, target.options, running: nil)
        }
    }

    struct Verdict: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "verdict", abstract: "Judge it: real, covered, false, not_found.")
        @OptionGroup var target: Target
        @Argument(help: "real, covered, false, not_found.") var verdict: WarningVerdict
        @Option(help: "The case that a real one led to.") var ledTo: String?
        @Option(help: "Why.") var reason = ""

        func run() throws { try target.act(.verdict, verdict, reason, ledTo: ledTo) }
    }

    struct Close: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "close", abstract: "Close it: a town yellow and orange ones, the district all.")
        @OptionGroup var target: Target
        @Option(help: "A remark.") var remark = ""

        func run() throws { try target.act(.close, nil, remark) }
    }
}

extension Alert {
    struct Audit: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "audit",
            abstract: "At the district: say what was found when a closed one was looked at once more.")
        @OptionGroup var target: Target
        @Option(help: "What was found.") var findings: String

        func run() throws { try target.act(.audit, nil, findings) }
    }
}

extension SignalKind: ExpressibleByArgument {}
extension WarningVerdict: ExpressibleByArgument {}

extension WarningKind {
    /// One that somebody can see and tell of.
    fileprivate static func seen(_ text: String) throws -> WarningKind {
        guard let kind = WarningKind(rawValue: text) else {
            throw ValidationError("‘\(text)’ is no kind of warning; ‘sanji help alert’ names them")
        }
        guard kind.canBeSeen else {
            throw ValidationError("\(kind.rawValue) follows from rows and days alone; nobody raises it by hand")
        }
        return kind
    }
}
