import ArgumentParser
import Assistance
import ChangeSets
import Foundation
import GRDB
import Node
import Replica

/// 临时救助
struct ReliefCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "relief", abstract: "Temporary relief: aid for once.",
        subcommands: [Give.self, Withdraw.self, List.self, Papers.self, Float.self])

    struct Give: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "give", abstract: "Give it: a town up to relief.town_months standards, the district more.",
            discussion: """
                With --transition instead of --amount it is help after a disaster: people who live there × days × relief.transition, for \
                relief.transition_days at most. Exits 2 when the household was given relief for the same cause this year already; that is \
                allowed.
                """)
        @OptionGroup var options: ReplicaOptions
        @Argument(help: "AREA/NUMBER, number, or id of the household.") var household: String
        @OptionGroup var user: UserOption
        @Option(help: "urgent or expense.") var kind: Relief.Kind
        @Option(help: "\(HardshipCause.offered).") var cause: String
        @Option(help: "In yuan.", transform: Money.argument) var amount: Money?
        @Option(help: "For so many days by the published rate.") var transition: Int?
        @Option(help: "Number of the decision.") var document: String
        @Option(help: "The accident or disaster.") var event: String?
        @Option(help: "The application, where there is one.") var `case`: String?
        @Option(help: "Why.") var reason: String?
        @Flag(help: "Paid before the papers.") var paidFirst = false

        struct Report: Encodable {
            let id: String, amountFen: Int64, month: String
            @OrNull var papersDue: String?
            let sameCause: [String]
            @OrNull var reason: String?
        }

        func validate() throws {
            guard (amount == nil) != (transition == nil) else {
                throw ValidationError("give --amount, or --transition with the number of days")
            }
        }

        func run() throws {
            let replica = try options.replica()
            let home = try replica.read { try HouseholdLookup.one(household, $0) }
            let (relief, sameCause) = try ReliefEntry(replica, as: user.user, today: try Today.date()).give(
                .init(
                    kind: kind, cause: cause, event: event, amount: amount ?? .zero, transitionDays: transition,
                    document: document, isPaidFirst: paidFirst, reason: reason), to: home, for: `case`)
            try options.wakeNode()
            if options.json {
                try Output.json(
                    Report(
                        id: relief.id.hex, amountFen: relief.amount.fen, month: relief.month.description,
                        papersDue: relief.papersDue?.description, sameCause: sameCause.map(\.document),
                        reason: relief.reason))
            } else {
                Output.line(
                    "\(relief.id.hex) \(relief.amount) yuan" + (relief.papersDue.map { ", papers due \($0)" } ?? "")
                        + (transition != nil ? ": \(relief.reason ?? "")" : ""))
            }
            for earlier in sameCause {
                Output.note("given for the same cause on \(earlier.day): \(earlier.amount) yuan (\(earlier.document))")
            }
            if !sameCause.isEmpty { throw needsAttention }
        }
    }
}

extension ReliefCommand {
    struct Item: Encodable {
        let id: String, area: String, household: String, householdNo: String, head: String
        let amountFen: Int64, day: String, document: String
        @OrNull var papersDue: String?
        @OrNull var papersOn: String?
        let overdue: Bool
        /// Whether it counts: nobody has taken it back, and whoever gave it may give so much.
        let counts: Bool
        @OrNull var withdrawnOn: String?
        @OrNull var withdrawnBy: String?
        @OrNull var withdrawnReason: String?

        init(_ relief: Relief, _ today: CalendarDate, _ db: Database) throws {
            let name = try HouseholdName(relief.household, db)
            householdNo = name.number
            head = name.head
            counts = relief.isValid
            withdrawnOn = relief.withdrawal?.day?.description
            withdrawnBy = relief.withdrawal.map { "\($0.office) \($0.user)" }
            withdrawnReason = relief.withdrawal?.reason
            id = relief.id.hex
            area = relief.household.area.digits
            household = relief.household.id.hex
            amountFen = relief.amount.fen
            day = relief.day.description
            document = relief.document
            papersDue = relief.papersDue?.description
            papersOn = relief.papersOn?.description
            overdue = relief.isValid && relief.papersOn == nil && relief.papersDue.map { $0 < today } ?? false
        }

        /// What there is to say of it in a list.
        var remark: String {
            if let reason = withdrawnReason { return "withdrawn by \(withdrawnBy ?? ""): \(reason)" }
            return overdue ? "overdue" : counts ? "" : "of no effect: more than its office may give"
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract:
                "Urgent relief that was paid before its papers, as long as they are missing; with --all whatever was given.",
            discussion: "Exits 2 when some are overdue.")
        @OptionGroup var options: ReplicaOptions
        @Option(help: "Only this area.", transform: OfficeCode.argument) var area: OfficeCode?

