import ArgumentParser
import Assistance
import ChangeSets
import Foundation
import Node
import Replica

/// 办理
struct Case: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "case", abstract: "Applications, from the draft to the decision.",
        discussion:
            "A case is its number, or the beginning of its id. A household is AREA/NUMBER, its number, or its id.",
        subcommands: [
            List.self, Show.self, Open.self, Assess.self, Step.self, Visit.self, Notice.self, Objection.self,
            Appraise.self, Confirm.self, Refuse.self, Board.self,
        ])

    /// What every command on one case takes, and how it answers.
    struct Target: ParsableArguments {
        @OptionGroup var options: ReplicaOptions
        @Argument(help: "Number or id of the case.") var name: String
        @OptionGroup var user: UserOption

        func change(_ body: (CaseEntry) throws -> CaseFile) throws {
            let replica = try options.replica()
            let file = try body(CaseEntry(replica, as: user.user, today: try Today.date()))
            try options.wakeNode()
            try Case.show(file.area, file.id, replica, options, running: nil)
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "The cases that are here, by area.")
        @OptionGroup var options: ReplicaOptions
        @Option(help: "Only of this area and below it.", transform: OfficeCode.argument) var area: OfficeCode?
        @Option(help: "Only at this stage: 01 to 12.") var stage: String?
        @Flag(help: "Also those that have ended.") var all = false
        @Flag(help: "Only those of which something is overdue.") var overdue = false
        @OptionGroup var page: PageOptions

        struct List: Encodable { let cases: [Report], count: Int }

        func run() throws {
            let wanted = try stage.map { text in
                guard let stage = CaseStage(rawValue: text) else { throw ValidationError("a stage is 01 to 12") }
                return stage
            }
            let (replica, today) = (try options.replica(), try Today.date())
            let ended = all || wanted.map { $0 >= .confirmed } ?? false
            try Desk(replica).refresh()
            let (items, count) = try replica.read {
                try CaseDesk.page(
                    in: area ?? replica.office, ended: ended, stage: wanted, lateOn: overdue ? today : nil,
                    skip: page.skip, limit: page.limit, $0)
            }
            let running = try options.noteNode()
            if options.json {
                return try Output.json(List(cases: items.map { Report($0, today) }, count: count), running: running)
            }
            Output.table(
                ["case", "kind", "area", "household", "head", "stage", "applied", "due"],
                items.map { item in
                    let file = item.file
                    return [
                        file.number ?? file.id.hex, file.aidKind, file.area.digits, item.household.number,
                        item.household.head,
                        "\(file.state.stage.rawValue) \(file.state.stage.chinese)", file.appliedOn?.description ?? "",
                        ([Case.words(item, today)] + (file.state.hasExitRequest ? ["asks to leave"] : [])
                            + (file.rivals.isEmpty ? [] : ["decided twice"])).filter { !$0.isEmpty }
                            .joined(separator: "; "),
                    ]
                })
            page.note(items.count, of: count)
            Provisional.explain(items.contains { $0.isProvisional || $0.isWholeProvisional })
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "One case with all that was done.",
            discussion: "How a decision was worked out is in the JSON where --purpose opens it, which is written down.")
        @OptionGroup var options: ReplicaOptions
        @Argument(help: "Number or id of the case.") var name: String
        @OptionGroup var opening: Opening

        func run() throws {
            let replica = try options.replica()
            let file = try replica.read { try CaseReading.one(name, $0) }
            let fields = try opening.fields(of: file.household, in: replica, options)
            try Case.show(file.area, file.id, replica, options, running: try options.noteNode(), opening: fields)
        }
    }

    struct Open: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "open", abstract: "Take an application down; the town accepts it.")
        @OptionGroup var options: ReplicaOptions
        @Argument(help: "AREA/NUMBER, number, or id of the household.") var household: String
        @Option(help: "Kind of aid: \(ApplicationKind.offered).") var kind: String
        @Option(
            help: "The day on which it was applied for, where it is typed in later; today if not given.",
            transform: CalendarDate.argument) var on: CalendarDate?
        @Option(help: "Who applies: name or identity number of a member.") var applicant: String?
        @Option(help: "Who applies for them, where somebody does.") var proxy: String?
        @Option(help: "How it came here: self, village, alert, hotline, referral, charity, neighbour.")
        var channel: Channel = .own
        @Option(help: "Who found the family.") var finder: String?
        @Flag(help: "Also where the household has an open application of this kind.") var again = false
        @Flag(help: "Every adult has agreed that their data are checked.") var consent = false
        @Option(help: "Staff who are related, in words.") var kin: String?
        @Option(help: "The disaster or accident it goes back to.") var event: String?
        @OptionGroup var user: UserOption

        enum Channel: String, ExpressibleByArgument, CaseIterable {
            case own = "self"
            case village, alert, hotline, referral, charity, neighbour
        }

        func run() throws {
            let replica = try options.replica()
            let (home, person) = try replica.read { db in
                let home = try HouseholdLookup.one(household, db)
                return (home, try applicant.map { try HouseholdLookup.member($0, of: home, db) })
            }
            let entry = CaseEntry(replica, as: user.user, today: try Today.date())
            let id = try entry.open(
                .init(
                    aidKind: kind, applicant: person, proxy: proxy, channel: channel.rawValue, finder: finder,
                    hasConsent: consent, kin: kin, event: event), for: home, on: on, again: again)
            try options.wakeNode()
            if options.json { return try Case.show(home.area, id, replica, options, running: nil) }
            Output.line(id.hex)
        }
    }

    struct Assess: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "assess", abstract: "What the rules say of a household, with every step; decides nothing.",
            discussion: """
                Exits 2 when something has to be settled before a decision. The steps say what the family earns and who is ill: with a \
                purpose that opens them, which is written down.
                """)
        @OptionGroup var options: ReplicaOptions
        @Argument(help: "AREA/NUMBER, number, or id of the household.") var household: String
        @Option(help: "By the rules of this day; today if not given.", transform: CalendarDate.argument)
        var on: CalendarDate?
        @OptionGroup var opening: Opening

        struct Report: Encodable {
            struct Supplement: Encodable { let person: String, reason: String, amountFen: Int64 }
            let area: String, household: String, category: String, people: Int
            @OrNull var baseFen: Int64?
            @OrNull var careFen: Int64?
            @OrNull var totalFen: Int64?
            /// Who gets one says who is ill, as who is covered alone does.
            @OrNull var supplements: [Supplement]?
            @OrNull var coveredAlone: [String]?
            let questions: [String]
            let doubts: [String]
            @OrNull var trace: Trace?
        }

        func run() throws {
            let day = try on ?? Today.date()
            let replica = try options.replica()
            let home = try replica.read { try HouseholdLookup.one(household, $0) }
            let fields = try opening.fields(of: home, in: replica, options)
            let isOpened = fields.opensTrace
            let isHealthShown = fields.contains(.health)
            func shown(_ amount: Money) -> Int64? { fields.contains(.income) ? amount.fen : nil }
            let assessment = try replica.read { try Assessment(home, on: day, $0) }
            let running = try options.noteNode()
            let (family, found) = (assessment.family, assessment.determination)
            if options.json {
                try Output.json(
                    Report(
                        area: family.area.digits, household: family.id.hex, category: found.category.rawValue,
                        people: family.members.count, baseFen: shown(found.base),
                        careFen: isHealthShown ? found.care.fen : nil,
                        totalFen: shown(found.total),
                        supplements: isHealthShown
                            ? found.supplements.map {
                                .init(person: $0.member.hex, reason: $0.reason.rawValue, amountFen: $0.amount.fen)
                            } : nil,
                        coveredAlone: isHealthShown ? found.coveredAlone.map(\.hex) : nil,
                        questions: family.questions.map(\.description), doubts: family.doubts,
                        trace: isOpened ? found.trace : nil),
                    running: running)
            } else {
                Output.line(
                    "\(family.area)/\(family.number) \(family.headName): \(found.category.rawValue)"
                        + (fields.contains(.income) ? ", \(found.total) yuan a month" : "")
                )
                for step in isOpened ? found.trace.steps : [] {
                    guard let holds = step.holds else {
                        Output.line("  \(step.rule) \(step.what) = \(step.right)")
                        continue
                    }
                    Output.line(
                        "  \(step.rule) \(step.what): \(step.left) \(step.relation) \(step.right)  \(holds ? "yes" : "no")"
                    )
                }
                for question in family.questions { Output.line("! \(question)") }
                for doubt in family.doubts { Output.line("? \(doubt)") }
            }
            if !assessment.isSettled { throw needsAttention }
        }
    }

    struct Step: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "step",
            abstract:
                "Take a case on: accept, papers, investigate, check, checked, first_review, forward, send_back, withdraw, told, archive."
        )
        @OptionGroup var target: Target
        @Argument(help: "What is done.") var step: Named
        @Option(help: "The opinion.") var opinion: String?
        @Option(
            help:
                "The reason; needed to send back, to withdraw, for papers (what is missing), check (what is asked) and checked (what was answered)."
        ) var reason: String?

        /// Steps that are nothing but that; the others have commands of their own.
        enum Named: String, ExpressibleByArgument, CaseIterable {
            case accept, papers, investigate, firstReview = "first_review", forward, sendBack = "send_back", withdraw,
                check, checked, told, archive
        }

        func run() throws {
            guard let step = CaseStep(rawValue: step.rawValue) else { throw ValidationError("no such step") }
            try target.change { try $0.step(step, target.name, opinion: opinion, reason: reason) }
        }
    }

    struct Visit: ParsableCommand {
        static let configuration = CommandConfiguration(commandName: "visit", abstract: "Record a home visit.")
        @OptionGroup var target: Target
        @Option(help: "The day.", transform: CalendarDate.argument) var on: CalendarDate
        @OptionGroup var visited: VisitOptions

        func run() throws {
            let visit = try visited.visit(on: on)
            try target.change { try $0.visit(target.name, visit) }
        }
    }

    struct Notice: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "notice", abstract: "Record that the notice hangs; it ends as the district's rules say.")
        @OptionGroup var target: Target
        @Option(help: "The day it was hung out.", transform: CalendarDate.argument) var posted: CalendarDate
        @Option(help: "Where.") var place: String
        @OptionGroup var paper: PaperOptions

        func run() throws {
            let papers = try paper.hashes()
            try target.change { try $0.notice(target.name, posted: posted, place: place, papers: papers) }
        }
    }

    struct Board: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "board",
            abstract: "What hangs on the boards on a day: names masked where no rule has them named.")
        @OptionGroup var options: ReplicaOptions
        @Option(help: "The day; today if not given.", transform: CalendarDate.argument) var on: CalendarDate?
        @Option(help: "Only this area.", transform: OfficeCode.argument) var area: OfficeCode?
        // Each is worked out by the rules of the day: fewer than of other lists.
        @Option(help: "How many to show.") var limit = 100
        @Option(help: "How many to pass over first.") var skip = 0

        struct Item: Encodable {
            let area: String, name: String, aidKind: String, people: Int, posted: String, ends: String, place: String
            @OrNull var amountFen: Int64?
        }
        struct List: Encodable { let notices: [Item], count: Int }

        func validate() throws { try PageOptions.check(limit, skip) }

        func run() throws {
            let (replica, today) = (try options.replica(), try Today.date())
            let (notices, count) = try replica.read {
                try PublicNotices.hanging(
                    in: area ?? replica.office, on: on ?? today, skip: skip, limit: limit, $0)
            }
            let running = try options.noteNode()
            if options.json {
                let items = notices.map {
                    Item(
                        area: $0.area.digits, name: $0.name, aidKind: $0.aidKind, people: $0.people,
                        posted: $0.posted.description, ends: $0.ends.description, place: $0.place,
                        amountFen: $0.amount?.fen)
                }
                return try Output.json(List(notices: items, count: count), running: running)
            }
            Output.table(
                ["village", "name", "aid", "people", "amount", "until", "place"],
                notices.map {
                    [
                        $0.area.digits, $0.name, $0.aidKind, "\($0.people)", $0.amount?.description ?? "",
                        $0.ends.description, $0.place,
                    ]
                })
            // Of those that are counted some hang no more.
            if count > skip + limit {
                Output.note("of \(limit) of \(count), after \(skip); --skip and --limit show others")
            }
        }
    }

    struct Objection: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "objection", abstract: "Record an objection to a notice.")
        @OptionGroup var target: Target
        @Argument(help: "What is said.") var text: String
        @Option(help: "Who says so.") var objector = ""
        @Flag(help: "At a town or the district: the village learns neither what it says nor whose it is.")
        var hidden = false

        func run() throws {
            try target.change { try $0.objection(target.name, text: text, objector: objector, hidden: hidden) }
        }
    }

    struct Appraise: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "appraise", abstract: "Record an appraisal meeting.")
        @OptionGroup var target: Target
        @Option(help: "The day.", transform: CalendarDate.argument) var on: CalendarDate
        @Option(help: "Where.") var place: String
        @Option(help: "Who was there; give it once for each.") var present: [String] = []
        @Option(name: .customLong("for"), help: "Votes for it.") var inFavour: Int
        @Option(help: "Votes against it.") var against: Int
        @Option(help: "Votes for neither.") var abstain = 0
        @Option(help: "What was concluded.") var conclusion: String
        @OptionGroup var paper: PaperOptions

        func validate() throws {
            guard [inFavour, against, abstain].allSatisfy((0...9999).contains) else {
                throw ValidationError("votes are 0 to 9999")
            }
        }

        func run() throws {
            let papers = try paper.hashes()
            try target.change {
                try $0.appraise(
                    target.name, on: on, place: place, present: present,
                    .init(inFavour: inFavour, against: against, abstained: abstain), conclusion: conclusion,
                    papers: papers)
            }
        }
    }

    struct Confirm: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "confirm",
            abstract: "Confirm category and amount as the rules give them today; paid from next month.")
        @OptionGroup var target: Target
        @Option(help: "Number of the decision.") var document: String
        @Option(help: "Why the case was not on public notice (children, victims).") var withoutNotice: String?
        @Option(help: "Why the paper of the visit is not signed by the visitors and somebody of the family.")
        var unsigned: String?

        func run() throws {
            try target.change {
                try $0.confirm(target.name, document: document, withoutNotice: withoutNotice, unsigned: unsigned)
            }
        }
    }

    struct Refuse: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "refuse", abstract: "Refuse an application, with the reason in writing.")
        @OptionGroup var target: Target
        @Option(help: "Number of the decision.") var document: String
        @Option(help: "The reason, as the family reads it.") var reason: String

        func run() throws { try target.change { try $0.refuse(target.name, document: document, reason: reason) } }
    }
}
