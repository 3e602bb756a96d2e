internal import CSQLite
import ChangeSets

/// The rows of one table in one area with their stamps, in the order of their keys, one at a time.
struct RowScan {
    struct Row {
        let rowID: Int64
        /// The key besides the area, encoded.
        let key: [UInt8]
        /// Every value column, encoded.
        let values: [UInt8]
        /// nil where the row has none, or one that cannot be read: this program did not write it.
        let stamp: Stamp?
    }

    private let statement: PreparedStatement
    private let keyCount: Int
    private let valueCount: Int

    init(_ connection: Connection, _ access: TableAccess, area: OfficeCode, range: RowRange = .all) throws {
        let table = access.table
        let keys = table.key.map { "t.\"\($0.name)\"" }
        let columns = keys + table.valueColumns.map { "t.\"\($0.name)\"" }
        keyCount = keys.count
        valueCount = columns.count - keys.count
        let bounds = try range.condition(keys, firstParameter: 2)
        // A statement of its own: two scans of one table may run side by side.
        statement = try PreparedStatement(
            connection.handle,
            """
            SELECT t.rowid, s.feed, s.number, s.detail, \(columns.joined(separator: ", "))
            FROM "\(table.name)" AS t LEFT JOIN "\(EngineTables.stampTable(table.name))" AS s ON s.rid = t.rowid
            WHERE t."\(table.areaColumn)" = ?1\(bounds.sql) ORDER BY \(keys.joined(separator: ", "))
            """)
        statement.bind(1, area.digits)
        for (index, value) in bounds.values.enumerated() { statement.bind(Int32(index + 2), value) }
    }

    func next() throws -> Row? {
        guard try statement.step() else { return nil }
        var key: [UInt8] = []
        var values: [UInt8] = []
        for column in 0..<keyCount { statement.append(Int32(4 + column), to: &key) }
        for column in 0..<valueCount { statement.append(Int32(4 + keyCount + column), to: &values) }
        let rowID = statement.integer(0)
        var stamp: Stamp?
        if !statement.isNull(1) {
            stamp = try? Stamp(
                rowID: rowID, base: Dot(feed: statement.integer(1), number: UInt64(bitPattern: statement.integer(2))),
                detail: statement.blob(3))
        }
        return Row(rowID: rowID, key: key, values: values, stamp: stamp)
    }

    func forEach(_ body: (Row) throws -> Void) throws {
        while let row = try next() { try body(row) }
    }
}

extension PreparedStatement {
    /// Appends a column as ``Array/appendValue(_:)`` writes it, without turning it into a Swift value.
    func append(_ column: Int32, to bytes: inout [UInt8]) {
        let kind: ValueSpan.Kind
        switch sqlite3_column_type(handle, column) {
        case SQLITE_TEXT: kind = .text
        case SQLITE_BLOB: kind = .blob
        default: return bytes.appendValue(value(column))
        }
        // The pointer first: asking for it may change the length.
        let start = sqlite3_column_blob(handle, column)
        let count = Int(sqlite3_column_bytes(handle, column))
        bytes.append(kind.rawValue)
        bytes.appendVarint(UInt64(count))
        bytes.append(contentsOf: UnsafeRawBufferPointer(start: start, count: count))
    }
}