        @Flag(help: "All that was given, with what was taken back.") var all = false

        struct List: Encodable { let reliefs: [Item] }

        func run() throws {
            let (replica, today) = (try options.replica(), try Today.date())
            let area = area ?? replica.office
            let (found, items) = try replica.read { db in
                let found = try all ? Reliefs.all(in: area, db) : Reliefs.withoutPapers(in: area, db)
                return (found, try found.map { try Item($0, today, db) })
            }
            let running = try options.noteNode()
            if options.json {
                try Output.json(List(reliefs: items), running: running)
            } else {
                Output.table(
                    ["id", "area", "household", "head", "amount", "given", "papers due", ""],
                    zip(found, items).map { relief, item in
                        [
                            String(item.id.prefix(12)), item.area, item.householdNo, item.head, "\(relief.amount)",
                            item.day,
                            item.papersDue ?? "",
                            item.remark,
                        ]
                    })
            }
            if items.contains(where: \.overdue) { throw needsAttention }
        }
    }

    struct Withdraw: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "withdraw", abstract: "Take back what was given by mistake.",
            discussion:
                "By the office that gave it, or one above it. It counts nowhere any more, and a case that ended with it is open again."
        )
        @OptionGroup var options: ReplicaOptions
        @Argument(help: "Id of the relief, or the beginning of it; ‘sanji relief list --all’ shows it.") var id: String
        @Option(help: "Why.") var reason: String
        @OptionGroup var user: UserOption

        func run() throws {
            let (replica, today) = (try options.replica(), try Today.date())
            let relief = try ReliefEntry(replica, as: user.user, today: today).withdraw(id, reason: reason)
            try options.wakeNode()
            if options.json { return try Output.json(replica.read { try Item(relief, today, $0) }) }
            Output.note("taken back: \(relief.amount) yuan (\(relief.document))")
        }
    }

    struct Papers: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "papers", abstract: "Say that the papers of what was paid first are there.")
        @OptionGroup var options: ReplicaOptions
        @Argument(help: "Id of the relief, or the beginning of it.") var id: String
        @Option(help: "Which papers.") var text: String
        @OptionGroup var user: UserOption

        func run() throws {
            let (replica, today) = (try options.replica(), try Today.date())
            let relief = try ReliefEntry(replica, as: user.user, today: today).papers(id, text: text)
            try options.wakeNode()
            if options.json { return try Output.json(replica.read { try Item(relief, today, $0) }) }
            Output.note("papers taken down")
        }
    }
}

extension ReliefCommand {
    struct Float: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "float", abstract: "What towns have in hand for urgent relief that is paid at once.",
            discussion: """
                With --town and an amount the district gives one, or takes it back. A town that was never given one is bounded by \
                nothing but its ceiling.
                """)
        @OptionGroup var options: ReplicaOptions
        @Option(help: "Given to this town.", transform: OfficeCode.argument) var town: OfficeCode?
        @Option(help: "In yuan.", transform: Money.argument) var amount: Money?
        @Flag(help: "It comes back to the district.") var returned = false
        @Option(help: "Number of the paper.") var document: String?
        @Option(name: .customLong("as"), help: "Who does it.") var user: String?

        struct Item: Encodable { let town: String, givenFen: Int64, paidFen: Int64, leftFen: Int64 }
        struct List: Encodable { let floats: [Item] }

        func validate() throws {
            let given = [town != nil, amount != nil, document != nil, user != nil]
            guard Set(given).count == 1, given[0] || !returned else {
                throw ValidationError("to give one name --town, --amount, --document and --as")
            }
            if let user { try UserOption.check(user) }
        }

        func run() throws {
            let replica = try options.replica()
            if let town, let amount, let document, let user {
                _ = try ReliefEntry(replica, as: ActingUser(user), today: try Today.date())
                    .float(town, amount, isReturned: returned, document: document)
                try options.wakeNode()
            }
            let floats = try replica.read { try ReliefFloats.all(in: replica.office, $0) }
            let items = floats.map {
                Item(town: $0.town.digits, givenFen: $0.given.fen, paidFen: $0.paid.fen, leftFen: $0.left.fen)
            }
            if options.json { return try Output.json(List(floats: items), running: try options.noteNode()) }
            Output.table(
                ["town", "given", "paid", "left"],
                floats.map { [$0.town.digits, "\($0.given)", "\($0.paid)", "\($0.left)"] })
        }
    }
}

extension Relief.Kind: ExpressibleByArgument {}
