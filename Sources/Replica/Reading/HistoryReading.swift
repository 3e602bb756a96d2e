import ChangeSets

extension OfficeReplica {
    /// The history of a record in each area that knows its key: two, where it has moved.
    /// - Parameter key: `KEY` or `AREA/KEY`; hexadecimal for blobs, commas between several columns.
    /// - Throws: ``RecordNotFound``; never an empty list.
    package func histories(table: String, key: String) throws -> [RecordHistory] {
        try reading { reader in
            let found = try HistoryReader(reader, table: table, key: key).all()
            guard !found.isEmpty else { throw RecordNotFound.unknown(table, key: key) }
            return found
        }
    }

    /// The same for a key that only one area knows.
    package func history(table: String, key: String) throws -> RecordHistory {
        let found = try histories(table: table, key: key)
        guard found.count == 1 else { throw RecordNotFound.severalAreas(table, key: key, found.map(\.record.area)) }
        return found[0]
    }
}

private struct HistoryReader {
    let reader: ReplicaReader
    let access: TableAccess
    let key: RecordKey

    init(_ reader: ReplicaReader, table: String, key: String) throws {
        guard let access = reader.access(table) else {
            throw RecordNotFound.noSuchTable(table, known: reader.history.current.tables.map(\.name))
        }
        self.reader = reader
        self.access = access
        self.key = try RecordKey(key, of: access.table)
    }

    func all() throws -> [RecordHistory] {
        var changes: [OfficeCode: [RecordChange]] = [:]
        let reader = HistoryLogReader(reader, access: access, reach: try Reach(reader))
        for feed in try self.reader.feeds() where feed.feed.scope.audience == access.table.audience {
            guard key.area ?? feed.feed.scope.area == feed.feed.scope.area else { continue }
            changes[feed.feed.scope.area, default: []] += try reader.changes(in: feed, key: key.values)
        }
        return try changes.filter { !$0.value.isEmpty }.sorted { $0.key < $1.key }.map { area, changes in
            let record = RecordID(table: access.table, area: area, key: key.values)
            let state = try self.reader.row(access, key: record.wholeKey)?.state
            let shown = state.map { zip(access.table.valueColumns, $0.shown(access.table)) }
            return RecordHistory(
                record: record, isThere: state != nil,
                values: shown?.map { NamedValue(column: $0.name, value: $1) } ?? [],
                changes: changes.sorted { $0.seq < $1.seq }, conflicts: try ConflictReader(self.reader).of(record),
                missingReferences: try self.reader.missingReferences(of: record))
        }
    }
}

/// Finds the change sets of one feed that touch one record.
private struct HistoryLogReader {
    private let reader: ReplicaReader
    private let access: TableAccess
    private let reach: Reach

    init(_ reader: ReplicaReader, access: TableAccess, reach: Reach) {
        self.reader = reader
        self.access = access
        self.reach = reach
    }

    func changes(in feed: FeedRow, key: [CellValue]) throws -> [RecordChange] {
        let whole = [.text(feed.feed.scope.area.digits)] + key
        // Area and key lie in a changeset exactly as they are encoded here, so SQLite can leave out most bodies.
        let statement = try reader.connection.statement(
            """
            SELECT seq, number, received_ms, header, body FROM sanji_change_set
            WHERE feed = ?1 AND instr(body, ?2) > 0 ORDER BY number
            """)
        let rows = try statement.bind(1, feed.id).bind(2, blob: ReplicaWriter.encode(whole)).rows { row in
            (
                seq: row.integer(0), number: try row.number(1), received_ms: row.integer(2), header: row.blob(3),
                body: row.blob(4)
            )
        }
        return try rows.flatMap { row -> [RecordChange] in
            // A body that is no changeset is refused, and touches nothing.
            guard let body = try? ParsedChangeset(row.body) else { return [] }
            let header = try SealedHeader(inLog: row.header, feed.feed, row.number).header
            return try body.changes.filter { touches($0, body, whole) }.map { change in
                RecordChange(
                    seq: row.seq, feed: feed.feed, number: row.number, office: try reader.office(of: feed.feed.author),
                    user: header.user, userVerified: header.userVerified, time_ms: header.wallClock_ms,
                    received_ms: row.received_ms, operation: change.operation, columns: columns(of: change, body),
                    state: reach.states.state(feed, row.number),
                    refusedCells: try refusedCells(feed, row.number, whole),
                    reached: try reach.offices(feed, row.number), fate: try reach.fates.fate(of: feed, row.number),
                    cellVerdicts: try reach.fates.cellVerdicts(of: feed, row.number))
            }
        }
    }

    private func touches(_ change: RowChange, _ body: ParsedChangeset, _ key: [CellValue]) -> Bool {
        guard body.tables[change.table].name == access.table.name else { return false }
        let record = change.operation == .insert ? body.new(change) : body.old(change)
        return record.prefix(key.count).map { body.value($0) ?? .null } == key
    }

    private func columns(of change: RowChange, _ body: ParsedChangeset) -> [ColumnChange] {
        let (old, new) = (Array(body.old(change)), Array(body.new(change)))
        let names = access.table.columns.map(\.name)
        return (access.keyColumns..<max(old.count, new.count, access.keyColumns)).compactMap { index in
            let before = index < old.count ? body.value(old[index]) : nil
            let after = index < new.count ? body.value(new[index]) : nil
            guard before != nil || after != nil else { return nil }
            // Columns are only ever appended: one that this program does not know is from a newer schema.
            let name = index < names.count ? names[index] : "column \(index + 1)"
            return ColumnChange(column: name, old: before, new: after)
        }
    }

    private func refusedCells(_ feed: FeedRow, _ number: UInt64, _ key: [CellValue]) throws -> [RefusedCellReason] {
        let statement = try reader.connection.statement(
            "SELECT cell, reason FROM sanji_refused_cell WHERE feed = ?1 AND number = ?2 AND tbl = ?3 AND key = ?4")
        return try statement.bind(1, feed.id).bind(2, Int64(number)).bind(3, access.table.name)
            .bind(4, blob: ReplicaWriter.encode(key)).rows { RefusedCellReason(cell: $0.text(0), reason: $0.text(1)) }
    }
}
