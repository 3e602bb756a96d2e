import ArgumentParser
import Assistance
import ChangeSets
import Foundation
import GRDB
import Node
import Replica

/// 部门发放
struct GrantCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "grant", abstract: "What other departments have given.", subcommands: [Import.self, Withdraw.self])

    struct Import: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "import", abstract: "Take a department's list of what it has paid or handed out, as CSV.",
            discussion: """
                At a town or the district. Columns: no,id_number,month,kind,programme,basis,amount,quantity,value,paid_on. A line \
                is money (amount) or in kind (quantity, and value where it is known). A line is known by department and \
                number: imported again it says nothing new. Good lines are taken, all others reported, exit code 2.
                """)
        @OptionGroup var options: ReplicaOptions
        @Argument(help: "A CSV file.") var file: String
        @Option(help: "Who hands it over, such as 医保 or medical_insurance.") var department: String
        @OptionGroup var user: UserOption

        struct Report: Encodable {
            struct Refused: Encodable { let line: Int, reason: String }
            let new: Int, known: Int, refused: [Refused]
        }

        func run() throws {
            let bytes = [UInt8](try InputFile.bytes(file))
            let report = try GrantImport.import(
                bytes, department: department, into: try options.replica(), as: user.user, today: try Today.date())
            try options.wakeNode()
            for line in report.refused { Output.note("\(line)") }
            if options.json {
                try Output.json(
                    Report(
                        new: report.new, known: report.known,
                        refused: report.refused.map { .init(line: $0.line, reason: "\($0.fault)") }))
            } else {
                Output.line("\(report.new) new lines, \(report.known) known, \(report.refused.count) refused")
            }
            if !report.refused.isEmpty { throw needsAttention }
        }
    }
}

extension GrantCommand {
    struct Withdraw: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "withdraw",
            abstract: "Take back a line that was wrong; the right one may be imported under its number.",
            discussion: "By the office that imported it, or one above it. It counts nowhere any more.")
        @OptionGroup var options: ReplicaOptions
        @Option(help: "Who handed it over, as it was imported.") var department: String
        @Option(help: "The department's number of the line.") var line: String
        @Option(help: "Why.") var reason: String
        @OptionGroup var user: UserOption

        struct Report: Encodable { let id: String, area: String, household: String, month: String, withdrawn: Bool }

        func run() throws {
            let grant = try GrantImport.withdraw(
                line, of: department, reason: reason, in: try options.replica(), as: user.user, today: try Today.date())
            try options.wakeNode()
            if options.json {
                return try Output.json(
                    Report(
                        id: grant.id.hex, area: grant.household.area.digits, household: grant.household.id.hex,
                        month: grant.month.description, withdrawn: true))
            }
            Output.note("taken back: \(grant.programme) of \(grant.month)")
        }
    }
}

