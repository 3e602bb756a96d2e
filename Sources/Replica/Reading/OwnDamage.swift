import ChangeSets

/// A change set that this office wrote and that its own disk has damaged.
package struct OwnDamage: Sendable, Hashable {
    package let feed: FeedID
    package let number: UInt64
}

extension OfficeReplica {
    /// The first damaged one of each own feed, among its last ones that nobody above has; the newest is looked at always.
    ///
    /// Headers only, besides the newest body: `sanji verify` reads everything.
    package func ownDamage(_ fates: Fates) throws -> [OwnDamage] {
        try reading { reader in
            try fates.feeds.compactMap { its in
                guard let feed = try reader.feed(its.feed) else { return nil }
                let waiting = its.spans.first { $0.fate == .waiting }?.first ?? feed.stored.number
                let size = UInt64(Limits.runHeadersMax)
                let first = max(waiting, feed.stored.number - min(feed.stored.number, size) + 1)
                return try reader.firstDamaged(of: feed, from: min(first, feed.stored.number)).map {
                    OwnDamage(feed: feed.feed, number: $0)
                }
            }
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
