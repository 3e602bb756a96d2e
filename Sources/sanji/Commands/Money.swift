import ArgumentParser
import Assistance
import ChangeSets
import Foundation
import GRDB
import Node
import Replica

/// 账户
struct Account: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "account", abstract: "Where a household's money goes.",
        discussion: """
            A village takes an account down, its town takes it over or enters one, and a second person checks it: only then is \
            money paid to it. Whole numbers lie at the town and the district.
            """,
        subcommands: [List.self, Add.self, TakeOver.self, Check.self])

    struct Report: Encodable {
        let id: String, holder: String, bank: String, tail: String, enteredBy: String
        @OrNull var guardian: String?
        @OrNull var checkedBy: String?
        @OrNull var checkedOn: String?

        init(_ account: BankAccount) {
            id = account.id.hex
            holder = account.holder
            bank = account.bank
            tail = account.tail
            enteredBy = account.enteredBy
            guardian = account.guardian
            checkedBy = account.checkedBy
            checkedOn = account.checkedOn?.description
        }
    }

    struct Added: Encodable { let id: String }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "A household's accounts, with their last digits.")
        @OptionGroup var options: ReplicaOptions
        @Argument(help: "AREA/NUMBER, number, or id of the household.") var household: String

        struct List: Encodable { let accounts: [Report] }

        func run() throws {
            let found = try options.replica().read {
                try Accounts.all(of: try HouseholdLookup.one(household, $0), $0)
            }
            if options.json { return try Output.json(List(accounts: found.map(Report.init))) }
            Output.table(
                ["id", "holder", "bank", "account", "entered by", "checked by"],
                found.map {
                    [
                        String($0.id.hex.prefix(12)), $0.holder, $0.bank, "****" + $0.tail, $0.enteredBy,
                        $0.checkedBy ?? "",
                    ]
                })
        }
    }

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "add", abstract: "Enter an account; at a village, take it down.")
        @OptionGroup var options: ReplicaOptions
        @Argument(help: "AREA/NUMBER, number, or id of the household.") var household: String
        @OptionGroup var user: UserOption
        @Option(help: "The holder, as the bank has the name.") var holder: String
        @Option(help: "The bank.") var bank: String
        @Option(help: "The number.") var number: String
        @Option(help: "Who of the family: name or identity number; else the head.") var person: String?
        @Option(help: "Where the holder keeps the payee's money (a guardian, an institution): by which paper.")
        var guardian: String?

        func run() throws {
            let replica = try options.replica()
            let (home, who) = try replica.read { db in
                let home = try HouseholdLookup.one(household, db)
                return (home, try person.map { try HouseholdLookup.member($0, of: home, db) })
            }
            let id = try AccountEntry(replica, as: user.user, today: try Today.date())
                .add(home, person: who, holder: holder, bank: bank, number: number, guardian: guardian)
            try options.wakeNode()
            if options.json { return try Output.json(Added(id: id.hex)) }
            Output.line(id.hex)
        }
    }

    struct TakeOver: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "take-over", abstract: "Take over the account that the village has taken down last.")
        @OptionGroup var options: ReplicaOptions
        @Argument(help: "AREA/NUMBER, number, or id of the household.") var household: String
        @OptionGroup var user: UserOption

        func run() throws {
            let replica = try options.replica()
            let home = try replica.read { try HouseholdLookup.one(household, $0) }
            let id = try AccountEntry(replica, as: user.user, today: try Today.date()).takeOver(home)
            try options.wakeNode()
            if options.json { return try Output.json(Added(id: id.hex)) }
            Output.line(id.hex)
        }
    }

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check", abstract: "Say that a second person has compared it with the paper.")
        @OptionGroup var options: ReplicaOptions
        @Argument(help: "AREA/NUMBER, number, or id of the household.") var household: String
        @Argument(help: "Id of the account, or the beginning of it.") var id: String
        @OptionGroup var user: UserOption

        func run() throws {
            let replica = try options.replica()
            let home = try replica.read { try HouseholdLookup.one(household, $0) }
            let account = try AccountEntry(replica, as: user.user, today: try Today.date()).check(home, id)
            try options.wakeNode()
            if options.json { return try Output.json(Report(account)) }
            Output.note("checked: ****\(account.tail) of \(account.holder)")
        }
    }
}

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
        let id: String, area: String, household: String, amountFen: Int64, day: String, document: String
        @OrNull var papersDue: String?
        @OrNull var papersOn: String?
        let overdue: Bool
        /// Whether it counts: nobody has taken it back, and whoever gave it may give so much.
        let counts: Bool
        @OrNull var withdrawnOn: String?
        @OrNull var withdrawnBy: String?
        @OrNull var withdrawnReason: String?

        init(_ relief: Relief, _ today: CalendarDate) {
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
            let found = try replica.read {
                try all ? Reliefs.all(in: area, $0) : Reliefs.withoutPapers(in: area, $0)
            }
            let running = try options.noteNode()
            let items = found.map { Item($0, today) }
            if options.json {
                try Output.json(List(reliefs: items), running: running)
            } else {
                Output.table(
                    ["id", "area", "amount", "given", "papers due", ""],
                    zip(found, items).map { relief, item in
                        [
                            String(item.id.prefix(12)), item.area, "\(relief.amount)", item.day, item.papersDue ?? "",
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
            if options.json { return try Output.json(Item(relief, today)) }
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
            if options.json { return try Output.json(Item(relief, today)) }
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

/// 救助清单
struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "A household's assistance list of a month: how much, from whom, and why.",
        discussion: "It opens what the family gets: with a purpose that does so, and written down.")
    @OptionGroup var options: ReplicaOptions
    @Argument(help: "AREA/NUMBER, number, or id of the household.") var household: String
    @OptionGroup var opening: Opening
    @Option(help: "The month; else this one.", transform: CalendarMonth.argument) var month: CalendarMonth?

    struct Report: Encodable {
        struct Line: Encodable {
            @OrNull var person: String?
            let programme: String, department: String, basis: String, amountFen: Int64
            @OrNull var standardFen: Int64?
            @OrNull var paidOn: String?
            let tail: String, status: String
            @OrNull var quantity: String?
            @OrNull var valueFen: Int64?
        }
        struct Change: Encodable { let programme: String, change: String, differenceFen: Int64, reason: String }
        struct Pending: Encodable {
            let what: String
            @OrNull var due: String?
        }
        let number: String, checkCode: String, area: String, household: String, head: String, month: String
        let category: String, people: Int
        @OrNull var validUntil: String?
        struct Phone: Encodable { let office: String, number: String }
        let lines: [Line], changes: [Change], pending: [Pending], totalFen: Int64, totalCapitals: String
        let phones: [Phone]
    }

    func validate() throws {
        guard opening.purpose != nil else {
            throw ValidationError("a list says what a family gets: open it with --purpose, --reason and --as")
        }
    }

    func run() throws {
        let (replica, today) = (try options.replica(), try Today.date())
        let home = try replica.read { try HouseholdLookup.one(household, $0) }
        guard try opening.fields(of: home, in: replica, options).contains(.income) else {
            let others = try replica.read { try FileAccess.purposes(opening: .income, of: home, on: today, $0) }
            throw NotOpened(purpose: opening.purpose?.rawValue ?? "", others: others)
        }
        let list = try replica.read { try AssistanceList(of: home, month ?? today.calendarMonth, today: today, $0) }
        let running = try options.noteNode()
        if options.json { return try Output.json(report(list), running: running) }
        write(list)
    }

    /// In kind with its worth in brackets, which the sum does not hold.
    private func amount(of line: AssistanceList.Line) -> String {
        if line.status == .notReported { return "" }
        guard let quantity = line.quantity else { return "\(line.amount)" }
        return quantity + (line.value.map { $0 > .zero ? " (\($0))" : "" } ?? "")
    }

    private func report(_ list: AssistanceList) -> Report {
        Report(
            number: list.number, checkCode: list.checkCode, area: list.household.area.digits,
            household: list.household.id.hex, head: list.headName, month: list.month.description,
            category: list.category.rawValue, people: list.people, validUntil: list.validUntil?.description,
            lines: list.lines.map {
                .init(
                    person: $0.person, programme: $0.programme, department: $0.department, basis: $0.basis,
                    amountFen: $0.amount.fen, standardFen: $0.standard?.fen, paidOn: $0.paidOn?.description,
                    tail: $0.tail,
                    status: $0.status.rawValue, quantity: $0.quantity, valueFen: $0.value?.fen)
            },
            changes: list.changes.map {
                .init(
                    programme: $0.programme, change: $0.word, differenceFen: $0.difference.fen, reason: $0.reason)
            }, pending: list.pending.map { .init(what: $0.what, due: $0.due?.description) },
            totalFen: list.total.fen, totalCapitals: list.total.chineseCapitals,
            phones: list.phones.map { .init(office: $0.office.digits, number: $0.number) })
    }

    private func write(_ list: AssistanceList) {
        Output.line("救助清单 Assistance list \(list.number)  校验码 \(list.checkCode)")
        Output.line(
            "\(list.household.area) \(list.headName) \(list.month) 类别 \(list.category.rawValue) 人口 \(list.people)"
                + (list.validUntil.map { " 复核 \($0)" } ?? ""))
        Output.table(
            ["#", "对象", "项目", "部门", "依据", "标准", "金额", "发放日", "账户", "备注"],
            list.lines.enumerated().map { index, line in
                [
                    "\(index + 1)", line.person ?? "全户", line.programme, line.department, line.basis,
                    line.standard.map { "\($0)" } ?? "", amount(of: line), line.paidOn?.description ?? "",
                    line.tail.isEmpty ? "" : "****" + line.tail, line.status.chinese,
                ]
            })
        for change in list.changes {
            let sign = change.difference > .zero ? "+" : ""
            Output.line(
                "\(change.word) \(change.programme) \(sign)\(change.difference)\(change.reason.isEmpty ? "" : ": \(change.reason)")"
            )
        }
        for pending in list.pending { Output.line("待办 \(pending.what)" + (pending.due.map { ", \($0)" } ?? "")) }
        Output.line("合计 \(list.total) 元 (\(list.total.chineseCapitals))")
        if list.lines.contains(where: { $0.status == .awaited }) {
            Output.line(
                "“\(AssistanceList.Line.Status.awaited.chinese)”的金额未计入合计。 What is awaited is not in the total yet.")
        }
        if !list.phones.isEmpty {
            Output.line("咨询电话 " + list.phones.map { "\($0.office) \($0.number)" }.joined(separator: "  "))
        }
        Output.line("如有异议，请向村（居）委会或镇街提出。 Tell the village or town office if you disagree.")
        Output.line("领取人签字 ____________    经办人签字 ____________")
    }
}

extension Relief.Kind: ExpressibleByArgument {}
