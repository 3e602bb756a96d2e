import ArgumentParser
import Assistance
import ChangeSets
import Foundation
import Node
import Replica

/// 同意书
extension Household {
    struct Agree: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "consent", abstract: "Takes down what a member agrees to, or agrees to no longer.",
            discussion: """
                For ‘check’ every adult agrees that other departments are asked; for ‘charity’ the family is named to a charity. A \
                withdrawal ends what was agreed before, wherever that was taken down.
                """)
        @OptionGroup var target: Change
        @Argument(help: "Name, identity number, or id of the member.") var member: String
        @Option(help: "\(Consent.Purpose.allCases.map(\.rawValue).joined(separator: ", ")).") var to: Consent.Purpose
        @Flag(help: "Agrees no longer.") var withdraw = false
        @Option(help: "The last day of it.", transform: CalendarDate.argument) var until: CalendarDate?
        @Option(help: "Who agrees for a child under fourteen.") var guardian: String?

        func validate() throws {
            guard !withdraw || until == nil && guardian == nil else {
                throw ValidationError("a withdrawal holds until somebody agrees again: without --until and --guardian")
            }
        }

        func run() throws {
            let (replica, today) = (try target.options.replica(), try Today.date())
            let home = try replica.read { try HouseholdLookup.one(target.household, $0) }
            try MemberEntry(replica, as: target.user.user, today: today).consent(
                member, of: home, to: to, isGiven: !withdraw, from: target.on ?? today, to: until, guardian: guardian,
                text: target.text)
            try target.options.wakeNode()
            try Consented.show(home, replica, target.options)
        }
    }

    struct Consented: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "consents", abstract: "What the members of a household have agreed to.")
        @OptionGroup var options: ReplicaOptions
        @Argument(help: "AREA/NUMBER, number, or id of the household.") var household: String

        struct Item: Encodable {
            let id: String, person: String, name: String, purpose: String, given: Bool, from: String, office: String
            let user: String, text: String
            @OrNull var until: String?
            @OrNull var guardian: String?
        }
        struct Report: Encodable { let area: String, household: String, consents: [Item] }

        func run() throws {
            let replica = try options.replica()
            try Self.show(try replica.read { try HouseholdLookup.one(household, $0) }, replica, options)
        }

        static func show(_ home: HouseholdID, _ replica: OfficeReplica, _ options: ReplicaOptions) throws {
            let found = try replica.read { try Consents.all(of: home, $0) }
            let items = found.map { name, consent in
                Item(
                    id: consent.id.hex, person: consent.person.hex, name: name, purpose: consent.purpose.rawValue,
                    given: consent.isGiven, from: consent.from.description, office: consent.office.digits,
                    user: consent.user, text: consent.text, until: consent.to?.description, guardian: consent.guardian)
            }
            if options.json {
                return try Output.json(Report(area: home.area.digits, household: home.id.hex, consents: items))
            }
            Output.table(
                ["name", "to", "", "from", "until", "guardian", "office", "by"],
                items.map {
                    [
                        $0.name, $0.purpose, $0.given ? "agrees" : "agrees no longer", $0.from, $0.until ?? "",
                        $0.guardian ?? "", $0.office, $0.user,
                    ]
                })
        }
    }
}
