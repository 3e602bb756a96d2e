import ChangeSets

/// What the replica's tables hold of areas in which it has applied nothing: no change set can have put it there.
struct Strays {
    private let reader: ReplicaReader
    /// Areas that a table of each audience may have rows of.
    private let areas: [Tier: Set<String>]

    init(_ reader: ReplicaReader) throws {
        self.reader = reader
        var areas: [Tier: Set<String>] = [:]
        for feed in try reader.feeds() where feed.applied > 0 && feed.feed.scope.reaches(reader.office) {
            areas[feed.feed.scope.audience, default: []].insert(feed.feed.scope.area.digits)
        }
        self.areas = areas
    }

    func problems() throws -> [VerificationProblem] {
        var problems: [VerificationProblem] = []
        for table in reader.history.current.tables {
            let rows = try reader.connection.statement("SELECT DISTINCT \"\(table.areaColumn)\" FROM \"\(table.name)\"")
            problems += try rows.rows { $0.text(0) }.filter { !isKnown($0, table) }.sorted()
                .map { .foreignRows(table.name, area: $0) }
            let stamps = try reader.connection.statement(
                """
                SELECT rid FROM "\(EngineTables.stampTable(table.name))"
                WHERE rid NOT IN (SELECT rowid FROM "\(table.name)") LIMIT 1
                """)
            let stray = try stamps.first { $0.integer(0) }
            if let stray { problems.append(.strayStamp(table.name, rowID: stray)) }
        }
        for listing in ["sanji_absent", "sanji_conflict"] {
            let keys = try reader.connection.statement("SELECT tbl, key FROM \(listing)")
            let stray = try keys.rows { ($0.text(0), $0.blob(1)) }.first { !isKnown(table: $0, key: $1) }
            if let stray { problems.append(.strayListing(listing, table: stray.0)) }
        }
        return problems
    }

    /// Removes all of them. Inside a transaction of the writer, whose connection the reader has.
    func remove() throws {
        let connection = reader.connection
        for table in reader.history.current.tables {
            let known = (areas[table.audience] ?? []).map { "'\($0)'" }.joined(separator: ", ")
            try connection.execute("DELETE FROM \"\(table.name)\" WHERE \"\(table.areaColumn)\" NOT IN (\(known))")
            try connection.execute(
                """
                DELETE FROM "\(EngineTables.stampTable(table.name))"
                WHERE rid NOT IN (SELECT rowid FROM "\(table.name)")
                """)
        }
        for listing in ["sanji_absent", "sanji_conflict"] {
            let keys = try connection.statement("SELECT tbl, key FROM \(listing)").rows { ($0.text(0), $0.blob(1)) }
            for (table, key) in keys where !isKnown(table: table, key: key) {
                try connection.statement("DELETE FROM \(listing) WHERE tbl = ?1 AND key = ?2")
                    .bind(1, table).bind(2, blob: key).run()
            }
        }
    }

    private func isKnown(_ area: String, _ table: SyncedTable) -> Bool {
        guard let code = try? OfficeCode(area), table.areas.contains(code.tier) else { return false }
        return areas[table.audience]?.contains(area) ?? false
    }

    private func isKnown(table name: String, key: [UInt8]) -> Bool {
        guard let table = reader.history.current.table(named: name),
            let record = try? RecordID(table: table, encoded: key)
        else { return false }
        return isKnown(record.area.digits, table)
    }
}
