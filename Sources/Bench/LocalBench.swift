import ChangeSets
import Foundation
import GRDB
import Replica

/// One figure: ours beside its floor, in one run.
package struct BenchFigure: Sendable, Encodable {
    package let name: String
    package let value: Double
    package let unit: String
    /// What the issue asks of it.
    package let bound: String
}

/// Figures (a) and (b): capture and merge in one process, on disk, shipped settings.
struct LocalBench {
    let folder: URL
    let rowCount: Int
    static let area = "330106109201"

    func run() throws -> [BenchFigure] {
        let rows = Workload.rows(rowCount, area: Self.area)
        let plainSeconds = plainInsert(rows)
        let village = try BenchReplica(folder, office: Self.area, named: "village")
        let capturedSeconds = try captureInserts(rows, village.replica)
        let inserts = try village.outgoing(from: nil)
        let mark = try village.replica.vector(with: BenchReplica.district)
        try captureUpdates(rows, village.replica)
        let updates = try village.outgoing(from: mark)

        let floor = PlainDatabase(path: folder.appendingPathComponent("floor.sqlite").path)
        floor.execute(Workload.table)
        let district = try BenchReplica(folder, office: "330106", named: "district", knowing: village)
        let floorInserts = applyPlain(inserts, floor)
        let mergedInserts = try merge(inserts, district)
        let floorUpdates = applyPlain(updates, floor)
        let mergedUpdates = try merge(updates, district)
        return [
            BenchFigure(
                name: "captured writes", value: plainSeconds / capturedSeconds, unit: "of plain", bound: "≥ 0.40"),
            BenchFigure(name: "merge, inserts", value: floorInserts / mergedInserts, unit: "of apply", bound: "≥ 0.5"),
            BenchFigure(
                name: "merge, one-column updates", value: floorUpdates / mergedUpdates, unit: "of apply", bound: "≥ 0.5"
            ),
            BenchFigure(name: "plain inserts", value: Double(rowCount) / plainSeconds, unit: "rows/s", bound: ""),
            BenchFigure(name: "captured inserts", value: Double(rowCount) / capturedSeconds, unit: "rows/s", bound: ""),
            BenchFigure(name: "merged inserts", value: Double(rowCount) / mergedInserts, unit: "rows/s", bound: ""),
            BenchFigure(name: "merged updates", value: Double(rowCount) / mergedUpdates, unit: "rows/s", bound: ""),
        ]
    }

    func plainInsert(_ rows: [Workload.Row]) -> Double {
        let plain = PlainDatabase(path: folder.appendingPathComponent("plain.sqlite").path)
        plain.execute(Workload.table)
        let statement = PlainStatement(plain.connection, Workload.insert)
        return seconds {
            for start in stride(from: 0, to: rows.count, by: 100) {
                plain.execute("BEGIN IMMEDIATE")
                for row in rows[start..<min(start + 100, rows.count)] { statement.insert(row) }
                plain.execute("COMMIT")
            }
        }
    }

    private func captureInserts(_ rows: [Workload.Row], _ replica: OfficeReplica) throws -> Double {
        // Prepared once, as in the plain loop.
        let statement = BlockStatement(Workload.insert)
        return try seconds {
            for start in stride(from: 0, to: rows.count, by: 100) {
                try replica.write(as: ActingUser("bench")) { db in
                    let statement = statement.prepared(db)
                    for row in rows[start..<min(start + 100, rows.count)] { statement.insert(row) }
                }
            }
            statement.end()
        }
    }

    private func captureUpdates(_ rows: [Workload.Row], _ replica: OfficeReplica) throws {
        var random = SplitMix64(state: 5)
        let statement = BlockStatement(Workload.update)
        defer { statement.end() }
        for start in stride(from: 0, to: rows.count, by: 100) {
            try replica.write(as: ActingUser("bench")) { db in
                let statement = statement.prepared(db)
                for index in start..<min(start + 100, rows.count) {
                    statement.update(rows[Int(random.next() % UInt64(rows.count))], income: 700_000 + Int64(index))
                }
            }
        }
    }

    /// The floor commits as often as the merge does.
    private func applyPlain(_ batches: [IncomingBatch], _ floor: PlainDatabase) -> Double {
        seconds {
            for batch in batches {
                floor.execute("BEGIN IMMEDIATE")
                for changeSet in batch.changeSets { floor.apply(changeSet.body) }
                floor.execute("COMMIT")
            }
        }
    }

    /// Verified from the bytes: chain, signature, body hashes; then stored, applied, stated.
    private func merge(_ batches: [IncomingBatch], _ receiver: BenchReplica) throws -> Double {
        try seconds {
            for batch in batches {
                for run in batch.runs {
                    let author = try receiver.replica.directory().authors[run.feed.author]!
                    try run.verify(with: author.verificationKey)
                }
                for changeSet in batch.changeSets {
                    let sealed = try SealedHeader(parsing: changeSet.sealed.bytes)
                    precondition(sealed.vouches(for: changeSet.body))
                }
                let outcome = try receiver.replica.accept(batch)
                precondition(outcome.applied == batch.changeSets.count && outcome.refused.isEmpty)
            }
        }
    }
}

func seconds(_ body: () throws -> Void) rethrows -> Double {
    let start = ContinuousClock.now
    try body()
    let passed = (ContinuousClock.now - start).components
    return Double(passed.seconds) + Double(passed.attoseconds) / 1e18
}

/// A replica that knows of the others by its own directory rows.
final class BenchReplica {
    static let district = try! OfficeCode("330106")
    let replica: OfficeReplica
    let own: OwnAuthor

    init(
        _ folder: URL, office: String, named name: String, domain: DomainSchema = Workload.domain,
        knowing other: BenchReplica? = nil
    ) throws {
        let code = try OfficeCode(office)
        own = OwnAuthor(key: try .generate(.ed25519), ordinal: 1)
        let environment = ReplicaEnvironment(
            now_ms: { Int64(Date().timeIntervalSince1970 * 1000) },
            random: { count in (0..<count).map { _ in UInt8.random(in: .min ... .max) } })
        replica = try OfficeReplica(
            path: folder.appendingPathComponent("\(name).sqlite").path, office: code, root: Self.district,
            domain: domain, own: own, environment: environment)
        guard let other else { return }
        try replica.enrol(
            [
                Enrolment(office: OfficeEntry(code: code, name: name), author: try own.entry(office: code)),
                Enrolment(
                    office: OfficeEntry(code: other.replica.office, name: "village"),
                    author: try other.own.entry(office: other.replica.office)),
            ], as: ActingUser("bench"))
    }

    /// What goes to the district, in batches of about a megabyte.
    func outgoing(from known: FeedVector?) throws -> [IncomingBatch] {
        var cursor = OutgoingCursor(known: known ?? [:])
        var runs: [FeedID: Run] = [:]
        var batches: [IncomingBatch] = []
        while true {
            let pieces = try replica.outgoing(to: Self.district, &cursor, bytesMax: 1 << 20)
            guard !pieces.isEmpty else { return batches }
            var batch = IncomingBatch()
            for piece in pieces {
                switch piece {
                case .run(let run):
                    runs[run.feed] = run
                    batch.runs.append(run)
                case .body(let feed, let number, let body):
                    let headers = runs[feed]!.headers
                    let sealed = headers[Int(number - headers[0].header.number)]
                    batch.changeSets.append(VerifiedChangeSet(sealed: sealed, body: body))
                }
            }
            batches.append(batch)
        }
    }
}
