import ArgumentParser
import Assistance
import ChangeSets
import Foundation
import GRDB
import Node
import Replica

extension Household {
    struct Find: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "find",
            abstract: "Households by a member's whole name or identity number, or by their number; numbers are masked.")
        @OptionGroup var options: ReplicaOptions
        @Argument(help: "Name, identity number, or number of the household.") var text: String

        struct Item: Encodable {
            let area: String, household: String, number: String, name: String, identity: String, address: String
            @OrNull var relation: String?
        }
        struct List: Encodable { let found: [Item], hasMore: Bool }

        func run() throws {
            let (found, hasMore) = try options.replica().read { try HouseholdFinder.find(text, $0) }
            let running = try options.noteNode()
            if options.json {
                let items = found.map { item in
                    Item(
                        area: item.household.area.digits, household: item.household.id.hex, number: item.number,
                        name: item.name, identity: item.identity, address: item.address, relation: item.relation)
                }
                return try Output.json(List(found: items, hasMore: hasMore), running: running)
            }
            let rows: [[String]] = found.map { item in
                [
                    item.household.area.digits, item.number, item.name, item.relation ?? "", item.identity,
                    item.address, String(item.household.id.hex.prefix(12)),
                ]
            }
            Output.table(["area", "household", "name", "relation", "identity", "address", "id"], rows)
            if hasMore { Output.note("there are more; give the identity number") }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract:
                "A household's file, as a work list shows it; --purpose and --reason open it, which is written down."
        )
        @OptionGroup var options: ReplicaOptions
        @Argument(help: "AREA/NUMBER, number, or id of the household.") var household: String
        @OptionGroup var opening: Opening

        struct Member: Encodable {
            let name: String, identity: String, phone: String, state: String, dead: Bool, marks: String
            @OrNull var relation: String?
            @OrNull var sex: String?
            @OrNull var birth: String?
        }
        struct Report: Encodable {
            let area: String, household: String, number: String, address: String, cause: String, phone: String
            let members: [Member]
            @OrNull var category: String?
            @OrNull var amountFen: Int64?
            @OrNull var reviewDue: String?
            let kin: [String], openCases: Int, openWarnings: Int, revealed: [String]
        }

        func run() throws {
            let (replica, today) = (try options.replica(), try Today.date())
            let home = try replica.read { try HouseholdLookup.one(household, $0) }
            let file: HouseholdFile
            if let purpose = opening.purpose, let reason = opening.reason, let user = opening.user {
                let access = FileAccess(replica, as: ActingUser(user), today: today)
                file = try access.open(home, purpose, reason: reason)
                if let warning = try access.warning(of: home) { Output.note(warning) }
                try options.wakeNode()
            } else {
                file = try replica.read { try HouseholdFile.masked(home, today: today, $0) }
            }
            let running = try options.noteNode()
            if options.json { return try Output.json(report(file), running: running) }
            write(file)
        }

        private func report(_ file: HouseholdFile) -> Report {
            Report(
                area: file.household.area.digits, household: file.household.id.hex, number: file.number,
                address: file.address, cause: file.cause, phone: file.phone,
                members: file.members.map { member in
                    Member(
                        name: member.name, identity: member.identity, phone: member.phone, state: member.state,
                        dead: member.isDead, marks: member.marks, relation: member.relation, sex: member.sex,
                        birth: member.birth.isEmpty ? nil : member.birth
                    )
                }, category: file.decision?.category.rawValue, amountFen: file.amount?.fen,
                reviewDue: file.reviewDue?.description, kin: file.kin, openCases: file.openCases,
                openWarnings: file.openWarnings,
                revealed: file.revealed.map(\.rawValue).sorted())
        }

        private func write(_ file: HouseholdFile) {
            Output.line(
                ["\(file.household.area)/\(file.number)", file.address, file.phone, file.cause, file.household.id.hex]
                    .filter { !$0.isEmpty }.joined(separator: " "))
            if let decision = file.decision {
                let amount = file.amount.map { ", \($0) yuan a month" } ?? ""
                Output.line("  \(decision.category.rawValue)\(amount) since \(decision.fromMonth)")
            }
            let rows: [[String]] = file.members.map { member in
                [
                    member.name, member.relation ?? "", member.identity, member.birth, member.phone,
                    member.marks, member.isDead ? "dead" : member.state == "live" ? "" : member.state,
                ]
            }
            Output.table(["name", "relation", "identity", "birth", "phone", "health", ""], rows)
            for relative in file.kin { Output.line("related staff: \(relative)") }
            Output.line("\(file.openCases) open cases, \(file.openWarnings) open warnings")
        }
    }

    struct Access: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "access",
            abstract: "Who has opened a household's file, and why; with --by-relatives, all openings by relatives.",
            discussion:
                "With --by-relatives it exits 2 when some wait for this office to look into them (household access-review)."
        )
        @OptionGroup var options: ReplicaOptions
        @Argument(help: "AREA/NUMBER, number, or id of the household.") var household: String?
        @Flag(help: "By staff who are related to the family or have the name of a member, here and below.")
        var byRelatives = false

        struct Item: Encodable {
            let area: String, household: String, day: String, office: String, user: String, purpose: String
            let reason: String, related: Bool
            /// Empty where the file was taken with all others of an area.
            let id: String
            @OrNull var review: String?
            let toLookInto: Bool

            init(_ record: AccessRecord, at office: OfficeCode) {
                id = record.id.hex
                area = record.household.area.digits
                household = record.household.id.hex
                day = record.day?.description ?? ""
                self.office = record.office
                user = record.user
                purpose = record.purpose
                reason = record.reason
                related = record.isRelated
                review = record.review
                toLookInto = record.concerns(office) && record.review == nil
            }
        }
        struct List: Encodable { let openings: [Item] }

        func validate() throws {
            guard byRelatives != (household != nil) else {
                throw ValidationError("name a household, or give --by-relatives")
            }
        }

        func run() throws {
            let replica = try options.replica()
            let records = try replica.read { db in
                try household.map { try FileAccess.records(of: try HouseholdLookup.one($0, db), db) }
                    ?? FileAccess.byRelatives(in: replica.office, db)
            }
            let items = records.map { Item($0, at: replica.office) }
            if options.json {
                try Output.json(List(openings: items))
            } else {
                Output.table(
                    ["area", "household", "day", "office", "user", "purpose", "reason", "", "opening"],
                    items.map {
                        [
                            $0.area, String($0.household.prefix(12)), $0.day, $0.office, $0.user, $0.purpose, $0.reason,
                            $0.related ? "relative" : "", $0.toLookInto ? "! \($0.id)" : $0.review ?? "",
                        ]
                    })
            }
            if byRelatives, items.contains(where: \.toLookInto) { throw needsAttention }
        }
    }

    struct AccessReview: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "access-review",
            abstract: "Say what came of looking into an opening by a relative, at an office above.")
        @OptionGroup var options: ReplicaOptions
        @Argument(help: "The opening: its id, or the beginning of it.") var opening: String
        @Option(help: "What was found.") var text: String
        @OptionGroup var user: UserOption

        func run() throws {
            let replica = try options.replica()
            let record = try FileAccess(replica, as: user.user, today: try Today.date()).review(opening, text: text)
            try options.wakeNode()
            if options.json { return try Output.json(Access.Item(record, at: replica.office)) }
            Output.note("taken down")
        }
    }

    struct Kin: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "kin", abstract: "File that a member of staff is related to a household.")
        @OptionGroup var options: ReplicaOptions
        @Argument(help: "AREA/NUMBER, number, or id of the household.") var household: String
        @Option(help: "The member of staff, by the name that is acted under.") var staff: String
        @Option(help: "How they are related.") var relation: String
        @OptionGroup var user: UserOption

        func run() throws {
            let replica = try options.replica()
            let home = try replica.read { try HouseholdLookup.one(household, $0) }
            try FileAccess(replica, as: user.user, today: try Today.date())
                .file(staff: staff, relation: relation, to: home)
            try options.wakeNode()
            Output.note("filed")
        }
    }
}

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

