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
            @OrNull var comingCategory: String?
            @OrNull var comingFrom: String?
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
                comingCategory: file.coming?.category.rawValue, comingFrom: file.coming?.fromMonth.description,
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
            if let coming = file.coming {
                Output.line("  \(coming.category.rawValue) \(coming.outcome.rawValue), from \(coming.fromMonth)")
            }
            if let due = file.reviewDue { Output.line("  to be looked at again on \(due)") }
            let rows: [[String]] = file.members.map { member in
                [
                    member.name, member.relation ?? "", member.identity, member.birth, member.phone,
                    member.marks, member.isDead ? "dead" : member.state == "live" ? "" : member.state,
                ]
            }
            Output.table(["name", "relation", "identity", "birth", "phone", "health", "state"], rows)
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
