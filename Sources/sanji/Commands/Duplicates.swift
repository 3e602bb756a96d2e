import ArgumentParser
import Assistance
import ChangeSets
import Foundation
import GRDB
import Node
import Replica

/// 查重
struct DuplicateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "duplicate", abstract: "People who are registered twice, as monitoring finds them.",
        discussion: "A pair is its id or the beginning of it. The lowest office that sees both sides decides.",
        subcommands: [List.self, Merge.self, Part.self])

    struct Report: Encodable {
        struct Side: Encodable { let area: String, person: String }
        let id: String, points: Int, reasons: String, state: String, sides: [Side]
        @OrNull var survivor: String?
        @OrNull var survivorArea: String?
        @OrNull var decider: String?

        init(_ pair: DuplicatePair) {
            id = pair.id.hex
            points = pair.points
            reasons = pair.reasons
            state = pair.state.rawValue
            sides = pair.sides.map { Side(area: $0.area.digits, person: $0.person.hex) }
            survivor = pair.survivor?.person.hex
            survivorArea = pair.survivor?.area.digits
            decider = pair.decider?.digits
        }
    }

    static func show(_ pair: DuplicatePair, _ options: ReplicaOptions) throws {
        if options.json { return try Output.json(Report(pair)) }
        let sides = pair.sides.map { "\($0.area)/\($0.person.hex.prefix(12))" }.joined(separator: " and ")
        Output.line("\(pair.id.hex) \(sides): \(pair.points) points (\(pair.reasons)), \(pair.state.rawValue)")
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "The pairs that are open here, the likeliest first.",
            discussion: "Exits 2 when there are any.")
        @OptionGroup var options: ReplicaOptions
        @Flag(help: "Also those that are decided.") var all = false
        @OptionGroup var page: PageOptions

        struct List: Encodable { let pairs: [Report], count: Int }

        func run() throws {
            let replica = try options.replica()
            let (pairs, count) = try replica.read {
                try DuplicateReading.page(
                    in: replica.office, decided: all, skip: page.skip, limit: page.limit, $0)
            }
            let running = try options.noteNode()
            if options.json {
                try Output.json(List(pairs: pairs.map(Report.init), count: count), running: running)
            } else {
                for pair in pairs { try DuplicateCommand.show(pair, options) }
                page.note(pairs.count, of: count)
            }
            if pairs.contains(where: { $0.state == .open }) { throw needsAttention }
        }
    }

    struct Merge: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "merge",
            abstract: "They are one: the other entry counts in no household until the word is taken back.")
        @OptionGroup var options: ReplicaOptions
        @Argument(help: "The pair.") var pair: String
        @OptionGroup var user: UserOption
        @Option(help: "Whose entry stays: AREA; or AREA/PERSON where both are of one village.") var survivor: String
        @Option(help: "Why.") var reason: String

        func run() throws {
            let merged = try DuplicateEntry(try options.replica(), as: user.user, today: try Today.date())
                .merge(pair, survivor: survivor, reason: reason)
            try options.wakeNode()
            try DuplicateCommand.show(merged, options)
        }
    }

    struct Part: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "part", abstract: "They are two; also takes back that they were one.")
        @OptionGroup var options: ReplicaOptions
        @Argument(help: "The pair.") var pair: String
        @OptionGroup var user: UserOption
        @Option(help: "Why.") var reason: String

        func run() throws {
            let parted = try DuplicateEntry(try options.replica(), as: user.user, today: try Today.date())
                .part(pair, reason: reason)
            try options.wakeNode()
            try DuplicateCommand.show(parted, options)
        }
    }
}
