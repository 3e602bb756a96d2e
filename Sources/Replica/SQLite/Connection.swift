internal import CSQLite
import ChangeSets
import GRDB

/// A SQLite connection with its prepared statements: the writer's, or that of one read. Used only inside its queue.
final class Connection {
    let handle: OpaquePointer
    /// A reader's, which keeps the statements from one read to the next.
    private let reader: Database?
    private var statements: [String: PreparedStatement] = [:]

    private static let statementsMax = 500

    init(_ handle: OpaquePointer) {
        self.handle = handle
        reader = nil
    }

    /// For one read.
    init(reading db: Database) throws {
        guard let handle = db.sqliteConnection else { throw DamagedReplica.log("no connection") }
        self.handle = handle
        reader = db
    }

    /// A cached statement. A reader has to have few texts: they are kept until its connection is closed.
    func statement(_ sql: String) throws -> PreparedStatement {
        if let known = statements[sql] { return known }
        // Whoever chooses which cells to write chooses some of these texts. Those in use live on until they are done.
        if statements.count >= Self.statementsMax { statements.removeAll(keepingCapacity: true) }
        let made =
            try reader.map { PreparedStatement(handle, shared: try $0.cachedStatement(sql: sql)) }
            ?? PreparedStatement(handle, sql)
        statements[sql] = made
        return made
    }

    /// Frees all cached statements: SQLite closes no connection that has any.
    func forgetStatements() { statements.removeAll() }

    func execute(_ sql: String) throws {
        guard sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK else { throw SQLiteFailure(handle, doing: sql) }
    }

    var changes: Int32 { sqlite3_changes(handle) }
    var lastInsertedRowID: Int64 { sqlite3_last_insert_rowid(handle) }
    var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

    private var areTriggersOn = true

    /// Guard triggers are for other programs and plain SQL; merging goes through our own loop and skips them. They stay as
    /// they were last set: each turn makes SQLite prepare every statement anew.
    func setTriggers(enabled: Bool) {
        guard enabled != areTriggersOn else { return }
        _ = sanji_sqlite_set_triggers(handle, enabled ? 1 : 0)
        areTriggersOn = enabled
    }

    /// Runs `body` in one write transaction: committed whole, or rolled back and the error rethrown.
    func transaction<T>(_ body: () throws -> T) throws -> T {
        try execute("BEGIN IMMEDIATE")
        do {
            let result = try body()
            try CommitPoint.pass(isInside: true)
            try execute("COMMIT")
            try CommitPoint.pass(isInside: false)
            return result
        } catch {
            // SQLite has rolled back by itself after some errors (a full disk); then there is nothing left to undo.
            if isInTransaction { try execute("ROLLBACK") }
            throw error
        }
    }
}
