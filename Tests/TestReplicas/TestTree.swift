import ChangeSets
import Foundation
import GRDB
import Replica

/// Replicas of a few offices on temporary files, which hand each other their change sets without a network.
///
/// The root writes the directory rows of every office first, as a real district does.
package final class TestTree {
    package let folder: URL
    package let root: OfficeCode
    package let domain: DomainSchema
    package private(set) var replicas: [OfficeCode: OfficeReplica] = [:]
    private var keys: [OfficeCode: OwnAuthor] = [:]
    package let clock: TestClock

    package init(_ codes: [String], domain: DomainSchema, algorithm: Algorithm = .ed25519) throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("sanji-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        self.domain = domain
        clock = TestClock()
        let offices = try codes.map { try OfficeCode($0) }.sorted { $0.digits.count < $1.digits.count }
        root = offices[0]
        for office in offices { keys[office] = OwnAuthor(key: try .generate(algorithm), ordinal: 1) }
        for office in offices { try open(office) }
        let rootEntry = try author(root).entry(office: root)
        for office in offices where office != root { try replicas[office]?.pin(rootAuthor: rootEntry) }
        try self[root].enrol(
            try offices.map {
                Enrolment(office: OfficeEntry(code: $0, name: "office \($0)"), author: try author($0).entry(office: $0))
            }, as: ActingUser("setup"))
        for office in offices where office != root { try send(from: root, to: office) }
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    package subscript(office: OfficeCode) -> OfficeReplica { replicas[office]! }
    package subscript(code: String) -> OfficeReplica { replicas[try! OfficeCode(code)]! }
    package func author(_ office: OfficeCode) -> OwnAuthor { keys[office]! }

    /// Opens, or opens again after ``close(_:)``, as a restarted process would.
    /// - Parameter newer: The domain of a newer program, where only this office has been upgraded.
    package func open(_ office: OfficeCode, newer: DomainSchema? = nil) throws {
        replicas[office] = try OfficeReplica(
            path: path(office), office: office, root: root, domain: newer ?? domain, own: keys[office],
            environment: clock.environment)
    }

    package func close(_ office: OfficeCode) throws { try replicas.removeValue(forKey: office)?.close() }

    package func path(_ office: OfficeCode) -> String { folder.appendingPathComponent("\(office).sqlite").path }

    /// Sends everything one office lacks, as an exchange would: verified, and in one batch.
    @discardableResult
    package func send(from sender: OfficeCode, to receiver: OfficeCode) throws -> AcceptOutcome {
        try self[receiver].accept(try batch(from: sender, to: receiver))
    }

    /// - Parameter known: What the receiver says it has, if not all that it has.
    package func batch(
        from sender: OfficeCode, to receiver: OfficeCode, knowing known: FeedVector? = nil
    ) throws -> IncomingBatch {
        var cursor = OutgoingCursor(known: try known ?? self[receiver].vector(with: sender))
        var batch = IncomingBatch()
        var runs: [FeedID: Run] = [:]
        while true {
            let pieces = try self[sender].outgoing(to: receiver, &cursor, bytesMax: 1 << 20)
            if pieces.isEmpty { break }
            for piece in pieces {
                switch piece {
                case .run(let run):
                    guard let entry = try self[sender].directory().authors[run.feed.author] else {
                        throw DamagedSender(feed: run.feed)
                    }
                    try run.verify(with: entry.verificationKey)
                    runs[run.feed] = run
                    batch.runs.append(run)
                case .body(let feed, let number, let body):
                    guard let sealed = runs[feed]?.headers.first(where: { $0.header.number == number }),
                        sealed.vouches(for: body)
                    else { throw DamagedSender(feed: feed) }
                    batch.changeSets.append(VerifiedChangeSet(sealed: sealed, body: body))
                }
            }
        }
        return batch
    }
}

/// What is sent is not what its author signed.
package struct DamagedSender: Error { let feed: FeedID }

/// A clock that tests set.
package final class TestClock: Sendable {
    private let time = Locked<Int64>(1_700_000_000_000)

    package init() {}

    package func advance(_ milliseconds: Int64) { time.withLock { $0 += milliseconds } }
    package func set(_ milliseconds: Int64) { time.withLock { $0 = milliseconds } }
    package var now_ms: Int64 { time.withLock { $0 } }

    package var environment: ReplicaEnvironment {
        ReplicaEnvironment(
            now_ms: { [time] in time.withLock { $0 } },
            random: { count in (0..<count).map { _ in UInt8.random(in: 0...255) } })
    }
}

package final class Locked<Value>: @unchecked Sendable {
    private let lock = NSLock()
    private var value: Value
    package init(_ value: Value) { self.value = value }
    package func withLock<R>(_ body: (inout Value) -> R) -> R {
        lock.lock()
        defer { lock.unlock() }
        return body(&value)
    }
}
