import ChangeSets

/// Where a row stands in the order of its table: its key besides the area, to be sent to another office as it is.
package struct RowPosition: Sendable, Hashable {
    package let bytes: [UInt8]

    /// Nothing is checked before it is used in a ``RowRange``.
    package init(bytes: [UInt8]) { self.bytes = bytes }

    func key() throws -> [CellValue] {
        var reader = ValueReader(bytes)
        var values: [CellValue] = []
        while let value = reader.value() { values.append(value) }
        guard reader.isAtEnd else { throw InvalidRowPosition() }
        return values
    }

    /// In SQLite's BINARY order, as rows are read.
    func precedes(_ other: RowPosition) throws -> Bool {
        for (one, another) in zip(try key(), try other.key()) {
            let order = one.order(against: another)
            if order != 0 { return order < 0 }
        }
        return false
    }
}

/// Rows between two positions.
package struct RowRange: Sendable, Hashable {
    /// nil from the first row on.
    package let after: RowPosition?
    /// nil to the last row.
    package let through: RowPosition?

    package static let all = RowRange(after: nil, through: nil)

    package init(after: RowPosition?, through: RowPosition?) {
        self.after = after
        self.through = through
    }

    /// - Parameter keys: The key's columns as they stand in the statement.
    func condition(_ keys: [String], firstParameter: Int) throws -> (sql: String, values: [CellValue]) {
        var sql = ""
        var values: [CellValue] = []
        for (position, relation) in [(after, ">"), (through, "<=")] {
            guard let key = try position?.key() else { continue }
            guard key.count == keys.count else { throw InvalidRowPosition() }
            let first = firstParameter + values.count
            let places = key.indices.map { "?\(first + $0)" }.joined(separator: ", ")
            // Row values of one column need no parentheses, and SQLite allows none around a single one.
            sql += keys.count == 1
                ? " AND \(keys[0]) \(relation) \(places)" : " AND (\(keys.joined(separator: ", "))) \(relation) (\(places))"
            values += key
        }
        return (sql, values)
    }
}

package struct InvalidRowPosition: Error, CustomStringConvertible {
    package var description: String { "a row position that is no key of this table; the other side is broken or newer" }
}
