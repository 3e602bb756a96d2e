import ChangeSets

/// Stamps the rows that a local transaction changed. The rows themselves are written already, by plain SQL.
struct LocalStamps {
    let writer: ReplicaWriter
    let dot: Dot
    let coverage: Coverage
    /// Whether the transaction has no other part, so that every new row is this one's.
    let isWhole: Bool

    func update(_ body: ParsedChangeset, _ taken: inout TakenStamps) throws {
        let accesses = try body.tables.map { table in
            guard let access = writer.tables[table.name] else { throw DamagedReplica.log("no table \(table.name)") }
            return access
        }
        let plans = accesses.map { $0.insertDetail(by: writer.office.tier, declared: $0.table) }
        for (index, access) in accesses.enumerated() {
            try refuseForeignCells(body, table: index, access, plans[index].unwritten)
        }
        if isWhole, accesses.count == 1, try stampAll(body, accesses[0], plans[0].detail) { return }
        try body.bytes.withUnsafeBytes { bytes in
            for change in body.changes {
                let access = accesses[change.table]
                switch change.operation {
                case .insert: try stampInsert(change, body, bytes, access, plans[change.table].detail)
                case .update: try stampUpdate(change, body, access, &taken)
                case .delete: try stampDelete(change, body, access, &taken)
                }
            }
        }
    }

    /// An office never writes a cell that another would have to refuse.
    /// - Parameter foreign: Cells that this office's tier may not write.
    private func refuseForeignCells(
        _ body: ParsedChangeset, table: Int, _ access: TableAccess, _ foreign: [Int]
    ) throws {
        guard !foreign.isEmpty else { return }
        let tier = writer.office.tier
        let defaults = foreign.flatMap { cell in
            zip(access.cellRanges[cell], access.table.cells[cell].columns.map(\.defaultValue))
        }
        for change in body.changes where change.table == table && change.operation != .delete {
            let new = body.new(change)
            // An insert's default is no write; an update leaves the cell alone.
            let writes = defaults.contains { column, value in
                let written = body.value(new[new.startIndex + column])
                return written != nil && !(change.operation == .insert && written == value)
            }
            guard writes else { continue }
            let judged = JudgedChange(
                change, of: body, access.table, cellCount: access.table.cells.count, authorTier: tier)
            guard let first = judged.refusedCells.first else { continue }
            let cell = access.table.cells[first]
            throw RefusedWrite.cell(
                table: access.table.name, cell: cell.name, tier: tier, writers: (cell.writers ?? []).sorted())
        }
    }

    /// Many new rows of one table at once.
    /// - Returns: false where that cannot be told apart from other rows; then the rows are stamped one by one.
    private func stampAll(_ body: ParsedChangeset, _ access: TableAccess, _ detail: [UInt8]?) throws -> Bool {
        let isBulk = body.changes.count > 8 && body.changes.allSatisfy { $0.operation == .insert }
        guard isBulk, try !writer.mayBeAbsent(access.table.name), writer.guardian.deleted.isEmpty else { return false }
        let statement = try writer.connection.statement(access.insertStampsBehind)
        statement.bind(1, dot.feed).bind(2, Int64(dot.number))
        if let detail { statement.bind(3, blob: detail) } else { statement.bindNull(3) }
        try statement.run()
        // A smaller count means that a row chose its own row id: stamping by key corrects it.
        return Int(writer.connection.changes) == body.changes.count
    }

    private func stampInsert(
        _ change: RowChange, _ body: ParsedChangeset, _ bytes: UnsafeRawBufferPointer, _ access: TableAccess,
        _ detail: [UInt8]?
    ) throws {
        let new = body.new(change)
        if try writer.mayBeAbsent(access.table.name) {
            let key = new.prefix(access.keyColumns).map { body.value($0) ?? .null }
            if try reinsert(change, body, access, key: key) { return }
        }
        let statement = try writer.connection.statement(access.insertStampByKey)
        for index in 0..<access.keyColumns {
            statement.bind(Int32(index + 1), new[new.startIndex + index], in: bytes)
        }
        let next = Int32(access.keyColumns)
        statement.bind(next + 1, dot.feed).bind(next + 2, Int64(dot.number))
        if let detail { statement.bind(next + 3, blob: detail) } else { statement.bindNull(next + 3) }
        try statement.run()
    }

