import ChangeSets

extension ReplicaWriter {
    /// A synced row as it stands here.
    enum StoredRow {
        case there(Stamp, RowState)
        case absent(RowState)
        case unknown
    }

    /// - Parameter key: Area and key, in column order.
    func load(_ access: TableAccess, key: [CellValue]) throws -> StoredRow {
        let statement = try connection.statement(access.selectRow)
        for (index, value) in key.enumerated() { statement.bind(Int32(index + 1), value) }
        let found = try statement.first { row in
            let stamp = try Stamp(
                rowID: row.integer(0), base: Dot(feed: row.integer(1), number: UInt64(bitPattern: row.integer(2))),
                detail: row.blob(3))
            let columnCount = access.table.columns.count - access.keyColumns
            let shown = (0..<columnCount).map { row.value(Int32(4 + $0)) }
            return StoredRow.there(stamp, try checked(stamp.state(access.table, shown: shown), stamp.rowID))
        }
        if let found { return found }
        guard try mayBeAbsent(access.table.name) else { return .unknown }
        let absent = try connection.statement("SELECT state FROM sanji_absent WHERE tbl = ?1 AND key = ?2")
        let state = try absent.bind(1, access.table.name).bind(2, blob: Self.encode(key)).first { $0.blob(0) }
        return try state.map { .absent(try keptState($0, access.table)) } ?? .unknown
    }

    /// The kept state of a row that is not there.
    func keptState(_ bytes: [UInt8], _ table: SyncedTable) throws -> RowState {
        let state = try AbsentRow.decode(bytes, table)
        guard hasKnownAuthors(state) else { throw DamagedReplica.absentRow(table.name) }
        return state
    }

    /// The state, whose operations can all be ranked.
    /// - Throws: ``DamagedReplica/stamp(_:)`` where one is of no feed of this scope: only damage brings that about.
    func checked(_ state: RowState, _ rowID: Int64) throws -> RowState {
        guard hasKnownAuthors(state) else { throw DamagedReplica.stamp(rowID) }
        return state
    }

    private func hasKnownAuthors(_ state: RowState) -> Bool {
        func isKnown(_ dot: Dot) -> Bool {
            feedsByID[dot.feed].map { directory.authors[$0.feed.author] != nil } ?? false
        }
        return state.openDeletes.allSatisfy(isKnown) && state.inserts.allSatisfy { isKnown($0.dot) }
            && state.cells.allSatisfy { $0.allSatisfy { isKnown($0.dot) } }
    }

    /// Writes what changed between `before` and `state`: row, stamp, kept state, listed conflicts.
    func store(_ state: RowState, _ access: TableAccess, key: [CellValue], before: StoredRow) throws {
        let table = access.table
        if state.isThere {
            switch before {
            case .there(let old, let earlier):
                let shown = state.shown(table)
                if shown != earlier.shown(table) { try update(access, rowID: old.rowID, values: shown) }
                try save(Stamp(rowID: old.rowID, state, table), access)
            case .absent, .unknown:
                try insert(access, key + state.shown(table))
                try save(new: Stamp(rowID: connection.lastInsertedRowID, state, table), access)
                if case .absent = before { try deleteAbsent(table.name, key) }
            }
        } else {
            if case .there(let old, _) = before {
                try connection.statement(access.deleteRow).bind(1, old.rowID).run()
                try connection.statement(access.deleteStamp).bind(1, old.rowID).run()
            }
            try saveAbsent(state, table.name, key)
        }
        try listConflicts(of: state, access, key: key)
    }

    func saveAbsent(_ state: RowState, _ table: String, _ key: [CellValue]) throws {
        let statement = try connection.statement(
            """
            INSERT INTO sanji_absent (tbl, key, state) VALUES (?1, ?2, ?3)
            ON CONFLICT DO UPDATE SET state = excluded.state
            """)
        try statement.bind(1, table).bind(2, blob: Self.encode(key)).bind(3, blob: AbsentRow.encode(state)).run()
        absentTables?.insert(table)
    }

