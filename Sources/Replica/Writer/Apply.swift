import ChangeSets

/// A change set that passed every check that its bytes, its declaration and its author allow.
struct CheckedChangeSet {
    let sealed: SealedHeader
    let body: ParsedChangeset
    /// As declared by the header's schema version, one per table header of the body.
    let declared: [SyncedTable]
    let author: AuthorEntry
}

extension ReplicaWriter {
    /// Merges one change set into the rows. Everything it covers has been applied (I6), and it has passed all checks.
    /// - Returns: The cells it may not write.
    func apply(_ changeSet: CheckedChangeSet, feed: FeedRow, coverage: Coverage) throws -> [RefusedCell] {
        var refused: [RefusedCell] = []
        let body = changeSet.body
        let tier = changeSet.author.office.tier
        // By name: a body may name its table many times.
        var known: [String: TablePlan] = [:]
        let plans = try changeSet.declared.map { declared in
            if let plan = known[declared.name] { return plan }
            let plan = try plan(declared, tier)
            known[declared.name] = plan
            return plan
        }
        let dot = Dot(feed: feed.id, number: changeSet.sealed.header.number)
        try body.bytes.withUnsafeBytes { bytes in
            for change in body.changes {
                let plan = plans[change.table]  // One of few; its parts are references.
                let done =
                    switch change.operation {
                    case .insert:
                        try insertNewRow(change, of: body, bytes, plan, dot)
                    case .update:
                        try updateCells(change, of: body, bytes, plan.access, plan.declared, tier, coverage, dot)
                    case .delete: false
                    }
                if !done {
                    refused += try merge(change, of: body, plan.access, plan.declared, tier, coverage, dot)
                }
            }
        }
        return refused
    }

    private func plan(_ declared: SyncedTable, _ tier: Tier) throws -> TablePlan {
        guard let access = tables[declared.name] else { throw DamagedReplica.log("no table \(declared.name)") }
        let (detail, unwritten) = access.insertDetail(by: tier, declared: declared)
        return TablePlan(
            access: access, declared: declared, detail: detail, unwritten: unwritten,
            insertRow: try connection.statement(access.insertRowOrIgnore),
            insertStamp: try connection.statement(access.insertStamp))
    }

    /// The common insert: a key that is new here.
    /// - Returns: false when the row is known, there or not; then nothing was written.
    private func insertNewRow(
        _ change: RowChange, of body: ParsedChangeset, _ bytes: UnsafeRawBufferPointer, _ plan: TablePlan, _ dot: Dot
    ) throws -> Bool {
        let (access, declared) = (plan.access, plan.declared)
        let new = body.new(change)
        // Columns appended since, and cells of other tiers that hold more than the default, take the long way.
        guard declared.cells.count == access.table.cells.count else { return false }
        for cell in plan.unwritten {
            for (column, position) in zip(declared.cells[cell].columns, access.cellRanges[cell]) {
                guard body.value(new[new.startIndex + position]) == column.defaultValue else { return false }
            }
        }
        guard try !mayBeAbsent(access.table.name) else { return false }
        var place: Int32 = 1
        for span in new {
            plan.insertRow.bind(place, span, in: bytes)
            place += 1
        }
        try plan.insertRow.run()
        guard connection.changes == 1 else { return false }
        let stamp = plan.insertStamp
        stamp.bind(1, connection.lastInsertedRowID).bind(2, dot.feed).bind(3, Int64(dot.number))
        if let detail = plan.detail { stamp.bind(4, blob: detail) } else { stamp.bindNull(4) }
        try stamp.run()
        return true
    }

