import ChangeSets

// Own change sets that come from elsewhere: what this disk has damaged or lost, or proof that the key is used on another.
extension ReplicaWriter {
    enum OwnChangeSet {
        /// It is what is here, perhaps only since now.
        case here
        /// Nothing can be told from it.
        case damagedHere
        /// This disk has lost it from the end of its log: it is to be taken as anybody else's is.
        case lostHere
        /// The key was used elsewhere; that has been noted.
        case elsewhere
    }

    /// What an own change set says that came from elsewhere. Where this disk has damaged just these bytes it mends them.
    /// - Parameter feed: As stored here.
    func takeOwn(_ changeSet: VerifiedChangeSet, _ feed: FeedRow) throws -> OwnChangeSet {
        let sealed = changeSet.sealed
        let number = sealed.header.number
        let isStored = number <= feed.stored.number
        let here = try body(feed: feed.id, number: number)
        let logged = here.flatMap { try? SealedHeader(parsing: $0.header) }
        if logged?.hash == sealed.hash, let here, sealed.vouches(for: here.body) {
            // Beyond the recorded end it is the record that is wrong.
            return isStored ? .here : .damagedHere
        }
        let expected = try expectedHash(feed, at: number)
        // In the middle of a stretch that is gone the chain is known from below only; where it ends, the rest of it shows.
        let isNext = try logged == nil && expected == nil && follows(sealed, feed)
        if isStored, expected == sealed.hash || isNext, try putBack(changeSet, feed, isThere: here != nil) {
            lastHeaders[feed.id] = nil
            return .here
        }
        if isStored, logged == nil || logged?.hash != expected { return .damagedHere }
        if !isStored {
            // Where the record is not what the log ends with, it is the record that is wrong.
            let end = try body(feed: feed.id, number: feed.stored.number)?.header
            let isRecorded = (try end.map { try SealedHeader(parsing: $0).hash }) == feed.stored.hash
            guard feed.stored.number == 0 || isRecorded else { return .damagedHere }
            if try isLost(sealed, feed) { return .lostHere }
        }
        try note(KeyUsedElsewhere(what: "number \(number) of \(feed.feed)"))
        if number > 1, try follows(sealed, feed) {
            try note(BranchPoint(number: number - 1), feed.id)
        }
        return .elsewhere
    }

    private func follows(_ sealed: SealedHeader, _ feed: FeedRow) throws -> Bool {
        let number = sealed.header.number
        return number == 1 || (try? headerHash(of: feed, at: number - 1)) == sealed.header.previous
    }

    /// Whether this office has said that it wrote as much, and the chain does not speak against its being this one.
    private func isLost(_ sealed: SealedHeader, _ feed: FeedRow) throws -> Bool {
        guard let own, let word = try OwnWord.all(own, on: feed.feed.scope, connection).first else { return false }
        let header = sealed.header
        guard header.number == feed.stored.number + 1, header.previous == feed.stored.hash else { return false }
        return header.number < word.head.number || sealed.head == word.head
    }

    /// - Returns: Whether there was a place for it: the log is in the order in which it came, each feed by its numbers.
    private func putBack(_ changeSet: VerifiedChangeSet, _ feed: FeedRow, isThere: Bool) throws -> Bool {
        let sealed = changeSet.sealed
        let number = Int64(sealed.header.number)
        guard !isThere else {
            try connection.statement(
                "UPDATE sanji_change_set SET header = ?3, body = ?4 WHERE feed = ?1 AND number = ?2"
            ).bind(1, feed.id).bind(2, number).bind(3, blob: sealed.bytes).bind(4, blob: changeSet.body).run()
            return true
        }
        func place(_ sql: String) throws -> Int64? {
            try connection.statement("SELECT seq FROM sanji_change_set WHERE feed = ?1 AND \(sql)")
                .bind(1, feed.id).bind(2, number).first { $0.integer(0) }
        }
        let before = try place("number < ?2 ORDER BY number DESC LIMIT 1") ?? 0
        let after = try place("number > ?2 ORDER BY number LIMIT 1") ?? .max
        let free = try connection.statement(
            """
            SELECT seq + 1 FROM (SELECT ?1 AS seq UNION ALL SELECT seq FROM sanji_change_set WHERE seq > ?1) AS taken
            WHERE NOT EXISTS (SELECT 1 FROM sanji_change_set WHERE seq = taken.seq + 1) LIMIT 1
            """
        ).bind(1, before).first { $0.integer(0) }
        guard let free, free < after else { return false }
        try connection.statement(
            "INSERT INTO sanji_change_set (seq, feed, number, received_ms, header, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
        ).bind(1, free).bind(2, feed.id).bind(3, number).bind(4, environment.now_ms()).bind(5, blob: sealed.bytes)
            .bind(6, blob: changeSet.body).run()
        return true
    }

    /// The hash that the header of this number had when it was stored.
    private func expectedHash(_ feed: FeedRow, at number: UInt64) throws -> Digest? {
        if number == feed.stored.number { return feed.stored.hash }
        guard number < feed.stored.number, let next = try body(feed: feed.id, number: number + 1)?.header else {
            return nil
        }
        return (try? SealedHeader(parsing: next))?.header.previous
    }
}
