import ArgumentParser
import Assistance
import ChangeSets
import Foundation
import Node
import Replica

/// Options of every command that works on an office's data folder.
struct ReplicaOptions: ParsableArguments {
    @Option(name: .customLong("data"), help: "The office's data folder (or SANJI_DATA).")
    var dataPath: String?

    @Flag(help: "Print one JSON object; fields are only ever added.")
    var json = false

    func folder() throws -> OfficeFolder {
        guard let path = dataPath ?? ProcessInfo.processInfo.environment["SANJI_DATA"], !path.isEmpty else {
            throw ValidationError("name the office's data folder with --data DIR, or set SANJI_DATA")
        }
        return OfficeFolder(path: path)
    }

    func replica() throws -> OfficeReplica { try folder().openReplica(domain: AssistanceSchema.domain) }
}

struct UserOption: ParsableArguments {
    @Option(name: .customLong("as"), help: "Who acts. Recorded as unverified.")
    var userName: String

    var user: ActingUser { ActingUser(userName) }
}

extension OfficeCode: ExpressibleByArgument {
    public init?(argument: String) { try? self.init(argument) }
}

extension Algorithm: ExpressibleByArgument {
    public init?(argument: String) { self.init(name: argument) }
    public static var allValueStrings: [String] { allCases.map(\.description) }
}

extension HostPort: ExpressibleByArgument {
    public init?(argument: String) { try? self.init(argument) }
}

func now_ms() -> Int64 { ReplicaEnvironment.system.now_ms() }
