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
            var missing: [MissingReference] = []
            for table in reader.history.current.tables {
                for reference in table.references {
                    missing += try reader.missing(reference, of: table, limit: limit)
                }
            }
            return missing
        }
    }
}

extension ReplicaReader {
    fileprivate func missing(
        _ reference: SyncedReference, of table: SyncedTable, limit: Int
    ) throws -> [MissingReference] {
        guard let target = history.current.table(named: reference.table) else { return [] }
        let key = ([table.areaColumn] + table.key.map(\.name)).map { "t.\"\($0)\"" }
        let columns = reference.columns.map { "t.\"\($0)\"" }
        let isWhole = columns.map { "\($0) IS NOT NULL" }.joined(separator: " AND ")
        let matches = zip(target.key, columns).map { "r.\"\($0.name)\" = \($1)" }.joined(separator: " AND ")
        let statement = try connection.statement(
            """
            SELECT \((key + columns).joined(separator: ", ")) FROM "\(table.name)" AS t
            WHERE \(isWhole) AND NOT EXISTS (
                SELECT 1 FROM "\(target.name)" AS r
                WHERE r."\(target.areaColumn)" = t."\(table.areaColumn)" AND \(matches))
            ORDER BY \(key.joined(separator: ", ")) LIMIT ?1
            """)
        return try statement.bind(1, Int64(limit)).rows { row in
            let values = (0..<key.count + columns.count).map { row.value(Int32($0)) }
            return MissingReference(
                record: try RecordID(table: table, encoded: ReplicaWriter.encode(Array(values.prefix(key.count)))),
                columns: reference.columns, values: Array(values.dropFirst(key.count)), target: target.name)
        }
    }
}