/// 统计
struct Stats: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats",
        abstract:
            "Figures of this office and all below: people by category, warnings, spending, and how far each office is included.",
        discussion: "Exits 2 when an office's work is not wholly in the figures.")
    @OptionGroup var options: ReplicaOptions
    @Option(help: "The month; else this one.", transform: CalendarMonth.argument) var month: CalendarMonth?
    @Flag(help: "In their place how the work goes: days to a decision, who found whom, double payments, returns.")
    var indicators = false
    @Option(help: "Also as CSV, with figures under five shown as <5; a file that is not there yet.") var csv: String?
    @Option(name: .customLong("as"), help: "Who takes the file; with --csv.") var user: String?

    struct Report: Encodable {
        struct Category: Encodable { let area: String, category: String, households: Int, people: Int }
        struct Warnings: Encodable { let area: String, kind: String, colour: Int, days: String, count: Int }
        struct Spending: Encodable {
            let area: String, month: String, programme: String, department: String, lines: Int, amountFen: Int64
            let averageFen: Int64
        }
        struct Included: Encodable {
            let office: String, name: String
            @OrNull var upTo: String?
            let missing: Int

            init(_ office: Statistics.Included) {
                (self.office, name, missing) = (office.office.digits, office.name, office.missing)
                upTo = office.upTo
            }
        }
        struct Punctuality: Encodable {
            let area: String, due: Int, onTime: Int, late: Int, undelivered: Int, undeliveredDays: Int
            let casesLate: Int
        }
        let month: String, categories: [Category], warnings: [Warnings], spending: [Spending], included: [Included]
        let punctuality: [Punctuality]
    }

    func run() throws {
        let (replica, today) = (try options.replica(), try Today.date())
        if indicators { return try show(try Indicators(in: replica.office, on: today, of: replica)) }
        let figures = try Statistics(month ?? today.calendarMonth, today: today, in: replica)
        let running = try options.noteNode()
        if let csv, let user {
            let output = try OutputFile(new: csv)
            let bytes = try output.removedOnError {
                try figures.export(from: replica, as: ActingUser(user), today: today)
            }
            try output.write(Data(bytes))
            try options.wakeNode()
        }
        if options.json { try Output.json(report(figures), running: running) } else { write(figures) }
        if !figures.included.allSatisfy(\.isWhole) { throw needsAttention }
    }

    struct IndicatorReport: Encodable {
        let decided: Int, daysToDecision: Int, applications: Int, foundByUs: Int, doublesBeforePay: Int
        let doublesAfterPay: Int, lines: Int, returned: Int, repaired: Int, daysToRepair: Int
        let referralsDue: Int, referralsInTime: Int, included: [Report.Included]
    }

    private func show(_ found: Indicators) throws {
        try write(found)
        if !found.included.allSatisfy(\.isWhole) { throw needsAttention }
    }

    private func write(_ found: Indicators) throws {
        let running = try options.noteNode()
        if options.json {
            return try Output.json(
                IndicatorReport(
                    decided: found.decided, daysToDecision: found.daysToDecision, applications: found.applications,
                    foundByUs: found.foundByUs, doublesBeforePay: found.doublesBeforePay,
                    doublesAfterPay: found.doublesAfterPay, lines: found.lines, returned: found.returned,
                    repaired: found.repaired, daysToRepair: found.daysToRepair, referralsDue: found.referralsDue,
                    referralsInTime: found.referralsInTime, included: found.included.map(Report.Included.init)),
                running: running)
        }
        func mean(_ total: Int, _ of: Int) -> String {
            of > 0 ? String(format: "%.1f", Double(total) / Double(of)) : ""
        }
        func share(_ part: Int, _ of: Int) -> String {
            of > 0 ? String(format: "%.1f %%", 100 * Double(part) / Double(of)) : ""
        }
        Output.table(
            ["of the last twelve months", "", "of"],
            [
                [
                    "days from application to decision, on average", mean(found.daysToDecision, found.decided),
                    "\(found.decided)",
                ],
                [
                    "found by village, warning or referral", share(found.foundByUs, found.applications),
                    "\(found.applications)",
                ],
                ["double payments told before both were paid", "\(found.doublesBeforePay)", ""],
                ["double payments told after both were paid", "\(found.doublesAfterPay)", ""],
                [
                    "referrals answered in time", share(found.referralsInTime, found.referralsDue),
                    "\(found.referralsDue)",
                ],
                ["given back by the bank", share(found.returned, found.lines), "\(found.lines)"],
                ["days until paid again, on average", mean(found.daysToRepair, found.repaired), "\(found.repaired)"],
            ])
        write(found.included)
    }

    func validate() throws {
        if let user { try UserOption.check(user) }
        guard !indicators || (csv == nil && month == nil) else {
            throw ValidationError("indicators are of the last twelve months, and on the screen only")
        }
        guard (csv != nil) == (user != nil) else {
            throw ValidationError("a file is taken by somebody: --csv with --as")
        }
    }

    private func report(_ figures: Statistics) -> Report {
        Report(
            month: figures.month.description,
            categories: figures.categories.map {
                .init(
                    area: $0.area.digits, category: $0.category.rawValue, households: $0.households, people: $0.people)
            },
            warnings: figures.warnings.map {
                .init(
                    area: $0.area.digits, kind: $0.kind.rawValue, colour: $0.colour.rawValue, days: $0.age.rawValue,
                    count: $0.count)
            },
            spending: figures.spending.map {
                .init(
                    area: $0.area.digits, month: $0.month.description, programme: $0.programme,
                    department: $0.department, lines: $0.lines, amountFen: $0.amount.fen, averageFen: $0.average.fen)
            },
            included: figures.included.map(Report.Included.init),
            punctuality: figures.punctuality.map {
                .init(
                    area: $0.area.digits, due: $0.due, onTime: $0.onTime, late: $0.late, undelivered: $0.undelivered,
                    undeliveredDays: $0.undeliveredDays,
                    casesLate: $0.casesLate)
            })
    }

    private func write(_ figures: Statistics) {
        Output.table(
            ["area", "category", "households", "people"],
            figures.categories.map { [$0.area.digits, $0.category.rawValue, "\($0.households)", "\($0.people)"] })
        Output.table(
            ["area", "warning", "colour", "days", "open"],
            figures.warnings.map {
                [$0.area.digits, $0.kind.chinese, $0.colour.chinese, $0.age.rawValue, "\($0.count)"]
            })
        let spending: [[String]] = figures.spending.map { line in
            [
                line.month.description, line.area.digits, line.department, line.programme, "\(line.lines)",
                "\(line.amount)", "\(line.average)",
            ]
        }
        Output.table(["month", "area", "department", "programme", "lines", "yuan", "a line"], spending)
        Output.table(
            ["area", "visits due", "on time", "late", "undelivered", "days undelivered", "cases late"],
            figures.punctuality.map {
                [
                    $0.area.digits, "\($0.due)", "\($0.onTime)", "\($0.late)", "\($0.undelivered)",
                    "\($0.undeliveredDays)",
                    "\($0.casesLate)",
                ]
            })
        write(figures.included)
    }

    private func write(_ included: [Statistics.Included]) {
        for office in included {
            let missing = office.missing > 0 ? ", \(office.missing) change sets missing" : ""
            Output.line("\(office.office) \(office.name): included up to \(office.upTo ?? "never")\(missing)")
        }
    }
}
