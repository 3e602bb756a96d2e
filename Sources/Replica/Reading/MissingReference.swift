import ChangeSets

/// A declared reference whose row is not there (yet): legal, and listed.
package struct MissingReference: Sendable, Hashable {
    /// The row that refers.
    package let record: RecordID
    package let columns: [String]
    package let values: [CellValue]
    /// The table in which the row is missing.
    package let target: String
}

extension OfficeReplica {
    /// - Parameter limit: At most so many of each declared reference.
    package func missingReferences(limit: Int = 100) throws -> [MissingReference] {
        try reading { reader in
            try MissingReferenceQuery.all(reader.history.current).flatMap {
                try $0.list(reader.connection, limit: limit)
            }
        }
    }

    /// How many there are, without reading any.
    package func missingReferenceCount() throws -> Int {
        try reading { reader in
            try MissingReferenceQuery.all(reader.history.current).reduce(0) { try $0 + $1.count(reader.connection) }
        }
    }
}

extension ReplicaReader {
    func missingReferences(of record: RecordID) throws -> [MissingReference] {
        try MissingReferenceQuery.all(history.current).filter { $0.table.name == record.table }
            .flatMap { try $0.of(record, connection) }
    }
}

/// Finds the rows of one table whose reference leads to nothing.
private struct MissingReferenceQuery {
    let table: SyncedTable
    private let reference: SyncedReference
    private let target: String
    /// Area and key of the row that refers.
    private let key: [String]
    private let columns: [String]
    private let source: String

    static func all(_ schema: SyncedSchema) -> [MissingReferenceQuery] {
        schema.tables.flatMap { table in
            table.references.compactMap { reference in
                schema.table(named: reference.table).map { MissingReferenceQuery(reference, of: table, to: $0) }
            }
        }
    }

    private init(_ reference: SyncedReference, of table: SyncedTable, to target: SyncedTable) {
        self.table = table
        self.reference = reference
        self.target = target.name
        key = ([table.areaColumn] + table.key.map(\.name)).map { "t.\"\($0)\"" }
        columns = reference.columns.map { "t.\"\($0)\"" }
        let isWhole = columns.map { "\($0) IS NOT NULL" }.joined(separator: " AND ")
        let matches = zip(target.key, columns).map { "r.\"\($0.name)\" = \($1)" }.joined(separator: " AND ")
        source = """
            FROM "\(table.name)" AS t
            WHERE \(isWhole) AND NOT EXISTS (
                SELECT 1 FROM "\(target.name)" AS r
                WHERE r."\(target.areaColumn)" = t."\(table.areaColumn)" AND \(matches))
            """
    }

    func count(_ connection: Connection) throws -> Int {
        try connection.statement("SELECT count(*) \(source)").first { Int($0.integer(0)) } ?? 0
    }

    func list(_ connection: Connection, limit: Int) throws -> [MissingReference] {
        let statement = try connection.statement("\(select) ORDER BY \(key.joined(separator: ", ")) LIMIT ?1")
        return try rows(statement.bind(1, Int64(limit)))
    }

    func of(_ record: RecordID, _ connection: Connection) throws -> [MissingReference] {
        let isIt = key.indices.map { "\(key[$0]) = ?\($0 + 1)" }.joined(separator: " AND ")
        let statement = try connection.statement("\(select) AND \(isIt)")
        for (index, value) in record.wholeKey.enumerated() { statement.bind(Int32(index + 1), value) }
        return try rows(statement)
    }

    private var select: String { "SELECT \((key + columns).joined(separator: ", ")) \(source)" }

    private func rows(_ statement: PreparedStatement) throws -> [MissingReference] {
        try statement.rows { row in
            let values = (0..<key.count + columns.count).map { row.value(Int32($0)) }
            return MissingReference(
                record: try RecordID(table: table, encoded: ReplicaWriter.encode(Array(values.prefix(key.count)))),
                columns: reference.columns, values: Array(values.dropFirst(key.count)), target: target)
        }
    }
}
