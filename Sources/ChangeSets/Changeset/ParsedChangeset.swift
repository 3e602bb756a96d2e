// The only parser of changeset bodies: bounds-checked Swift, never C, because the bytes come from outside.
// Format: the head comment of SQLite's ext/session/sqlite3session.c; docs/protocol.md repeats it.

/// A changeset body cut into changes and values, in the order of its bytes. Values stay where they are in `bytes`.
package struct ParsedChangeset: Sendable {
    package let bytes: [UInt8]
    package private(set) var tables: [ChangesetTable] = []
    package private(set) var changes: [RowChange] = []
    package private(set) var spans: [ValueSpan] = []

    /// - Throws: ``InvalidChangeset`` for anything but a whole number of well-formed changes within ``Limits``.
    package init(_ bytes: [UInt8]) throws(InvalidChangeset) {
        self.bytes = bytes
        changes.reserveCapacity(min(bytes.count / 64, 1 << 16))
        spans.reserveCapacity(min(bytes.count / 8, 1 << 18))
        var cursor = Cursor(bytes)
        while let marker = cursor.nextIfAny() {
            switch marker {
            case ChangesetFormat.table:
                try requireChange(cursor)
                tables.append(try Self.table(&cursor))
            case ChangesetFormat.insert: try append(.insert, &cursor)
            case ChangesetFormat.update: try append(.update, &cursor)
            case ChangesetFormat.delete: try append(.delete, &cursor)
            default: throw .malformed(offset: cursor.offset - 1)
            }
        }
        try requireChange(cursor)
    }

    /// A table header without changes is what no writer makes, and the cheapest way to fill a reader's memory.
    private func requireChange(_ cursor: Cursor) throws(InvalidChangeset) {
        guard tables.isEmpty || changes.last?.table == tables.count - 1 else { throw .malformed(offset: cursor.offset) }
    }

    /// Values of a change's old record; empty for an insert.
    package func old(_ change: RowChange) -> ArraySlice<ValueSpan> {
        guard change.operation != .insert else { return [] }
        return spans[change.firstSpan..<change.firstSpan + tables[change.table].columnCount]
    }

    /// Values of a change's new record; empty for a delete.
    package func new(_ change: RowChange) -> ArraySlice<ValueSpan> {
        let count = tables[change.table].columnCount
        switch change.operation {
        case .insert: return spans[change.firstSpan..<change.firstSpan + count]
        case .update: return spans[change.firstSpan + count..<change.firstSpan + 2 * count]
        case .delete: return []
        }
    }

    /// The value at a span; nil when undefined.
    package func value(_ span: ValueSpan) -> CellValue? {
        let range = Int(span.offset)..<Int(span.offset) + Int(span.length)
        switch span.kind {
        case .undefined: return nil
        case .null: return .null
        case .integer: return .integer(Int64(bitPattern: bits(at: range.lowerBound)))
        case .real: return .real(Double(bitPattern: bits(at: range.lowerBound)))
        case .text: return .text(String(decoding: bytes[range], as: UTF8.self))
        case .blob: return .blob(Array(bytes[range]))
        }
    }

    /// The bytes of a text or blob, or the eight of a number.
    package func content(_ span: ValueSpan) -> ArraySlice<UInt8> {
        bytes[Int(span.offset)..<Int(span.offset) + Int(span.length)]
    }

    private func bits(at offset: Int) -> UInt64 {
        bytes[offset..<offset + 8].reduce(0) { $0 << 8 | UInt64($1) }
    }

    private static func table(_ cursor: inout Cursor) throws(InvalidChangeset) -> ChangesetTable {
        let columnCount = Int(try cursor.varint())
        guard (1...Limits.columnsMax).contains(columnCount) else { throw .malformed(offset: cursor.offset) }
        let keyFlags = try cursor.take(columnCount)
        let start = cursor.offset
        while try cursor.next() != 0 {
            guard cursor.offset - start <= Limits.tableNameBytesMax else { throw .malformed(offset: start) }
        }
        let nameBytes = cursor.bytes[start..<cursor.offset - 1]
        // The name may end in a report: no control characters, which a terminal would obey.
        guard nameBytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7f }),
            let name = String(validating: nameBytes, as: UTF8.self)
        else { throw .malformed(offset: start) }
        return ChangesetTable(name: name, columnCount: columnCount, isKey: keyFlags.map { $0 != 0 })
    }

    private mutating func append(_ operation: RowOperation, _ cursor: inout Cursor) throws(InvalidChangeset) {
        guard let table = tables.last else { throw .malformed(offset: cursor.offset) }
        guard changes.count < Limits.changesMax, tables.count <= Limits.tablesMax, spans.count < Limits.valuesMax else {
            throw .tooManyChanges
        }
        _ = try cursor.next()  // The "indirect" flag: made by a trigger. Nothing here depends on it.
        let first = spans.count
        for _ in 0..<table.columnCount * (operation == .update ? 2 : 1) { spans.append(try cursor.value()) }
        changes.append(RowChange(operation: operation, table: tables.count - 1, firstSpan: first))
    }
}

