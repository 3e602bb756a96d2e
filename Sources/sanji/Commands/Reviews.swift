import ArgumentParser
import Assistance
import ChangeSets
import Foundation
import GRDB
import Node
import Replica

/// 复核
struct Review: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "review", abstract: "Looks again at households that get something.",
        discussion: "Amounts change by a signed decision and by nothing else.",
        subcommands: [List.self, Decide.self, Stop.self, Month.self, Schedule.self])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract:
                "Households whose day has come, or of which something was reported; with --differing those for whom the rules say something else now.",
            discussion: "Exits 2 when there are any.")
        @OptionGroup var options: ReplicaOptions
        @Option(help: "Only of this area and below it.", transform: OfficeCode.argument) var area: OfficeCode?
        @Option(help: "Up to this day; else today.", transform: CalendarDate.argument) var by: CalendarDate?
        @Flag(help: "Work everything out anew.") var differing = false
        @OptionGroup var page: PageOptions

        struct Item: Encodable {
            let area: String, household: String, number: String, head: String, category: String, amountFen: Int64,
                reason: String
            @OrNull var until: String?
        }
        struct List: Encodable { let reviews: [Item], count: Int }

        func run() throws {
            let (replica, today) = (try options.replica(), try Today.date())
            if !differing { try Desk(replica).refresh() }
            let (found, count) = try replica.read { db in
                let area = area ?? replica.office
                guard differing else {
                    return try ReviewReading.page(in: area, by: by ?? today, skip: page.skip, limit: page.limit, db)
                }
                let all = try ReviewReading.differing(in: area, on: by ?? today, db)
                return (Array(all.dropFirst(page.skip).prefix(page.limit)), all.count)
            }
            let running = try options.noteNode()
            if options.json {
                try Output.json(
                    List(
                        reviews: found.map {
                            Item(
                                area: $0.household.area.digits, household: $0.household.id.hex, number: $0.name.number,
                                head: $0.name.head,
                                category: $0.decision.category.rawValue, amountFen: $0.decision.total.fen,
                                reason: $0.reason.description, until: $0.until?.description)
                        }, count: count), running: running)
            } else {
                Output.table(
                    ["area", "household", "head", "category", "amount", "until", "why"],
                    found.map {
                        [
                            $0.household.area.digits, $0.name.number, $0.name.head, $0.decision.category.rawValue,
                            "\($0.decision.total)",
                            $0.until?.description ?? "", $0.reason.description,
                        ]
                    })
                page.note(found.count, of: count)
            }
            // Of those that are counted some may not be due.
            if !found.isEmpty || count > page.limit { throw needsAttention }
        }
    }

    struct Target: ParsableArguments {
        @OptionGroup var options: ReplicaOptions
        @Argument(help: "AREA/NUMBER, number, or id of the household.") var household: String
        @OptionGroup var user: UserOption

        struct Report: Encodable {
            let outcome: String, category: String, amountFen: Int64, fromMonth: String, document: String
            @OrNull var graceTo: String?
        }

        func act(_ body: (ReviewEntry, HouseholdID) throws -> Decision) throws {
            let replica = try options.replica()
            let home = try replica.read { try HouseholdLookup.one(household, $0) }
            let decision = try body(ReviewEntry(replica, as: user.user, today: try Today.date()), home)
            try options.wakeNode()
            if options.json {
                return try Output.json(
                    Report(
                        outcome: decision.outcome.rawValue, category: decision.category.rawValue,
                        amountFen: decision.total.fen, fromMonth: decision.fromMonth.description,
                        document: decision.document, graceTo: decision.graceTo?.description))
            }
            Output.line(
                "\(decision.outcome.rawValue): \(decision.category.rawValue), \(decision.total) yuan a month from "
                    + "\(decision.fromMonth)" + (decision.graceTo.map { ", \(decision.graceKept) kept to \($0)" } ?? "")
            )
        }
    }

    struct Decide: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "decide", abstract: "Decide what the rules of today say.")
        @OptionGroup var target: Target
        @Option(help: "Number of the decision.") var document: String
        @Option(help: "Why it was looked at.") var reason: String?

        func run() throws { try target.act { try $0.decide($1, document: document, reason: reason) } }
    }

    struct Stop: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "stop", abstract: "Stop what is paid, from next month.")
        @OptionGroup var target: Target
        @Option(help: "Number of the decision.") var document: String
        @Option(help: "Why.") var reason: String

        func run() throws { try target.act { try $0.stop($1, document: document, reason: reason) } }
    }

    struct Month: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "month", abstract: "Say what one month that has begun is due, where decisions do not.")
        @OptionGroup var options: ReplicaOptions
        @Argument(help: "AREA/NUMBER, number, or id of the household.") var household: String
        @OptionGroup var user: UserOption
        @Option(help: "The month, YYYY-MM.", transform: CalendarMonth.argument) var month: CalendarMonth
        @Option(help: "What it is due, in yuan; never more than was decided.", transform: Money.argument)
        var amount: Money
        @Option(help: "Number of the decision.") var document: String
        @Option(help: "Why.") var reason: String

        func run() throws {
            let replica = try options.replica()
            let home = try replica.read { try HouseholdLookup.one(household, $0) }
            try ReviewEntry(replica, as: user.user, today: try Today.date())
                .decide(home, in: month, amount, document: document, reason: reason)
            try options.wakeNode()
            Output.note("\(month) is due \(amount) yuan by \(document)")
        }
    }

    struct Schedule: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "schedule", abstract: "Set when it is looked at next, and how often.")
        @OptionGroup var options: ReplicaOptions
        @Argument(help: "AREA/NUMBER, number, or id of the household.") var household: String
        @OptionGroup var user: UserOption
        @Option(help: "year or half_year.") var every: ReviewInterval
        @Option(help: "The next day.", transform: CalendarDate.argument) var next: CalendarDate

        func run() throws {
            let replica = try options.replica()
            let home = try replica.read { try HouseholdLookup.one(household, $0) }
            try ReviewEntry(replica, as: user.user, today: try Today.date()).schedule(home, every: every, next: next)
            try options.wakeNode()
            Output.note("looked at again on \(next)")
        }
    }
}

extension ReviewInterval: ExpressibleByArgument {}
