import ChangeSets
import GRDB

/// Change sets that the parent has not taken, from `number` on, and why: they wait here and are offered again.
package struct NotTaken: Sendable, Hashable {
    package let feed: FeedID
    package let number: UInt64
    /// The office that did not take them.
    package let office: OfficeCode
    package let reason: String
    package let since_ms: Int64
}

extension OfficeReplica {
    /// Remembers what a parent has not taken, and forgets what it has by now.
    package func noteNotTaken(_ rejected: [RejectedChangeSets], by parent: OfficeCode, has known: FeedVector) throws {
        // Nearly always nothing is left, and nobody waits for the write lock for that.
        guard try !rejected.isEmpty || !notTaken().isEmpty else { return }
        try engine { writer in
            for entry in try writer.connection.statement("SELECT feed, number FROM sanji_not_taken").rows({
                (feed: $0.integer(0), number: try $0.number(1))
            }) {
                let feed = try writer.feedID(entry.feed)
                guard feed.flatMap({ known[$0]?.number }) ?? 0 >= entry.number else { continue }
                try writer.connection.statement("DELETE FROM sanji_not_taken WHERE feed = ?1").bind(1, entry.feed).run()
            }
            for one in rejected {
                // A number beyond what was sent is from a header that was altered on the way.
                guard let row = try writer.feed(one.feed), row.stored.number > 0 else { continue }
                let number = min(one.number, row.stored.number)
                try writer.noteDamage(of: row, at: number)
                try writer.connection.statement(
                    """
                    INSERT INTO sanji_not_taken (feed, number, office, reason, since_ms) VALUES (?1, ?2, ?3, ?4, ?5)
                    ON CONFLICT DO UPDATE SET number = excluded.number, office = excluded.office, reason = excluded.reason
                    """
                ).bind(1, row.id).bind(2, Int64(number)).bind(3, parent.digits)
                    .bind(4, one.reason.prefix(bytes: Limits.reasonBytesMax)).bind(5, environment.now_ms()).run()
            }
        }
    }

    package func notTaken() throws -> [NotTaken] {
        try reading { reader in
            try reader.connection.statement(
                "SELECT feed, number, office, reason, since_ms FROM sanji_not_taken ORDER BY feed"
            )
            .rows { row in
                NotTaken(
                    feed: try reader.knownFeed(row.integer(0)), number: try row.number(1),
                    office: try OfficeCode(row.text(2)), reason: row.text(3), since_ms: row.integer(4))
            }
        }
    }
}

extension ReplicaWriter {
    fileprivate func feedID(_ id: Int64) throws -> FeedID? {
        let select = try connection.statement("SELECT author, area, audience FROM sanji_feed WHERE id = ?1")
        return try select.bind(1, id).first { row in
            guard let author = AuthorID(row.blob(0)), let audience = Tier(digits: Int(row.integer(2))) else {
                return nil
            }
            return FeedID(author: author, scope: Scope(area: try OfficeCode(row.text(1)), audience: audience))
        } ?? nil
    }
}
