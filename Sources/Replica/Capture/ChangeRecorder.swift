// The only file that calls SQLite's session extension.
internal import CSQLite

/// Records what one transaction changes in the synced tables.
struct ChangeRecorder: ~Copyable {
    private let session: OpaquePointer
    private let connection: OpaquePointer

    private init(session: OpaquePointer, connection: OpaquePointer) {
        self.session = session
        self.connection = connection
    }

    static func start(on connection: OpaquePointer, tables: [String]) throws -> ChangeRecorder {
        var created: OpaquePointer?
        guard sqlite3session_create(connection, "main", &created) == SQLITE_OK, let created else {
            throw SQLiteFailure(connection, doing: "starting to record changes")
        }
        let recorder = ChangeRecorder(session: created, connection: connection)
        for table in tables {
            guard sqlite3session_attach(created, table) == SQLITE_OK else {
                throw SQLiteFailure(connection, doing: "recording changes of \(table)")
            }
        }
        return recorder
    }

    deinit { sqlite3session_delete(session) }

    /// The changeset so far; empty when nothing changed.
    /// - Throws: Also when an earlier step could not be recorded (out of memory): then nothing may be committed.
    borrowing func changeset() throws -> [UInt8] {
        var count: Int32 = 0
        var pointer: UnsafeMutableRawPointer?
        let code = sqlite3session_changeset(session, &count, &pointer)
        guard code == SQLITE_OK else {
            throw SQLiteFailure(code: code, message: "changes could not be recorded", doing: "sqlite3session_changeset")
        }
        defer { sqlite3_free(pointer) }
        guard let pointer else { return [] }
        return [UInt8](UnsafeRawBufferPointer(start: pointer, count: Int(count)))
    }

    /// Stops recording: what the engine writes of its own at commit is no change of the user's.
    borrowing func stop() { sqlite3session_enable(session, 0) }
}
