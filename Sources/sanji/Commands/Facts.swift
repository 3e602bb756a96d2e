import ArgumentParser
import Assistance
import ChangeSets
import Foundation
import GRDB
import Node
import Replica

/// 经济状况: what is known of a family.
struct Fact: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fact", abstract: "What is known of a family: income, expenses, possessions, people's state.",
        discussion: "Facts are added and taken back, never changed. A household is AREA/NUMBER, its number, or its id.",
        subcommands: [
            List.self, Income.self, Expense.self, AssetFact.self, Obligor.self, DisabilityFact.self, Care.self,
            Found.self, Illness.self, Dwelling.self,
            Withdraw.self,
        ])

    /// Whose fact, who says so, and what it corrects.
    struct Entry: ParsableArguments {
        @OptionGroup var options: ReplicaOptions
        @Argument(help: "AREA/NUMBER, number, or id of the household.") var household: String
        @OptionGroup var user: UserOption
        @Option(help: "A fact of this household that this one corrects: its id, or the beginning of it.")
        var replaces: String?

        struct Report: Encodable { let household: String, fact: String, id: String }

        /// - Parameter fact: Made once the household is known.
        func add(_ fact: (HouseholdID, Database) throws -> NewFact) throws {
            let replica = try options.replica()
            let (home, new, replaced, doubts) = try replica.read { db in
                let home = try HouseholdLookup.one(household, db)
                let new = try fact(home, db)
                return (
                    home, new, try replaces.map { try StoredFact.one($0, of: home, db) },
                    try FactEntry.doubts(about: new, of: home, db)
                )
            }
            let id = try FactEntry.add(
                new, to: home, replacing: replaced, in: replica, as: user.user, today: Today.date())
            try options.wakeNode()
            for doubt in doubts { Output.note(doubt) }
            if options.json {
                return try Output.json(Report(household: "\(home.area)/\(home.id.hex)", fact: new.name, id: id.hex))
            }
            Output.line(id.hex)
        }
    }

    struct Income: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "income", abstract: "Money that comes in, or what it costs to earn it.")
        @OptionGroup var entry: Entry
        @Option(help: "wage, business, property, transfer, other.") var kind: IncomeKind
        @Option(help: "In yuan.", transform: Money.argument) var amount: Money
        @Option(help: "monthly, annual, employment_cost (a year).") var basis: IncomeItem.Basis = .monthly
        @Option(help: "Of which year.") var year: Int?
        @Option(help: "Whose: name or identity number.") var person: String?
        @Option(help: "Why it does not count, where it does not.") var notCounted: String?
        @Option(help: "declared, checked, estimated.") var source: NewFact.IncomeSource = .declared

        enum IncomeKind: String, ExpressibleByArgument, CaseIterable { case wage, business, property, transfer, other }

        func run() throws {
            try entry.add { home, db in
                .income(
                    person: try person.map { try HouseholdLookup.member($0, of: home, db) }, kind: kind.rawValue, basis,
                    year: year, amount, notCounted: notCounted, source)
            }
        }
    }

    struct Expense: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "expense", abstract: "What the family could not avoid to spend.",
            discussion:
                "Kinds are those of the parameter rigid.kinds: medical, education, rehabilitation, housing, disaster…")
        @OptionGroup var entry: Entry
        @Option(help: "What for.") var kind: String
        @Option(help: "The day it was paid.", transform: CalendarDate.argument) var on: CalendarDate
        @Option(help: "In yuan.", transform: Money.argument) var gross: Money
        @Option(help: "In yuan, by insurance, aid, charity.", transform: Money.argument) var reimbursed = Money.zero
        @Option(help: "Number of the receipt; each counts once.") var receipt: String?
        @Option(help: "Whose: name or identity number.") var person: String?

        func run() throws {
            try entry.add { home, db in
                .rigidExpense(
                    person: try person.map { try HouseholdLookup.member($0, of: home, db) }, kind: kind, on: on,
                    gross: gross, reimbursed: reimbursed, receipt: receipt)
            }
        }
    }

    struct AssetFact: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "asset", abstract: "Something that the family has.")
        @OptionGroup var entry: Entry
        @Option(help: "home, vehicle, deposit, securities, insurance, business, land, other.") var kind: Asset.Kind
        @Option(help: "In yuan.", transform: Money.argument) var value = Money.zero
        @Option(help: "Why it does not count, where it does not.") var exempt: String?

        func run() throws { try entry.add { _, _ in .asset(kind, value, exempt: exempt) } }
    }

    struct Obligor: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "obligor",
            abstract: "Somebody who owes support and lives elsewhere; no member, and never counted as one.")
        @OptionGroup var entry: Entry
        @Option(help: "The name.") var name: String
        @Option(help: "To the head.") var relation: String?
        @Flag(help: "Able to give support.") var able = false
        @Option(help: "What is given a year, in yuan.", transform: Money.argument) var support = Money.zero

        func run() throws {
            try entry.add { _, _ in .obligor(name: name, relation: relation, isAble: able, support: support) }
        }
    }

    struct DisabilityFact: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "disability", abstract: "A certificate of disability.",
            discussion:
                "Kinds: 1 vision, 2 hearing, 3 speech, 4 physical, 5 intellectual, 6 mental, 7 multiple. Grade 1 is the heaviest."
        )
        @OptionGroup var entry: Entry
        @Option(help: "Whose: name or identity number.") var person: String
        @Option(help: "1 to 7.") var kind: Int
        @Option(help: "1 to 4.") var grade: Int
        @Option(help: "The day of issue.", transform: CalendarDate.argument) var issued: CalendarDate
        @Option(help: "Its last day.", transform: CalendarDate.argument) var validTo: CalendarDate?
        @Option(help: "Its number; the last two digits are kind and grade.") var certificate: String?

        func run() throws {
            guard let disability = Disability(kind: kind, grade: grade) else {
                throw ValidationError("a kind is 1 to 7, a grade 1 to 4")
            }
            try entry.add { home, db in
                .disability(
                    person: try HouseholdLookup.member(person, of: home, db), disability, certificate: certificate,
                    issued: issued, validTo: validTo)
            }
        }
    }

    struct Care: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "care", abstract: "An assessment of self-care: which of six acts a person cannot do alone.")
        @OptionGroup var entry: Entry
        @Option(help: "Whose: name or identity number.") var person: String
        @Option(help: "The day.", transform: CalendarDate.argument) var on: CalendarDate
        @Option(help: "An act that fails; give it once for each.") var failed: [SelfCareAct] = []
        @Option(help: "Who assessed it.") var assessors: String

        func run() throws {
            try entry.add { home, db in
                .care(
                    person: try HouseholdLookup.member(person, of: home, db), on: on, failed: Set(failed),
                    assessors: assessors)
            }
        }
    }

    struct Found: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "finding", abstract: "What the town has found that no figure says.")
        @OptionGroup var entry: Entry
        @Option(help: "Monitored against a return to poverty: FP1, FP2, FP3.") var povertyReturn: PovertyReturn?
        @Option(help: "A hardship that is recognised, in words.") var hardship: String?
        @Option(help: "Papers refused or facts hidden, in words.") var misconduct: String?
        @Option(help: "The day.", transform: CalendarDate.argument) var on: CalendarDate
        @Option(help: "Number of the paper.") var document: String

        func validate() throws { _ = try finding() }

        private func finding() throws -> NewFact.Finding {
            let all =
                [
                    povertyReturn.map(NewFact.Finding.povertyReturn), hardship.map(NewFact.Finding.hardship),
                    misconduct.map(NewFact.Finding.misconduct),
                ].compactMap { $0 }
            guard all.count == 1 else {
                throw ValidationError("give one of --poverty-return, --hardship and --misconduct")
            }
            return all[0]
        }

        func run() throws {
            let finding = try finding()
            try entry.add { _, _ in .finding(finding, on: on, document: document) }
        }
    }

    struct Illness: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "illness", abstract: "An illness of a member.",
            discussion:
                "A serious one counts in the rules as long as it lasts; which are serious a notice of the district says."
        )
        @OptionGroup var entry: Entry
        @Option(help: "Whose: name or identity number.") var person: String
        @Option(help: "Which.") var illness: String
        @Flag(help: "A serious one.") var serious = false
        @Option(help: "Since when.", transform: CalendarDate.argument) var since: CalendarDate
        @Option(help: "Its last day, where it is over.", transform: CalendarDate.argument) var until: CalendarDate?
        @Option(help: "The paper that proves it.") var proof: String?

        func run() throws {
            try entry.add { home, db in
                .illness(
                    person: try HouseholdLookup.member(person, of: home, db), illness, isSerious: serious, since: since,
                    until: until, proof: proof)
            }
        }
    }

    struct Dwelling: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "dwelling",
            abstract: "How safe the house is: A safe, B sound, C partly dangerous, D dangerous.")
        @OptionGroup var entry: Entry
        @Option(help: "A, B, C, D.") var grade: DwellingGrade
        @Option(help: "The day of the assessment.", transform: CalendarDate.argument) var on: CalendarDate
        @Option(help: "Number of the paper.") var document: String?

        func run() throws { try entry.add { _, _ in .dwelling(grade, on: on, document: document) } }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "The facts of a household that hold.",
            discussion: "What they say is shown as far as --purpose opens it, which is written down.")
        @OptionGroup var options: ReplicaOptions
        @Argument(help: "AREA/NUMBER, number, or id of the household.") var household: String
        @OptionGroup var opening: Opening

        struct Report: Encodable {
            struct Item: Encodable {
                let id: String, fact: String
                @OrNull var person: String?
                let office: String, user: String
                @OrNull var values: JSONValue?
            }
            let facts: [Item], revealed: [String]
        }

        func run() throws {
            let replica = try options.replica()
            let home = try replica.read { try HouseholdLookup.one(household, $0) }
            let fields = try opening.fields(of: home, in: replica, options)
            let facts = try replica.read { try StoredFact.all(of: home, $0) }
            let running = try options.noteNode()
            if options.json {
                let items = facts.map { fact in
                    Report.Item(
                        id: fact.id.hex, fact: fact.kind, person: fact.person?.hex, office: fact.office,
                        user: fact.user,
                        values: fields.contains(fact.field) ? .object(fact.values.map { ($0.column, $0.value) }) : nil)
                }
                let revealed = fields.map(\.rawValue).sorted()
                return try Output.json(Report(facts: items, revealed: revealed), running: running)
            }
            Output.table(
                ["id", "fact", "says", "office", "user"],
                facts.map { fact in
                    [
                        fact.id.hex, fact.kind,
                        fields.contains(fact.field)
                            ? fact.values.map { "\($0.column) \($0.value.shown)" }.joined(separator: ", ") : "**",
                        fact.office,
                        fact.user,
                    ]
                })
        }
    }

    struct Withdraw: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "withdraw", abstract: "Say that a fact does not hold, or no longer.",
            discussion: "It stays in the history.")
        @OptionGroup var options: ReplicaOptions
        @Argument(help: "AREA/NUMBER, number, or id of the household.") var household: String
        @Argument(help: "The fact's id, or the beginning of it.") var fact: String
        @OptionGroup var user: UserOption

        struct Report: Encodable { let id: String, withdrawn: Bool }

        func run() throws {
            let replica = try options.replica()
            let (home, stored) = try replica.read { db in
                let home = try HouseholdLookup.one(household, db)
                return (home, try StoredFact.one(fact, of: home, db))
            }
            try FactEntry.withdraw(stored, of: home, in: replica, as: user.user)
            try options.wakeNode()
            if options.json { return try Output.json(Report(id: stored.id.hex, withdrawn: true)) }
            Output.note("\(stored.kind) \(stored.id.hex) no longer holds")
        }
    }
}

extension IncomeItem.Basis: ExpressibleByArgument {}
extension NewFact.IncomeSource: ExpressibleByArgument {}
extension Asset.Kind: ExpressibleByArgument {}
extension PovertyReturn: ExpressibleByArgument {}
extension SelfCareAct: ExpressibleByArgument {}
extension DwellingGrade: ExpressibleByArgument {}

extension CalendarMonth {
    static func argument(_ text: String) throws -> CalendarMonth {
        guard let month = CalendarMonth(written: text) else {
            throw ValidationError("‘\(text)’ is no month; write 2026-01")
        }
        return month
    }
}

extension Money {
    static func argument(_ text: String) throws -> Money {
        guard let money = Money(yuan: text) else {
            throw ValidationError("‘\(text)’ is no amount; write 1894 or 1894.50")
        }
        return money
    }
}
