import ChangeSets

/// One feed as this replica has it. Stored is a gapless verified prefix; applied is what the rows show.
struct FeedRow {
    let id: Int64
    let feed: FeedID
    var stored: FeedHead
    var applied: UInt64
    var hold: String?

    var isWaiting: Bool { stored.number > applied }
}

extension FeedRow {
    /// What ``init(reading:)`` expects to be selected.
    static let columns = "id, author, area, audience, stored, stored_hash, applied, hold"

    /// - Throws: ``DamagedReplica`` for a row that this program did not write.
    init(reading row: PreparedStatement) throws {
        guard let author = AuthorID(row.blob(1)), let area = try? OfficeCode(row.text(2)),
            let audience = Tier(digits: Int(row.integer(3))), let hash = Digest(row.blob(5))
        else { throw DamagedReplica.log("feed \(row.integer(0))") }
        let (stored, applied) = (try row.number(4), try row.number(6))
        // Differences of the two are counts.
        guard applied <= stored else { throw DamagedReplica.number("applied", Int64(applied)) }
        self.init(
            id: row.integer(0), feed: FeedID(author: author, scope: Scope(area: area, audience: audience)),
            stored: FeedHead(number: stored, hash: hash), applied: applied, hold: row.isNull(7) ? nil : row.text(7))
    }
}

extension ReplicaWriter {
    /// All feeds of a scope, read once per transaction.
    func feeds(in scope: Scope) throws -> [FeedRow] {
        if let known = feeds[scope] { return known }
        let statement = try connection.statement(
            "SELECT \(FeedRow.columns) FROM sanji_feed WHERE area = ?1 AND audience = ?2")
        let rows = try statement.bind(1, scope.area.digits).bind(2, Int64(scope.audience.digits))
            .rows(FeedRow.init(reading:))
        feeds[scope] = rows
        for row in rows { feedsByID[row.id] = row }
        return rows
    }

    func feed(_ id: FeedID) throws -> FeedRow? { try feeds(in: id.scope).first { $0.feed.author == id.author } }

    /// The feed's row, made when it is new here.
    func feedOrNew(_ id: FeedID) throws -> FeedRow {
        if let known = try feed(id) { return known }
        try checkNoneIsLost(beforeMaking: id)
        let statement = try connection.statement(
            "INSERT INTO sanji_feed (author, area, audience, stored_hash) VALUES (?1, ?2, ?3, ?4)")
        try statement.bind(1, blob: id.author.bytes).bind(2, id.scope.area.digits)
            .bind(3, Int64(id.scope.audience.digits)).bind(4, blob: Digest.zero.bytes).run()
        let row = FeedRow(id: connection.lastInsertedRowID, feed: id, stored: .start, applied: 0)
        feeds[id.scope, default: []].append(row)
        feedsByID[row.id] = row
        return row
    }

    /// A feed whose row was lost must not begin anew: an own one would give its numbers away twice.
    private func checkNoneIsLost(beforeMaking id: FeedID) throws {
        let last = try connection.statement("SELECT max(feed) FROM sanji_change_set").first { $0.integer(0) } ?? 0
        let named = try connection.statement("SELECT max(id) FROM sanji_feed").first { $0.integer(0) } ?? 0
        guard last <= named else { throw DamagedReplica.log("feed \(last) has change sets, and no row") }
        guard id.author == own?.key.author else { return }
        let readable = try connection.statement("SELECT \(FeedRow.columns) FROM sanji_feed")
            .rows { try FeedRow(reading: $0).id }
        // From one feed to the next by the index; the log may be long.
        let logged = try connection.statement(
            """
            WITH RECURSIVE logged (feed) AS (
                SELECT min(feed) FROM sanji_change_set UNION ALL
                SELECT (SELECT min(feed) FROM sanji_change_set WHERE feed > logged.feed) FROM logged
                WHERE logged.feed IS NOT NULL
            )
            SELECT feed FROM logged WHERE feed IS NOT NULL
            """
        ).rows { $0.integer(0) }
        if let lost = Set(logged).subtracting(readable).min() {
            throw DamagedReplica.log("feed \(lost) has change sets, and no row")
        }
    }

    func save(_ row: FeedRow) throws {
        let statement = try connection.statement(
            "UPDATE sanji_feed SET stored = ?2, stored_hash = ?3, applied = ?4, hold = ?5 WHERE id = ?1")
        statement.bind(1, row.id).bind(2, Int64(row.stored.number)).bind(3, blob: row.stored.hash.bytes)
            .bind(4, Int64(row.applied))
        if let hold = row.hold { statement.bind(5, hold) } else { statement.bindNull(5) }
        try statement.run()
        remember(row)
    }

    private func remember(_ row: FeedRow) {
        feedsByID[row.id] = row
        if let index = feeds[row.feed.scope]?.firstIndex(where: { $0.id == row.id }) {
            feeds[row.feed.scope]?[index] = row
        }
    }

    func rank(_ feed: Int64) -> AuthorRank {
        guard let row = feedsByID[feed], let author = directory.authors[row.feed.author] else {
            preconditionFailure("feed \(feed) was accepted without a known author")
        }
        return author.rank
    }

    /// What this replica has applied in a scope, without `except`'s own entry.
    func context(in scope: Scope, except author: AuthorID) throws -> CausalContext {
        CausalContext(
            Dictionary(
                uniqueKeysWithValues: try feeds(in: scope).filter { $0.feed.author != author }
                    .map { ($0.feed.author, $0.applied) }))
    }
}

/// Which operations a change set knows of, by the replica's own feed numbers.
struct Coverage {
    let feed: Int64
    let number: UInt64
    private let known: [(feed: Int64, number: UInt64)]

    init(feed: Int64, number: UInt64, context: CausalContext, feeds: [FeedRow]) {
        self.feed = feed
        self.number = number
        known = feeds.compactMap { row in
            let number = context[row.feed.author]
            return number > 0 ? (row.id, number) : nil
        }
    }

    func covers(_ dot: Dot) -> Bool {
        if dot.feed == feed { return dot.number < number }
        for entry in known where entry.feed == dot.feed { return entry.number >= dot.number }
        return false
    }
}
