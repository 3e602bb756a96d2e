import ChangeSets
import Foundation
import GRDB
import Logging
import Node
import Replica
import TestReplicas

/// One office of a world: its disk, its keys, its clock, and its program while that runs.
final class Office: @unchecked Sendable {
    let code: OfficeCode
    let root: OfficeCode
    private(set) var own: OwnAuthor
    let clock: OfficeClock
    private let scheduler: Scheduler
    private let folder: URL
    private var generation = 0
    private let entropy: Entropy
    var line = LineState()
    /// Whether it runs the program of ``GrownDomain``.
    var isGrown = false
    var workTime = Duration.zero
    /// Whether its disk has no room left; until it starts again.
    var isFull = false
    /// The generation of its files that were kept at the moment of its death.
    private var frozen: Int?
    /// Told what happens to it, for a trace; nil where nobody listens.
    var say: ((String) -> Void)?
    /// Whether it calls another office than its parent.
    private(set) var isAstray = false
    private(set) var life: Life?
    private(set) var replica: OfficeReplica?
    private(set) var exchange: OfficeExchange?
    /// Errors that it answered with and that nothing done to it explains.
    private(set) var faults: [String] = []

    init(_ code: OfficeCode, root: OfficeCode, own: OwnAuthor, in folder: URL, scheduler: Scheduler, seed: UInt64) {
        self.code = code
        self.root = root
        self.own = own
        self.folder = folder
        self.scheduler = scheduler
        clock = OfficeClock(scheduler)
        entropy = Entropy(seed: seed)
    }

    func note(fault: String) { faults.append("\(code) failed: \(fault)") }

    var path: String { path(generation) }
    private func path(_ generation: Int) -> String {
        folder.appendingPathComponent("\(code)-\(generation).sqlite").path
    }

    /// The file of an office that has never written, copied so that not every start makes all tables anew.
    func lay(_ template: URL) throws { try FileManager.default.copyItem(atPath: template.path, toPath: path) }

    /// Another machine takes the office's place: an empty disk and a new key.
    func replace(with own: OwnAuthor) {
        self.own = own
        generation += 1
    }

    func openReplica() throws -> OfficeReplica { try openReplica(path) }

    private func openReplica(_ path: String) throws -> OfficeReplica {
        try OfficeReplica(
            path: path, office: code, root: root, domain: isGrown ? GrownDomain.schema : TestDomain.schema, own: own,
            environment: ReplicaEnvironment(
                now_ms: { [clock] in clock.now_ms }, random: { [entropy] in entropy.bytes($0) }))
    }

    /// - Parameter above: The office it calls; nil for the root.
    func start(calling above: Office?, seed: UInt64) throws {
        let replica = try openReplica()
        let life = Life(scheduler, random: SeededRandom(seed: seed)) { [weak self] in self?.workTime ?? .zero }
        let line = above.map { Line(from: self, to: $0, life: life, scheduler: scheduler, seed: seed &+ 1) }
        let exchange = OfficeExchange(
            replica: replica, environment: life, transport: line, addresses: { [:] }, status: LinkStatus(),
            logger: Self.silence)
        life.onFailure = { [weak self] error in
            // What no peer and no full disk has brought about is a fault of the engine's own.
            guard let self, !isFull, Connection.status(of: error) == 500 else { return }
            note(fault: "\(error)")
        }
        (self.replica, self.life, self.exchange) = (replica, life, exchange)
        isAstray = above != nil && above?.code != code.parent
        if let link = exchange.link { life.start { try? await link.run() } }
    }

    /// As `kill -9`: what was committed stays, in the log of the file where it stood.
    func kill() throws {
        life?.kill()
        isFull = false
        let old = path
        if replica != nil {
            if frozen == nil { try freeze() }
            frozen = nil
            generation += 1
        }
        try replica?.close()
        for end in ["", "-wal", "-shm", "-applying"] where old != path {
            try? FileManager.default.removeItem(atPath: old + end)
        }
        (life, replica, exchange) = (nil, nil, nil)
    }

