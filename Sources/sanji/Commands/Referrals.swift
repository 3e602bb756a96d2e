import ArgumentParser
import Assistance
import ChangeSets
import Foundation
import Node
import Replica

/// 转介
struct ReferralCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "referral", abstract: "Families handed on to other departments, and what became of it.",
        discussion: """
            A referral is its id or the beginning of it, at least eight digits. Villages ask, towns send inside their own services, \
            the district to its departments.
            """,
        subcommands: [List.self, Show.self, Send.self, Reply.self, Export.self])

    struct Report: Encodable {
        struct Step: Encodable {
            let office: String, user: String, day: String, text: String
            /// Where the file is opened.
            @OrNull var gapFen: Int64?
        }
        struct Answer: Encodable {
            let reply: String, office: String, user: String, day: String
            @OrNull var programme: String?
            @OrNull var basis: String?
            /// Where the file is opened, as the text.
            @OrNull var amountFen: Int64?
            @OrNull var month: String?
            @OrNull var text: String?
        }
        let id: String, area: String, household: String, householdNo: String, head: String
        let department: String, departmentName: String, need: String
        let stage: String, stageName: String, askedOn: String
        @OrNull var sentOn: String?
        @OrNull var due: String?
        let overdue: Bool, agreed: Bool
        let steps: [Step], answers: [Answer]

        init(_ listed: Listed, opening fields: Set<HouseholdFile.Field> = []) {
            let referral = listed.referral
            id = referral.id.hex
            area = referral.household.area.digits
            household = referral.household.id.hex
            householdNo = listed.household.number
            head = listed.household.head
            department = referral.department.rawValue
            departmentName = referral.department.chinese
            need = referral.need
            stage = referral.state.stage.rawValue
            stageName = referral.state.stage.chinese
            askedOn = referral.state.askedOn.description
            sentOn = referral.state.sentOn?.description
            due = listed.due?.description
            overdue = listed.isOverdue
            agreed = referral.isAgreed
            steps = referral.steps.map {
                Step(
                    office: $0.office.digits, user: $0.user, day: $0.day.description, text: $0.text,
                    gapFen: fields.contains(.income) ? $0.gap?.fen : nil)
            }
            answers = referral.answers.map {
                Answer(
                    reply: $0.reply.rawValue, office: $0.office.digits, user: $0.user, day: $0.day.description,
                    programme: $0.programme, basis: $0.basis, amountFen: fields.contains(.income) ? $0.amount.fen : nil,
                    month: $0.month?.description, text: fields.contains(.income) ? $0.text : nil)
            }
        }
    }

    /// With the day until when the next thing must have happened.
    struct Listed {
        let referral: Referral
        let household: HouseholdName
        let due: CalendarDate?
        let isOverdue: Bool

        init(_ item: DeskReferral, _ today: CalendarDate) {
            referral = item.referral
            household = item.household
            due = item.due
            isOverdue = item.isOverdue(on: today)
        }

        init(_ referral: Referral, _ today: CalendarDate, _ replica: OfficeReplica) throws {
            self.referral = referral
            household = try replica.read { try HouseholdName(referral.household, $0) }
            due = try replica.read { try referral.due($0) }?.date
            isOverdue = due.map { $0 < today } ?? false
        }

        func write(opening fields: Set<HouseholdFile.Field>) {
            let late = isOverdue ? ", overdue" : ""
            Output.line(
                "\(referral.id.hex) \(referral.department.chinese) \(referral.need) "
                    + "\(referral.household.area)/\(household.number) \(household.head): \(referral.state.stage.chinese)"
                    + (due.map { ", due \($0)" } ?? "") + late)
            for step in referral.steps {
                let gap = fields.contains(.income) ? step.gap.map { "\($0) yuan are missing" } : nil
                let words = [step.text, gap ?? ""].filter { !$0.isEmpty }.joined(separator: "; ")
                Output.line("  \(step.day) \(step.office) \(step.user)" + (words.isEmpty ? "" : ": \(words)"))
            }
            for answer in referral.answers {
                let isOpened = fields.contains(.income)
                let given = answer.programme.map { ": \($0)" + (isOpened ? ", \(answer.amount) yuan" : "") } ?? ""
                Output.line(
                    "  \(answer.day) \(answer.reply.rawValue) \(answer.office) \(answer.user)\(given)"
                        + (answer.month.map { " for \($0)" } ?? "")
                        + (answer.text.isEmpty || !isOpened ? "" : "; \(answer.text)"))
            }
        }
    }

    static func show(
        _ referral: Referral, _ options: ReplicaOptions, _ replica: OfficeReplica,
        opening fields: Set<HouseholdFile.Field> = []
    ) throws {
        let listed = try Listed(referral, try Today.date(), replica)
        if options.json { return try Output.json(Report(listed, opening: fields)) }
        listed.write(opening: fields)
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "The referrals that are open here.",
            discussion: "Exits 2 when one is overdue.")
        @OptionGroup var options: ReplicaOptions
        @Option(help: "Only of this area and below it.", transform: OfficeCode.argument) var area: OfficeCode?
        @Flag(help: "Also those that have ended.") var all = false
        @Flag(help: "Only those that are overdue.") var overdue = false
        @OptionGroup var page: PageOptions

        struct List: Encodable { let referrals: [Report], count: Int, overdue: Int }

        func run() throws {
            let (replica, today) = (try options.replica(), try Today.date())
            try Desk(replica).refresh()
            let area = area ?? replica.office
            let (items, count, late) = try replica.read { db in
                let (items, count) = try ReferralDesk.page(
                    in: area, ended: all, lateOn: overdue ? today : nil, skip: page.skip, limit: page.limit, db)
                return (
                    items, count, try ReferralDesk.page(in: area, ended: false, lateOn: today, limit: 1, db).count
                )
            }
            let found = items.map { Listed($0, today) }
            let running = try options.noteNode()
            if options.json {
                try Output.json(
                    List(referrals: found.map { Report($0) }, count: count, overdue: late), running: running)
            } else {
                Output.table(
                    ["id", "area", "household", "head", "department", "need", "stage", "due"],
                    found.map { listed in
                        [
                            listed.referral.id.hex, listed.referral.household.area.digits, listed.household.number,
                            listed.household.head,
                            listed.referral.department.chinese, listed.referral.need,
                            listed.referral.state.stage.chinese,
                            (listed.due?.description ?? "") + (listed.isOverdue ? " !" : ""),
                        ]
                    })
                page.note(found.count, of: count)
            }
            if late > 0 { throw needsAttention }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "One referral with all that was answered.",
            discussion: "What was given is shown where --purpose opens it, which is written down.")
        @OptionGroup var options: ReplicaOptions
        @Argument(help: "Id of the referral.") var id: String
        @OptionGroup var opening: Opening

        func run() throws {
            let replica = try options.replica()
            let referral = try replica.read { try ReferralReading.one(id, $0) }
            let fields = try opening.fields(of: referral.household, in: replica, options)
            try ReferralCommand.show(referral, options, replica, opening: fields)
        }
    }

    struct Send: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "send",
            abstract: "Ask for a referral, or send it where this office may; one that is open gets a note.")
        @OptionGroup var options: ReplicaOptions
        @Argument(help: "AREA/NUMBER, number, or id of the household.") var household: String
        @OptionGroup var user: UserOption
        @Option(help: "To whom: \(Department.allCases.map(\.rawValue).joined(separator: ", ")).") var to: Department
        @Option(help: "What the family needs, in the same words each time.") var need: String
        @Option(help: "For whom: name or identity number; else for the head.") var person: String?
        @Option(help: "More about it.") var text = ""
        @Option(help: "The case that it comes from.") var `case`: String?
        @Option(help: "The warning that it comes from.") var alert: String?
        @Flag(help: "The family agrees to be named.") var agreed = false
        @Option(help: "What is missing, in yuan; a charity is told that.", transform: Money.argument) var gap: Money?

        func run() throws {
            let replica = try options.replica()
            let entry = ReferralEntry(replica, as: user.user, today: try Today.date())
            let (home, who, file, warning) = try replica.read { db in
                let home = try HouseholdLookup.one(household, db)
                return (
                    home, try person.map { try HouseholdLookup.member($0, of: home, db) },
                    try `case`.map { try CaseReading.one($0, db) }, try alert.map { try WarningReading.one($0, db) }
                )
            }
            guard (file?.household ?? home) == home, (warning?.household ?? home) == home else {
                throw WarningError.otherHousehold
            }
            let referral = try entry.send(
                home, to: to, need: need, person: who, text: text, application: file?.id, alert: warning?.id,
                agreed: agreed, gap: gap)
            try options.wakeNode()
            try ReferralCommand.show(referral, options, replica)
        }
    }

    struct Reply: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "reply", abstract: "Record what the department has answered.",
            discussion: "received, accepted, need_more, not_eligible; given needs --programme, --amount and --month.")
        @OptionGroup var options: ReplicaOptions
        @Argument(help: "Id of the referral.") var id: String
        @Argument(help: "received, accepted, need_more, given, not_eligible.") var reply: ReferralReply
        @OptionGroup var user: UserOption
        @Option(help: "The day.", transform: CalendarDate.argument) var on: CalendarDate?
        @Option(help: "What is given.") var programme: String?
        @Option(help: "By which policy.") var basis: String?
        @Option(help: "In yuan.", transform: Money.argument) var amount: Money?
        @Option(help: "For which month.", transform: CalendarMonth.argument) var month: CalendarMonth?
        @Option(help: "More about it.") var text = ""

        func validate() throws {
            let parts = [programme != nil, amount != nil, month != nil]
            guard Set(parts).count == 1 else {
                throw ValidationError("give --programme, --amount and --month together")
            }
        }

        func run() throws {
            let replica = try options.replica()
            var given: ReferralEntry.Given?
            if let programme, let amount, let month {
                given = .init(programme: programme, basis: basis, amount: amount, month: month)
            }
            let referral = try ReferralEntry(replica, as: user.user, today: try Today.date())
                .answer(id, reply, given, on: on, text: text)
            try options.wakeNode()
            try ReferralCommand.show(referral, options, replica)
        }
    }

    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "export",
            abstract: "What the department is told, as CSV: the fields of the parameter referral.fields and no others.")
        @OptionGroup var options: ReplicaOptions
        @Argument(help: "Id of the referral.") var id: String
        @Argument(help: "A file that is not there yet.") var file: String
        @OptionGroup var user: UserOption

        struct Report: Encodable {
            struct Value: Encodable { let field: String, value: String }
            let id: String, department: String, fields: [Value]
        }

        func run() throws {
            let (replica, today) = (try options.replica(), try Today.date())
            let output = try OutputFile(new: file)
            let (referral, fields, bytes) = try output.removedOnError {
                try ReferralEntry(replica, as: user.user, today: today).export(id)
            }
            try output.write(Data(bytes))
            try options.wakeNode()
            if options.json {
                return try Output.json(
                    Report(
                        id: referral.id.hex, department: referral.department.rawValue,
                        fields: fields.values.map { .init(field: $0.field.rawValue, value: $0.value) }))
            }
            Output.note("\(referral.department.chinese) is told \(fields.values.count) fields, in \(file)")
        }
    }
}

extension Department: ExpressibleByArgument {}
extension ReferralReply: ExpressibleByArgument {}
