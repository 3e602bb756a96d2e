import ArgumentParser
import Assistance
import ChangeSets
import Foundation
import Node
import Replica

/// 建档: households as a clerk enters and corrects them, one by one.
extension Household {
    /// What is told of a household besides its people, as options.
    struct Described: ParsableArguments {
        @Option(help: "Address; an empty word takes it off, as with all that follow.") var address: String?
        @Option(help: "Telephone.") var phone: String?
        @Option(help: "Where they live, a division code; here if not given.") var liveRegion: String?
        @Option(help: "Where they are registered, a division code; here if not given.") var hukouRegion: String?
        @Option(help: "Dwelling.") var dwelling: String?
        @Option(help: "Main cause of the hardship: \(HardshipCause.offered).") var cause: String?
        @Option(help: "Other causes, of the same words, with commas between them.") var moreCauses: String?
        @Option(help: "Remarks.") var remarks: String?
        @Option(help: "Latitude, in degrees; with --lon.") var lat: Double?
        @Option(help: "Longitude, in degrees.") var lon: Double?
        @Option(help: "How far off the place may be, in metres.") var accuracy: Double?

        func validate() throws {
            guard (lat == nil) == (lon == nil), accuracy == nil || lat != nil else {
                throw ValidationError("a place has --lat and --lon")
            }
        }

        var description: HouseholdDescription {
            var description = HouseholdDescription()
            description.words = [
                .address: address, .phone: phone, .liveRegion: liveRegion, .registrationRegion: hukouRegion,
                .dwelling: dwelling, .cause: cause, .moreCauses: moreCauses, .remarks: remarks,
            ].compactMapValues { $0 }
            if let lat, let lon { description.location = .init(lat: lat, lon: lon, accuracy_m: accuracy) }
            return description
        }
    }

    struct New: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "new", abstract: "Registers a household with its head.",
            discussion: "Search first (‘sanji household find’). The others come by ‘sanji household add’.")
        @OptionGroup var options: ReplicaOptions
        @Argument(help: "The household's number.") var number: String
        @Option(help: "Its village; this office's own at a village.", transform: OfficeCode.argument)
        var area: OfficeCode?
        @Option(help: "Name of the head.") var head: String
        @Option(help: "The head's identity number.") var idNumber: String?
        @Flag(help: "The number stands on the card so, although it fails its check.") var asOnCard = false
        @Option(help: "male or female; by the identity number if not given.") var sex: Sex?
        @Option(help: "Birth date; by the identity number if not given.", transform: CalendarDate.argument)
        var born: CalendarDate?
        @Option(help: "urban or rural.") var hukou: HukouKind?
        @OptionGroup var described: Described
        @OptionGroup var user: UserOption

        func run() throws {
            let (replica, today) = (try options.replica(), try Today.date())
            guard let village = area ?? (replica.office.tier == .village ? replica.office : nil) else {
                throw ValidationError("name the village: --area")
            }
            let member = try NewMember(
                name: head, identity: idNumber, asOnCard: asOnCard, sex: sex, birth: born, relation: .head, hukou: hukou
            )
            let home = try MemberEntry(replica, as: user.user, today: today).create(
                number, in: village, head: member, described.description)
            try options.wakeNode()
            try Change.show(home, replica, options)
            if !options.json { Output.line("\(home.area)/\(number) is \(home.id.hex)") }
            if try replica.directory().offices[village] == nil, village != replica.office {
                Output.note("no office for \(village); until there is one only the offices above it have the household")
                throw needsAttention
            }
        }
    }

    struct Visit: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "visit", abstract: "Record a home visit that belongs to no case and no warning.",
            discussion: "‘sanji case visit’ and ‘sanji alert visit’ record the others.")
        @OptionGroup var target: Change
        @OptionGroup var visited: VisitOptions

        func run() throws {
            try target.change { entry, home, _, day in try entry.visit(home, visited.visit(on: day)) }
        }
    }

    struct Visits: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "visits", abstract: "All home visits: of its cases, because of warnings, and others.",
            discussion: "What was found is shown where --purpose opens it, which is written down.")
        @OptionGroup var options: ReplicaOptions
        @Argument(help: "AREA/NUMBER, number, or id of the household.") var household: String
        @OptionGroup var opening: Opening

        struct Item: Encodable {
            @OrNull var day: String?
            let visitors: String, seen: String, signedBy: String, reason: String, office: String, user: String
            let hashes: [String]
            @OrNull var findings: String?
        }
        struct Report: Encodable { let visits: [Item] }

        func run() throws {
            let replica = try options.replica()
            let home = try replica.read { try HouseholdLookup.one(household, $0) }
            let isOpened = try opening.fields(of: home, in: replica, options).contains(.health)
            let visits = try replica.read { try KnownVisit.all(of: home, $0) }
            let running = try options.noteNode()
            if options.json {
                let items = visits.map {
                    Item(
                        day: $0.day?.description, visitors: $0.visitors, seen: $0.seen, signedBy: $0.signedBy,
                        reason: $0.reason, office: $0.office, user: $0.user, hashes: $0.hashes,
                        findings: isOpened ? $0.findings : nil)
                }
                return try Output.json(Report(visits: items), running: running)
            }
            Output.table(
                ["day", "visitors", "seen", "for", "office", "found"],
                visits.map {
                    [
                        $0.day?.description ?? "?", $0.visitors, $0.seen.isEmpty ? "nobody at home" : $0.seen,
                        $0.reason, $0.office, isOpened ? $0.findings : "",
                    ]
                })
        }
    }

    struct Describe: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "set", abstract: "Corrects what is known of a household besides its people.")
        @OptionGroup var target: Change
        @Option(help: "Another number, where two families were given one.") var number: String?
        @OptionGroup var described: Described

        func run() throws {
            try target.change { entry, home, _, _ in
                try entry.describe(home, described.description, number: number)
            }
        }
    }
}
