import ChangeSets

/// One change set as `sanji log` lists it.
package struct LogEntry: Sendable, Hashable {
    /// Place in this replica's log; larger became known here later.
    package let seq: Int64
    /// By this replica's clock; the header has the author's.
    package let received_ms: Int64
    package let header: ChangeSetHeader
    /// nil where the directory does not name the author.
    package let office: OfficeCode?
    package let headerBytes: Int
    package let bodyBytes: Int
    /// In the order of the body; empty for a body that is no changeset (such a change set is refused).
    package let tables: [TableChanges]
    package let state: ChangeSetState
    /// Cells that the change set may not write, as `TABLE.CELL`; the rest of it stands.
    package let refusedCells: [RefusedCellReason]
    /// Of this office's own change sets only.
    package let fate: Fate?
    /// Of this office's own change sets only: cells that offices above refuse.
    package let cellVerdicts: [CellVerdict]
}

/// How many rows of one table a change set touches.
package struct TableChanges: Sendable, Hashable {
    package let table: String
    package fileprivate(set) var inserts = 0
    package fileprivate(set) var updates = 0
    package fileprivate(set) var deletes = 0

    fileprivate init(table: String) { self.table = table }

    static func count(_ body: ParsedChangeset) -> [TableChanges] {
        var tables: [TableChanges] = []
        // A changeset may name a table twice; a reader wants it once.
        var byName: [String: Int] = [:]
        let places = body.tables.map { table in
            if let known = byName[table.name] { return known }
            byName[table.name] = tables.count
            tables.append(TableChanges(table: table.name))
            return tables.count - 1
        }
        for change in body.changes {
            let place = places[change.table]
            switch change.operation {
            case .insert: tables[place].inserts += 1
            case .update: tables[place].updates += 1
            case .delete: tables[place].deletes += 1
            }
        }
        return tables
    }
}

extension OfficeReplica {
    /// The place in the log after which the last `count` change sets stand.
    /// - Parameters: Those of ``log(area:author:after:limit:)``.
    package func logPlace(area: OfficeCode?, author: AuthorID?, beforeLast count: Int) throws -> Int64 {
        try reading { reader in
            let statement = try PreparedStatement(
                reader.connection.handle,
                """
                SELECT seq FROM sanji_change_set WHERE \(try reader.isMeant(area, author))
                ORDER BY seq DESC LIMIT 1 OFFSET ?1
                """)
            return try statement.bind(1, Int64(count)).first { $0.integer(0) } ?? 0
        }
    }

    /// Change sets in log order.
    /// - Parameters:
    ///   - area: Only those of this area.
    ///   - author: Only those of this author.
    ///   - seq: Only those after this place; 0 for the beginning.
    package func log(
        area: OfficeCode? = nil, author: AuthorID? = nil, after seq: Int64 = 0, limit: Int = 100
    ) throws -> [LogEntry] {
        try reading { reader in
            let (states, fates) = (try ChangeSetStates(reader), try FateReader(reader))
            // Of its own: every choice of feeds makes another text.
            let statement = try PreparedStatement(
                reader.connection.handle,
                """
                SELECT seq, feed, number, received_ms, header, body FROM sanji_change_set
                WHERE seq > ?1 AND \(try reader.isMeant(area, author)) ORDER BY seq LIMIT ?2
                """)
            return try statement.bind(1, seq).bind(2, Int64(limit)).rows { row in
                guard let feed = try reader.feed(row.integer(1)) else {
                    throw DamagedReplica.log("place \(row.integer(0)) is of no feed")
                }
                let (header, body, number) = (row.blob(4), row.blob(5), try row.number(2))
                return LogEntry(
                    seq: row.integer(0), received_ms: row.integer(3),
                    header: try SealedHeader(inLog: header, feed.feed, number).header,
                    office: try reader.office(of: feed.feed.author), headerBytes: header.count, bodyBytes: body.count,
                    tables: (try? ParsedChangeset(body)).map(TableChanges.count) ?? [],
                    state: states.state(feed, number), refusedCells: try reader.refusedCells(feed, number),
                    fate: try fates.fate(of: feed, number), cellVerdicts: try fates.cellVerdicts(of: feed, number))
            }
        }
    }
}

extension ReplicaReader {
    fileprivate func isMeant(_ area: OfficeCode?, _ author: AuthorID?) throws -> String {
        guard area != nil || author != nil else { return "true" }
        let feeds = try feeds().filter { row in
            (area ?? row.feed.scope.area) == row.feed.scope.area && (author ?? row.feed.author) == row.feed.author
        }
        return "feed IN (\(feeds.map { String($0.id) }.joined(separator: ",")))"
    }

    fileprivate func refusedCells(_ feed: FeedRow, _ number: UInt64) throws -> [RefusedCellReason] {
        let statement = try connection.statement(
            "SELECT tbl, cell, reason FROM sanji_refused_cell WHERE feed = ?1 AND number = ?2 ORDER BY tbl, key, cell")
        return try statement.bind(1, feed.id).bind(2, Int64(number)).rows {
            RefusedCellReason(cell: "\($0.text(0)).\($0.text(1))", reason: $0.text(2))
        }
    }
}
