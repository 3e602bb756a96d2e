import ArgumentParser
import Assistance
import ChangeSets
import Foundation
import Node
import Replica

struct Sync: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sync", abstract: "One exchange with the parent now.",
        discussion: """
            Exit code 0 when both sides have the same; 2 when that left something held, refused or laid aside;
            1 when the parent was not reached. What needs attention stands on standard error, one line per cause.
            """)
    @OptionGroup var options: ReplicaOptions
    @Option(help: "Give up after this long: 60s, 5m.") var timeout: String = "60s"

    func run() async throws {
        let seconds = try Self.seconds(timeout)
        let folder = try options.folder()
        let replica = try options.replica()
        guard replica.office != replica.root else { throw RootHasNoParent(office: replica.office) }
        let before = try KnownRefusals(replica)
        let result = try await Self.exchange(folder, within: seconds)
        try options.wakeNode()
        let outcome = try ExchangeOutcome(result, replica, since: before)
        if options.json {
            try Output.json(outcome)
        } else {
            Output.line("sent \(outcome.sent), received \(outcome.received) change sets")
        }
        let shown = 20
        for cause in outcome.causes.prefix(shown) { Output.note(cause) }
        if outcome.causes.count > shown { Output.note("and \(outcome.causes.count - shown) more") }
        if !outcome.causes.isEmpty { throw needsAttention }
    }

    private static func exchange(_ folder: OfficeFolder, within seconds: Int64) async throws -> OneExchange.Result {
        defer { Output.progress("") }
        return try await withTimeout(seconds: seconds) {
            try await OneExchange.run(folder, domain: AssistanceSchema.domain) {
                Output.progress("sent \($0.sent), received \($0.received) change sets")
            }
        }
    }

    static func seconds(_ text: String) throws -> Int64 {
        if text.hasSuffix("s"), let count = Int64(text.dropLast()), (1...86_400).contains(count) { return count }
        do { return try Invite.seconds(text) } catch {
            throw ValidationError("‘\(text)’ is no duration; for example 60s, 5m or 1h")
        }
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
