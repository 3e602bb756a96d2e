import ChangeSets

/// Everything of one scope that follows from its log: rows, stamps, rows kept as not there, conflicts, refusals.
struct DerivedState {
    let writer: ReplicaWriter
    let scope: Scope

    /// Empties it and applies the log again, in the order in which its change sets know of each other.
    func computeAgain() throws {
        try writer.setMeta("recomputed", .integer((try writer.metaInteger("recomputed") ?? 0) &+ 1))
        let since = try conflictTimes()
        try empty()
        // What the transaction remembers of feeds and kept rows was true before.
        writer.feeds.removeAll()
        writer.feedsByID.removeAll()
        writer.lastHeaders.removeAll()
        writer.absentTables = nil
        var outcome = AcceptOutcome()
        try writer.applyWaiting(in: [scope], &outcome)
        // A conflict is as old as it was when this replica first saw it.
        for (id, since_ms) in since {
            try writer.connection.statement("UPDATE sanji_conflict SET since_ms = ?2 WHERE id = ?1")
                .bind(1, id).bind(2, since_ms).run()
        }
    }

    private func conflictTimes() throws -> [(String, Int64)] {
        try writer.connection.statement("SELECT id, since_ms FROM sanji_conflict WHERE area = ?1")
            .bind(1, scope.area.digits).rows { ($0.text(0), $0.integer(1)) }
    }

    private func empty() throws {
        let connection = writer.connection
        let (first, end) = AreaKeys.range(scope.area)
        for table in writer.history.tables(in: scope) {
            let area = "\"\(table.areaColumn)\" = ?1"
            try connection.statement(
                """
                DELETE FROM "\(EngineTables.stampTable(table.name))"
                WHERE rid IN (SELECT rowid FROM "\(table.name)" WHERE \(area))
                """
            ).bind(1, scope.area.digits).run()
            try connection.statement("DELETE FROM \"\(table.name)\" WHERE \(area)").bind(1, scope.area.digits).run()
            try connection.statement("DELETE FROM sanji_absent WHERE tbl = ?1 AND key >= ?2 AND key < ?3")
                .bind(1, table.name).bind(2, blob: first).bind(3, blob: end).run()
            try connection.statement("DELETE FROM sanji_conflict WHERE tbl = ?1 AND area = ?2")
                .bind(1, table.name).bind(2, scope.area.digits).run()
        }
        let feeds = "SELECT id FROM sanji_feed WHERE area = ?1 AND audience = ?2"
        for sql in [
            "DELETE FROM sanji_refusal WHERE feed IN (\(feeds))",
            "DELETE FROM sanji_refused_cell WHERE feed IN (\(feeds))",
            "DELETE FROM sanji_refused_cells WHERE feed IN (\(feeds))",
            "UPDATE sanji_feed SET applied = 0, hold = NULL WHERE area = ?1 AND audience = ?2",
        ] {
            try connection.statement(sql).bind(1, scope.area.digits).bind(2, Int64(scope.audience.digits)).run()
        }
    }
}
