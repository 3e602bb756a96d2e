/// A write to a cell "that no other write to that cell covers".
package struct ModelSibling: Sendable, Hashable {
    package var dot: ModelDot
    /// In the order of the cell's columns.
    package var values: [ModelValue]

    package init(dot: ModelDot, values: [ModelValue]) {
        self.dot = dot
        self.values = values
    }
}

/// What the definition says of one row.
package struct ModelRow: Sendable, Hashable {
    package var isThere: Bool
    /// One value per column that is not key; empty when the row is not there.
    package var shown: [ModelValue]
    /// Per cell, the winner first; empty for a counter. They are listed whether or not the row is there, since
    /// the definition of a sibling knows nothing of deletes.
    package var siblings: [[ModelSibling]]
    /// Positions of the cells in conflict, ascending; none when the row is not there.
    package var conflicts: [Int]
    /// By author, then number; none when the row is not there.
    package var openDeletes: [ModelDot]

    package init(
        isThere: Bool, shown: [ModelValue], siblings: [[ModelSibling]], conflicts: [Int], openDeletes: [ModelDot]
    ) {
        self.isThere = isThere
        self.shown = shown
        self.siblings = siblings
        self.conflicts = conflicts
        self.openDeletes = openDeletes
    }
}

/// "A cell from elsewhere is a *refused cell*: no write, listed beside the change set's state."
package struct ModelRefusedCell: Sendable, Hashable {
    package var dot: ModelDot
    package var table: String
    package var key: [UInt8]
    package var cell: Int

    package init(dot: ModelDot, table: String, key: [UInt8], cell: Int) {
        self.dot = dot
        self.table = table
        self.key = key
        self.cell = cell
    }
}

/// "The state is a function of the *set* of change sets applied."
package struct ModelState: Sendable, Hashable {
    /// Every row that an operation was ever applied to, those that are not there included; of an append-only table, the
    /// rows that are there.
    package var rows: [ModelRowKey: ModelRow]
    package var refusedCells: Set<ModelRefusedCell>

    package init(rows: [ModelRowKey: ModelRow], refusedCells: Set<ModelRefusedCell>) {
        self.rows = rows
        self.refusedCells = refusedCells
    }
}
