import ChangeSets

// Change sets that could not be applied here although nothing is wrong with them: held, so that the rest goes on.
extension ReplicaWriter {
    /// After the third time the process died while applying one change set, it is held.
    private static let deathsMax = 3

    /// Counts the process that died while applying something, in a transaction of its own: the batch may die again.
    func countDeath() throws {
        guard marker.left != nil else { return }
        try connection.transaction {
            // Read again under the lock: it may have been another process's, which is alive and has finished.
            guard let left = marker.left else { return }
            mark(.crash)
            try connection.statement(
                "INSERT INTO sanji_attempt (header, deaths) VALUES (?1, 1) ON CONFLICT DO UPDATE SET deaths = deaths + 1"
            ).bind(1, blob: left).run()
            marker.clear()
        }
    }

    /// Why this change set is not tried again; nil when it may be.
    func failure(of sealed: SealedHeader) throws -> String? {
        if attempts == nil {
            attempts = Dictionary(
                uniqueKeysWithValues: try connection.statement("SELECT header, deaths, reason FROM sanji_attempt").rows
                {
                    ($0.blob(0), Attempt(deaths: Int($0.integer(1)), reason: $0.isNull(2) ? nil : $0.text(2)))
                })
        }
        guard let attempts, !attempts.isEmpty, let attempt = attempts[CrashMarker.name(of: sealed.hash)] else {
            return nil
        }
        let remedy = "`sanji repair` tries it again, best after an upgrade"
        if let reason = attempt.reason { return "it could not be applied here (\(reason)); \(remedy)" }
        return attempt.deaths >= Self.deathsMax
            ? "the program died \(attempt.deaths) times while applying it; \(remedy)" : nil
    }

    /// Applies one change set so that its failure takes nothing else with it; without that, when the writer does not
    /// isolate: a savepoint for each costs too much for every day.
    /// - Returns: Why it could not be applied; then everything is as it was before.
    func isolated(_ sealed: SealedHeader, _ outcome: inout AcceptOutcome, _ body: (inout AcceptOutcome) throws -> Void)
        throws
        -> String?
    {
        guard isolates else {
            try body(&outcome)
            return nil
        }
        let before = (caches, outcome)
        try connection.execute("SAVEPOINT sanji_one")
        do {
            try body(&outcome)
            try connection.execute("RELEASE sanji_one")
            return nil
        } catch {
            // A full disk or a lock is no change set's fault.
            if let failure = error as? SQLiteFailure, !failure.isOfTheData { throw error }
            try connection.execute("ROLLBACK TO sanji_one; RELEASE sanji_one")
            (caches, outcome) = before
            try forgetDirectory()
            let statement = try connection.statement(
                "INSERT INTO sanji_attempt (header, deaths, reason) VALUES (?1, 0, ?2) ON CONFLICT DO UPDATE SET reason = ?2"
            )
            try statement.bind(1, blob: CrashMarker.name(of: sealed.hash))
                .bind(2, "\(error)".prefix(bytes: Limits.reasonBytesMax / 2)).run()
            attempts = nil
            return try failure(of: sealed)
        }
    }

    /// Everything may be tried again: the program, or what it stumbled over, has been mended.
    func forgetFailures() throws {
        try connection.execute("DELETE FROM sanji_attempt")
        attempts = nil
    }

    /// It went well at last.
    func forgetFailure(of sealed: SealedHeader) throws {
        guard let attempts, attempts[CrashMarker.name(of: sealed.hash)] != nil else { return }
        try connection.statement("DELETE FROM sanji_attempt WHERE header = ?1")
            .bind(1, blob: CrashMarker.name(of: sealed.hash)).run()
        self.attempts = nil
    }
}

/// What has happened so far when a change set was applied.
struct Attempt {
    let deaths: Int
    /// What went wrong, where the process lived to tell.
    let reason: String?
}
