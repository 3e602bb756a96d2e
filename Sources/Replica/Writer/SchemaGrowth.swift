import ChangeSets

extension ReplicaWriter {
    /// Brings what was stored under an older declaration to this program's, once, when the replica opens.
    ///
    /// An added column writes no rows (§9): nobody wrote the cells appended since. Winners are derived data: they are
    /// computed again where a rule has changed.
    func followSchema() throws {
        let current = history.current
        guard try metaInteger("schema") != Int64(current.version) else { return }
        try merging {
            let known = try metaInteger("schema")
            try setMeta("schema", .integer(Int64(current.version)))
            guard let known, let earlier = history.versions.last(where: { Int64($0.version) <= known }) else { return }
            for table in earlier.tables {
                guard let access = tables[table.name] else { continue }
                try noteAppendedCells(access, since: table.cells.count)
                try followQuiet(access, since: table)
                let changed = zip(table.cells, access.table.cells).contains { $0.rule != $1.rule }
                if changed { try chooseAnew(access) }
            }
        }
    }

    /// Without mention in a stamp, a cell would count as written by the row's insert.
    private func noteAppendedCells(_ access: TableAccess, since count: Int) throws {
        let appended = access.table.cells.indices.dropFirst(count)
        guard !appended.isEmpty else { return }
        // Parts stand in the order of their codes, so those of appended cells come last.
        let parts = Stamp.emptyParts(appended.map { .cell($0) })
        try connection.statement(
            """
            UPDATE "\(EngineTables.stampTable(access.table.name))"
            SET detail = CAST(coalesce(detail, x'') || ?1 AS BLOB)
            """
        ).bind(1, blob: parts).run()
        // ALTER TABLE leaves the rows short. Of a short row SQLite's pre-update hook (seen in 3.40) gives NULL as the old
        // value of an added column, whatever its default, so a session would record a write that nobody made.
        let columns = appended.flatMap { access.table.cells[$0].columns }
        if let column = columns.first(where: { $0.defaultValue != .null }) {
            try connection.execute("UPDATE \"\(access.table.name)\" SET \"\(column.name)\" = \"\(column.name)\"")
        }
    }

    private func followQuiet(_ access: TableAccess, since earlier: SyncedTable) throws {
        for (old, cell) in zip(earlier.cells, access.table.cells) where old.quiet != cell.quiet {
            try connection.statement("UPDATE sanji_conflict SET quiet = ?3 WHERE tbl = ?1 AND cell = ?2")
                .bind(1, access.table.name).bind(2, cell.name).bind(3, cell.quiet ? 1 : 0).run()
        }
    }

    private func chooseAnew(_ access: TableAccess) throws {
        let table = access.table
        let columns = table.columns.prefix(access.keyColumns).map { "t.\"\($0.name)\"" }.joined(separator: ", ")
        // A stamp without detail has one sibling in every cell.
        var keys = try connection.statement(
            """
            SELECT \(columns) FROM "\(table.name)" AS t
            JOIN "\(EngineTables.stampTable(table.name))" AS s ON s.rid = t.rowid WHERE s.detail IS NOT NULL
            """
        ).rows { row in (0..<access.keyColumns).map { row.value(Int32($0)) } }
        keys += try connection.statement("SELECT key FROM sanji_absent WHERE tbl = ?1").bind(1, table.name)
            .rows { Self.decode(key: $0.blob(0)) }
        for key in keys {
            guard case .text(let area)? = key.first else { throw DamagedReplica.missingRow(table.name) }
            // Ranks are looked up among the feeds that have been read.
            _ = try feeds(in: Scope(area: try OfficeCode(area), audience: table.audience))
            // A row that cannot be judged is for `sanji repair`, which needs this file open.
            do {
                let before = try load(access, key: key)
                switch before {
                case .there(_, var state), .absent(var state):
                    state.chooseAnew(table, rank: rank)
                    try store(state, access, key: key, before: before)
                case .unknown: throw DamagedReplica.missingRow(table.name)
                }
            } catch is DamagedReplica {}
        }
    }

    private static func decode(key: [UInt8]) -> [CellValue] {
        var reader = ValueReader(key)
        var values: [CellValue] = []
        while let value = reader.value() { values.append(value) }
        return values
    }
}
