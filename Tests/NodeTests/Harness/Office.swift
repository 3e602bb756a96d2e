import Assistance
import ChangeSets
import Foundation
import GRDB
import Replica
import Synchronization

@testable import Node

/// One office of a test: its data folder, its node's process, and a second program on the same file (this one).
final class Office: Sendable {
    let code: OfficeCode
    let folder: OfficeFolder
    /// nil at the district.
    let line: Line?
    private let state = Mutex(State())

    private struct State {
        var node: ChildProcess?
        var address: HostPort?
        var replica: OfficeReplica?
    }

    init(_ code: OfficeCode, _ folder: URL, line: Line?) {
        self.code = code
        self.folder = OfficeFolder(path: folder.path)
        self.line = line
    }

    // MARK: The node

    var node: ChildProcess? { state.withLock { $0.node } }
    /// Where the node listens.
    var address: HostPort { state.withLock { $0.address! } }
    var isRunning: Bool { node.map { $0.sofar.end == nil } ?? false }

    func start(_ options: String...) async throws {
        let node = try SanjiProgram.start(["run", "--data", folder.url.path, "--listen", "127.0.0.1:0"] + options)
        state.withLock { $0.node = node }
        let said = try await node.until("\(code) is ready") { $0.end != nil || Self.address(in: $0.errorText) != nil }
        guard let address = Self.address(in: said.errorText) else {
            throw Failure("\(code) did not start: \(said.errorText)")
        }
        state.withLock { $0.address = try? HostPort(address) }
    }

    /// `kill -9`.
    func kill() async throws {
        guard let node else { return }
        node.send(SIGKILL)
        try await node.ended()
    }

    /// SIGTERM, as an operator stops it.
    @discardableResult
    func stop(within limit: Duration = .seconds(30)) async throws -> ChildProcess.End {
        guard let node else { return .exited(0) }
        node.send(SIGTERM)
        return try await node.ended(within: limit)
    }

    private static func address(in text: String) -> String? {
        text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
            .first { $0.hasPrefix("ready ") }.map { String($0.dropFirst("ready ".count)) }
    }

    // MARK: Commands

    @discardableResult
    func sanji(_ arguments: String..., input: String = "") async throws -> Answer {
        try await SanjiProgram.run(arguments + ["--data", folder.url.path], input: input)
    }

    func status() async throws -> StatusSaid {
        try await sanji("status", "--json").expecting(0, 2).decoded(StatusSaid.self)
    }

    // MARK: This program on the same file

    /// Stays open until ``closeReplica()``.
    func replica() throws -> OfficeReplica {
        try state.withLock { state in
            if let known = state.replica { return known }
            let replica = try folder.openReplica(domain: AssistanceSchema.domain)
            state.replica = replica
            return replica
        }
    }

    func closeReplica() throws {
        try state.withLock { state in
            defer { state.replica = nil }
            return state.replica
        }?.close()
    }

    func write(_ sql: String, as user: String = "甲一") throws {
        try replica().write(as: ActingUser(user)) { try $0.execute(sql: sql) }
        _ = ControlAnswer.ask(folder)
    }

    func text(_ sql: String) throws -> String? { try replica().read { try String.fetchOne($0, sql: sql) } }
    /// The first column's text → the second's.
    func pairs(_ sql: String) throws -> [String: String] {
        try replica().read { db in
            Dictionary(uniqueKeysWithValues: try Row.fetchAll(db, sql: sql).map { ($0[0] as String, $0[1] as String) })
        }
    }

    func count(_ sql: String) throws -> Int { try replica().read { try Int.fetchOne($0, sql: sql) ?? 0 } }
}

/// What the tests read of `sanji status --json`.
struct StatusSaid: Decodable, Sendable {
    struct Changes: Decodable, Sendable {
        let own: Int, waiting: Int, held: Int, refused: Int
        let reached: [String: Int]
    }
    let running: Bool
    let changes: Changes
}
