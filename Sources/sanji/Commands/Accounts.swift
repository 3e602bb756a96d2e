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
        /// told: taken down by the village, and above it waits to be taken over; entered: waits for a second person; checked.
        enum State: String, Encodable { case told, entered, checked }

        let id: String, holder: String, bank: String, tail: String, enteredBy: String, state: State
        @OrNull var guardian: String?
        @OrNull var checkedBy: String?
        @OrNull var checkedOn: String?

        init(_ account: BankAccount) {
            id = account.id.hex
            holder = account.holder
            bank = account.bank
            tail = account.tail
            enteredBy = account.enteredBy
            state = account.checkedBy == nil ? .entered : .checked
            guardian = account.guardian
            checkedBy = account.checkedBy
            checkedOn = account.checkedOn?.description
        }

        init(_ told: ToldAccount) {
            id = told.id.hex
            holder = told.holder
            bank = told.bank
            tail = told.tail
            enteredBy = told.takenDownBy
            state = .told
            guardian = told.guardian
        }
    }

    struct Added: Encodable { let id: String }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "A household's accounts, with their last digits; without one, what waits.",
            discussion: """
                Without a household: those whose account a village has taken down and nobody has taken over yet, or that no second \
                person has compared with the paper. Exits 2 then, when there are any.
                """)
        @OptionGroup var options: ReplicaOptions
        @Argument(help: "AREA/NUMBER, number, or id of the household.") var household: String?
        @Option(help: "Only what waits in this area and below it.", transform: OfficeCode.argument)
        var area: OfficeCode?
        @OptionGroup var page: PageOptions

        struct List: Encodable { let accounts: [Report] }
        struct Waiting: Encodable {
            let area: String, household: String, householdNo: String, head: String, need: String
            @OrNull var since: String?
        }
        struct WaitingList: Encodable { let waiting: [Waiting], count: Int }

        func run() throws {
            let replica = try options.replica()
            guard let household else { return try showWaiting(replica) }
            let (found, told) = try replica.read { db in
                let home = try HouseholdLookup.one(household, db)
                return (try Accounts.all(of: home, db), try Accounts.told(of: home, db))
            }
            let reports = found.map { Report($0) } + told.map { Report($0) }
            if options.json { return try Output.json(List(accounts: reports)) }
            // A village has no accounts: it cannot know what became of it.
            let taken = replica.office.tier == .village ? "taken down for the town" : "waits to be taken over"
            Output.table(
                ["id", "holder", "bank", "account", "entered by", "checked by"],
                reports.map {
                    [
                        String($0.id.prefix(12)), $0.holder, $0.bank, "****" + $0.tail, $0.enteredBy,
                        $0.state == .told ? taken : $0.checkedBy ?? "",
                    ]
                })
        }

        private func showWaiting(_ replica: OfficeReplica) throws {
            guard replica.office.tier != .village else {
                throw ValidationError("what waits is seen at the town; name a household")
            }
            try Desk(replica).refresh()
            let (found, count) = try replica.read {
                try AccountDesk.page(in: area ?? replica.office, skip: page.skip, limit: page.limit, $0)
            }
            let items = found.map {
                Waiting(
                    area: $0.household.area.digits, household: $0.household.id.hex, householdNo: $0.name.number,
                    head: $0.name.head, need: $0.need.rawValue, since: $0.since?.description)
            }
            if options.json {
                try Output.json(WaitingList(waiting: items, count: count), running: try options.noteNode())
            } else {
                Output.table(
                    ["area", "household", "head", "waits for", "since"],
                    items.map { [$0.area, $0.householdNo, $0.head, $0.need, $0.since ?? ""] })
                page.note(items.count, of: count)
            }
            if count > 0 { throw needsAttention }
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
            commandName: "take-over", abstract: "Take over the account that the village has taken down.")
        @OptionGroup var options: ReplicaOptions
        @Argument(help: "AREA/NUMBER, number, or id of the household.") var household: String
        @Argument(help: "Its id, where several wait; the others then wait no more.") var id: String?
        @OptionGroup var user: UserOption

        func run() throws {
            let replica = try options.replica()
            let home = try replica.read { try HouseholdLookup.one(household, $0) }
            let id = try AccountEntry(replica, as: user.user, today: try Today.date()).takeOver(home, id)
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
