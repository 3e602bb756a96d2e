import ArgumentParser
import Assistance
import ChangeSets
import Foundation
import Node
import Replica

/// 人员增减、分户、户主变更
extension Household {
    /// What every change of who lives in a household takes, and how it answers.
    struct Change: ParsableArguments {
        @OptionGroup var options: ReplicaOptions
        @Argument(help: "AREA/NUMBER, number, or id of the household.") var household: String
        @Option(help: "The day; today if not given.", transform: CalendarDate.argument) var on: CalendarDate?
        @Option(help: "A remark.") var text = ""
        @OptionGroup var user: UserOption

        struct Event: Encodable {
            let id: String, change: String, day: String, office: String, user: String, text: String
            @OrNull var person: String?
            @OrNull var other: String?
        }
        struct Report: Encodable { let area: String, household: String, events: [Event], questions: [String] }

        func change(_ body: (MemberEntry, HouseholdID, OfficeReplica, CalendarDate) throws -> Void) throws {
            let (replica, today) = (try options.replica(), try Today.date())
            let home = try replica.read { try HouseholdLookup.one(household, $0) }
            try body(MemberEntry(replica, as: user.user, today: today), home, replica, on ?? today)
            try options.wakeNode()
            try Self.show(home, replica, options)
        }

        static func show(_ home: HouseholdID, _ replica: OfficeReplica, _ options: ReplicaOptions) throws {
            let (events, questions) = try replica.read {
                (try MemberEvents.all(of: home, $0), try MemberEvents.questions(of: home, $0))
            }
            if options.json {
                return try Output.json(
                    Report(
                        area: home.area.digits, household: home.id.hex,
                        events: events.map {
                            Event(
                                id: $0.id.hex, change: $0.change.rawValue, day: $0.day.description,
                                office: $0.office.digits, user: $0.user, text: $0.text, person: $0.person?.hex,
                                other: $0.other?.hex)
                        }, questions: questions.map(\.description)))
            }
            if events.isEmpty, questions.isEmpty { return }
            Output.table(
                ["day", "change", "office", "by", ""],
                events.map {
                    [
                        $0.day.description, "\($0.change.rawValue) \($0.change.chinese)", $0.office.digits, $0.user,
                        $0.text,
                    ]
                })
            for question in questions { Output.line("! \(question)") }
        }
    }

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "add", abstract: "Somebody comes into a household, or is born there.")
        @OptionGroup var target: Change
        @Option(help: "\(MemberChange.arrivals.map(\.rawValue).joined(separator: ", ")).") var because: MemberChange
        @Option(help: "Name.") var name: String
        @Option(help: "Identity number, where there is one.") var idNumber: String?
        @Flag(help: "The number stands on the card so, although it fails its check.") var asOnCard = false
        @Option(help: "male or female; by the identity number if not given.") var sex: Sex?
        @Option(help: "Birth date; by the identity number, or the day of a birth.", transform: CalendarDate.argument)
        var born: CalendarDate?
        @Option(help: "To the head: spouse, child, parent, grandchild, grandparent, sibling, other.")
        var relation: Relation
        @Option(help: "urban or rural.") var hukou: HukouKind?

        func run() throws {
            try target.change { entry, home, _, day in
                let member = try NewMember(
                    name: name, identity: idNumber, asOnCard: asOnCard, sex: sex,
                    birth: born ?? (because == .birth ? day : nil),
                    relation: relation, hukou: hukou)
                try entry.add(member, to: home, because: because, on: day, text: target.text)
                if because == .birth, target.on == nil {
                    Output.note(
                        "taken down as born on \(member.birth), and of the household since \(day); --on names another day"
                    )
                }
            }
        }
    }

    struct Leave: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "leave", abstract: "Somebody has died or left a household.",
            discussion:
                "A death holds the next payment; where it was the head, name another with ‘sanji household head’.")
        @OptionGroup var target: Change
        @Argument(help: "Name or identity number of the member.") var member: String
        @Option(help: "\(MemberChange.departures.map(\.rawValue).joined(separator: ", ")).") var because: MemberChange

        func run() throws {
            try target.change { entry, home, _, day in
                try entry.leave(member, of: home, because: because, on: day, text: target.text)
            }
        }
    }

    struct Alive: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "alive", abstract: "Takes back that somebody has died.",
            discussion: "By the office that said so, or one above it; --text says why.")
        @OptionGroup var target: Change
        @Argument(help: "Name or identity number of the member.") var member: String

        func run() throws {
            try target.change { entry, home, _, _ in try entry.revive(member, of: home, text: target.text) }
        }
    }

    struct MemberCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "member", abstract: "Corrects what is known of a member; decisions change by a review only.")
        @OptionGroup var target: Change
        @Argument(help: "Name, identity number, or id of the member.") var member: String
        @Option(help: "Name.") var name: String?
        @Option(help: "Identity number.") var idNumber: String?
        @Flag(help: "The number stands on the card so, although it fails its check.") var asOnCard = false
        @Option(help: "male or female.") var sex: Sex?
        @Option(help: "Birth date.", transform: CalendarDate.argument) var born: CalendarDate?
        @Option(help: "To the head: spouse, child, parent, grandchild, grandparent, sibling, other.")
        var relation: Relation?
        @Option(help: "urban or rural.") var hukou: HukouKind?
        @Option(help: "Telephone; an empty word takes it off, as with the next four.") var phone: String?
        @Option(help: "Ethnicity.") var ethnicity: String?
        @Option(help: "Marriage.") var marriage: String?
        @Option(help: "Education.") var education: String?
        @Option(help: "Employment.") var employment: String?
        @Option(help: "ordinary or serious (seriously ill).") var health: Circumstances.Health?
        @Option(help: "\(Circumstances.SchoolStage.allCases.map(\.rawValue).joined(separator: ", ")).")
        var schoolStage: Circumstances.SchoolStage?
        @Option(help: "The school's name.") var school = ""
        @Option(help: "When it is over.", transform: CalendarDate.argument) var schoolEnds: CalendarDate?
        @Option(help: "yes or no: lives in an institution.") var institution: YesNo?

        enum YesNo: String, ExpressibleByArgument, CaseIterable { case yes, no }

        func validate() throws {
            guard schoolStage != nil || school.isEmpty && schoolEnds == nil else {
                throw ValidationError("name the --school-stage as well")
            }
            guard relation != .head else {
                throw ValidationError("‘sanji household head’ makes somebody the head")
            }
        }

        func run() throws {
            var circumstances = Circumstances(
                health: health,
                schooling: schoolStage.map { Circumstances.Schooling($0, school: school, ends: schoolEnds) },
                isInInstitution: institution.map { $0 == .yes })
            (circumstances.relation, circumstances.hukou) = (relation, hukou)
            circumstances.words = [
                .phone: phone, .ethnicity: ethnicity, .marriage: marriage, .education: education,
                .employment: employment,
            ].compactMapValues { $0 }
            let hasIdentity = name != nil || idNumber != nil || sex != nil || born != nil
            let identity =
                hasIdentity
                ? MemberEntry.Identity(name: name, number: idNumber, asOnCard: asOnCard, sex: sex, birth: born) : nil
            try target.change { [circumstances] entry, home, _, _ in
                try entry.describe(member, of: home, circumstances, identity: identity)
            }
        }
    }

    struct Discard: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "void", abstract: "Takes a household out that was entered by mistake.",
            discussion: "With its members, and only where it has no case and no decision; --text says why.")
        @OptionGroup var target: Change
        @Flag(help: "Takes it back.") var undo = false

        func run() throws {
            guard undo else {
                return try target.change { entry, home, _, _ in try entry.void(home, text: target.text) }
            }
            let (replica, today) = (try target.options.replica(), try Today.date())
            let home = try replica.read { try HouseholdLookup.void(target.household, $0) }
            try MemberEntry(replica, as: target.user.user, today: today).restore(home, text: target.text)
            try target.options.wakeNode()
            try Change.show(home, replica, target.options)
        }
    }

    struct Head: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "head", abstract: "Another member becomes the head of the household.")
        @OptionGroup var target: Change
        @Argument(help: "Name or identity number of the member.") var member: String

        func run() throws {
            try target.change { entry, home, _, day in
                try entry.makeHead(member, of: home, on: day, text: target.text)
            }
        }
    }

    struct Split: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "split", abstract: "Some members are a household of their own from now on.",
            discussion: "The old household is looked at again; the new one applies for itself.")
        @OptionGroup var target: Change
        @Option(help: "Number of the new household.") var number: String
        @Option(help: "Head of the new household: name or identity number.") var head: String
        @Option(help: "Who moves into it, the head as well; give it once for each.") var member: [String]

        func run() throws {
            try target.change { entry, home, _, day in
                _ = try entry.split(
                    home, number: number, head: head, members: member, on: day, text: target.text)
            }
        }
    }

    struct Place: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "place", abstract: "Says in which household somebody lives; moves them within the village.")
        @OptionGroup var target: Change
        @Argument(help: "Name or identity number of the person.") var member: String
        @Option(help: "The household where the person is entered now; the same where they stay.") var from: String

        func run() throws {
            try target.change { entry, home, replica, day in
                let other = try replica.read { try HouseholdLookup.one(from, $0) }
                try entry.place(member, of: other, in: home, on: day, text: target.text)
            }
        }
    }

    struct Changes: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "changes", abstract: "Who came, left, was born or died, and what is open.")
        @OptionGroup var options: ReplicaOptions
        @Argument(help: "AREA/NUMBER, number, or id of the household.") var household: String

        func run() throws {
            let replica = try options.replica()
            try Change.show(try replica.read { try HouseholdLookup.one(household, $0) }, replica, options)
        }
    }
}

extension MemberChange: ExpressibleByArgument {}
extension Sex: ExpressibleByArgument {}
extension Consent.Purpose: ExpressibleByArgument {}
extension Relation: ExpressibleByArgument {}
extension HukouKind: ExpressibleByArgument {}
extension Circumstances.Health: ExpressibleByArgument {}
extension Circumstances.SchoolStage: ExpressibleByArgument {}
