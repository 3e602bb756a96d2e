/// Whether a body keeps to the declaration its header names, and to its author's authority (§7, "refused").
///
/// A function of the signed bytes, the declaration and the directory, so the answer is the same everywhere. The writer
/// asks it too, at commit: what it lets out, no receiver refuses.
package struct BodyCheck {
    package let schema: SyncedSchema
    package let scope: Scope
    /// Tier of the author's office.
    package let authorTier: Tier

    package init(schema: SyncedSchema, scope: Scope, authorTier: Tier) {
        self.schema = schema
        self.scope = scope
        self.authorTier = authorTier
    }

    /// - Returns: The declared table of each of the body's tables, in their order.
    package func check(_ body: ParsedChangeset) throws(RefusedBody) -> [SyncedTable] {
        var tables: [SyncedTable] = []
        for table in body.tables { tables.append(try declared(table)) }
        let shapes = tables.map { TableShape($0, schema: schema) }
        var keys: [UInt64] = []
        keys.reserveCapacity(body.changes.count)
        let area = Array(scope.area.digits.utf8)
        for change in body.changes {
            keys.append(try check(change, in: body, tables[change.table], shapes[change.table], area: area))
        }
        keys.sort()
        if zip(keys, keys.dropFirst()).contains(where: ==) { try checkRepeated(body, shapes) }
        return tables
    }

    private func declared(_ table: ChangesetTable) throws(RefusedBody) -> SyncedTable {
        guard let declared = schema.table(named: table.name) else { throw .unknownTable(table.name) }
        guard declared.audience == scope.audience, declared.areas.contains(scope.area.tier) else {
            throw .foreignTable(table.name, scope)
        }
        let keyColumns = 1 + declared.key.count
        let columnCount = declared.columns.count
        let isKey = (0..<columnCount).map { $0 < keyColumns }
        guard table.columnCount == columnCount, table.isKey == isKey else { throw .columns(table.name) }
        return declared
    }

    /// - Returns: A hash of table and key, to find a row that comes twice.
    private func check(
        _ change: RowChange, in body: ParsedChangeset, _ table: SyncedTable, _ shape: TableShape, area: [UInt8]
    ) throws(RefusedBody) -> UInt64 {
        let keyRecord = change.operation == .insert ? body.new(change) : body.old(change)
        let first = keyRecord.startIndex
        guard keyRecord[first].kind == .text, body.content(keyRecord[first]).elementsEqual(area) else {
            throw .foreignArea(table.name, scope)
        }
        guard isWithinLimit(body.old(change)), isWithinLimit(body.new(change)) else { throw .rowTooLarge(table.name) }
        var hash = FNV1a()
        hash.combine(UInt8(truncatingIfNeeded: shape.index))
        for index in 1..<shape.keyColumns {
            let span = keyRecord[first + index]
            guard span.kind != .undefined, span.kind != .null, accepts(shape.values[index], span, in: body) else {
                throw .value(table.name, shape.columns[index].name)
            }
            guard Int(span.length) <= Limits.keyValueBytesMax else {
                throw .keyTooLong(table.name, shape.columns[index].name)
            }
            hash.combine(span.kind.rawValue)
            hash.combine(body.content(span))
        }
        switch change.operation {
        case .insert:
            if let adders = shape.adders, !adders.contains(authorTier) {
                throw .foreignRow(table.name, adders: adders.sorted())
            }
            for index in shape.keyColumns..<shape.columns.count {
                let span = keyRecord[first + index]
                guard span.kind != .undefined, accepts(shape.values[index], span, in: body) else {
                    throw .value(table.name, shape.columns[index].name)
                }
            }
        case .update:
            try checkUpdate(change, in: body, table, shape)
            // A resolution names the value that stands; nothing else may touch a row.
            guard !table.appendOnly || changesNothing(change, in: body) else { throw .appendOnly(table.name) }
        case .delete:
            guard !table.appendOnly else { throw .appendOnly(table.name) }
        }
        return hash.value
    }

    private func isWithinLimit(_ record: ArraySlice<ValueSpan>) -> Bool {
        // Values lie one behind the other.
        guard let start = record.first, let end = record.last else { return true }
        return Int(end.offset) + Int(end.length) - Int(start.offset) <= Limits.rowBytesMax
    }

    /// An update carries old and new of whole cells and nothing else.
    private func checkUpdate(
        _ change: RowChange, in body: ParsedChangeset, _ table: SyncedTable, _ shape: TableShape
    ) throws(RefusedBody) {
        let old = body.old(change)
        let new = body.new(change)
        for index in 0..<shape.keyColumns where new[new.startIndex + index].kind != .undefined {
            throw .value(table.name, shape.columns[index].name)
        }
        var wroteSomething = false
        for cell in shape.cells {
            let wrote = new[new.startIndex + cell.lowerBound].kind != .undefined
            wroteSomething = wroteSomething || wrote
            for index in cell {
                let oldSpan = old[old.startIndex + index]
                let newSpan = new[new.startIndex + index]
                guard (newSpan.kind != .undefined) == wrote, (oldSpan.kind != .undefined) == wrote else {
                    throw .partOfGroup(table.name, shape.columns[index].name)
                }
                guard !wrote || accepts(shape.values[index], newSpan, in: body) else {
                    throw .value(table.name, shape.columns[index].name)
                }
                guard !wrote || accepts(shape.values[index], oldSpan, in: body) else {
                    throw .value(table.name, shape.columns[index].name)
                }
            }
        }
        guard wroteSomething else { throw .emptyUpdate(table.name) }
    }

    private func changesNothing(_ change: RowChange, in body: ParsedChangeset) -> Bool {
        zip(body.old(change), body.new(change)).allSatisfy { old, new in
            new.kind == .undefined || (old.kind == new.kind && body.content(old).elementsEqual(body.content(new)))
        }
    }

    private func accepts(_ column: TableShape.Values, _ span: ValueSpan, in body: ParsedChangeset) -> Bool {
        switch span.kind {
        case .undefined: false
        case .null: !column.notNull
        case .integer: column.type == .integer || column.type == .any
        case .real:
            (column.type == .real || column.type == .any) && isStored(span, in: body)
        case .blob: column.type == .blob || column.type == .any
        case .text:
            (column.type == .text || column.type == .any)
                && body.bytes.withUnsafeBufferPointer { bytes in
                    let start = Int(span.offset)
                    return UTF8Text.isValid(UnsafeBufferPointer(rebasing: bytes[start..<start + Int(span.length)]))
                }
        }
    }

    /// Whether SQLite keeps it: it binds no NaN, turns -0.0 into 0.0 in a REAL column, and records no change between the
    /// two in any. Infinities are no values of a form, and break what prints numbers.
    private func isStored(_ span: ValueSpan, in body: ParsedChangeset) -> Bool {
        guard case .real(let number)? = body.value(span) else { return false }
        return number.isFinite && !(number.isZero && number.sign == .minus)
    }

    /// Two hashes were equal: tell a row that comes twice from an accident.
    private func checkRepeated(_ body: ParsedChangeset, _ shapes: [TableShape]) throws(RefusedBody) {
        var seen: Set<[UInt8]> = []
        for change in body.changes {
            let record = change.operation == .insert ? body.new(change) : body.old(change)
            let shape = shapes[change.table]
            var key: [UInt8] = []
            key.appendVarint(UInt64(shape.index))
            for span in record.prefix(shape.keyColumns) { if let value = body.value(span) { key.appendValue(value) } }
            guard seen.insert(key).inserted else { throw .repeatedRow(body.tables[change.table].name) }
        }
    }
}

