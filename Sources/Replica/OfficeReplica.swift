internal import CSQLite
import ChangeSets
import Foundation
import GRDB
import Synchronization

/// One office's SQLite file: the one door through which it is read and written.
///
/// Writes are captured, stamped and appended to the log in their own transaction. Several processes of ours may open
/// the same file; each write takes SQLite's lock.
package final class OfficeReplica: Sendable {
    package let path: String
    package let office: OfficeCode
    package let root: OfficeCode
    package let history: SchemaHistory
    package let own: OwnAuthor?
    package let environment: ReplicaEnvironment
    /// Wakes whoever must hear of new change sets: local ones and received ones.
    package let commits = CommitSignal()
    let pool: DatabasePool
    private let directoryCache = DirectoryCache()
    let digestCache = Mutex<[Scope: (mark: DigestMark, digest: ScopeDigest)]>([:])
    // Touched only inside the pool's writer queue.
    nonisolated(unsafe) private let writer: ReplicaWriter

    /// Opens the file, makes it if it is new, brings it to this program's schema, and checks the declaration.
    /// - Parameter mayBeMade: false for an office that has joined: to begin anew would give its numbers away twice.
    /// - Throws: ``SchemaProblems``, ``NewerReplica`` when a newer program has written the file, or ``LostReplica``.
    package init(
        path: String, office: OfficeCode, root: OfficeCode, domain: DomainSchema, own: OwnAuthor?,
        environment: ReplicaEnvironment, mayBeMade: Bool = true
    ) throws {
        _ = Self.settings
        // Before SQLite sees it: it would throw away the log that lies beside an empty file.
        guard mayBeMade || !Self.isEmpty(path) else { throw LostReplica(path: path) }
        if let linked = LinkedReplica(path) { throw linked }
        self.path = path
        self.office = office
        self.root = root
        self.own = own
        self.environment = environment
        history = SchemaHistory(
            domain.versions.map { version in
                SyncedSchema(
                    version: version.version, tables: DirectorySchema.tables(rootTier: root.tier) + version.tables)
            })
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        // Asked often: SQLite's own pauses grow to a tenth of a second, and whoever writes without pause would keep all
        // others out until it ends.
        configuration.busyMode = .callback { tries in
            usleep(500)
            return tries < 60_000
        }
        configuration.label = "replica"
        configuration.prepareDatabase { db in
            SQLFunctions.addForEveryone(db, office: office, environment: environment)
        }
        pool = try DatabasePool(path: path, configuration: configuration)
        guard try mayBeMade || pool.read({ try $0.tableExists("sanji_feed") }) else { throw LostReplica(path: path) }
        try Self.migrate(pool, domain, history)
        let (history, environment) = (history, environment)
        writer = try pool.writeWithoutTransaction { db in
            let check = try SchemaCheck(history.current, in: db)
            let problems = history.problems + check.problems
            guard problems.isEmpty else { throw SchemaProblems(problems: problems) }
            let guardian = WriteGuard(synced: history.current.tables.map(\.name))
            try SQLFunctions.addGuards(db, guardian)
            guard let handle = db.sqliteConnection else { throw DamagedReplica.log("no connection") }
            let connection = Connection(handle)
            // Durable before it is acknowledged; and REPLACE must fire the triggers that note deleted rows.
            try connection.execute("PRAGMA synchronous = FULL; PRAGMA recursive_triggers = ON")
            // 16 MiB each: by default the log's bodies push the indexes out of the cache while a batch is applied.
            try connection.execute("PRAGMA cache_size = -16384; PRAGMA wal_autocheckpoint = 4000")
            _ = sanji_sqlite_set_defensive(handle, 1)
            guardian.install(on: handle)
            return ReplicaWriter(
                connection: connection, guardian: guardian, office: office, root: root, history: history,
                checks: check.checks, environment: environment,
                marker: try CrashMarker(path: path + "-applying"), own: own)
        }
        // What was held for this program's schema can be applied now.
        try inWriterQueue { _, writer in
            try writer.followSchema()
            // `sanji repair` needs this file open.
            do { try writer.resumeHeld() } catch is DamagedReplica {}
        }
    }

    /// Reads a snapshot. Any SQL that does not write.
    package func read<T>(_ body: (Database) throws -> T) throws -> T { try pool.read(body) }

    /// Runs plain SQL or GRDB records in one captured transaction: all of it, or nothing.
    /// - Throws: ``RefusedWrite``, ``RefusedStatement``, or whatever `body` throws; then nothing was kept.
    @discardableResult
    package func write<T>(as user: ActingUser, _ body: (Database) throws -> T) throws -> T {
        try capture(as: user, mode: .block, resolutions: [], body)
    }

    /// For the engine's own replicated tables.
    @discardableResult
    func writeDirectory<T>(as user: ActingUser, _ body: (Database) throws -> T) throws -> T {
        try capture(as: user, mode: .directoryBlock, resolutions: [], body)
    }

    func capture<T>(
        as user: ActingUser, mode: WriteGuard.Mode, resolutions: [Capture.Resolution], _ body: (Database) throws -> T
    ) throws -> T {
        guard let own else { throw RefusedWrite.noAuthor }
        guard ChangeSetHeader.isUser(user.name) else { throw RefusedWrite.userName }
        let (result, wrote) = try inWriterQueue { db, writer in
            try writer.captured(db, own, user, mode, resolutions, body)
        }
        if wrote { commits.signal() }
        return result
    }

    /// Takes peers' verified change sets, those of several peers in one transaction.
    package func accept(_ batches: [IncomingBatch]) throws -> [AcceptOutcome] {
        let outcomes = try inWriterQueue { _, writer in try writer.accept(batches) }
        if outcomes.contains(where: { $0.stored > 0 }) || batches.contains(where: { !$0.statements.isEmpty }) {
            commits.signal()
        }
        return outcomes
    }

    /// Takes one peer's. Where that fails, whatever cannot be applied is held, and the rest is taken.
    package func accept(_ batch: IncomingBatch) throws -> AcceptOutcome {
        do {
            return try accept([batch])[0]
        } catch let failure as SQLiteFailure where !failure.isOfTheData {
            throw failure
        } catch {
            let outcome = try inWriterQueue { _, writer in try writer.isolating { try writer.accept([batch])[0] } }
            commits.signal()
            return outcome
        }
    }

    /// Runs `body` in the writer's queue, in one transaction of the engine's own tables.
    func engine<T>(_ body: (ReplicaWriter) throws -> T) throws -> T {
        try inWriterQueue { _, writer in try writer.transaction { try body(writer) } }
    }

    private func inWriterQueue<T>(_ body: (Database, ReplicaWriter) throws -> T) throws -> T {
        try pool.writeWithoutTransaction { [writer] db in
            // The writer holds the connection's bare handle, which close() has freed.
            guard db.sqliteConnection != nil else { throw ClosedReplica() }
            return try body(db, writer)
        }
    }

    /// The directory as of now.
    package func directory() throws -> Directory { try read(directory) }

    /// Likewise, as a snapshot has it.
    func directory(_ db: Database) throws -> Directory {
        try directoryCache.directory(db, root: root, office: office, own: own)
    }

    /// The authors that the directory itself names, in one snapshot; ``directory()`` adds this office's own where it is not there yet.
    package func namedAuthors() throws -> [AuthorID: AuthorEntry] {
        try reading { try DirectoryReader(root: root, connection: $0.connection).read().authors }
    }

    package func close() throws {
        try inWriterQueue { _, writer in writer.connection.forgetStatements() }
        try pool.close()
    }

    /// Of SQLite in this process, once. Counting its memory takes a lock at every allocation, and nobody asks for it.
    private static let settings: Int32 = sanji_sqlite_without_memory_statistics()

    private static func isEmpty(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) != 0 || status.st_size == 0
    }

    private static func migrate(_ pool: DatabasePool, _ domain: DomainSchema, _ history: SchemaHistory) throws {
        var migrator = DatabaseMigrator()
        for (name, sql) in EngineTables.migrations + DirectorySchema.migrations + domain.migrations {
            migrator.registerMigration(name) { db in try db.execute(sql: sql) }
        }
        let extras = history.current.tables.flatMap { table in
            [(EngineTables.stampTable(table.name), EngineTables.createStampTable(table.name))]
                + GuardTriggers.create(for: table)
        }
        let (isNewer, isComplete) = try pool.read { db in
            let known = try Set(String.fetchAll(db, sql: "SELECT name FROM sqlite_schema"))
            return (
                try migrator.hasBeenSuperseded(db),
                try migrator.hasCompletedMigrations(db) && extras.allSatisfy { known.contains($0.0) }
            )
        }
        guard !isNewer else { throw NewerReplica() }
        // A command that only reads takes no lock.
        guard !isComplete else { return }
        let lock = try MigrationLock(path: pool.path + "-migrating")
        defer { extendLifetime(lock) }
        try migrator.migrate(pool)
        try pool.write { db in for (_, sql) in extras { try db.execute(sql: sql) } }
    }
}

