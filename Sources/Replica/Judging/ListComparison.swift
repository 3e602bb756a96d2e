import ChangeSets

/// The lists kept beside the rows: open conflicts, refusals, refused cells.
extension StateComparison {
    func conflicts(_ table: SyncedTable, _ scope: Scope) throws -> VerificationProblem? {
        struct Listed: Hashable {
            let id: String
            let key: [UInt8]
            let cell: String
            let quiet: Int64
        }
        func list(_ connection: Connection) throws -> [Listed] {
            let statement = try connection.statement(
                "SELECT id, key, cell, quiet FROM sanji_conflict WHERE tbl = ?1 AND area = ?2 ORDER BY key, cell")
            return try statement.bind(1, table.name).bind(2, scope.area.digits)
                .rows { Listed(id: $0.text(0), key: $0.blob(1), cell: $0.text(2), quiet: $0.integer(3)) }
        }
        let (here, again) = (try list(actual.connection), try list(due))
        guard here != again else { return nil }
        let first = here.first { !again.contains($0) } ?? again.first { !here.contains($0) }
        return try first.map { .conflicts(try RecordID(table: table, encoded: $0.key)) }
    }

    func refusals(_ feed: FeedRow) throws -> VerificationProblem? {
        func list(_ connection: Connection) throws -> [UInt64: String] {
            let statement = try connection.statement("SELECT number, reason FROM sanji_refusal WHERE feed = ?1")
            return Dictionary(
                uniqueKeysWithValues: try statement.bind(1, feed.id).rows { row in
                    // Another number is named by ``Bookkeeping``; so it is below.
                    (try? row.number(0)).map { ($0, row.text(1)) }
                }.compactMap { $0 })
        }
        let (here, again) = (try list(actual.connection), try list(due))
        // Which ones, not in which words: a later version may say it otherwise.
        let first = Set(here.keys).symmetricDifference(again.keys).min()
        return first.map { .refusal(feed.feed, $0, recorded: here[$0], due: again[$0]) }
    }

    func refusedCells(_ feed: FeedRow) throws -> VerificationProblem? {
        struct Listed: Hashable {
            let number: UInt64
            let what: [[UInt8]]
        }
        func list(_ connection: Connection) throws -> Set<Listed> {
            let statement = try connection.statement(
                "SELECT number, tbl, key, cell FROM sanji_refused_cell WHERE feed = ?1")
            return Set(
                try statement.bind(1, feed.id).rows { row in
                    (try? row.number(0)).map { number in Listed(number: number, what: (1...3).map { row.blob($0) }) }
                }.compactMap { $0 })
        }
        let difference = try list(actual.connection).symmetricDifference(try list(due))
        return difference.map(\.number).min().map { .refusedCells(feed.feed, $0) }
    }
}
