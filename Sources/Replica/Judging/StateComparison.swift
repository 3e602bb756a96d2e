import ChangeSets

/// Holds the rows, stamps and lists of the replica against those computed again from its log.
///
/// Of each list it names the first that differs: `repair` mends all of them alike.
struct StateComparison {
    let actual: ReplicaReader
    let due: Connection
    private let stamps: CanonicalStamp
    private let feeds: [Int64: FeedRow]

    init(_ actual: ReplicaReader, due: Connection) throws {
        self.actual = actual
        self.due = due
        let all = try actual.feeds()
        stamps = CanonicalStamp(all)
        feeds = Dictionary(uniqueKeysWithValues: all.map { ($0.id, $0) })
    }

    func problems(in scope: Scope) throws -> [VerificationProblem] {
        var problems: [VerificationProblem] = []
        for table in actual.tables(in: scope) {
            guard let access = actual.access(table.name) else { continue }
            if let problem = try rows(access, scope) { problems.append(problem) }
            if let problem = try absentRows(access, scope) { problems.append(problem) }
            if let problem = try conflicts(table, scope) { problems.append(problem) }
        }
        for feed in feeds.values.filter({ $0.feed.scope == scope }).sorted(by: { $0.feed < $1.feed }) {
            if let problem = try refusals(feed) { problems.append(problem) }
            if let problem = try refusedCells(feed) { problems.append(problem) }
        }
        return problems
    }

    // MARK: Rows that are there

    private func rows(_ access: TableAccess, _ scope: Scope) throws -> VerificationProblem? {
        let table = access.table
        func record(_ row: RowScan.Row) throws -> RecordID {
            RecordID(table: table, area: scope.area, key: try RowPosition(bytes: row.key).key())
        }
        let here = try RowScan(actual.connection, access, area: scope.area)
        let again = try RowScan(due, access, area: scope.area)
        while true {
            switch (try here.next(), try again.next()) {
            case (nil, nil): return nil
            case (let row?, nil): return .row(try record(row), .extra)
            case (nil, let row?): return .row(try record(row), .missing)
            case (let row?, let other?):
                if row.key != other.key {
                    return try precedes(row.key, other.key)
                        ? .row(record(row), .extra) : .row(record(other), .missing)
                }
                guard let stamp = row.stamp, isKnown(stamp, scope) else { return .stamp(try record(row)) }
                guard row.values == other.values else { return .row(try record(row), .values) }
                guard let dueStamp = other.stamp else { throw DamagedReplica.missingRow(table.name) }
                var (bytes, dueBytes): ([UInt8], [UInt8]) = ([], [])
                try stamps.appendWhole(stamp, table, to: &bytes)
                try stamps.appendWhole(dueStamp, table, to: &dueBytes)
                guard bytes == dueBytes else { return .row(try record(row), .stamp) }
            }
        }
    }

    /// Whether every operation behind the row is one of its scope that has been applied.
    private func isKnown(_ stamp: Stamp, _ scope: Scope) -> Bool {
        ([stamp.base] + stamp.parts.values.flatMap { $0.map(\.dot) }).allSatisfy { dot in
            guard let feed = feeds[dot.feed] else { return false }
            return feed.feed.scope == scope && dot.number > 0 && dot.number <= feed.applied
        }
    }

    /// In the order in which SQLite gives the rows.
    private func precedes(_ one: [UInt8], _ other: [UInt8]) throws -> Bool {
        for (a, b) in zip(try RowPosition(bytes: one).key(), try RowPosition(bytes: other).key()) {
            let order = a.order(against: b)
            if order != 0 { return order < 0 }
        }
        return false
    }

    // MARK: Rows that are not there

    private func absentRows(_ access: TableAccess, _ scope: Scope) throws -> VerificationProblem? {
        func list(_ connection: Connection) throws -> [[UInt8]: [UInt8]] {
            let (first, end) = AreaKeys.range(scope.area)
            let statement = try connection.statement(
                "SELECT key, state FROM sanji_absent WHERE tbl = ?1 AND key >= ?2 AND key < ?3")
            let rows = try statement.bind(1, access.table.name).bind(2, blob: first).bind(3, blob: end)
                .rows { ($0.blob(0), $0.blob(1)) }
            return Dictionary(uniqueKeysWithValues: rows)
        }
        let (here, again) = (try list(actual.connection), try list(due))
        for key in Set(here.keys).union(again.keys).sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            guard try canonical(here[key], access.table) != canonical(again[key], access.table) else { continue }
            return .row(try RecordID(table: access.table, encoded: key), .absent)
        }
        return nil
    }

    private func canonical(_ state: [UInt8]?, _ table: SyncedTable) throws -> [UInt8]? {
        guard let state else { return nil }
        guard let decoded = try? AbsentRow.decode(state, table) else { return [] }
        var bytes: [UInt8] = []
        // A dot of no feed is as wrong as bytes that cannot be read.
        return (try? stamps.appendWhole(decoded, to: &bytes)) == nil ? [] : bytes
    }
}

/// Encoded keys begin with their area, so those of one area lie together.
enum AreaKeys {
    static func range(_ area: OfficeCode) -> (first: [UInt8], end: [UInt8]) {
        let first = ReplicaWriter.encode([.text(area.digits)])
        var end = first
        end[end.count - 1] += 1  // A digit: it has a successor.
        return (first, end)
    }
}
