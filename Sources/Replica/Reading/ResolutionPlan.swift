import ChangeSets

/// A decision, checked, as the write that carries it out.
struct ResolutionPlan {
    let record: RecordID
    let access: TableAccess
    /// What the decision was made on.
    let state: RowState
    let change: Change

    enum Change {
        /// The cell gets these values, which may be those it shows.
        case write(cell: Int, [CellValue])
        /// The cell is written as it stands.
        case touch(cell: Int)
        case delete
    }

    init(_ reader: ReplicaReader, _ id: String, _ decision: ConflictDecision) throws {
        let found = try ConflictReader(reader).only(id)
        let record = found.conflict.record
        let table = found.access.table
        let scope = Scope(area: record.area, audience: table.audience)
        let offices = AllowedOffices(scope: scope, root: reader.root)
        guard scope.mayBeWritten(by: reader.office) else {
            throw ConflictError.authority(reader.office, record.area, may: offices.all)
        }
        func checkRights(_ cell: SyncedCell) throws {
            guard let writers = cell.writers, !writers.contains(reader.office.tier) else { return }
            throw ConflictError.cell(table.name, cell.name, reader.office.tier, may: offices.of(writers))
        }
        switch decision {
        case .keep(let office):
            guard let cell = found.cell else { throw ConflictError.isDelete(id) }
            try checkRights(table.cells[cell])
            change = .write(cell: cell, try Self.values(of: office, found.conflict))
        case .value(let values):
            guard let cell = found.cell else { throw ConflictError.isDelete(id) }
            try checkRights(table.cells[cell])
            let columns = found.conflict.columns
            guard values.count == columns.count, columns.allSatisfy({ values[$0] != nil }) else {
                throw ConflictError.columns(expected: columns, given: values.keys.sorted())
            }
            change = .write(cell: cell, columns.map { values[$0] ?? .null })
        case .restore:
            guard found.cell == nil else { throw ConflictError.isNoDelete(id) }
            change = .touch(cell: try Self.freeCell(reader, found))
        case .delete:
            guard found.cell == nil else { throw ConflictError.isNoDelete(id) }
            change = .delete
        }
        if table.appendOnly, !Self.keepsShown(change, found.state, found.access) {
            throw ConflictError.appendOnly(table.name)
        }
        self.record = record
        access = found.access
        state = found.state
    }

    /// Rows of an append-only table never change: a person may only say that the value shown stands.
    private static func keepsShown(_ change: Change, _ state: RowState, _ access: TableAccess) -> Bool {
        guard case .write(let cell, let values) = change else { return false }
        let shown = state.shown(access.table)
        return values == access.cellRanges[cell].map { shown[$0 - access.keyColumns] }
    }

    var mode: WriteGuard.Mode {
        DirectorySchema.names.contains(record.table) ? .directoryBlock : .block
    }

    /// The cell is named even where its value changes: columns that stay must be carried as well.
    var resolutions: [Capture.Resolution] {
        switch change {
        case .write(let cell, _), .touch(let cell):
            [Capture.Resolution(table: record.table, key: record.wholeKey, cell: cell)]
        case .delete: []
        }
    }

    func write(_ connection: Connection, rowID: Int64) throws {
        switch change {
        case .write(let cell, let values):
            let update = try connection.statement(access.updateCells([cell])).bind(1, rowID)
            for (index, value) in values.enumerated() { update.bind(Int32(index + 2), value) }
            try update.run()
        case .delete: try connection.statement(access.deleteRow).bind(1, rowID).run()
        case .touch: return
        }
    }

    private static func values(of office: OfficeCode, _ conflict: Conflict) throws(ConflictError) -> [CellValue] {
        let its = conflict.siblings.filter { $0.office == office }
        guard let first = its.first else {
            throw .noSuchSibling(office, there: Set(conflict.siblings.map(\.office)).sorted())
        }
        guard its.allSatisfy({ $0.values == first.values }) else { throw .severalAuthors(office, its.map(\.author)) }
        return first.values
    }

    /// A cell that this office may write and about which nobody disagrees: writing it must not close another conflict.
    private static func freeCell(_ reader: ReplicaReader, _ found: ConflictReader.Found) throws -> Int {
        let table = found.access.table
        let tier = reader.office.tier
        let writable = table.cells.indices.filter { table.cells[$0].writers?.contains(tier) ?? true }
        guard !writable.isEmpty else {
            throw ConflictError.nothingToWrite(table.name, tier)
        }
        let disputed = Set(found.state.conflictingCells(table))
        // A counter would gain a write of nothing: harmless, but any other cell is plainer.
        let free = writable.filter { !disputed.contains($0) }
        if let cell = free.first(where: { table.cells[$0].rule != .counter }) ?? free.first { return cell }
        let others = try ConflictReader(reader).of(found.conflict.record).filter { !$0.isDelete }
        throw ConflictError.resolveFirst(others.map(\.id))
    }

    static func values(_ texts: [String: String?], _ cell: SyncedCell) throws(ConflictError) -> [String: CellValue] {
        var values: [String: CellValue] = [:]
        for (name, text) in texts.sorted(by: { $0.key < $1.key }) {
            guard let column = cell.columns.first(where: { $0.name == name }) else {
                throw .columns(expected: cell.columns.map(\.name), given: texts.keys.sorted())
            }
            guard let text else {
                values[name] = .null
                continue
            }
            guard let value = CellValue(text: text, as: column.type) else {
                throw .notAValue(name, type: column.type, text: text)
            }
            values[name] = value
        }
        return values
    }
}

/// The offices of a scope that may write it, for an error that names who can help.
private struct AllowedOffices {
    let all: [OfficeCode]

    init(scope: Scope, root: OfficeCode) {
        all = Tier.all.filter { $0 >= root.tier && $0 <= scope.audience && $0.digits <= scope.area.digits.utf8.count }
            .compactMap { try? OfficeCode(scope.area.digits.prefix($0.digits)) }
    }

    func of(_ tiers: Set<Tier>) -> [OfficeCode] { all.filter { tiers.contains($0.tier) } }
}
