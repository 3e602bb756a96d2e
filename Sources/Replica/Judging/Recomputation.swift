import ChangeSets
import Foundation
import GRDB

/// The derived state computed again from the log, in a private temporary database that ends with `body`.
///
/// The same code that applies what arrives applies the log here, so what it gives is what the rows must be.
struct Recomputation {
    private let reader: ReplicaReader
    private let writer: ReplicaWriter
    private let log: CopiedLog

    /// - Parameter scopes: Those whose log is good.
    /// - Parameter body: Gets the temporary database, and what was recorded as applied and could not be.
    static func run(
        _ reader: ReplicaReader, of replica: OfficeReplica, _ scopes: [Scope], _ checks: [String: [CellCheck]],
        _ body: (Connection, [VerificationProblem]) throws -> Void
    ) throws {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        // Without a name SQLite keeps it in memory as long as it is small, else in a file that nobody else can open.
        let queue = try DatabaseQueue(path: "", configuration: configuration)
        try queue.writeWithoutTransaction { db in
            guard let handle = db.sqliteConnection else { throw DamagedReplica.log("no connection") }
            let connection = Connection(handle)
            try connection.execute("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")
            try makeTables(connection, as: reader)
            let writer = ReplicaWriter(
                connection: connection, guardian: WriteGuard(synced: []), office: reader.office, root: reader.root,
                history: reader.history, checks: checks, environment: replica.environment,
                marker: try CrashMarker(path: nil), own: replica.own)
            writer.foreknown = Array(try reader.directory().authors.values)
            let problems = try Recomputation(
                reader: reader, writer: writer, log: CopiedLog(from: reader, to: connection)
            ).apply(scopes)
            try body(connection, problems)
        }
    }

    private static func makeTables(_ connection: Connection, as reader: ReplicaReader) throws {
        for (_, sql) in EngineTables.migrations { try connection.execute(sql) }
        for table in reader.history.current.tables {
            // As the file has it: without guard triggers, which only other programs need.
            let statement = try reader.connection.statement(
                "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?1")
            guard let sql = try statement.bind(1, table.name).first({ $0.text(0) }) else {
                throw DamagedReplica.log("table \(table.name) is missing")
            }
            try connection.execute(sql)
            try connection.execute(EngineTables.createStampTable(table.name))
        }
    }

    private func apply(_ scopes: [Scope]) throws -> [VerificationProblem] {
        try writer.transaction {
            try log.copyPinnedRoot()
            // The directory first: it says which authors the other scopes have.
            let ordered = scopes.filter { $0.area == reader.root } + scopes.filter { $0.area != reader.root }
            for scope in ordered {
                try log.copy(scope)
                var outcome = AcceptOutcome()
                try writer.applyWaiting(in: [scope], &outcome)
                try log.forgetBodies()
            }
            return try writer.connection.statement("SELECT id, applied FROM sanji_feed WHERE applied < stored")
                .rows { ($0.integer(0), try $0.number(1)) }
                .map { .appliedTooEarly(try reader.knownFeed($0), $1 + 1) }
        }
    }
}

/// Copies what was applied of the log, scope by scope, under the same feed numbers.
private struct CopiedLog {
    private let source: ReplicaReader
    private let target: Connection

    init(from source: ReplicaReader, to target: Connection) {
        self.source = source
        self.target = target
    }

    func copyPinnedRoot() throws {
        let select = try source.connection.statement(
            "SELECT key, value FROM sanji_meta WHERE key LIKE 'root!_%' ESCAPE '!'")
        for (key, value) in try select.rows({ ($0.text(0), $0.value(1)) }) {
            let insert = try target.statement("INSERT INTO sanji_meta (key, value) VALUES (?1, ?2)").bind(1, key)
            insert.bind(2, value)
            try insert.run()
        }
    }

    func copy(_ scope: Scope) throws {
        let insertFeed = try target.statement(
            "INSERT INTO sanji_feed (id, author, area, audience, stored, stored_hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")
        let insert = try target.statement(
            "INSERT INTO sanji_change_set (feed, number, received_ms, header, body) VALUES (?1, ?2, 0, ?3, ?4)")
        let log = try source.connection.statement(
            "SELECT number, header, body FROM sanji_change_set WHERE feed = ?1 AND number <= ?2 ORDER BY number")
        for feed in try source.feeds() where feed.feed.scope == scope && feed.applied > 0 {
            // Only what is recorded as applied: the rows are to follow from that and nothing else.
            let head =
                feed.applied == feed.stored.number
                ? feed.stored.hash : try source.header(feed.id, feed.applied)?.hash ?? .zero
            try insertFeed.bind(1, feed.id).bind(2, blob: feed.feed.author.bytes).bind(3, scope.area.digits)
                .bind(4, Int64(scope.audience.digits)).bind(5, Int64(feed.applied)).bind(6, blob: head.bytes).run()
            log.bind(1, feed.id).bind(2, Int64(feed.applied))
            defer { log.reset() }
            while try log.step() {
                try insert.bind(1, feed.id).bind(2, log.integer(0)).bind(3, blob: log.blob(1))
                    .bind(4, blob: log.blob(2)).run()
            }
        }
    }

    func forgetBodies() throws { try target.execute("DELETE FROM sanji_change_set") }
}
