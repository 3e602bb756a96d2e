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

extension ReplicaOptions {
    /// For commands that read: whether a node runs on the folder, also said on a terminal.
    func noteNode() throws -> Bool {
        let isRunning = NodePresence(try folder()).isRunning
        Output.remark(isRunning ? "(node running)" : "(node not running)")
        return isRunning
    }

    /// Wakes the running node after a write, if there is one.
    func wakeNode() throws { _ = ControlAnswer.ask(try folder()) }
}

/// A part of a long list.
struct PageOptions: ParsableArguments {
    @Option(help: "How many to show.") var limit = 200
    @Option(help: "How many to pass over first.") var skip = 0

    func validate() throws { try Self.check(limit, skip) }

    static func check(_ limit: Int, _ skip: Int) throws {
        guard limit > 0, skip >= 0 else { throw ValidationError("--limit is at least 1, --skip at least 0") }
    }

    func note(_ shown: Int, of count: Int) {
        guard shown < count else { return }
        Output.note("\(shown) of \(count), after \(skip); --skip and --limit show others")
    }
}

struct UserOption: ParsableArguments {
    @Option(name: .customLong("as"), help: "Who acts. Recorded as unverified.")
    var userName: String

    func validate() throws { try Self.check(userName) }

    /// A change that names nobody says nothing about who answers for it.
    static func check(_ name: String) throws {
        guard name.contains(where: { !$0.isWhitespace }) else {
            throw ValidationError("--as needs a name: who acts, as the office names them")
        }
    }

    var user: ActingUser { ActingUser(userName) }
}

// By a closure and not by `ExpressibleByArgument`, which cannot say what is wrong with a value.
extension OfficeCode {
    static func argument(_ text: String) throws -> OfficeCode {
        do { return try OfficeCode(text) } catch { throw ValidationError("\(error)") }
    }
}

/// An algorithm by its name, as arguments and help have it.
enum AlgorithmName: String, CaseIterable, ExpressibleByArgument {
    case ed25519, sm2

    var algorithm: Algorithm {
        switch self {
        case .ed25519: .ed25519
        case .sm2: .sm2
        }
    }
}

extension HostPort {
    static func argument(_ text: String) throws -> HostPort {
        do { return try HostPort(text) } catch { throw ValidationError("\(error)") }
    }
}

func now_ms() -> Int64 { ReplicaEnvironment.system.now_ms() }
