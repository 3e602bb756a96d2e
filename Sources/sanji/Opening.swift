import ArgumentParser
import Assistance
import ChangeSets
import Foundation
import Replica

/// 查阅: why a family's file is opened further than a work list shows it (domain 4.9). It is written down before anything is shown.
struct Opening: ParsableArguments {
    @Option(help: "\(AccessPurpose.allCases.map(\.rawValue).joined(separator: ", ")).") var purpose: AccessPurpose?
    @Option(help: "Why it is needed.") var reason: String?
    @Option(name: .customLong("as"), help: "Who acts. Recorded as unverified.") var user: String?

    func validate() throws {
        if let user { try UserOption.check(user) }
        guard Set([purpose != nil, reason != nil, user != nil]).count == 1 else {
            throw ValidationError("to open a file give --purpose, --reason and --as together")
        }
    }

    /// - Returns: What may be shown; nothing where no purpose is given.
    func fields(
        of home: HouseholdID, in replica: OfficeReplica, _ options: ReplicaOptions
    ) throws -> Set<HouseholdFile.Field> {
        guard let purpose, let reason, let user else { return [] }
        let access = FileAccess(replica, as: ActingUser(user), today: try Today.date())
        let fields = try access.fields(of: home, purpose, reason: reason)
        if let warning = try access.warning(of: home) { Output.note(warning) }
        try options.wakeNode()
        return fields
    }

    /// Of one record: the file of the household that it belongs to.
    func fields(
        of record: RecordID, known: [String: CellValue] = [:], in replica: OfficeReplica, _ options: ReplicaOptions
    ) throws -> Set<HouseholdFile.Field> {
        guard purpose != nil else { return [] }
        guard let home = try replica.read({ try HouseholdLookup.household(of: record, known: known, $0) }) else {
            throw RecordOpeningError.ofNoHousehold(record)
        }
        return try fields(of: home, in: replica, options)
    }
}

extension AccessPurpose: ExpressibleByArgument {}

struct NotOpened: Error, CustomStringConvertible {
    let purpose: String
    /// Those that would open it here.
    let others: [AccessPurpose]
    var description: String {
        "purpose ‘\(purpose)’ does not open at this office what a family gets; "
            + (others.isEmpty
                ? "none does, by the parameter access.fields"
                : "those that do: \(others.map(\.rawValue).joined(separator: ", "))")
    }
}

extension Set<HouseholdFile.Field> {
    /// How something was worked out says what a family earns and who of it is ill.
    var opensTrace: Bool { isSuperset(of: [.income, .health]) }
}
