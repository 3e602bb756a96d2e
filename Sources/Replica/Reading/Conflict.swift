import ChangeSets

/// One open conflict: values written to one cell without knowing of each other, or a delete that met an edit.
package struct Conflict: Sendable, Hashable {
    /// The same at every office, so that two people can speak of it.
    package let id: String
    package let record: RecordID
    /// The cell's name (a column's or a group's); empty for a delete.
    package let cell: String
    /// The cell's columns; none for a delete.
    package let columns: [String]
    /// Calls for nobody's attention.
    package let quiet: Bool
    /// What the row shows now, per column.
    package let shown: [CellValue]
    /// The shown one first. For a delete, the deletes that no later operation covers, without values.
    package let siblings: [ConflictSibling]
    /// For a delete, what was written to the record without knowing of it, and keeps the record there; else none.
    package let edits: [ConflictEdit]
    /// When this replica first saw it, by its own clock.
    package let since_ms: Int64

    package var isDelete: Bool { cell.isEmpty }
}

/// One of the values in conflict, and who wrote it. User and time are as the writer's office signed them.
package struct ConflictSibling: Sendable, Hashable {
    package let office: OfficeCode
    package let author: AuthorID
    /// Number of the change set in its feed.
    package let number: UInt64
    package let user: String
    package let userVerified: Bool
    package let time_ms: Int64
    package let values: [CellValue]
}

/// A write that met a delete.
package struct ConflictEdit: Sendable, Hashable {
    /// Who wrote it, without values.
    package let writer: ConflictSibling
    /// What it wrote and the record still has.
    package let values: [NamedValue]
}

extension OfficeReplica {
    /// The open conflicts of this replica, the oldest first.
    package func conflicts(includingQuiet: Bool = false) throws -> [Conflict] {
        try reading { try ConflictReader($0).list(where: includingQuiet ? "true" : "quiet = 0") }
    }

    /// The open conflicts about one cell of a table, the oldest first.
    package func conflicts(of table: String, cell: String) throws -> [Conflict] {
        try reading { reader in
            try ConflictReader(reader).list(where: "tbl = ?1 AND cell = ?2") { $0.bind(1, table).bind(2, cell) }
        }
    }

    /// How many conflicts call for attention, without reading any.
    package func conflictCount(includingQuiet: Bool = false) throws -> Int {
        try reading { reader in
            let statement = try reader.connection.statement("SELECT count(*) FROM sanji_conflict WHERE quiet <= ?1")
            return try statement.bind(1, includingQuiet ? 1 : 0).first { Int($0.integer(0)) } ?? 0
        }
    }

    /// - Parameter id: The whole id, or the beginning of it that only one has.
    /// - Throws: ``ConflictError/unknown(_:)`` or ``ConflictError/severalMatch(_:_:)``.
    package func conflict(id: String) throws -> Conflict { try reading { try ConflictReader($0).only(id).conflict } }
}

/// Reads listed conflicts together with the state of their rows.
struct ConflictReader {
    let reader: ReplicaReader

    /// A conflict, and the row it was read from.
    struct Found {
        let conflict: Conflict
        let access: TableAccess
        let stamp: Stamp
        let state: RowState
        /// nil for a delete.
        let cell: Int?
    }

    init(_ reader: ReplicaReader) { self.reader = reader }

    func list(where condition: String, _ bind: (PreparedStatement) -> Void = { _ in }) throws -> [Conflict] {
        try listed(where: condition, bind).map { try found($0).conflict }
    }

    func of(_ record: RecordID) throws -> [Conflict] {
        let key = ReplicaWriter.encode(record.wholeKey)
        return try listed(where: "tbl = ?1 AND key = ?2") { $0.bind(1, record.table).bind(2, blob: key) }
            .map { try found($0).conflict }
    }