/// 追缴
struct RecoveryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recovery", abstract: "What was paid too much, and what was given back of it.",
        subcommands: [Due.self, Open.self, Repay.self, Waive.self, Return.self, List.self])

    struct Due: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "due", abstract: "Months that were paid although less was due, as far as is known here.",
            discussion: """
                Exits 2 when there are any. ‘sanji recovery open’ asks them back. Also months that were paid while somebody was gone \
                without whom nobody has decided: ‘sanji review month’ says what they were due.
                """)
        @OptionGroup var options: ReplicaOptions
        @Option(help: "Only of this area and below it.", transform: OfficeCode.argument) var area: OfficeCode?

        struct Item: Encodable {
            let area: String, household: String, householdNo: String, head: String, month: String, paidFen: Int64
            let dueFen: Int64, reason: String
        }
        struct Unsettled: Encodable {
            let area: String, household: String, householdNo: String, head: String, month: String, paidFen: Int64
            let reason: String
        }
        struct List: Encodable { let overpayments: [Item], unsettled: [Unsettled] }

        func run() throws {
            let replica = try options.replica()
            let found = try Overpayments.all(in: area ?? replica.office, of: replica)
            let names = try replica.read { db in
                try Dictionary(uniqueKeysWithValues: found.map { ($0.household, try HouseholdName($0.household, db)) })
            }
            let running = try options.noteNode()
            let items = found.flatMap { household, months in
                months.overpaid.map {
                    Item(
                        area: household.area.digits, household: household.id.hex,
                        householdNo: names[household]?.number ?? "", head: names[household]?.head ?? "",
                        month: $0.month.description,
                        paidFen: $0.paid.fen, dueFen: $0.due.fen, reason: $0.reason)
                }
            }
            let unsettled = found.flatMap { household, months in
                months.unsettled.map {
                    Unsettled(
                        area: household.area.digits, household: household.id.hex,
                        householdNo: names[household]?.number ?? "", head: names[household]?.head ?? "",
                        month: $0.month.description,
                        paidFen: $0.paid.fen, reason: $0.reason)
                }
            }
            if options.json {
                try Output.json(List(overpayments: items, unsettled: unsettled), running: running)
            } else {
                Output.table(
                    ["area", "household", "head", "month", "paid", "due", "why"],
                    items.map {
                        [
                            $0.area, $0.householdNo, $0.head, $0.month, "\(Money(fen: $0.paidFen))",
                            "\(Money(fen: $0.dueFen))", $0.reason,
                        ]
                    }
                        + unsettled.map {
                            [
                                $0.area, $0.householdNo, $0.head, $0.month, "\(Money(fen: $0.paidFen))",
                                "to be said", $0.reason,
                            ]
                        })
            }
            if !items.isEmpty || !unsettled.isEmpty { throw needsAttention }
        }
    }

    struct Report: Encodable {
        struct Entry: Encodable {
            let kind: String, amountFen: Int64, day: String, office: String, user: String, text: String
        }
        let id: String, area: String, household: String, householdNo: String, head: String
        let amountFen: Int64, leftFen: Int64, reason: String, plan: String
        let document: String, overpaid: Bool, overFen: Int64, returnedTooMuchFen: Int64, entries: [Entry]
        let double: Bool, groundless: Bool

        init(_ recovery: Recovery, _ db: Database) throws {
            let name = try HouseholdName(recovery.household, db)
            householdNo = name.number
            head = name.head
            id = recovery.id.hex
            area = recovery.household.area.digits
            household = recovery.household.id.hex
            amountFen = recovery.amount.fen
            leftFen = recovery.left.fen
            reason = recovery.reason
            plan = recovery.plan
            document = recovery.document
            overpaid = recovery.isOverpaid
            overFen = recovery.over.fen
            returnedTooMuchFen = recovery.returnedTooMuch.fen
            double = recovery.isDouble
            groundless = !recovery.hasGround
            entries = recovery.entries.map {
                Entry(
                    kind: $0.kind.rawValue, amountFen: $0.amount.fen, day: $0.day?.description ?? "",
                    office: $0.office.digits, user: $0.user, text: $0.text)
            }
        }
    }

    static func show(_ recovery: Recovery, _ replica: OfficeReplica, _ options: ReplicaOptions) throws {
        if options.json { return try Output.json(replica.read { try Report(recovery, $0) }) }
        Output.line("\(recovery.id.hex) \(recovery.amount) yuan (\(recovery.document)), \(recovery.left) left")
    }

    struct Open: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "open", abstract: "Ask back what was paid too much to a household.")
        @OptionGroup var options: ReplicaOptions
        @Argument(help: "AREA/NUMBER, number, or id of the household.") var household: String
        @Option(help: "Number of the decision.") var document: String
        @Option(help: "How it is given back.") var plan = ""
        @OptionGroup var user: UserOption

        func run() throws {
            let replica = try options.replica()
            let home = try replica.read { try HouseholdLookup.one(household, $0) }
            let recovery = try RecoveryEntry(replica, as: user.user, today: try Today.date())
                .open(home, document: document, plan: plan)
            try options.wakeNode()
            try RecoveryCommand.show(recovery, replica, options)
        }
    }

    struct Target: ParsableArguments {
        @OptionGroup var options: ReplicaOptions
        @Argument(help: "Id of the recovery.") var id: String
        @Argument(help: "In yuan.", transform: Money.argument) var amount: Money
        @OptionGroup var user: UserOption

        func record(_ kind: Recovery.Entry.Kind, _ text: String) throws {
            let replica = try options.replica()
            let recovery = try RecoveryEntry(replica, as: user.user, today: try Today.date())
                .record(kind, amount, on: id, text: text)
            try options.wakeNode()
            try RecoveryCommand.show(recovery, replica, options)
        }
    }

    struct Repay: ParsableCommand {
        static let configuration = CommandConfiguration(commandName: "repay", abstract: "Record what was given back.")
        @OptionGroup var target: Target
        @Option(help: "The receipt, or a remark.") var text = ""

        func run() throws { try target.record(.repaid, text) }
    }

    struct Waive: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "waive", abstract: "Give a part of it up, with the reason.")
        @OptionGroup var target: Target
        @Option(help: "Why.") var reason: String

        func run() throws { try target.record(.waived, reason) }
    }

    struct Return: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "return",
            abstract: "Record what went back to the family, because more was given back than is asked for.")
        @OptionGroup var target: Target
        @Option(help: "The receipt, or a remark.") var text = ""

        func run() throws { try target.record(.returned, text) }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "What is to be given back, and what is left of it.")
        @OptionGroup var options: ReplicaOptions
        @Option(help: "Only of this area and below it.", transform: OfficeCode.argument) var area: OfficeCode?
        @Flag(help: "Also those of which nothing is left.") var all = false

        private static func state(of recovery: Recovery) -> String {
            let left = recovery.isDouble ? "asked already" : "\(recovery.left)"
            return (recovery.hasGround ? left : "no ground any more")
                + (recovery.isOverpaid ? "; \(recovery.over) more was given back than that" : "")
                + (recovery.returnedTooMuch > .zero
                    ? "; \(recovery.returnedTooMuch) more went back to the family than there was" : "")
        }

        struct List: Encodable { let recoveries: [Report] }

        func run() throws {
            let replica = try options.replica()
            let (found, reports) = try replica.read { db in
                let found = try Recoveries.all(in: area ?? replica.office, settled: all, db)
                return (found, try found.map { try Report($0, db) })
            }
            let running = try options.noteNode()
            if options.json { return try Output.json(List(recoveries: reports), running: running) }
            Output.table(
                ["id", "area", "household", "head", "amount", "left", "document", "why"],
                zip(found, reports).map { recovery, report in
                    [
                        String(report.id.prefix(12)), report.area, report.householdNo, report.head,
                        "\(recovery.amount)", Self.state(of: recovery), recovery.document, recovery.reason,
                    ]
                })
        }
    }
}
