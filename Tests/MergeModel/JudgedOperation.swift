/// What an operation writes to one cell.
struct CellWrite: Sendable {
    /// The cell's values after the write, in the order of its columns.
    let values: [ModelValue]
    /// The values that an update found; nil for an insert.
    let found: [ModelValue]?
}

/// One operation of a change set that isn't refused, with the rights of its author judged cell by cell.
struct JudgedOperation: Sendable {
    enum Kind: Sendable {
        case insert, update, delete
    }

    let changeSet: ModelChangeSet
    let author: ModelAuthor
    let row: ModelRowKey
    let kind: Kind
    /// By position of the cell.
    private(set) var writes: [Int: CellWrite] = [:]
    private(set) var refusedCells: Set<ModelRefusedCell> = []

    /// - Parameter table: As the schema version of the change set declares it. As versions only append, the positions
    ///   of its cells are today's.
    init(_ operation: ModelOperation, of changeSet: ModelChangeSet, by author: ModelAuthor, in table: ModelTable) {
        self.changeSet = changeSet
        self.author = author
        row = operation.row
        switch operation {
        case .insert(_, _, let values):
            precondition(values.count <= table.defaults.count, "an insert carries all columns of its schema version")
            kind = .insert
            insert(values, in: table)
        case .update(_, _, let old, let new):
            precondition(Set(old.keys) == Set(new.keys), "an update carries old and new of the same columns")
            kind = .update
            update(old: old, new: new, in: table)
        case .delete:
            kind = .delete
        }
    }

    var dot: ModelDot { changeSet.dot }

    /// An insert is a write to the row always, an update where it writes at least one cell that isn't refused (a reading of
    /// the definition: docs/architecture.md, "Where the definition is silent").
    var isWrite: Bool {
        switch kind {
        case .insert: true
        case .update: !writes.isEmpty
        case .delete: false
        }
    }

    /// An update none of whose cells is a write is no operation (a reading, as above).
    var isOperation: Bool { isWrite || kind == .delete }

    /// "An insert writes every cell", but for the refused ones. "An insert's cell that equals the declared default
    /// counts as no write" where another tier's write would be refused, and isn't listed.
    private mutating func insert(_ values: [ModelValue], in table: ModelTable) {
        // "Columns are only ever appended": what an earlier schema version did not have, its insert does not write.
        // Where no declaration comes with the change set, the number of values tells.
        for (position, cell) in table.cells.enumerated() where cell.columns.allSatisfy({ $0 < values.count }) {
            let inserted = cell.columns.map { values[$0] }
            if mayWrite(cell) {
                writes[position] = CellWrite(values: inserted, found: nil)
            } else if inserted != cell.columns.map({ table.defaults[$0] }) {
                refuse(position)
            }
        }
    }

    /// An update writes a cell if it carries a new value for any of its columns (a reading, as above). Honest writers carry
    /// all columns of a group; a column left out counts as its default.
    private mutating func update(old: [Int: ModelValue], new: [Int: ModelValue], in table: ModelTable) {
        for (position, cell) in table.cells.enumerated() where cell.columns.contains(where: { new[$0] != nil }) {
            if mayWrite(cell) {
                writes[position] = CellWrite(
                    values: cell.columns.map { new[$0] ?? table.defaults[$0] },
                    found: cell.columns.map { old[$0] ?? table.defaults[$0] })
            } else {
                refuse(position)
            }
        }
    }

    func refusedCell(_ position: Int) -> ModelRefusedCell {
        ModelRefusedCell(dot: dot, table: row.table, key: row.key, cell: position)
    }

    private func mayWrite(_ cell: ModelCell) -> Bool {
        cell.writers?.contains(author.tier) ?? true
    }

    private mutating func refuse(_ position: Int) {
        refusedCells.insert(refusedCell(position))
    }
}
