import ArgumentParser
import Assistance
import ChangeSets
import Foundation
import GRDB
import Node
import Replica

/// 发放名册
struct RosterCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "roster",
        abstract: "Who is paid what in a month: built, checked, frozen, approved, sent, settled.",
        discussion: """
            Villages and towns look at the list and agree or hold households back; the district freezes it, a second person \
            approves, and only then the bank's file is written. A batch is its id or the beginning of it, at least four digits.
            """,
        subcommands: [
            Build.self, Agree.self, Hold.self, Release.self, Freeze.self, List.self, Show.self, Approve.self,
            Export.self,
            Settle.self, Cancel.self, Return.self, UndoReturn.self,
        ])

    struct Which: ParsableArguments {
        @Argument(help: "DB or TK.") var kind: Roster.AidKind
        @Argument(help: "The month.", transform: CalendarMonth.argument) var month: CalendarMonth
    }

    struct LineReport: Encodable {
        let area: String, household: String, payee: String, tail: String, people: Int, category: String
        let baseFen: Int64, careFen: Int64, supplementFen: Int64, totalFen: Int64
    }

    struct BatchReport: Encodable {
        let id: String, kind: String, month: String, stage: String, lines: Int, totalFen: Int64, hash: String
        let frozenBy: String

        init(_ batch: PayBatch) {
            id = batch.id.hex
            kind = batch.kind.rawValue
            month = batch.month.description
            stage = batch.stage.rawValue
            lines = batch.lineCount
            totalFen = batch.total.fen
            hash = batch.hash
            frozenBy = batch.frozenBy
        }
    }

    static func write(_ batch: PayBatch, _ options: ReplicaOptions) throws {
        if options.json { return try Output.json(BatchReport(batch)) }
        Output.line(
            "\(batch.id.hex) \(batch.kind.rawValue) \(batch.month) \(batch.stage.chinese): \(batch.lineCount) lines, "
                + "\(batch.total) yuan, \(batch.hash.prefix(16))")
    }

    struct Build: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "build", abstract: "The list as it stands now; changes nothing.",
            discussion: "Exits 2 when households are held back or lines have to be looked at.")
        @OptionGroup var options: ReplicaOptions
        @OptionGroup var which: Which
        @Option(help: "Only of this area and below it.", transform: OfficeCode.argument) var area: OfficeCode?

        struct Held: Encodable { let area: String, household: String, reason: String }
        struct Report: Encodable {
            let kind: String, month: String, lines: [LineReport], held: [Held], warnings: [Held], paidBefore: Int
            let totalFen: Int64
        }

        func run() throws {
            let replica = try options.replica()
            let roster = try Roster.build(which.kind, which.month, in: area ?? replica.office, of: replica)
            let running = try options.noteNode()
            let warned = roster.lines.filter { !$0.warnings.isEmpty }
            if options.json {
                try Output.json(
                    Report(
                        kind: roster.kind.rawValue, month: roster.month.description,
                        lines: roster.lines.map(LineReport.init),
                        held: roster.held.map {
                            Held(area: $0.household.area.digits, household: $0.number, reason: $0.hold.description)
                        },
                        warnings: warned.map {
                            Held(
                                area: $0.household.area.digits, household: $0.householdNumber,
                                reason: $0.warnings.map(\.description).joined(separator: "; "))
                        }, paidBefore: roster.paidBefore, totalFen: roster.total.fen), running: running)
            } else {
                Output.table(
                    ["area", "household", "payee", "account", "people", "category", "amount", "look at"],
                    roster.lines.map { line in
                        [
                            line.household.area.digits, line.householdNumber, line.payeeName, "****" + line.tail,
                            "\(line.people)", line.category.rawValue, "\(line.total)",
                            line.warnings.map(\.description).joined(separator: "; "),
                        ]
                    })
                for held in roster.held {
                    Output.line("held \(held.household.area) \(held.number): \(held.hold)")
                }
                Output.line(
                    "\(roster.lines.count) lines, \(roster.total) yuan; \(roster.held.count) held, \(roster.paidBefore) paid before"
                )
            }
            if !roster.held.isEmpty || !warned.isEmpty { throw needsAttention }
        }
    }

    struct Agree: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "agree", abstract: "Agree to the month's list of this village or town.")
        @OptionGroup var options: ReplicaOptions
        @OptionGroup var which: Which
        @OptionGroup var user: UserOption
        @Option(help: "A remark.") var remark = ""

        func run() throws {
            let replica = try options.replica()
            try RosterEntry(replica, as: user.user, today: try Today.date())
                .agree(which.kind, which.month, remark: remark)
            try options.wakeNode()
            Output.note("\(replica.office) agrees to \(which.kind.rawValue) \(which.month)")
        }
    }

    struct Target: ParsableArguments {
        @OptionGroup var options: ReplicaOptions
        @OptionGroup var which: Which
        @Argument(help: "AREA/NUMBER, number, or id of the household.") var household: String
        @OptionGroup var user: UserOption
        @Option(help: "Why.") var reason: String

        func set(held: Bool) throws {
            let replica = try options.replica()
            let home = try replica.read { try HouseholdLookup.one(household, $0) }
            try RosterEntry(replica, as: user.user, today: try Today.date())
                .hold(home, which.kind, which.month, isHeld: held, reason: reason)
            try options.wakeNode()
            Output.note("\(household) is \(held ? "held back" : "let go")")
        }
    }

    struct Hold: ParsableCommand {
        static let configuration = CommandConfiguration(commandName: "hold", abstract: "Hold a household back.")
        @OptionGroup var target: Target

        func run() throws { try target.set(held: true) }
    }

    struct Release: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "release", abstract: "Let a household go that was held back by this office or one below it.")
        @OptionGroup var target: Target

        func run() throws { try target.set(held: false) }
    }

    struct Freeze: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "freeze",
            abstract: "At the district: freeze the list; what is held back now is paid by a later batch of the month.")
        @OptionGroup var options: ReplicaOptions
        @OptionGroup var which: Which
        @OptionGroup var user: UserOption
        @Option(help: "Why it is frozen although not every town has agreed.") var withoutThem: String?

        func run() throws {
            let (batch, roster) = try RosterEntry(try options.replica(), as: user.user, today: try Today.date())
                .freeze(which.kind, which.month, withoutAgreement: withoutThem)
            try options.wakeNode()
            try RosterCommand.write(batch, options)
            for held in roster.held { Output.note("held \(held.household.area) \(held.number): \(held.hold)") }
            if !roster.held.isEmpty { throw needsAttention }
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "All frozen lists, and where they stand.",
            discussion:
                "Exits 2 when one is not settled on the day of its month that the parameter roster.pay_day says.")
        @OptionGroup var options: ReplicaOptions
        @Option(help: "Only of this month.", transform: CalendarMonth.argument) var month: CalendarMonth?

        struct Late: Encodable {
            let batch: String
            let payBy: String
        }
        struct List: Encodable { let batches: [BatchReport], overdue: [Late] }

        func run() throws {
            let (replica, today) = (try options.replica(), try Today.date())
            let (batches, late) = try replica.read { db in
                let batches = try PayBatches.all(nil, month, db)
                return (
                    batches,
                    try batches.compactMap { batch -> Late? in
                        guard let day = try batch.payBy(db, in: replica.root), batch.isOverdue(day, on: today) else {
                            return nil
                        }
                        return Late(batch: batch.id.hex, payBy: day.description)
                    }
                )
            }
            let running = try options.noteNode()
            if options.json {
                try Output.json(List(batches: batches.map(BatchReport.init), overdue: late), running: running)
            } else {
                for batch in batches { try RosterCommand.write(batch, options) }
                for late in late { Output.line("\(late.batch.prefix(12)) was to be paid by \(late.payBy)") }
            }
            if !late.isEmpty { throw needsAttention }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(commandName: "show", abstract: "The lines of a frozen list.")
        @OptionGroup var options: ReplicaOptions
        @Argument(help: "The batch.") var batch: String
        @OptionGroup var page: PageOptions

        struct Line: Encodable {
            let number: Int, area: String, household: String, payee: String, tail: String, people: Int
            let baseFen: Int64, careFen: Int64, supplementFen: Int64, totalFen: Int64
            @OrNull var returned: String?
        }
        struct Report: Encodable { let batch: BatchReport, lines: [Line] }

        func run() throws {
            let (found, lines) = try options.replica().read { db -> (PayBatch, [PayLine]) in
                let found = try PayBatches.one(batch, db)
                return (found, try PayBatches.lines(of: found.id, skip: page.skip, limit: page.limit, db))
            }
            let running = try options.noteNode()
            if options.json {
                let reports = lines.map { line in
                    Line(
                        number: line.number, area: line.household.area.digits, household: line.household.id.hex,
                        payee: line.payeeName, tail: line.tail, people: line.people, baseFen: line.parts.base.fen,
                        careFen: line.parts.care.fen, supplementFen: line.parts.supplement.fen,
                        totalFen: line.total.fen, returned: line.returned?.description)
                }
                return try Output.json(Report(batch: BatchReport(found), lines: reports), running: running)
            }
            try RosterCommand.write(found, options)
            let rows: [[String]] = lines.map { line in
                [
                    "\(line.number)", line.household.area.digits, line.payeeName, "****" + line.tail, "\(line.people)",
                    "\(line.parts.base)", "\(line.parts.care)", "\(line.parts.supplement)", "\(line.total)",
                    line.returned?.description ?? "",
                ]
            }
            Output.table(
                ["line", "area", "payee", "account", "people", "base", "care", "supplement", "amount", "returned"], rows
            )
            page.note(lines.count, of: found.lineCount)
        }
    }

    struct BatchTarget: ParsableArguments {
        @OptionGroup var options: ReplicaOptions
        @Argument(help: "The batch.") var batch: String
        @OptionGroup var user: UserOption

        func act(_ body: (RosterEntry, String) throws -> PayBatch) throws {
            let changed = try body(RosterEntry(try options.replica(), as: user.user, today: try Today.date()), batch)
            try options.wakeNode()
            try RosterCommand.write(changed, options)
        }

        /// What was corrected since it was frozen: the bank's file says what was frozen.
        func noteCorrected() throws {
            let lines = try options.replica().read {
                try BankSheet.corrected(since: try PayBatches.one(batch, $0), $0)
            }
            guard !lines.isEmpty else { return }
            Output.note(
                "the identity or household number of \(lines.count) lines was corrected since this was frozen, and the bank's file says "
                    + "the frozen one: lines \(lines.prefix(20).map(String.init).joined(separator: ", "))")
        }
    }

    struct Approve: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "approve", abstract: "Approve a frozen list: by another person, and only as it was frozen.")
        @OptionGroup var target: BatchTarget

        func run() throws {
            try target.act { try $0.approve($1) }
            try target.noteCorrected()
        }
    }

    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "export", abstract: "Write the bank's file, with whole numbers.")
        @OptionGroup var target: BatchTarget
        @Argument(help: "A file that is not there yet.") var file: String

        func run() throws {
            let output = try OutputFile(new: file)
            do {
                try target.act { entry, batch in
                    let (changed, sheet) = try entry.export(batch)
                    try output.write(Data(sheet))
                    return changed
                }
            } catch {
                output.remove()
                throw error
            }
            try target.noteCorrected()
        }
    }

    struct Settle: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "settle", abstract: "Say that the bank has paid all that it did not return.")
        @OptionGroup var target: BatchTarget

        func run() throws { try target.act { try $0.settle($1) } }
    }

    struct Cancel: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "cancel",
            abstract: "Give up a frozen list that is not approved; its households are on the next one.")
        @OptionGroup var target: BatchTarget
        @Option(help: "Why.") var reason: String

        func run() throws { try target.act { try $0.cancel($1, reason: reason) } }
    }

    struct Return: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "return",
            abstract: "Record that the bank could not pay a line; another account is checked, then it is paid again.")
        @OptionGroup var options: ReplicaOptions
        @Argument(help: "The batch.") var batch: String
        @Argument(help: "Number of the line.") var line: Int
        @OptionGroup var user: UserOption
        @Option(help: "The payee, as the bank's paper names them.") var payee: String
        @Option(help: "The bank's code.") var code: String
        @Option(help: "The day.", transform: CalendarDate.argument) var on: CalendarDate?

        func run() throws {
            let line = try RosterEntry(try options.replica(), as: user.user, today: try Today.date())
                .takeBack(batch, line: line, payee: payee, code: code, on: on)
            try options.wakeNode()
            Output.note("line \(line.number), \(line.payeeName), \(line.total) yuan was returned: \(code)")
        }
    }
}

extension RosterCommand {
    struct UndoReturn: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "undo-return", abstract: "Say that a return was taken down by mistake: the line was paid.")
        @OptionGroup var options: ReplicaOptions
        @Argument(help: "The batch.") var batch: String
        @Argument(help: "Number of the line.") var line: Int
        @OptionGroup var user: UserOption
        @Option(help: "Why.") var reason: String

        func run() throws {
            let line = try RosterEntry(try options.replica(), as: user.user, today: try Today.date())
                .undoReturn(batch, line: line, reason: reason)
            try options.wakeNode()
            Output.note("line \(line.number), \(line.payeeName), \(line.total) yuan was paid")
        }
    }
}

extension RosterCommand.LineReport {
    init(_ line: Roster.Line) {
        self.init(
            area: line.household.area.digits, household: line.householdNumber, payee: line.payeeName, tail: line.tail,
            people: line.people, category: line.category.rawValue, baseFen: line.parts.base.fen,
            careFen: line.parts.care.fen, supplementFen: line.parts.supplement.fen, totalFen: line.total.fen)
    }
}

extension Roster.AidKind: ExpressibleByArgument {}