    func deleteAbsent(_ table: String, _ key: [CellValue]) throws {
        try connection.statement("DELETE FROM sanji_absent WHERE tbl = ?1 AND key = ?2")
            .bind(1, table).bind(2, blob: Self.encode(key)).run()
    }

    /// Whether any row of the table is kept as not there: one question per transaction instead of one per insert.
    func mayBeAbsent(_ table: String) throws -> Bool {
        if let known = absentTables { return !known.isEmpty && known.contains(table) }
        let known = Set(try connection.statement("SELECT DISTINCT tbl FROM sanji_absent").rows { $0.text(0) })
        absentTables = known
        return known.contains(table)
    }

    func save(_ stamp: Stamp, _ access: TableAccess) throws {
        let statement = try connection.statement(access.updateStamp)
        bind(stamp, to: statement)
        try statement.run()
    }

    func save(new stamp: Stamp, _ access: TableAccess) throws {
        let statement = try connection.statement(access.insertStamp)
        bind(stamp, to: statement)
        try statement.run()
    }

    private func bind(_ stamp: Stamp, to statement: PreparedStatement) {
        statement.bind(1, stamp.rowID).bind(2, stamp.base.feed).bind(3, Int64(stamp.base.number))
        if let detail = stamp.detail { statement.bind(4, blob: detail) } else { statement.bindNull(4) }
    }

    private func insert(_ access: TableAccess, _ values: [CellValue]) throws {
        let statement = try connection.statement(access.insertRow)
        for (index, value) in values.enumerated() { statement.bind(Int32(index + 1), value) }
        try statement.run()
    }

    func update(_ access: TableAccess, rowID: Int64, values: [CellValue]) throws {
        guard !values.isEmpty else { return }
        let statement = try connection.statement(access.updateCells(Array(access.table.cells.indices)))
        statement.bind(1, rowID)
        for (index, value) in values.enumerated() { statement.bind(Int32(index + 2), value) }
        try statement.run()
    }

    static func encode(_ key: [CellValue]) -> [UInt8] {
        var bytes: [UInt8] = []
        for value in key { bytes.appendValue(value) }
        return bytes
    }

    // MARK: Conflicts

    /// Brings the list of open conflicts of one row up to date.
    func listConflicts(of state: RowState, _ access: TableAccess, key: [CellValue]) throws {
        let table = access.table
        var open: [(cell: String, quiet: Bool)] = state.conflictingCells(table).map {
            (table.cells[$0].name, table.cells[$0].quiet)
        }
        if state.isThere, !state.openDeletes.isEmpty { open.append(("", false)) }
        let encoded = Self.encode(key)
        let known = try connection.statement("SELECT cell FROM sanji_conflict WHERE tbl = ?1 AND key = ?2")
            .bind(1, table.name).bind(2, blob: encoded).rows { $0.text(0) }
        for cell in known where !open.contains(where: { $0.cell == cell }) {
            try connection.statement("DELETE FROM sanji_conflict WHERE tbl = ?1 AND key = ?2 AND cell = ?3")
                .bind(1, table.name).bind(2, blob: encoded).bind(3, cell).run()
        }
        for (cell, quiet) in open where !known.contains(cell) {
            mark(cell.isEmpty ? .editAgainstDelete : .conflict)
            guard case .text(let area) = key[0] else { throw DamagedReplica.missingRow(table.name) }
            let statement = try connection.statement(
                "INSERT INTO sanji_conflict (id, tbl, area, key, cell, quiet, since_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"
            )
            try statement.bind(1, ConflictID.make(table: table.name, key: encoded, cell: cell)).bind(2, table.name)
                .bind(3, area).bind(4, blob: encoded).bind(5, cell).bind(6, quiet ? 1 : 0)
                .bind(7, environment.now_ms()).run()
        }
    }
}

/// Names one open conflict: the same at every office, so that two people can speak of it.
enum ConflictID {
    static func make(table: String, key: [UInt8], cell: String) -> String {
        Algorithm.ed25519.hash(Array(table.utf8) + [0] + key + [0] + Array(cell.utf8)).prefix(6).hex
    }
}
