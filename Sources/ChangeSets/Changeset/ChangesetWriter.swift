/// Writes a changeset body, change by change.
package struct ChangesetWriter: Sendable {
    package private(set) var bytes: [UInt8] = []
    private var lastTable: ChangesetTable?

    package init() {}

    package var isEmpty: Bool { bytes.isEmpty }

    /// Copies one change of `source` as it stands.
    package mutating func append(_ change: RowChange, of source: ParsedChangeset) {
        let count = source.tables[change.table].columnCount * (change.operation == .update ? 2 : 1)
        begin(change.operation, source.tables[change.table])
        for span in source.spans[change.firstSpan..<change.firstSpan + count] { append(span, of: source) }
    }

    /// - Parameters:
    ///   - old: One value per column, nil for undefined.
    ///   - new: Likewise.
    package mutating func appendUpdate(_ table: ChangesetTable, old: [CellValue?], new: [CellValue?]) {
        begin(.update, table)
        for value in old + new { append(value) }
    }

    package mutating func appendInsert(_ table: ChangesetTable, values: [CellValue]) {
        begin(.insert, table)
        for value in values { append(value) }
    }

    package mutating func appendDelete(_ table: ChangesetTable, values: [CellValue]) {
        begin(.delete, table)
        for value in values { append(value) }
    }

    private mutating func begin(_ operation: RowOperation, _ table: ChangesetTable) {
        if lastTable != table {
            bytes.append(ChangesetFormat.table)
            bytes.appendSQLiteVarint(UInt32(table.columnCount))
            bytes.append(contentsOf: table.isKey.map { $0 ? 1 : 0 })
            bytes.append(contentsOf: table.name.utf8)
            bytes.append(0)
            lastTable = table
        }
        switch operation {
        case .insert: bytes.append(ChangesetFormat.insert)
        case .update: bytes.append(ChangesetFormat.update)
        case .delete: bytes.append(ChangesetFormat.delete)
        }
        bytes.append(0)
    }

    private mutating func append(_ span: ValueSpan, of source: ParsedChangeset) {
        bytes.append(span.kind.rawValue)
        if span.kind == .text || span.kind == .blob { bytes.appendSQLiteVarint(span.length) }
        bytes.append(contentsOf: source.content(span))
    }

    private mutating func append(_ value: CellValue?) {
        guard let value else { return bytes.append(ValueSpan.Kind.undefined.rawValue) }
        bytes.appendValue(value)
    }
}

extension [UInt8] {
    mutating func appendSQLiteVarint(_ value: UInt32) {
        var groups: [UInt8] = [UInt8(value & 0x7f)]
        var rest = value >> 7
        while rest > 0 {
            groups.append(UInt8(rest & 0x7f) | 0x80)
            rest >>= 7
        }
        append(contentsOf: groups.reversed())
    }

    /// A value as changesets write it: its kind, a length for text and blobs, its bytes (numbers big-endian).
    package mutating func appendValue(_ value: CellValue) {
        switch value {
        case .null: append(ValueSpan.Kind.null.rawValue)
        case .integer(let number): appendBits(.integer, UInt64(bitPattern: number))
        case .real(let number): appendBits(.real, number.bitPattern)
        case .text(let text):
            append(ValueSpan.Kind.text.rawValue)
            appendSQLiteVarint(UInt32(text.utf8.count))
            append(contentsOf: text.utf8)
        case .blob(let blob):
            append(ValueSpan.Kind.blob.rawValue)
            appendSQLiteVarint(UInt32(blob.count))
            append(contentsOf: blob)
        }
    }

    private mutating func appendBits(_ kind: ValueSpan.Kind, _ bits: UInt64) {
        append(kind.rawValue)
        for shift in stride(from: 56, through: 0, by: -8) { append(UInt8(truncatingIfNeeded: bits >> UInt64(shift))) }
    }
}
