import ChangeSets

/// Where a row stands in the order of its table: its key besides the area, to be sent to another office as it is.
package struct RowPosition: Sendable, Hashable, CustomStringConvertible {
    package let bytes: [UInt8]

    /// Nothing is checked before it is used in a ``RowRange``.
    package init(bytes: [UInt8]) { self.bytes = bytes }

    /// - Throws: ``InvalidRowPosition`` for bytes that are no values.
    package func key() throws -> [CellValue] {
        var reader = ValueReader(bytes)
        var values: [CellValue] = []
        while let value = reader.value() { values.append(value) }
        guard reader.isAtEnd else { throw InvalidRowPosition() }
        return values
    }

    /// The key as ``RecordID/keyText`` has it.
    package var description: String {
        (try? key())?.map { $0.plain ?? "NULL" }.joined(separator: ",") ?? bytes.hex
    }
}

/// Rows between two positions.
package struct RowRange: Sendable, Hashable, CustomStringConvertible {
    /// nil from the first row on.
    package let after: RowPosition?
    /// nil to the last row.
    package let through: RowPosition?

    package static let all = RowRange(after: nil, through: nil)

    package init(after: RowPosition?, through: RowPosition?) {
        self.after = after
        self.through = through
    }

    /// The row up to which it goes, or after which it begins.
    package var description: String {
        through?.description ?? after.map { "after \($0)" } ?? "any"
    }

    func cut(at positions: [RowPosition]) -> [RowRange] {
        let starts = [after] + positions
        let ends = positions + [through]
        return zip(starts, ends).map { RowRange(after: $0, through: $1) }
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
            sql += " AND (\(keys.joined(separator: ", "))) \(relation) (\(places))"
            values += key
        }
        return (sql, values)
    }
}

package struct InvalidRowPosition: Error, CustomStringConvertible {
    package var description: String { "a row position that is no key of this table; the other side is broken or newer" }
}