/// A declared table's columns by position, worked out once per body.
private struct TableShape {
    /// Which values a column takes. Without a reference in it: this is asked of every value of every row.
    struct Values {
        let type: ColumnType
        let notNull: Bool
    }

    let index: Int
    let columns: [SyncedColumn]
    let values: [Values]
    let keyColumns: Int
    /// Column positions of each cell.
    let cells: [Range<Int>]
    let adders: Set<Tier>?

    init(_ table: SyncedTable, schema: SyncedSchema) {
        index = schema.tableIndex(named: table.name) ?? 0
        columns = table.columns
        values = columns.map { Values(type: $0.type, notNull: $0.notNull) }
        keyColumns = 1 + table.key.count
        cells = table.cellRanges
        adders = table.adders
    }
}

extension SyncedTable {
    /// Positions, in file order, of each cell's columns.
    package var cellRanges: [Range<Int>] {
        var next = 1 + key.count
        return cells.map { cell in
            defer { next += cell.columns.count }
            return next..<next + cell.columns.count
        }
    }
}

private struct FNV1a {
    var value: UInt64 = 0xcbf2_9ce4_8422_2325
    mutating func combine(_ byte: UInt8) { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }
    mutating func combine(_ bytes: ArraySlice<UInt8>) { for byte in bytes { combine(byte) } }
}

/// Why a change set is refused, everywhere and for good.
package enum RefusedBody: Error, Hashable, CustomStringConvertible {
    case malformed(InvalidChangeset)
    case unknownTable(String)
    case foreignTable(String, Scope)
    case columns(String)
    case foreignArea(String, Scope)
    case value(String, String)
    case constraint(String, String)
    case keyTooLong(String, String)
    case appendOnly(String)
    case foreignRow(String, adders: [Tier])
    case partOfGroup(String, String)
    case emptyUpdate(String)
    case repeatedRow(String)
    case rowTooLarge(String)
    case unknownSchema(UInt32)
    case voided

    package var description: String {
        switch self {
        case .malformed(let error): error.description
        case .unknownTable(let table): "\(table) is no synced table of that schema version"
        case .foreignTable(let table, let scope): "\(table) has no rows in \(scope)"
        case .columns(let table): "the columns of \(table) are not those declared"
        case .foreignArea(let table, let scope): "a row of \(table) lies outside \(scope.area)"
        case .value(let table, let column): "a value breaks the type or NOT NULL of \(table).\(column)"
        case .constraint(let table, let cell): "a value breaks the CHECK of \(table).\(cell)"
        case .keyTooLong(let table, let column):
            "a value of \(table).\(column), which is in the key, has more than \(Limits.keyValueBytesMax) bytes"
        case .appendOnly(let table): "\(table) is append-only: insert a correction instead"
        case .foreignRow(let table, let adders):
            "only the \(adders.map(\.description).joined(separator: " or ")) may add rows to \(table)"
        case .partOfGroup(let table, let column): "\(table).\(column) comes without the rest of its group, or with half"
        case .emptyUpdate(let table): "an update of \(table) that writes nothing"
        case .repeatedRow(let table): "one row of \(table) comes twice"
        case .rowTooLarge(let table):
            "a row of \(table) has more than \(Limits.rowBytesMax >> 20) MiB, so it could never be changed; keep less in it"
        case .unknownSchema(let version): "schema version \(version) was never released"
        case .voided: "voided by the district"
        }
    }
}
