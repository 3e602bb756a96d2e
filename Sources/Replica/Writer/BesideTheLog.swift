import ChangeSets

// What is kept beside the log: verdicts, signatures, headers to come, other branches.
extension ReplicaWriter {
    func refuse(_ feed: Int64, _ number: UInt64, _ reason: String) throws {
        try connection.statement("INSERT OR REPLACE INTO sanji_refusal (feed, number, reason) VALUES (?1, ?2, ?3)")
            .bind(1, feed).bind(2, Int64(number)).bind(3, reason).run()
    }

    func keep(_ cell: RefusedCell, _ author: AuthorEntry) throws {
        let statement = try connection.statement(
            """
            INSERT OR REPLACE INTO sanji_refused_cell (feed, number, tbl, key, cell, reason)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6)
            """)
        try statement.bind(1, cell.dot.feed).bind(2, Int64(cell.dot.number)).bind(3, cell.table)
            .bind(4, blob: Self.encode(cell.key)).bind(5, cell.cell)
            .bind(6, "a \(author.office.tier) may not write \(cell.table).\(cell.cell)").run()
    }

    /// Keeps a run's signature, and the headers beyond what is stored so that a later cut costs nothing.
    func keepSignature(of run: Run) throws {
        guard let last = run.headers.last, let feed = try feed(run.feed) else { return }
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
                .bind(1, feed.id).first { UInt64($0.integer(0)) }
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

    func noteFork(_ sealed: SealedHeader, _ feed: FeedRow, _ now_ms: Int64) throws {
        let statement = try connection.statement(
            "INSERT OR IGNORE INTO sanji_fork (feed, number, hash, run, seen_ms) VALUES (?1, ?2, ?3, ?4, ?5)")
        try statement.bind(1, feed.id).bind(2, Int64(sealed.header.number)).bind(3, blob: sealed.hash.bytes)
            .bind(4, blob: sealed.bytes).bind(5, now_ms).run()
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