    /// The common update: it knows of everything written to these cells, and of every delete.
    /// - Returns: false when that is not so; then nothing was written.
    private func updateCells(
        _ change: RowChange, of body: ParsedChangeset, _ bytes: UnsafeRawBufferPointer, _ access: TableAccess,
        _ declared: SyncedTable, _ tier: Tier, _ coverage: Coverage, _ dot: Dot
    ) throws -> Bool {
        // An update there closes a conflict or is to be refused.
        guard !access.table.appendOnly else { return false }
        let new = body.new(change)
        var cells: [Int] = []
        for (index, cell) in declared.cells.enumerated()
        where new[new.startIndex + access.cellRanges[index].lowerBound].kind != .undefined {
            guard cell.rule != .counter, cell.writers?.contains(tier) ?? true else { return false }
            cells.append(index)
        }
        let old = body.old(change)
        let select = try connection.statement(access.selectStamp)
        for index in 0..<access.keyColumns {
            select.bind(Int32(index + 1), old[old.startIndex + index], in: bytes)
        }
        let found = try select.first { row in
            try Stamp(
                rowID: row.integer(0), base: Dot(feed: row.integer(1), number: UInt64(bitPattern: row.integer(2))),
                detail: row.blob(3))
        }
        guard var stamp = found, stamp.parts[.openDeletes] == nil else { return false }
        for cell in cells {
            let siblings = stamp.entries(.cell(cell))
            // A conflict that closes is for the long way, which lists conflicts.
            guard siblings.count <= 1, siblings.allSatisfy({ coverage.covers($0.dot) }) else { return false }
            stamp.set(.cell(cell), [Stamp.Entry(dot: dot)])
        }
        let update = try connection.statement(access.updateCells(cells))
        update.bind(1, stamp.rowID)
        var place: Int32 = 2
        for cell in cells {
            for column in access.cellRanges[cell] {
                update.bind(place, new[new.startIndex + column], in: bytes)
                place += 1
            }
        }
        try update.run()
        try save(stamp, access)
        return true
    }

    /// Every other case, by the whole definition of §5.
    private func merge(
        _ change: RowChange, of body: ParsedChangeset, _ access: TableAccess, _ declared: SyncedTable, _ tier: Tier,
        _ coverage: Coverage, _ dot: Dot
    ) throws -> [RefusedCell] {
        let record = change.operation == .insert ? body.new(change) : body.old(change)
        let key = record.prefix(access.keyColumns).map { body.value($0) ?? .null }
        let judged = JudgedChange(
            change, of: body, declared, cellCount: access.table.cells.count, authorTier: tier)
        let before = try load(access, key: key)
        var state =
            switch before {
            case .there(_, let state), .absent(let state): state
            case .unknown: RowState(table: access.table)
            }
        let unwritable = state.apply(
            RowWrite(dot: dot, effect: judged.effect), to: access.table, covers: coverage.covers, rank: rank)
        try store(state, access, key: key, before: before)
        func refused(_ cell: Int, _ why: RefusedCell.Reason) -> RefusedCell {
            RefusedCell(dot: dot, table: access.table.name, key: key, cell: declared.cells[cell].name, why: why)
        }
        return judged.refusedCells.map { refused($0, .tier) } + unwritable.map { refused($0, .appendOnly) }
    }
}

/// What is worked out once for one table of one change set. A class: it is handed on for every row.
private final class TablePlan {
    let access: TableAccess
    let declared: SyncedTable
    /// The stamp's detail of a plain insert, and the cells that its author's tier does not write.
    let detail: [UInt8]?
    let unwritten: [Int]
    let insertRow: PreparedStatement
    let insertStamp: PreparedStatement

    init(
        access: TableAccess, declared: SyncedTable, detail: [UInt8]?, unwritten: [Int], insertRow: PreparedStatement,
        insertStamp: PreparedStatement
    ) {
        self.access = access
        self.declared = declared
        self.detail = detail
        self.unwritten = unwritten
        self.insertRow = insertRow
        self.insertStamp = insertStamp
    }
}

/// A cell that a change set may not write.
struct RefusedCell {
    enum Reason {
        /// The author's tier has no right to it.
        case tier
        /// The row was there, and its author knew.
        case appendOnly
    }
    let dot: Dot
    let table: String
    let key: [CellValue]
    let cell: String
    let why: Reason
}
