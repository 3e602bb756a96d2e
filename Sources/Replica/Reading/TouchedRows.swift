import ChangeSets

/// How far somebody has looked at what is applied here, feed by feed. Kept by whoever derives something from rows, so that it
/// looks at each change once; what it begins with is an empty one.
package struct AppliedPosition: Hashable, Sendable, Codable {
    fileprivate var numbers: [Int64: UInt64] = [:]

    package init() {}
}

extension OfficeReplica {
    /// Where whoever derives something from the rows as they are now goes on from.
    package func appliedPosition() throws -> AppliedPosition {
        try reading { reader in
            var position = AppliedPosition()
            for feed in try reader.feeds() { position.numbers[feed.id] = feed.applied }
            return position
        }
    }

    /// The rows of some tables that were written, here or elsewhere, by change sets applied since a position; each once.
    ///
    /// Triggers see no merged rows, so this is how a derived table follows the log.
    /// - Parameters:
    ///   - position: Where the last call ended; moved on to where this one does.
    ///   - changeSetsMax: At most so many change sets in one call.
    /// - Returns: The rows, and whether there is more.
    package func touchedRows(
        of tables: Set<String>, since position: inout AppliedPosition, changeSetsMax: Int = 5000
    ) throws -> (rows: Set<RecordID>, more: Bool) {
        var moved = position
        let result = try reading { reader in
            var rows: Set<RecordID> = []
            var left = changeSetsMax
            let statement = try reader.connection.statement(
                "SELECT number, body FROM sanji_change_set WHERE feed = ?1 AND number > ?2 ORDER BY number LIMIT ?3")
            for feed in try reader.feeds() {
                let seen = moved.numbers[feed.id] ?? 0
                guard seen < feed.applied else { continue }
                // What is laid aside or refused has touched nothing; to look at its rows once more does no harm.
                let take = min(Int(feed.applied - seen), left)
                guard take > 0 else { return (rows, true) }
                statement.bind(1, feed.id).bind(2, Int64(seen)).bind(3, Int64(take))
                for (number, body) in try statement.rows({ (try $0.number(0), $0.blob(1)) }) {
                    try reader.collect(body, of: tables, into: &rows)
                    moved.numbers[feed.id] = number
                    left -= 1
                }
                if take < Int(feed.applied - seen) { return (rows, true) }
            }
            return (rows, false)
        }
        position = moved
        return result
    }
}

extension ReplicaReader {
    /// Adds the rows that a body names. A body that is none was refused.
    fileprivate func collect(_ bytes: [UInt8], of tables: Set<String>, into rows: inout Set<RecordID>) throws {
        guard let body = try? ParsedChangeset(bytes) else { return }
        for change in body.changes {
            let name = body.tables[change.table].name
            guard tables.contains(name), let table = history.current.table(named: name) else { continue }
            let record = change.operation == .insert ? body.new(change) : body.old(change)
            let values = record.prefix(1 + table.key.count).map { body.value($0) ?? .null }
            guard values.count == 1 + table.key.count, case .text(let digits)? = values.first,
                let area = try? OfficeCode(digits)
            else { continue }
            rows.insert(RecordID(table: table, area: area, key: Array(values.dropFirst())))
        }
    }
}
