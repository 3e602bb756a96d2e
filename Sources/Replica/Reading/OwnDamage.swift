import ChangeSets

/// A change set that this office wrote and that its own disk has damaged or lost.
package struct OwnDamage: Sendable, Hashable {
    package let feed: FeedID
    package let number: UInt64
}

extension OfficeReplica {
    /// The first damaged one of each own feed, among its last ones that nobody above has, and those that have been noted;
    /// the newest is looked at always.
    ///
    /// Headers only, besides the newest body and what was noted: `sanji verify` reads everything.
    package func ownDamage(_ fates: Fates) throws -> [OwnDamage] {
        try reading { reader in
            let lost = try reader.lostOwn()
            let damaged = try fates.feeds.compactMap { its -> OwnDamage? in
                guard let feed = try reader.feed(its.feed) else { return nil }
                let waiting = its.spans.first { $0.fate == .waiting }?.first ?? feed.stored.number
                let size = UInt64(Limits.runHeadersMax)
                let first = max(waiting, feed.stored.number - min(feed.stored.number, size) + 1)
                let found = [
                    try reader.firstDamaged(of: feed, from: min(first, feed.stored.number)),
                    try reader.notedDamage(of: feed),
                ]
                return found.compactMap { $0 }.min().map { OwnDamage(feed: feed.feed, number: $0) }
            }
            return damaged + lost.filter { one in !damaged.contains { $0.feed == one.feed } }
        }
    }
}

extension ReplicaReader {
    fileprivate func firstDamaged(of feed: FeedRow, from first: UInt64) throws -> UInt64? {
        let statement = try connection.statement(
            "SELECT header, CASE WHEN number = ?3 THEN body END FROM sanji_change_set WHERE feed = ?1 AND number = ?2")
        var before: Digest?
        for number in first...feed.stored.number {
            statement.bind(1, feed.id).bind(2, Int64(number)).bind(3, Int64(feed.stored.number))
            let row = try statement.first { ($0.blob(0), $0.isNull(1) ? nil : $0.blob(1)) }
            guard let (bytes, body) = row, let sealed = try? SealedHeader(parsing: bytes),
                before == nil || sealed.header.previous == before, body.map(sealed.vouches) ?? true
            else { return number }
            before = sealed.hash
        }
        return before == feed.stored.hash ? nil : feed.stored.number
    }
}

extension ReplicaReader {
    /// What was noted, as long as it is damaged.
    fileprivate func notedDamage(of feed: FeedRow) throws -> UInt64? {
        guard let number = try OwnDamage.noted(of: feed, connection), number <= feed.stored.number,
            try OwnDamage.isDamaged(feed, number, connection)
        else { return nil }
        return number
    }
}

extension OwnDamage {
    fileprivate static func key(_ feed: FeedRow) -> String { "own_damage \(feed.id)" }

    fileprivate static func noted(of feed: FeedRow, _ connection: Connection) throws -> UInt64? {
        try connection.statement("SELECT value FROM sanji_meta WHERE key = ?1").bind(1, key(feed)).first {
            try $0.number(0)
        }
    }

    fileprivate static func isDamaged(_ feed: FeedRow, _ number: UInt64, _ connection: Connection) throws -> Bool {
        let select = try connection.statement(
            "SELECT header, body FROM sanji_change_set WHERE feed = ?1 AND number = ?2")
        func row(_ number: UInt64) throws -> (header: [UInt8], body: [UInt8])? {
            try select.bind(1, feed.id).bind(2, Int64(number)).first { ($0.blob(0), $0.blob(1)) }
        }
        guard let here = try row(number), let sealed = try? SealedHeader(parsing: here.header),
            sealed.vouches(for: here.body)
        else { return true }
        if number == feed.stored.number { return sealed.hash != feed.stored.hash }
        guard let next = try row(number + 1), let following = try? SealedHeader(parsing: next.header) else {
            return false
        }
        return following.header.previous != sealed.hash
    }
}

extension ReplicaWriter {
    /// Remembers that this disk has damaged an own change set, so that the parent is asked for it; nil when all are whole.
    func noteOwnDamage(_ feed: FeedRow, _ number: UInt64?) throws {
        guard let number else {
            return try connection.statement("DELETE FROM sanji_meta WHERE key = ?1").bind(1, OwnDamage.key(feed)).run()
        }
        try setMeta(OwnDamage.key(feed), .integer(Int64(number)))
    }

    /// What the parent did not take may be damaged here.
    func noteDamage(of feed: FeedRow, at number: UInt64) throws {
        guard feed.feed.author == own?.key.author, (1...max(1, feed.stored.number)).contains(number),
            try OwnDamage.isDamaged(feed, number, connection)
        else { return }
        try noteOwnDamage(feed, number)
    }
}
