import ChangeSets

/// How far this office has said, in a statement signed by its own key and kept on this disk, that its own feed goes. Where
/// the log ends before that, this disk has lost the rest: the numbers are used, and nothing else may take them.
struct OwnWord {
    let feed: FeedID
    let head: FeedHead

    /// - Parameter scope: nil for all.
    static func all(_ own: OwnAuthor, on scope: Scope? = nil, _ connection: Connection) throws -> [OwnWord] {
        let statement = try connection.statement(
            """
            SELECT statement, signature FROM sanji_statement
            WHERE author = ?1 AND (?2 IS NULL OR area = ?2 AND audience = ?3)
            """
        ).bind(1, blob: own.key.author.bytes)
        if let scope {
            statement.bind(2, scope.area.digits).bind(3, Int64(scope.audience.digits))
        } else {
            statement.bindNull(2).bindNull(3)
        }
        let key = try VerificationKey(own.key.publicKey)
        return try statement.rows { ($0.blob(0), $0.blob(1)) }.compactMap { bytes, signature in
            // One that is damaged says nothing; `sanji verify` names it.
            guard let signed = try? SignedStatement(parsing: bytes, signature: signature),
                let said = signed.statement.progress(of: own.key.author), said.stored.number > 0,
                signed.isSigned(by: key)
            else { return nil }
            return OwnWord(
                feed: FeedID(author: own.key.author, scope: signed.statement.scope), head: said.stored)
        }
    }
}

extension ReplicaReader {
    /// Own change sets that are gone from the end of the log: the first of each feed.
    func lostOwn() throws -> [OwnDamage] {
        guard let own else { return [] }
        return try OwnWord.all(own, connection).compactMap { word in
            let stored = try feed(word.feed)?.stored.number ?? 0
            return stored < word.head.number ? OwnDamage(feed: word.feed, number: stored + 1) : nil
        }
    }
}
