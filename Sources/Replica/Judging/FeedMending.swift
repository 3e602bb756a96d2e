import ChangeSets

/// Makes the list of feeds anew where it is damaged, from the headers in the log: each names its feed.
///
/// How far a feed is good is for ``FeedVerification`` to say afterwards; this only lets it be read.
struct FeedMending {
    private let connection: Connection
    private var done: [String] = []

    init(_ reader: ReplicaReader) { connection = reader.connection }

    /// - Returns: What was done.
    func run() throws -> [String] {
        var mending = self
        try mending.renumber()
        try mending.forgetUnreadable()
        for id in try mending.logged() { try mending.nameFeed(of: id) }
        return mending.done
    }

    /// The log's rows whose number is none, where their header says it and the place is free.
    private mutating func renumber() throws {
        let wrong = try connection.statement(
            "SELECT seq, header FROM sanji_change_set WHERE number < 1 OR number > \(Limits.numberMax)"
        ).rows { ($0.integer(0), $0.blob(1)) }
        for (seq, bytes) in wrong {
            guard let header = try? ChangeSetHeader(parsing: bytes) else { continue }
            try connection.statement("UPDATE OR IGNORE sanji_change_set SET number = ?2 WHERE seq = ?1")
                .bind(1, seq).bind(2, Int64(header.number)).run()
            if connection.changes > 0 { done.append("the place of number \(header.number) of \(header.feed)") }
        }
    }

    /// Rows whose name is none, or whose numbers are none; what they stood for is told from the log.
    private mutating func forgetUnreadable() throws {
        let statement = try connection.statement("SELECT \(FeedRow.columns) FROM sanji_feed")
        let unreadable = try statement.rows { row in (try? FeedRow(reading: row)) == nil ? row.integer(0) : nil }
        for id in unreadable.compactMap({ $0 }) { try forget(id) }
    }

    private func forget(_ id: Int64) throws {
        try connection.statement("DELETE FROM sanji_feed WHERE id = ?1").bind(1, id).run()
    }

    /// Numbers by which the log names feeds.
    private func logged() throws -> [Int64] {
        try connection.statement("SELECT DISTINCT feed FROM sanji_change_set ORDER BY feed").rows { $0.integer(0) }
    }

    /// Sees to it that the feed's row is there and is the one that the headers name.
    private mutating func nameFeed(of id: Int64) throws {
        let recorded = try row("id = ?1") { $0.bind(1, id) }
        guard let feed = try named(of: id, recorded?.feed), feed != recorded?.feed else { return }
        if recorded != nil { try forget(id) }
        let other = try row("author = ?1 AND area = ?2 AND audience = ?3") { statement in
            statement.bind(1, blob: feed.author.bytes).bind(2, feed.scope.area.digits)
                .bind(3, Int64(feed.scope.audience.digits))
        }
        if let other, try hasLog(other.id) || hasSignatures(other.id) {
            // What is there twice goes; what differs stays where it is, for a person to look at.
            try connection.statement(
                """
                DELETE FROM sanji_change_set AS one WHERE feed = ?1 AND EXISTS (
                    SELECT 1 FROM sanji_change_set AS other WHERE other.feed = ?2 AND other.number = one.number
                        AND other.header = one.header AND other.body = one.body)
                """
            ).bind(1, id).bind(2, other.id).run()
            try connection.statement("UPDATE OR IGNORE sanji_change_set SET feed = ?2 WHERE feed = ?1")
                .bind(1, id).bind(2, other.id).run()
            try setEnd(of: other.id)
        } else {
            if let other { try forget(other.id) }
            try connection.statement(
                "INSERT INTO sanji_feed (id, author, area, audience, stored_hash) VALUES (?1, ?2, ?3, ?4, ?5)"
            ).bind(1, id).bind(2, blob: feed.author.bytes).bind(3, feed.scope.area.digits)
                .bind(4, Int64(feed.scope.audience.digits)).bind(5, blob: Digest.zero.bytes).run()
            try setEnd(of: id)
        }
        done.append("the row of \(feed)")
    }

    private func row(_ condition: String, _ bind: (PreparedStatement) -> Void) throws -> FeedRow? {
        let statement = try connection.statement("SELECT \(FeedRow.columns) FROM sanji_feed WHERE \(condition)")
        bind(statement)
        return try statement.first(FeedRow.init(reading:))
    }

    /// The feed that the headers in the log name; `recorded` when any of them does, because one header may be damaged.
    private func named(of id: Int64, _ recorded: FeedID?) throws -> FeedID? {
        let statement = try connection.statement("SELECT header FROM sanji_change_set WHERE feed = ?1 ORDER BY number")
        statement.bind(1, id)
        defer { statement.reset() }
        var first: FeedID?
        while try statement.step() {
            guard let feed = try? ChangeSetHeader(parsing: statement.blob(0)).feed else { continue }
            if feed == recorded { return feed }
            first = first ?? feed
            if recorded == nil { break }
        }
        return first
    }

    private func hasLog(_ id: Int64) throws -> Bool { try has(id, "sanji_change_set") }

    /// Then it is the log's rows that have lost their way, not this one.
    private func hasSignatures(_ id: Int64) throws -> Bool { try has(id, "sanji_signature") || has(id, "sanji_tail") }

    private func has(_ id: Int64, _ table: String) throws -> Bool {
        try connection.statement("SELECT 1 FROM \(table) WHERE feed = ?1 LIMIT 1").bind(1, id).first { _ in true }
            ?? false
    }

    /// Stored is all that the log has; nothing counts as applied.
    private func setEnd(of id: Int64) throws {
        let last = try connection.statement(
            """
            SELECT number, header FROM sanji_change_set WHERE feed = ?1 AND number BETWEEN 1 AND \(Limits.numberMax)
            ORDER BY number DESC LIMIT 1
            """
        ).bind(1, id).first { ($0.integer(0), $0.blob(1)) }
        guard let (number, header) = last else { return }
        let hash = (try? SealedHeader(parsing: header))?.hash ?? .zero
        try connection.statement("UPDATE sanji_feed SET stored = ?2, stored_hash = ?3, applied = 0 WHERE id = ?1")
            .bind(1, id).bind(2, number).bind(3, blob: hash.bytes).run()
    }
}
