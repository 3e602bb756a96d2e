import ChangeSets
import GRDB
import MergeModel

@testable import Replica

/// All that a replica holds of one scope: what it shows, what stands behind it, and what it lists.
package struct ReplicaContent: Equatable {
    package var state = ModelState(rows: [:], refusedCells: [])
    /// By row: the cells listed as conflicts, with the empty name for a delete that met an edit.
    package var conflicts: [ModelRowKey: Set<String>] = [:]
    /// Rows as plain SQL sees them.
    package var shown: [ModelRowKey: [ModelValue]] = [:]
    /// Stamps that belong to no row, and rows without one: always 0.
    package var unmatchedStamps = 0

    /// What the model says that a replica must hold.
    package init(_ state: ModelState, _ schema: SyncedSchema) {
        self.state = state
        for (key, row) in state.rows where row.isThere {
            shown[key] = row.shown
            let cells = schema.table(named: key.table)?.cells ?? []
            let open = Set(row.conflicts.map { cells[$0].name } + (row.openDeletes.isEmpty ? [] : [""]))
            if !open.isEmpty { conflicts[key] = open }
        }
    }

    /// What the model says that a replica must hold by the change sets that it has applied.
    /// - Parameter isRefused: Known to the test, which made the bodies: not asked of the engine.
    package static func expected(
        of replica: OfficeReplica, in scope: Scope, authors: [ModelAuthor],
        isRefused: (FeedID, UInt64) -> Bool = { _, _ in false }
    ) throws -> ReplicaContent {
        let schema = replica.history.current
        let earlier = (1..<schema.version).compactMap { replica.history.version($0) }
        let applied = try replica.engine { writer in
            Dictionary(
                uniqueKeysWithValues: try writer.feeds(in: scope).map { ($0.feed.author.description, $0.applied) })
        }
        let changeSets = try LogReader(scope: scope, schema: schema, earlier: earlier)
            .changeSets(of: replica, isRefused: isRefused)
            .filter { applied[$0.author, default: 0] >= $0.number }
        return ReplicaContent(
            mergedState(of: Array(changeSets), tables: LogReader.tables(schema, scope), authors: authors), schema)
    }

    /// What a replica holds.
    package init(of replica: OfficeReplica, in scope: Scope) throws {
        self = try replica.engine { writer in try ReplicaContent(writer, scope) }
    }

    private init(_ writer: ReplicaWriter, _ scope: Scope) throws {
        _ = try writer.feeds(in: scope)
        func author(_ feed: Int64) -> String { writer.feedsByID[feed]?.feed.author.description ?? "?" }
        let area = CellValue.text(scope.area.digits)
        for access in writer.tables.values where access.table.audience == scope.audience {
            let table = access.table
            let columns = table.columns.map { "\"\($0.name)\"" }.joined(separator: ", ")
            let rows = try writer.connection.statement("SELECT \(columns) FROM \"\(table.name)\" WHERE area = ?1")
                .bind(1, scope.area.digits).rows { row in table.columns.indices.map { row.value(Int32($0)) } }
            let absent = try writer.connection.statement("SELECT key FROM sanji_absent WHERE tbl = ?1")
                .bind(1, table.name).rows { Self.values($0.blob(0)) }.filter { $0[0] == area }
            for row in rows {
                let key = ModelRowKey(table: table.name, key: LogReader.key(Array(row.prefix(access.keyColumns))))
                shown[key] = row.dropFirst(access.keyColumns).map { ModelValue($0) }
            }
            for key in rows.map({ Array($0.prefix(access.keyColumns)) }) + absent {
                switch try writer.load(access, key: key) {
                case .there(_, let state), .absent(let state):
                    let row = ModelRowKey(table: table.name, key: LogReader.key(key))
                    self.state.rows[row] = ModelRow(state, table, author: author)
                case .unknown: unmatchedStamps += 1
                }
            }
            unmatchedStamps +=
                try writer.connection.statement(
                    """
                    SELECT count(*) FROM "\(EngineTables.stampTable(table.name))"
                    WHERE rid NOT IN (SELECT rowid FROM "\(table.name)")
                    """
                ).first { Int($0.integer(0)) } ?? 0
        }
        try readLists(writer, scope)
    }

    private mutating func readLists(_ writer: ReplicaWriter, _ scope: Scope) throws {
        let open = try writer.connection.statement("SELECT tbl, key, cell FROM sanji_conflict WHERE area = ?1")
            .bind(1, scope.area.digits).rows { ($0.text(0), $0.blob(1), $0.text(2)) }
        for (table, key, cell) in open where writer.tables[table]?.table.audience == scope.audience {
            conflicts[ModelRowKey(table: table, key: key), default: []].insert(cell)
        }
        let refused = try writer.connection.statement("SELECT feed, number, tbl, key, cell FROM sanji_refused_cell")
            .rows { ($0.integer(0), UInt64($0.integer(1)), $0.text(2), $0.blob(3), $0.text(4)) }
        for (feed, number, table, key, cell) in refused where writer.feedsByID[feed]?.feed.scope == scope {
            let position = writer.tables[table]?.table.cells.firstIndex { $0.name == cell } ?? -1
            state.refusedCells.insert(
                ModelRefusedCell(
                    dot: ModelDot(author: writer.feedsByID[feed]!.feed.author.description, number: number),
                    table: table, key: key, cell: position))
        }
    }

    private static func values(_ key: [UInt8]) -> [CellValue] {
        var reader = ValueReader(key)
        var values: [CellValue] = []
        while let value = reader.value() { values.append(value) }
        return values
    }
}
