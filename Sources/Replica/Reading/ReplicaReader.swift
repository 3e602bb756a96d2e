import ChangeSets
import GRDB

/// One snapshot of the replica, read through prepared statements. Used only inside the read it was made for.
final class ReplicaReader {
    let connection: Connection
    let office: OfficeCode
    let root: OfficeCode
    let history: SchemaHistory
    let own: OwnAuthor?
    private let readDirectory: DirectoryReader
    private var knownDirectory: Directory?
    private var knownFeeds: [FeedRow]?
    private var feedsByID: [Int64: FeedRow] = [:]
    private var accesses: [String: TableAccess] = [:]

    init(_ connection: Connection, of replica: OfficeReplica) {
        self.connection = connection
        office = replica.office
        root = replica.root
        history = replica.history
        own = replica.own
        readDirectory = DirectoryReader(root: replica.root, connection: connection)
    }

    func directory() throws -> Directory {
        if let knownDirectory { return knownDirectory }
        var directory = try readDirectory.read()
        // An office that has just joined writes before its own directory row has come down.
        if let own, directory.authors[own.key.author] == nil { directory.add(try own.entry(office: office)) }
        knownDirectory = directory
        return directory
    }

    /// Whether the key is there that was pinned when the office joined.
    func hasPinnedRoot() throws -> Bool { try readDirectory.pinnedRoot() != nil }

    func office(of author: AuthorID) throws -> OfficeCode? { try directory().authors[author]?.office }

    // MARK: Feeds

    /// In order of scope and author.
    func feeds() throws -> [FeedRow] {
        if let knownFeeds { return knownFeeds }
        let statement = try connection.statement(
            "SELECT \(FeedRow.columns) FROM sanji_feed")
        return remember(try statement.rows(FeedRow.init(reading:)))
    }

    /// The rows that can be read, which ``feeds()`` gives from then on, and what is wrong with the others.
    func readableFeeds() throws -> (feeds: [FeedRow], unreadable: [DamagedReplica]) {
        var unreadable: [DamagedReplica] = []
        let statement = try connection.statement("SELECT \(FeedRow.columns) FROM sanji_feed ORDER BY id")
        let feeds = try statement.rows { row -> FeedRow? in
            do {
                return try FeedRow(reading: row)
            } catch let damage as DamagedReplica {
                unreadable.append(damage)
                return nil
            }
        }
        return (remember(feeds.compactMap { $0 }), unreadable)
    }

    private func remember(_ feeds: [FeedRow]) -> [FeedRow] {
        let sorted = feeds.sorted { $0.feed < $1.feed }
        knownFeeds = sorted
        feedsByID = Dictionary(uniqueKeysWithValues: sorted.map { ($0.id, $0) })
        return sorted
    }

    func feed(_ id: Int64) throws -> FeedRow? {
        _ = try feeds()
        return feedsByID[id]
    }

    func feed(_ feed: FeedID) throws -> FeedRow? { try feeds().first { $0.feed == feed } }

    /// - Returns: nil when the log has no such change set.
    func header(_ feed: Int64, _ number: UInt64) throws -> SealedHeader? {
        let statement = try connection.statement("SELECT header FROM sanji_change_set WHERE feed = ?1 AND number = ?2")
        let bytes = try statement.bind(1, feed).bind(2, Int64(number)).first { $0.blob(0) }
        return try bytes.map { try SealedHeader(inLog: $0, "feed \(feed)", number) }
    }

    /// Whether `head` is on our branch of the feed: a number alone would paper over a fork.
    func holds(_ head: FeedHead, _ feed: FeedRow) throws -> Bool {
        guard head.number > 0, head.number <= feed.stored.number else { return false }
        if head.number == feed.stored.number { return head.hash == feed.stored.hash }
        do {
            return try header(feed.id, head.number)?.hash == head.hash
        } catch is DamagedReplica {
            return false  // What cannot be read can be compared with nothing; `sanji verify` names it.
        }
    }

    // MARK: Rows

    func access(_ table: String) -> TableAccess? {
        if let known = accesses[table] { return known }
        guard let declared = history.current.table(named: table) else { return nil }
        let made = TableAccess(declared, checks: [])
        accesses[table] = made
        return made
    }

    /// A row that is there.
    func row(_ access: TableAccess, key: [CellValue]) throws -> (stamp: Stamp, state: RowState)? {
        let statement = try connection.statement(access.selectRow)
        for (index, value) in key.enumerated() { statement.bind(Int32(index + 1), value) }
        return try statement.first { row in
            let stamp = try Stamp(
                rowID: row.integer(0), base: Dot(feed: row.integer(1), number: UInt64(bitPattern: row.integer(2))),
                detail: row.blob(3))
            let columnCount = access.table.columns.count - access.keyColumns
            return (stamp, stamp.state(access.table, shown: (0..<columnCount).map { row.value(Int32(4 + $0)) }))
        }
    }

    func isKeptAbsent(_ table: String, key: [CellValue]) throws -> Bool {
        let statement = try connection.statement("SELECT 1 FROM sanji_absent WHERE tbl = ?1 AND key = ?2")
        return try statement.bind(1, table).bind(2, blob: ReplicaWriter.encode(key)).first { _ in true } ?? false
    }
}

extension OfficeReplica {
    /// Reads one snapshot through prepared statements.
    func reading<T>(_ body: (ReplicaReader) throws -> T) throws -> T {
        try pool.read { db in try body(ReplicaReader(Connection(reading: db), of: self)) }
    }
}