    func only(_ id: String) throws -> Found {
        // Ids are hexadecimal: nothing else may reach the pattern.
        guard !id.isEmpty, id.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }) else {
            throw ConflictError.unknown(id)
        }
        let matching = try listed(where: "id GLOB ?1") { $0.bind(1, id + "*") }
        guard let first = matching.first else { throw ConflictError.unknown(id) }
        guard matching.count == 1 else { throw ConflictError.severalMatch(id, matching.map(\.id)) }
        return try found(first)
    }

    private struct Listed {
        let id: String
        let table: String
        let key: [UInt8]
        let cell: String
        let quiet: Bool
        let since_ms: Int64
    }

    private func listed(where condition: String, _ bind: (PreparedStatement) -> Void = { _ in }) throws -> [Listed] {
        let statement = try reader.connection.statement(
            "SELECT id, tbl, key, cell, quiet, since_ms FROM sanji_conflict WHERE \(condition) ORDER BY since_ms, id")
        bind(statement)
        return try statement.rows { row in
            Listed(
                id: row.text(0), table: row.text(1), key: row.blob(2), cell: row.text(3), quiet: row.integer(4) != 0,
                since_ms: row.integer(5))
        }
    }

    private func found(_ listed: Listed) throws -> Found {
        guard let access = reader.access(listed.table) else { throw DamagedReplica.missingRow(listed.table) }
        let record = try RecordID(table: access.table, encoded: listed.key)
        guard let (stamp, state) = try reader.row(access, key: record.wholeKey) else {
            throw DamagedReplica.missingRow(listed.table)
        }
        func conflict(
            _ columns: [String], _ shown: [CellValue], _ siblings: [ConflictSibling], _ edits: [ConflictEdit] = []
        ) -> Conflict {
            Conflict(
                id: listed.id, record: record, cell: listed.cell, columns: columns, quiet: listed.quiet, shown: shown,
                siblings: siblings, edits: edits, since_ms: listed.since_ms)
        }
        if listed.cell.isEmpty {
            let deletes = try state.openDeletes.map { try sibling($0, values: []) }
            let edits = try edits(state, access.table)
            return Found(
                conflict: conflict([], [], deletes, edits), access: access, stamp: stamp, state: state, cell: nil)
        }
        guard let index = access.table.cells.firstIndex(where: { $0.name == listed.cell }) else {
            throw DamagedReplica.missingRow(listed.table)
        }
        let siblings = try state.disputed(index, of: access.table).map { try sibling($0.dot, values: $0.values) }
        return Found(
            conflict: conflict(
                access.table.cells[index].columns.map(\.name), state.cells[index].first?.values ?? [], siblings),
            access: access, stamp: stamp, state: state, cell: index)
    }

    /// What no delete covers, the highest office first.
    private func edits(_ state: RowState, _ table: SyncedTable) throws -> [ConflictEdit] {
        var values: [Dot: [NamedValue]] = [:]
        for insert in state.inserts where !insert.covered { values[insert.dot] = [] }
        for (cell, siblings) in zip(table.cells, state.cells) {
            for sibling in siblings where !sibling.covered {
                values[sibling.dot, default: []] += zip(cell.columns, sibling.values).map {
                    NamedValue(column: $0.name, value: $1)
                }
            }
        }
        return try values.map { ConflictEdit(writer: try sibling($0.key, values: []), values: $0.value) }
            .sorted {
                ($0.writer.office.tier, $0.writer.author, $0.writer.number) < (
                    $1.writer.office.tier, $1.writer.author, $1.writer.number
                )
            }
    }

    private func sibling(_ dot: Dot, values: [CellValue]) throws -> ConflictSibling {
        guard let feed = try reader.feed(dot.feed), let office = try reader.office(of: feed.feed.author),
            let header = try reader.header(dot.feed, dot.number)?.header
        else { throw DamagedReplica.log("number \(dot.number) of feed \(dot.feed) is missing") }
        return ConflictSibling(
            office: office, author: feed.feed.author, number: dot.number, user: header.user,
            userVerified: header.userVerified, time_ms: header.wallClock_ms, values: values)
    }
}