/// The file was written by a newer program.
package struct NewerReplica: Error, CustomStringConvertible {
    package var description: String { "this replica belongs to a newer version of sanji; upgrade this program" }
}

/// An office that has joined has no database any more.
package struct LostReplica: Error, Hashable, CustomStringConvertible {
    package let path: String
    package var description: String {
        "the database \(path) is gone or empty; put it back with its -wal file, or see whether its disk is mounted. None is "
            + "made anew: it would give the numbers of this office's changes away twice"
    }
}

/// The replica was closed in this program.
package struct ClosedReplica: Error, CustomStringConvertible {
    package var description: String { "this replica has been closed; open it again" }
}

/// What the domain tells the engine: its released schema versions, and the migrations that make its tables.
package struct DomainSchema: Sendable {
    package let versions: [SyncedSchema]
    /// In order, each frozen once shipped.
    package let migrations: [(name: String, sql: String)]

    package init(versions: [SyncedSchema], migrations: [(name: String, sql: String)]) {
        self.versions = versions
        self.migrations = migrations
    }
}

/// Tells listeners in this process that something was committed. Several commits may come as one wake-up.
package final class CommitSignal: Sendable {
    private let listeners = Mutex<[Int: AsyncStream<Void>.Continuation]>([:])
    private let next = Mutex(0)

    package init() {}

    package func signal() {
        for listener in listeners.withLock({ Array($0.values) }) { listener.yield() }
    }

    /// A stream of wake-ups; ends when the caller stops listening.
    package func stream() -> AsyncStream<Void> {
        let id = next.withLock { number in
            number += 1
            return number
        }
        return AsyncStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
            listeners.withLock { $0[id] = continuation }
            continuation.onTermination = { [weak self] _ in self?.forget(id) }
        }
    }

    private func forget(_ id: Int) { listeners.withLock { $0[id] = nil } }
}