    /// A key that was there before: its kept state is the past that this insert covers.
    private func reinsert(
        _ change: RowChange, _ body: ParsedChangeset, _ access: TableAccess, key: [CellValue]
    ) throws -> Bool {
        let encoded = ReplicaWriter.encode(key)
        let kept = try writer.connection.statement("SELECT state FROM sanji_absent WHERE tbl = ?1 AND key = ?2")
            .bind(1, access.table.name).bind(2, blob: encoded).first { $0.blob(0) }
        guard let kept else { return false }
        guard !access.table.hasCounter else { throw RefusedWrite.counterKeyDeleted(access.table.name) }
        mark(.reinsert)
        var state = try writer.keptState(kept, access.table)
        apply(change, body, access, to: &state)
        let statement = try writer.connection.statement(access.selectRowID)
        for (index, value) in key.enumerated() { statement.bind(Int32(index + 1), value) }
        guard let rowID = try statement.first({ $0.integer(0) }) else {
            throw DamagedReplica.missingRow(access.table.name)
        }
        // What other tiers decided outlives a delete: this office's insert does not write those cells.
        let inserted = body.new(change).dropFirst(access.keyColumns).map { body.value($0) ?? .null }
        let shown = state.shown(access.table)
        if shown != inserted {
            try writer.guardian.allowingWrites { try writer.update(access, rowID: rowID, values: shown) }
        }
        try writer.save(new: Stamp(rowID: rowID, state, access.table), access)
        try writer.deleteAbsent(access.table.name, key)
        try writer.listConflicts(of: state, access, key: key)
        return true
    }

    private func stampUpdate(
        _ change: RowChange, _ body: ParsedChangeset, _ access: TableAccess, _ taken: inout TakenStamps
    ) throws {
        let old = body.old(change)
        let new = body.new(change)
        let key = old.prefix(access.keyColumns).map { body.value($0) ?? .null }
        try taken.putBack(access, key: key)
        if access.table.appendOnly { return try stampSettled(change, body, access, key) }
        let select = try writer.connection.statement(access.selectStamp)
        for (index, value) in key.enumerated() { select.bind(Int32(index + 1), value) }
        let found = try select.first { row in
            try Stamp(
                rowID: row.integer(0), base: Dot(feed: row.integer(1), number: UInt64(bitPattern: row.integer(2))),
                detail: row.blob(3))
        }
        guard var stamp = found else { throw DamagedReplica.missingRow(access.table.name) }
        // A local write knows of everything applied here, so it supersedes all siblings and deletes.
        let hadConflicts = stamp.parts.contains { $0.key == .openDeletes || $0.value.count > 1 }
        stamp.set(.openDeletes, [])
        for (index, range) in access.cellRanges.enumerated()
        where new[new.startIndex + range.lowerBound].kind != .undefined {
            stamp.set(.cell(index), [Stamp.Entry(dot: dot)])
        }
        try writer.save(stamp, access)
        guard hadConflicts else { return }
        if case .there(_, let state) = try writer.load(access, key: key) {
            try writer.listConflicts(of: state, access, key: key)
        }
    }

    /// A conflict of an append-only table that a person closes: all its values stay.
    private func stampSettled(
        _ change: RowChange, _ body: ParsedChangeset, _ access: TableAccess, _ key: [CellValue]
    ) throws {
        guard case .there(let stamp, var state) = try writer.load(access, key: key) else {
            throw DamagedReplica.missingRow(access.table.name)
        }
        apply(change, body, access, to: &state)
        try writer.save(Stamp(rowID: stamp.rowID, state, access.table), access)
        try writer.listConflicts(of: state, access, key: key)
    }

    private func stampDelete(
        _ change: RowChange, _ body: ParsedChangeset, _ access: TableAccess, _ taken: inout TakenStamps
    ) throws {
        let values = body.old(change).map { body.value($0) ?? .null }
        let key = Array(values.prefix(access.keyColumns))
        guard let stamp = taken.remove(access, key: key) else {
            throw DamagedReplica.missingRow(access.table.name)
        }
        var state = try writer.checked(
            stamp.state(access.table, shown: Array(values.dropFirst(access.keyColumns))), stamp.rowID)
        apply(change, body, access, to: &state)
        try writer.saveAbsent(state, access.table.name, key)
        try writer.listConflicts(of: state, access, key: key)
    }

    private func apply(
        _ change: RowChange, _ body: ParsedChangeset, _ access: TableAccess, to state: inout RowState
    ) {
        let judged = JudgedChange(
            change, of: body, access.table, cellCount: access.table.cells.count, authorTier: writer.office.tier)
        // What it must not write was refused before it was signed: rights by the capture, closing words by their plan.
        _ = state.apply(
            RowWrite(dot: dot, effect: judged.effect), to: access.table, covers: coverage.covers, rank: writer.rank)
    }
}
