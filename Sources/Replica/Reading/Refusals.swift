import ChangeSets

/// A change set that has no effect anywhere, and why.
package struct Refusal: Sendable, Hashable {
    package let feed: FeedID
    package let office: OfficeCode?
    package let number: UInt64
    package let user: String
    package let time_ms: Int64
    package let reason: String
}

/// A cell that its writer's tier may not write, or of an append-only row that was there. The rest of its change set stands.
package struct RefusedCellRecord: Sendable, Hashable {
    package let feed: FeedID
    package let office: OfficeCode?
    package let number: UInt64
    package let record: RecordID
    package let cell: String
    package let reason: String
}

/// Proof that an author's key was used twice: another header under a number that is known here.
package struct Fork: Sendable, Hashable {
    package let feed: FeedID
    package let office: OfficeCode?
    package let number: UInt64
    /// Hash of the header on the branch that this replica did not take.
    package let hash: Digest
    package let seen_ms: Int64
}

extension OfficeReplica {
    /// All refused change sets, in order of feed and number.
    package func refusals() throws -> [Refusal] {
        try reading { reader in
            let statement = try reader.connection.statement(
                """
                SELECT r.feed, r.number, r.reason, c.header FROM sanji_refusal AS r
                JOIN sanji_change_set AS c ON c.feed = r.feed AND c.number = r.number ORDER BY r.feed, r.number
                """)
            return try statement.rows { row in
                let feed = try reader.knownFeed(row.integer(0))
                let number = try row.number(1)
                let header = try SealedHeader(inLog: row.blob(3), feed, number).header
                return Refusal(
                    feed: feed, office: try reader.office(of: feed.author), number: number,
                    user: header.user, time_ms: header.wallClock_ms, reason: row.text(2))
            }
        }
    }

    package func refusedCells() throws -> [RefusedCellRecord] {
        try reading { reader in
            let statement = try reader.connection.statement(
                "SELECT feed, number, tbl, key, cell, reason FROM sanji_refused_cell ORDER BY feed, number, tbl, key, cell"
            )
            return try statement.rows { row in
                let feed = try reader.knownFeed(row.integer(0))
                guard let table = reader.history.current.table(named: row.text(2)) else {
                    throw DamagedReplica.log("a refused cell of table \(row.text(2))")
                }
                return RefusedCellRecord(
                    feed: feed, office: try reader.office(of: feed.author), number: try row.number(1),
                    record: try RecordID(table: table, encoded: row.blob(3)), cell: row.text(4), reason: row.text(5))
            }
        }
    }

    /// Without rows that are damaged: those are for `sanji verify` to name.
    package func forks() throws -> [Fork] {
        try reading { reader in
            let statement = try reader.connection.statement(
                "SELECT feed, number, hash, seen_ms FROM sanji_fork ORDER BY feed, number, hash")
            return try statement.rows { row -> Fork? in
                guard let feed = try reader.feed(row.integer(0))?.feed, let hash = Digest(row.blob(2)),
                    let number = try? row.number(1)
                else { return nil }
                return Fork(
                    feed: feed, office: try reader.office(of: feed.author), number: number, hash: hash,
                    seen_ms: row.integer(3))
            }.compactMap { $0 }
        }
    }
}

extension ReplicaReader {
    func knownFeed(_ id: Int64) throws -> FeedID {
        guard let feed = try feed(id) else { throw DamagedReplica.log("feed \(id) is missing") }
        return feed.feed
    }
}
