internal import CSQLite
import ChangeSets

/// The writer's SQLite connection, with its prepared statements. Used only inside the writer's queue.
final class Connection {
    let handle: OpaquePointer
    private var statements: [String: PreparedStatement] = [:]

    private static let statementsMax = 500

    init(_ handle: OpaquePointer) { self.handle = handle }

    /// A cached statement.
    func statement(_ sql: String) throws -> PreparedStatement {
        if let known = statements[sql] { return known }
        // Whoever chooses which cells to write chooses some of these texts. Those in use live on until they are done.
        if statements.count >= Self.statementsMax { statements.removeAll(keepingCapacity: true) }
        let made = try PreparedStatement(handle, sql)
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
