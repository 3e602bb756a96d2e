import ChangeSets

/// What the rows of one scope come to, in a few bytes (I8): offices with equal `applied`, directory and schema have equal
/// digests, or something is wrong.
package struct ScopeDigest: Sendable, Hashable {
    package let scope: Scope
    package let schema: UInt32
    /// The heads up to which this replica has applied each feed.
    package let applied: FeedVector
    /// Every declared table that may have rows here.
    package let tables: [TableDigest]

    /// Over all tables.
    package var digest: Digest {
        var bytes: [UInt8] = []
        for table in tables {
            bytes.appendValue(.text(table.table))
            bytes.appendVarint(UInt64(table.rows))
            bytes += table.digest.bytes
        }
        return Algorithm.ed25519.digest(bytes)
    }
}

/// Over the rows of one table that are there, in the order of their keys: values, siblings in order, open deletes.
package struct TableDigest: Sendable, Hashable {
    package let table: String
    package let rows: Int
    package let digest: Digest
}

extension OfficeReplica {
    /// Scopes in which this replica has applied something.
    package func scopes() throws -> [Scope] { try reading { try $0.appliedScopes() } }

    /// Reads every row of the scope.
    /// - Parameter isFresh: false for one as it was computed last, where nothing has been applied since.
    package func digest(of scope: Scope, isFresh: Bool = true) throws -> ScopeDigest {
        try reading { reader in
            let mark = DigestMark(applied: try reader.applied(in: scope), recomputed: try reader.recomputed())
            if !isFresh, let known = digestCache.withLock({ $0[scope] }), known.mark == mark { return known.digest }
            let digest = try reader.digest(of: scope)
            digestCache.withLock { $0[scope] = (mark, digest) }
            return digest
        }
    }

    /// One digest per area, over all its scopes that this replica holds. A village holds fewer than its town.
    package func digests() throws -> [OfficeCode: Digest] { try reading { try $0.digests() } }
}

/// What a scope's rows follow from.
struct DigestMark: Hashable, Sendable {
    let applied: FeedVector
    /// How often rows were computed again from the log.
    let recomputed: Int64
}

extension ReplicaReader {
    func recomputed() throws -> Int64 {
        try connection.statement("SELECT value FROM sanji_meta WHERE key = 'recomputed'").first { $0.integer(0) } ?? 0
    }

    func applied(in scope: Scope) throws -> FeedVector {
        var applied: FeedVector = [:]
        for feed in try feeds() where feed.feed.scope == scope && feed.applied > 0 {
            let hash = feed.applied == feed.stored.number ? feed.stored.hash : try header(feed.id, feed.applied)?.hash
            guard let hash else { throw DamagedReplica.log("number \(feed.applied) of \(feed.feed) is missing") }
            applied[feed.feed] = FeedHead(number: feed.applied, hash: hash)
        }
        return applied
    }

    func appliedScopes() throws -> [Scope] {
        Set(try feeds().filter { $0.applied > 0 }.map(\.feed.scope)).sorted()
    }

    func tables(in scope: Scope) -> [SyncedTable] {
        history.tables(in: scope)
    }

    func digests() throws -> [OfficeCode: Digest] {
        var bytes: [OfficeCode: [UInt8]] = [:]
        for scope in try appliedScopes() {
            bytes[scope.area, default: []].appendVarint(UInt64(scope.audience.digits))
            bytes[scope.area, default: []] += try digest(of: scope).digest.bytes
        }
        return bytes.mapValues { Algorithm.ed25519.digest($0) }
    }

    func digest(of scope: Scope) throws -> ScopeDigest {
        let feeds = try feeds().filter { $0.feed.scope == scope && $0.applied > 0 }
        let applied = try applied(in: scope)
        let stamps = CanonicalStamp(feeds)
        return ScopeDigest(
            scope: scope, schema: history.current.version, applied: applied,
            tables: try tables(in: scope).map { table in
                let piece = try pieces(of: table.name, in: scope, ranges: [.all], stamps)[0]
                return TableDigest(table: table.name, rows: piece.rows, digest: piece.digest)
            })
    }
}
