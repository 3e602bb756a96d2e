import ChangeSets
import GRDB

extension ReplicaWriter {
    /// Runs one write block under a recording session and commits it with its change sets.
    /// - Returns: What `body` returned, and whether anything synced was written.
    func captured<T>(
        _ db: Database, _ own: OwnAuthor, _ user: ActingUser, _ mode: WriteGuard.Mode,
        _ resolutions: [Capture.Resolution], _ body: (Database) throws -> T
    ) throws -> (T, Bool) {
        connection.setTriggers(enabled: true)
        return try transaction {
            let recorder = try ChangeRecorder.start(on: connection.handle, tables: history.current.tables.map(\.name))
            guardian.begin(mode)
            defer { guardian.end() }
            let result: T
            do {
                result = try body(db)
            } catch let error as DatabaseError
                where error.resultCode == .SQLITE_AUTH || error.message?.hasPrefix("not authorized") ?? false
            {
                // SQLite says only "not authorized"; the guard knows why.
                throw guardian.lastRefusal ?? error
            } catch let error as DatabaseError where error.resultCode == .SQLITE_FULL {
                throw SQLiteFailure(
                    code: error.extendedResultCode.rawValue, message: "\(error)", doing: error.sql ?? "")
            }
            // Some errors (a full disk, INSERT OR ROLLBACK) undo all of the block; a body may have caught it.
            guard connection.isInTransaction, !guardian.wasRolledBack else { throw RefusedStatement.rolledBack }
            let changeset = try recorder.changeset()
            recorder.stop()
            guardian.end()
            guard !changeset.isEmpty || !resolutions.isEmpty || !guardian.deleted.isEmpty else {
                return (result, false)
            }
            let sealed = try Capture(
                writer: self, author: own, user: user, resolutions: resolutions, now_ms: environment.now_ms()
            ).commit(changeset)
            if directoryChanged { try applyFreed() }
            return (result, !sealed.isEmpty)
        }
    }

    /// Applies what was held or early when the replica was last open.
    func resumeHeld() throws {
        guard try !waitingScopes().isEmpty else { return }
        try isolating { try merging { try applyAllWaiting() } }
    }

    /// Likewise in a transaction of the root's own that has changed the directory.
    private func applyFreed() throws {
        connection.setTriggers(enabled: false)
        defer { marker.clear() }
        try isolating { try applyAllWaiting() }
    }

    /// What cannot be applied is held, and nothing else with it.
    func isolating<T>(_ body: () throws -> T) rethrows -> T {
        isolates = true
        defer { isolates = false }
        return try body()
    }

    private func applyAllWaiting() throws {
        var outcome = AcceptOutcome()
        try applyAllWaiting(&outcome)
        try issueStatements(for: outcome.touched)
    }
}
