import ChangeSets

// What is kept beside the log: verdicts, signatures, headers to come, other branches.
extension ReplicaWriter {
    func refuse(_ feed: Int64, _ number: UInt64, _ reason: String) throws {
        mark(.refusal)
        try connection.statement("INSERT OR REPLACE INTO sanji_refusal (feed, number, reason) VALUES (?1, ?2, ?3)")
            .bind(1, feed).bind(2, Int64(number)).bind(3, reason).run()
    }

    /// How many refused cells of one change set are listed: one that is all of them must not slow down what follows.
    private static let listedCellsMax = 1_000

    func keep(_ cells: [RefusedCell], _ author: AuthorEntry) throws {
        guard let first = cells.first else { return }
        mark(.refusedCell)
        try connection.statement(
            "INSERT OR REPLACE INTO sanji_refused_cells (feed, number, cells, reason) VALUES (?1, ?2, ?3, ?4)"
        ).bind(1, first.dot.feed).bind(2, Int64(first.dot.number)).bind(3, Int64(cells.count))
            .bind(4, reason(first, author)).run()
        for cell in cells.prefix(Self.listedCellsMax) { try keep(cell, author) }
    }

    private func reason(_ cell: RefusedCell, _ author: AuthorEntry) -> String {
        switch cell.why {
        case .tier: "a \(author.office.tier) may not write \(cell.table).\(cell.cell)"
        case .appendOnly:
            "\(cell.table) is append-only, and \(cell.cell) of this row was written before: insert a correction instead"
        }
    }

    private func keep(_ cell: RefusedCell, _ author: AuthorEntry) throws {
        let statement = try connection.statement(
            """
            INSERT OR REPLACE INTO sanji_refused_cell (feed, number, tbl, key, cell, reason)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6)
            """)
        try statement.bind(1, cell.dot.feed).bind(2, Int64(cell.dot.number)).bind(3, cell.table)
            .bind(4, blob: Self.encode(cell.key)).bind(5, cell.cell)
            .bind(6, reason(cell, author)).run()
    }

    /// Keeps a run's signature, and the headers beyond what is stored so that a later cut costs nothing.
    func keepSignature(of run: Run) throws {
        guard let last = run.headers.last, let feed = try feed(run.feed) else { return }
        try connection.statement("UPDATE sanji_fork SET signature = ?4 WHERE feed = ?1 AND number = ?2 AND hash = ?3")
            .bind(1, feed.id).bind(2, Int64(last.header.number)).bind(3, blob: last.hash.bytes)
            .bind(4, blob: run.signature).run()
        if last.header.number <= feed.stored.number {
            guard try headerHash(of: feed, at: last.header.number) == last.hash else { return }
            try saveSignature(feed.id, last.header.number, run.signature)
            // Not one that reaches farther: an older run may come last.
            try connection.statement("DELETE FROM sanji_tail WHERE feed = ?1 AND last <= ?2")
                .bind(1, feed.id).bind(2, Int64(feed.stored.number)).run()
        } else if let next = run.headers.first(where: { $0.header.number == feed.stored.number + 1 }),
            next.header.previous == feed.stored.hash
        {
            let known = try connection.statement("SELECT last FROM sanji_tail WHERE feed = ?1")
                .bind(1, feed.id).first { try $0.number(0) }
            // Written once per run: its headers that have been stored meanwhile are skipped when it is read.
            guard last.header.number > known ?? 0 else { return }
            let statement = try connection.statement(
                "INSERT OR REPLACE INTO sanji_tail (feed, last, headers, signature) VALUES (?1, ?2, ?3, ?4)")
            let rest = run.headers.filter { $0.header.number > feed.stored.number }
            try statement.bind(1, feed.id).bind(2, Int64(last.header.number))
                .bind(3, blob: HeaderList.encode(rest.map(\.bytes))).bind(4, blob: run.signature).run()
        }
    }

    func saveSignature(_ feed: Int64, _ number: UInt64, _ signature: [UInt8]) throws {
        try connection.statement("INSERT OR REPLACE INTO sanji_signature (feed, number, signature) VALUES (?1, ?2, ?3)")
            .bind(1, feed).bind(2, Int64(number)).bind(3, blob: signature).run()
    }

    /// Holds a change set of another branch of a feed, beside the log: nothing of it is applied.
    func hold(_ changeSet: VerifiedChangeSet, asBranchOf feed: FeedRow, _ now_ms: Int64) throws {
        let sealed = changeSet.sealed
        let statement = try connection.statement(
            "INSERT OR IGNORE INTO sanji_fork (feed, number, hash, header, body, seen_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
        )
        try statement.bind(1, feed.id).bind(2, Int64(sealed.header.number)).bind(3, blob: sealed.hash.bytes)
            .bind(4, blob: sealed.bytes).bind(5, blob: changeSet.body).bind(6, now_ms).run()
    }

    /// Whether a header builds on a branch that is held.
    func buildsOnBranch(_ header: ChangeSetHeader, _ feed: FeedRow) throws -> Bool {
        guard header.number > 1 else { return false }
        return try isHeld(FeedHead(number: header.number - 1, hash: header.previous), feed)
    }

    func isHeld(_ head: FeedHead, _ feed: FeedRow) throws -> Bool {
        try connection.statement("SELECT 1 FROM sanji_fork WHERE feed = ?1 AND number = ?2 AND hash = ?3")
            .bind(1, feed.id).bind(2, Int64(head.number)).bind(3, blob: head.hash.bytes).first { _ in true } ?? false
    }

    func branchRuns(of feed: FeedRow) throws -> Int {
        let statement = try connection.statement(
            "SELECT count(*) FROM sanji_fork WHERE feed = ?1 AND signature IS NOT NULL")
        return try statement.bind(1, feed.id).first { Int($0.integer(0)) } ?? 0
    }
}

/// Header bytes one after the other, each with its length before it.
enum HeaderList {
    static func encode(_ headers: [[UInt8]]) -> [UInt8] {
        var bytes: [UInt8] = []
        for header in headers { bytes.appendValue(.blob(header)) }
        return bytes
    }

    static func decode(_ bytes: [UInt8]) throws -> [SealedHeader] {
        var reader = ValueReader(bytes)
        var headers: [SealedHeader] = []
        while !reader.isAtEnd {
            guard case .blob(let header)? = reader.value() else { throw DamagedReplica.log("kept headers") }
            headers.append(try SealedHeader(parsing: header))
        }
        return headers
    }
}
