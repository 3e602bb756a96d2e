import ChangeSets

/// Proof that this office's own key has signed a change set that is not in this log: the disk was restored or cloned.
///
/// Nothing more is written under that key (I11): it would give numbers away twice. Only what the key itself has signed
/// counts, never a peer's word, so that no peer can keep an office from writing.
package struct KeyUsedElsewhere: Sendable, Hashable {
    /// Names the change set.
    package let what: String
}

extension OfficeReplica {
    /// What was found so far; nil at an office whose key was never used elsewhere.
    package func keyUsedElsewhere() throws -> KeyUsedElsewhere? {
        try reading { try KeyUsedElsewhere.read($0.connection) }
    }

    /// Own feeds of which a peer names a head that is not in this log, and the heads from which it should show its own.
    ///
    /// - Parameter isWhole: Whether to ask for the whole feed: the branches may part anywhere.
    package func ownFeeds(unlike known: FeedVector, isWhole: Bool) throws -> FeedVector {
        guard let own else { return [:] }
        return try reading { reader in
            var feeds: FeedVector = [:]
            for (feed, head) in known where feed.author == own.key.author && head.number > 0 {
                guard let row = try reader.feed(feed) else {
                    feeds[feed] = .start
                    continue
                }
                guard try BranchPoint.read(row.id, reader.connection) == nil else { continue }
                if head.number <= row.stored.number {
                    // Damage is no proof of anything.
                    guard let here = try? reader.header(row.id, head.number), here.hash != head.hash else { continue }
                }
                let most = UInt64(Limits.runHeadersMax)
                let end = min(head.number, row.stored.number)
                feeds[feed] = isWhole || end <= most ? .start : try reader.head(of: row, at: end - most)
            }
            return feeds
        }
    }

    /// The heads before what this disk has damaged of this office's own change sets: a peer may have the bytes.
    package func headsBeforeDamage() throws -> FeedVector {
        let damage = try ownDamage(try fates())
        return try reading { reader in
            var heads: FeedVector = [:]
            for one in damage {
                let row = try reader.feed(one.feed)
                heads[one.feed] = try row.map { try reader.head(of: $0, at: one.number - 1) } ?? .start
            }
            return heads
        }
    }
}

extension ReplicaReader {
    fileprivate func head(of feed: FeedRow, at number: UInt64) throws -> FeedHead {
        number > 0 ? try header(feed.id, number)?.head ?? .start : .start
    }
}

extension KeyUsedElsewhere {
    fileprivate static let key = "key_used_elsewhere"

    static func read(_ connection: Connection) throws -> KeyUsedElsewhere? {
        try connection.statement("SELECT value FROM sanji_meta WHERE key = ?1").bind(1, key).first {
            KeyUsedElsewhere(what: $0.text(0))
        }
    }
}

extension ReplicaWriter {
    func note(_ proof: KeyUsedElsewhere) throws {
        guard try KeyUsedElsewhere.read(connection) == nil else { return }
        try setMeta(KeyUsedElsewhere.key, .text(proof.what))
    }
}