    /// Its files as they are at this moment, also in the middle of a transaction: what the next start finds.
    func freeze() throws {
        frozen = generation
        try copy(to: path(generation + 1))
    }

    private func copy(to target: String, _ ends: [String] = ["", "-wal", "-applying"]) throws {
        for end in ends where FileManager.default.fileExists(atPath: path + end) {
            try FileManager.default.copyItem(atPath: path + end, toPath: target + end)
        }
    }

    /// How far each feed is, as its file says.
    func progress() throws -> [FeedID: (stored: Int, applied: Int)] {
        let rows = try look { replica in
            try replica.read { db in
                try Row.fetchAll(db, sql: "SELECT author, area, audience, stored, applied FROM sanji_feed")
            }
        }
        var progress: [FeedID: (stored: Int, applied: Int)] = [:]
        for row in rows {
            progress[try FeedID(row)] = (row["stored"], row["applied"])
        }
        return progress
    }

    /// Looks at its replica; at a copy of the disk where no program runs, since opening it would be a start.
    func look<T>(_ body: (OfficeReplica) throws -> T) throws -> T {
        if let replica { return try body(replica) }
        let copy = folder.appendingPathComponent("\(code)-look.sqlite").path
        func remove() {
            for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: copy + end) }
        }
        remove()
        defer { remove() }
        // Without the mark of what was being applied: that its process died is for its next start to count, not for who looks.
        try self.copy(to: copy, ["", "-wal"])
        let replica = try openReplica(copy)
        defer { try? replica.close() }
        return try body(replica)
    }

    /// What has happened in its file, for a trace.
    func news() -> String? {
        guard let replica, life?.isDead == false else { return nil }
        let counts = try? replica.read { db in
            try Row.fetchOne(
                db,
                sql: """
                    SELECT sum(stored), sum(applied), count(hold), (SELECT count(*) FROM sanji_refusal),
                        (SELECT count(*) FROM sanji_conflict), (SELECT count(*) FROM sanji_fork) FROM sanji_feed
                    """
            ).map { row in (0..<6).map { row[$0] as Int? ?? 0 } }
        }
        guard let counts, counts != said else { return nil }
        said = counts
        return
            "  \(code) has \(counts[0]) stored, \(counts[1]) applied, \(counts[2]) feeds held, \(counts[3]) refused, "
            + "\(counts[4]) conflicts, \(counts[5]) of other branches"
    }
    private var said: [Int] = []

    private static let silence = Logger(label: "simulation") { _ in SwiftLogNoOpLogHandler() }
}

/// What an office's clock shows, which need not have to do with the time.
final class OfficeClock: @unchecked Sendable {
    private let scheduler: Scheduler
    private var offset_ms: Int64 = 0
    private var stopped_ms: Int64?

    init(_ scheduler: Scheduler) { self.scheduler = scheduler }

    private var true_ms: Int64 { 1_700_000_000_000 + Int64(scheduler.now / .milliseconds(1)) }
    var now_ms: Int64 { stopped_ms ?? true_ms + offset_ms }

    func jump(_ milliseconds: Int64) {
        offset_ms += milliseconds
        stopped_ms? += milliseconds
    }
    var isStopped: Bool { stopped_ms != nil }
    func stop(at milliseconds: Int64?) { stopped_ms = milliseconds ?? now_ms }
    func go() { stopped_ms = nil }
}

/// Random bytes of one office's machine.
final class Entropy: @unchecked Sendable {
    private var random: SeededRandom
    init(seed: UInt64) { random = SeededRandom(seed: seed) }
    func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) } }
}

extension OwnAuthor {
    /// An Ed25519 key that a seed decides: PKCS #8 around 32 bytes (RFC 8410).
    static func seeded(ordinal: UInt32, using random: inout SeededRandom) throws -> OwnAuthor {
        let prefix: [UInt8] = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20]
        let secret = (0..<32).map { _ in UInt8.random(in: 0...255, using: &random) }
        return OwnAuthor(key: try SigningKey(algorithm: .ed25519, der: prefix + secret), ordinal: ordinal)
    }
}
