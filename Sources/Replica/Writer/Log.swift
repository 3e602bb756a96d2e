import ChangeSets

extension ReplicaWriter {
    /// Appends one change set to the log, as its author made it.
    func append(_ sealed: SealedHeader, body: [UInt8], feed: Int64, now_ms: Int64) throws {
        let statement = try connection.statement(
            "INSERT INTO sanji_change_set (feed, number, received_ms, header, body) VALUES (?1, ?2, ?3, ?4, ?5)")
        statement.bind(1, feed).bind(2, Int64(sealed.header.number)).bind(3, now_ms).bind(4, blob: sealed.bytes)
        try body.withUnsafeBytes { bytes in
            let whole = ValueSpan(kind: .blob, offset: 0, length: UInt32(bytes.count))
            statement.bind(5, whole, in: bytes)
            do {
                try statement.run()
            } catch let failure as SQLiteFailure where failure.isTaken {
                throw DamagedReplica.log(
                    "number \(sealed.header.number) of \(sealed.header.feed) is in it, beyond the recorded end")
            }
        }
    }

    func body(feed: Int64, number: UInt64) throws -> (header: [UInt8], body: [UInt8])? {
        let statement = try connection.statement(
            "SELECT header, body FROM sanji_change_set WHERE feed = ?1 AND number = ?2")
        return try statement.bind(1, feed).bind(2, Int64(number)).first { ($0.blob(0), $0.blob(1)) }
    }

    func headerHash(of feed: FeedRow, at number: UInt64) throws -> Digest? {
        if number == feed.stored.number { return feed.stored.hash }
        return try header(feed: feed.id, number: number)?.hash
    }

    /// Whether this office's own feed can be gone on with: what is written after a damaged change set would never leave here.
    /// - Throws: ``DamagedReplica/ownHead(_:)``, also where feeds are gone that the last change set knew of.
    func checkOwnHead(_ feed: FeedRow, _ context: CausalContext) throws {
        if let own = ownEnds[feed.id], own.head == feed.stored, context.includes(own.context) { return }
        if let own, let word = try OwnWord.all(own, on: feed.feed.scope, connection).first,
            word.head.number > feed.stored.number
        {
            throw DamagedReplica.ownHead(feed.feed, word.head.number)
        }
        guard feed.stored.number > 0 else {
            guard try body(feed: feed.id, number: 1) == nil else { throw DamagedReplica.ownHead(feed.feed, 1) }
            return
        }
        guard let last = try? body(feed: feed.id, number: feed.stored.number),
            let sealed = try? SealedHeader(parsing: last.header), sealed.hash == feed.stored.hash,
            sealed.vouches(for: last.body), context.includes(sealed.header.context)
        else { throw DamagedReplica.ownHead(feed.feed, feed.stored.number) }
    }

    /// What this connection has put at the end of an own feed need not be read again.
    func noteOwnEnd(_ sealed: SealedHeader, of feed: Int64) { ownEnds[feed] = (sealed.head, sealed.header.context) }

    private func header(feed: Int64, number: UInt64) throws -> SealedHeader? {
        let statement = try connection.statement("SELECT header FROM sanji_change_set WHERE feed = ?1 AND number = ?2")
        let bytes = try statement.bind(1, feed).bind(2, Int64(number)).first { $0.blob(0) }
        return try bytes.map { try SealedHeader(inLog: $0, "feed \(feed)", number) }
    }

    /// The newest header stored of a feed.
    func lastHeader(of feed: FeedRow) throws -> ChangeSetHeader? {
        if let known = lastHeaders[feed.id] { return known }
        return try header(feed: feed.id, number: feed.stored.number)?.header
    }

    /// Tells apart the change sets that this program writes in one millisecond, for people who read the log.
    func tick(_ now_ms: Int64) -> UInt32 {
        lastTick = lastTick.clock_ms == now_ms ? (now_ms, lastTick.counter &+ 1) : (now_ms, 0)
        return lastTick.counter
    }
}
