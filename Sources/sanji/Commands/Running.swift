import ArgumentParser
import Assistance
import ChangeSets
import Foundation
import Logging
import Node
import Replica

struct Run: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the node until SIGTERM or SIGINT.",
        discussion: "Ready when it prints `ready` with its addresses on standard error. Port 0 takes a free one.")
    @OptionGroup var options: ReplicaOptions
    @Option(help: "HOST:PORT to listen at; remembered.") var listen: HostPort?
    @Option(help: "HOST:PORT that others should call, where it is not the one listened at; remembered.")
    var advertise: HostPort?
    @Flag(help: "Log every exchange.") var verbose = false

    func run() async throws {
        var logger = Logger(label: "sanji") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = verbose ? .debug : .notice
        let node = OfficeNode(folder: try options.folder(), domain: AssistanceSchema.domain, logger: logger)
        try await node.run(
            .init(
                listen: listen?.description, advertise: advertise?.description,
                onReady: { Output.note("ready \($0)") }))
    }
}

struct Sync: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "One exchange with the parent now.",
        discussion: """
            Exit code 0 when both sides have the same; 2 when that left something held, refused or laid aside;
            1 when the parent was not reached.
            """)
    @OptionGroup var options: ReplicaOptions
    @Option(help: "Give up after this long: 60s, 5m.") var timeout: String = "60s"

    struct Report: Encodable {
        let sent: Int
        let received: UInt64
        let equal: Bool
        let held: Int
        let refused: Int
        let rejected: [String]
    }

    func run() async throws {
        let seconds = try Self.seconds(timeout)
        let folder = try options.folder()
        let result = try await withTimeout(seconds: seconds) {
            try await OneExchange.run(folder, domain: AssistanceSchema.domain)
        }
        _ = ControlAnswer.ask(folder)
        let replica = try options.replica()
        let held = try replica.heldFeeds().count
        let refused = try replica.fates().refused
        let rejected = result.rejected.map(\.description)
        if options.json {
            try Output.json(
                Report(
                    sent: result.sent, received: result.received, equal: result.isEqual, held: held, refused: refused,
                    rejected: rejected))
        } else {
            print("sent \(result.sent), received \(result.received) change sets")
            for line in rejected { Output.note("not taken: \(line)") }
        }
        if !result.isEqual || held + refused + rejected.count + result.forked.count > 0 { throw needsAttention }
    }

    static func seconds(_ text: String) throws -> Int64 {
        if text.hasSuffix("s"), let count = Int64(text.dropLast()), (1...86_400).contains(count) { return count }
        return try Invite.seconds(text)
    }
}

struct TimedOut: Error, CustomStringConvertible {
    let seconds: Int64
    var description: String { "the exchange was not done after \(seconds) s; what arrived is kept, run it again" }
}

func withTimeout<T: Sendable>(seconds: Int64, _ body: @escaping @Sendable () async throws -> T) async throws -> T {
    try await withThrowingTaskGroup(of: T.self) { group in
        group.addTask { try await body() }
        group.addTask {
            try await Task.sleep(for: .seconds(seconds))
            throw TimedOut(seconds: seconds)
        }
        defer { group.cancelAll() }
        guard let first = try await group.next() else { throw TimedOut(seconds: seconds) }
        return first
    }
}

struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "How far this office's changes have travelled, and what needs attention.",
        discussion: "Exits 2 when something needs attention.")
    @OptionGroup var options: ReplicaOptions
    @Flag(help: "Print anew whenever it changes.") var watch = false

    func run() throws {
        let folder = try options.folder()
        let replica = try options.replica()
        var attention = try show(folder, replica)
        if watch {
            let probe = try replica.commitProbe()
            while true {
                sleep(1)
                if try probe.hasChanged() { attention = try show(folder, replica) }
            }
        }
        if attention { throw needsAttention }
    }

    private func show(_ folder: OfficeFolder, _ replica: OfficeReplica) throws -> Bool {
        let report = try StatusReport(folder, replica, now: Date())
        if options.json {
            try Output.json(report)
        } else {
            print("\(report.office) \(report.name) (\(report.tier)), \(report.running ? "running" : "not running")")
            if let parent = report.parent {
                let line = parent.reachable ? "reachable" : "not reached"
                print("parent \(parent.office) \(line), last contact \(parent.lastContact ?? "never")")
            }
            let changes = report.changes
            var parts = ["own changes \(changes.own)", "waiting \(changes.waiting)"]
            for (office, count) in changes.reached.sorted(by: { $0.key.count > $1.key.count }) {
                parts.append("at \(office) \(count)")
            }
            if changes.held > 0 { parts.append("held \(changes.held)") }
            if changes.refused > 0 { parts.append("refused \(changes.refused)") }
            print(parts.joined(separator: " · "))
            if let oldest = changes.oldestWaiting { print("oldest waiting since \(oldest)") }
            for item in report.attention { print("! \(item.message): \(item.command)") }
        }
        Output.flush()
        return !report.attention.isEmpty
    }
}

struct Tree: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Every office below this one: what has arrived where, and what is stuck.",
        discussion: "Exits 2 when an office needs attention.")
    @OptionGroup var options: ReplicaOptions

    func run() throws {
        let report = try TreeReport(try options.replica(), now_ms: now_ms())
        if options.json {
            try Output.json(report)
        } else {
            Output.table(
                ["office", "name", "status", "last contact", "up", "down", "conflicts", "held", "refused", "version"],
                report.offices.map {
                    [
                        $0.office, $0.name, $0.status, $0.lastContact ?? "never", "\($0.waitingUp)",
                        "\($0.waitingDown)",
                        "\($0.conflicts)", "\($0.held)", "\($0.refused)", $0.version ?? "",
                    ]
                })
        }
        if report.offices.contains(where: { $0.status == "attention" }) { throw needsAttention }
    }
}
