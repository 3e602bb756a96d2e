import ChangeSets

/// How far what the offices above publish has come here.
package struct ComingDown: Sendable, Hashable {
    /// Change sets of offices above, or of authors not known yet, that are stored here and not applied.
    package let notApplied: Int
    /// When anything was last heard from above, a greeting, a statement or a change set, by this replica's clock.
    package let contact_ms: Int64?
}

extension OfficeReplica {
    /// - Returns: nil at the root: nobody is above it.
    package func comingDown() throws -> ComingDown? {
        guard office != root else { return nil }
        return try reading { reader in
            let directory = try reader.directory()
            let isAbove = { (code: OfficeCode) in code != reader.office && code.covers(reader.office) }
            var notApplied = 0
            var heard = try reader.peers().filter { isAbove($0.office) }.compactMap(\.contact_ms)
            for feed in try reader.feeds() where feed.stored.number > 0 {
                let writer = directory.authors[feed.feed.author]?.office
                guard writer.map(isAbove) ?? true else { continue }
                notApplied += Int(feed.stored.number - feed.applied)
                let newest = try reader.connection.statement(
                    "SELECT received_ms FROM sanji_change_set WHERE feed = ?1 AND number = ?2")
                heard += try newest.bind(1, feed.id).bind(2, Int64(feed.stored.number)).rows { $0.integer(0) }
            }
            let statements = StatementBook(reader)
            for office in Set(directory.authors.values.map(\.office)) where isAbove(office) {
                heard += try statements.all(of: office).values.map(\.received_ms)
            }
            return ComingDown(notApplied: notApplied, contact_ms: heard.max())
        }
    }
}