/// A table header inside a changeset; a name may come again.
package struct ChangesetTable: Sendable, Hashable {
    package let name: String
    package let columnCount: Int
    package let isKey: [Bool]

    package init(name: String, columnCount: Int, isKey: [Bool]) {
        self.name = name
        self.columnCount = columnCount
        self.isKey = isKey
    }
}

package enum RowOperation: Sendable, Hashable { case insert, update, delete }

package struct RowChange: Sendable, Hashable {
    package let operation: RowOperation
    /// Index in ``ParsedChangeset/tables``.
    package let table: Int
    package let firstSpan: Int
}

/// Where one value lies.
package struct ValueSpan: Sendable, Hashable {
    package enum Kind: UInt8, Sendable { case undefined = 0, integer, real, text, blob, null }
    package let kind: Kind
    package let offset: UInt32
    package let length: UInt32

    package init(kind: Kind, offset: UInt32, length: UInt32) {
        self.kind = kind
        self.offset = offset
        self.length = length
    }
}

enum ChangesetFormat {
    static let table: UInt8 = 0x54  // 'T'
    static let insert: UInt8 = 18  // SQLITE_INSERT
    static let update: UInt8 = 23  // SQLITE_UPDATE
    static let delete: UInt8 = 9  // SQLITE_DELETE
}

package enum InvalidChangeset: Error, Hashable, CustomStringConvertible {
    case malformed(offset: Int)
    case truncated
    case tooManyChanges

    package var description: String {
        switch self {
        case .malformed(let offset): "no changeset: byte \(offset) makes no sense"
        case .truncated: "no changeset: it ends in the middle of a change"
        case .tooManyChanges:
            "more than \(Limits.changesMax) rows, or \(Limits.valuesMax) values, in one transaction; split it"
        }
    }
}

/// Reads forward over bytes and never past their end.
private struct Cursor {
    let bytes: [UInt8]
    var offset = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func nextIfAny() -> UInt8? {
        guard offset < bytes.count else { return nil }
        offset += 1
        return bytes[offset - 1]
    }

    mutating func next() throws(InvalidChangeset) -> UInt8 {
        guard offset < bytes.count else { throw .truncated }
        offset += 1
        return bytes[offset - 1]
    }

    mutating func take(_ count: Int) throws(InvalidChangeset) -> ArraySlice<UInt8> {
        guard count <= bytes.count - offset else { throw .truncated }
        offset += count
        return bytes[offset - count..<offset]
    }

    /// SQLite's varint, at most five bytes here: no length exceeds 32 bits.
    mutating func varint() throws(InvalidChangeset) -> UInt32 {
        var result: UInt64 = 0
        for _ in 0..<5 {
            let byte = try next()
            result = result << 7 | UInt64(byte & 0x7f)
            if byte < 0x80 {
                guard let value = UInt32(exactly: result) else { throw .malformed(offset: offset) }
                return value
            }
        }
        throw .malformed(offset: offset)
    }

    mutating func value() throws(InvalidChangeset) -> ValueSpan {
        guard let kind = ValueSpan.Kind(rawValue: try next()) else { throw .malformed(offset: offset - 1) }
        let length: UInt32 =
            switch kind {
            case .undefined, .null: 0
            case .integer, .real: 8
            case .text, .blob: try varint()
            }
        guard Int(length) <= bytes.count - offset else { throw .truncated }
        defer { offset += Int(length) }
        return ValueSpan(kind: kind, offset: UInt32(offset), length: length)
    }
}
