import ChangeSets

/// A row of one table, and the office that has to act on it.
package struct Delivery: Hashable, Sendable {
    package let area: OfficeCode
    package let id: [UInt8]
    package let office: OfficeCode

    /// - Parameter id: The key besides the area: one blob.
    package init(area: OfficeCode, id: [UInt8], to office: OfficeCode) {
        self.area = area
        self.id = id
        self.office = office
    }
}

extension OfficeReplica {
    /// When it was known here that an office has applied a row, by this replica's clock: by its own signed words, and where it is this
    /// office by the log.
    /// - Parameter table: One whose key is the area and one blob, and whose rows are written once.
    /// - Returns: In the order of `wanted`, milliseconds since 1970; nil where the row is not there, or is not known to be there.
    package func deliveries(of table: String, _ wanted: [Delivery]) throws -> [Int64?] {
        guard !wanted.isEmpty else { return [] }
        return try reading { reader in
            guard let access = reader.access(table) else { return wanted.map { _ in nil } }
            let receipts = Receipts(reader)
            return try wanted.map { delivery in
                let key: [CellValue] = [.text(delivery.area.digits), .blob(delivery.id)]
                let statement = try reader.connection.statement(access.selectStamp)
                for (index, value) in key.enumerated() { statement.bind(Int32(index + 1), value) }
                let written = try statement.first { (feed: $0.integer(1), number: try $0.number(2)) }
                return try written.flatMap { try receipts.time(of: $0.feed, $0.number, at: delivery.office) }
            }
        }
    }

    /// When each office last said how far it is, by this replica's clock; this office itself is not among them.
    package func lastHeard() throws -> [OfficeCode: Int64] {
        try reading { reader in
            let authors = try reader.directory().authors
            let statement = try reader.connection.statement(
                "SELECT author, max(received_ms) FROM sanji_statement GROUP BY author")
            var heard: [OfficeCode: Int64] = [:]
            for (author, time) in try statement.rows({ (AuthorID($0.blob(0)), $0.integer(1)) }) {
                guard let office = author.flatMap({ authors[$0]?.office }), office != reader.office else { continue }
                heard[office] = max(heard[office] ?? time, time)
            }
            return heard
        }
    }
}

/// When offices were known to have change sets.
private final class Receipts {
    private struct Place: Hashable { let feed: Int64, office: OfficeCode }

    private let reader: ReplicaReader
    private let statements: StatementBook
    private var known: [Place: (number: UInt64, received_ms: Int64)] = [:]

    init(_ reader: ReplicaReader) {
        self.reader = reader
        statements = StatementBook(reader)
    }

    func time(of feed: Int64, _ number: UInt64, at office: OfficeCode) throws -> Int64? {
        guard let row = try reader.feed(feed) else { return nil }
        let writer = try reader.directory().authors[row.feed.author]?.office ?? reader.office
        if office == reader.office || office == writer { return try received(feed, number) }
        let said = try said(of: row, by: office)
        return number <= said.number ? said.received_ms : nil
    }

    private func received(_ feed: Int64, _ number: UInt64) throws -> Int64? {
        try reader.connection.statement("SELECT received_ms FROM sanji_change_set WHERE feed = ?1 AND number = ?2")
            .bind(1, feed).bind(2, Int64(number)).first { $0.integer(0) }
    }

    private func said(of feed: FeedRow, by office: OfficeCode) throws -> (number: UInt64, received_ms: Int64) {
        let place = Place(feed: feed.id, office: office)
        if let known = known[place] { return known }
        let said = try statements.applied(feed, by: office) ?? (0, 0)
        known[place] = said
        return said
    }
}
