/// Everything that decides what one row shows (design §5), kept until something covers it.
///
/// The state is a function of the set of operations applied, in whatever causal order they came.
package struct RowState: Sendable, Hashable {
    /// Inserts that no other insert covers. A row without any is not there.
    package var inserts: [Sibling]
    /// Per cell, the writes to it that no other write to it covers, the shown one first; in append-only tables what the inserts
    /// wrote.
    package var cells: [[Sibling]]
    /// Deletes that no later operation on the row covers.
    package var openDeletes: [Dot]
    /// Per cell, the sum of a counter; nil for other rules.
    package var counters: [Int64?]

    package init(table: SyncedTable) {
        inserts = []
        cells = Array(repeating: [], count: table.cells.count)
        openDeletes = []
        counters = table.cells.map { $0.rule == .counter ? 0 : nil }
    }

    /// Whether the row is there: an insert is in effect, and some write is covered by no delete.
    package var isThere: Bool {
        guard !inserts.isEmpty else { return false }
        return inserts.contains { !$0.covered } || cells.contains { $0.contains { !$0.covered } }
    }

    /// Cells whose siblings differ.
    package func conflictingCells(_ table: SyncedTable) -> [Int] {
        guard isThere else { return [] }
        return cells.indices.filter { index in
            guard table.cells[index].rule != .counter else { return false }
            let disputed = disputed(index, of: table)
            return disputed.contains { $0.values != disputed[0].values }
        }
    }

    /// The siblings among which a person decides, the shown one first: what was settled in an append-only table does not come
    /// up again, but for the one that stood.
    package func disputed(_ cell: Int, of table: SyncedTable) -> [Sibling] {
        guard table.appendOnly, let stood = cells[cell].firstIndex(where: \.covered) else { return cells[cell] }
        return cells[cell].indices.filter { $0 == stood || !cells[cell][$0].covered }.map { cells[cell][$0] }
    }

    /// What the row shows, per value column.
    package func shown(_ table: SyncedTable) -> [CellValue] {
        var values: [CellValue] = []
        for (index, cell) in table.cells.enumerated() {
            if let sum = counters[index] {
                values.append(.integer(sum))
            } else if let winner = cells[index].first {
                values.append(contentsOf: winner.values)
            } else {
                values.append(contentsOf: cell.columns.map(\.defaultValue))
            }
        }
        return values
    }
}

/// One of several values written to one cell without knowing of each other.
package struct Sibling: Sendable, Hashable {
    package let dot: Dot
    /// The values of the cell's columns; none for an insert as such, or a counter.
    package let values: [CellValue]
    /// By a delete of the row; in an append-only table by a word that one of the values stands.
    package var covered: Bool

    package init(dot: Dot, values: [CellValue], covered: Bool = false) {
        self.dot = dot
        self.values = values
        self.covered = covered
    }
}

/// Names one operation on a row: the feed of its change set, as this replica numbers feeds, and the number in it.
package struct Dot: Sendable, Hashable {
    package let feed: Int64
    package let number: UInt64

    package init(feed: Int64, number: UInt64) {
        self.feed = feed
        self.number = number
    }
}

/// What merging must know of an author: where its office stands, and which of the office's authors it is.
package struct AuthorRank: Sendable, Hashable {
    package let tier: Tier
    /// Larger is newer, among the authors of one office.
    package let ordinal: UInt32
    package let author: AuthorID

    package init(tier: Tier, ordinal: UInt32, author: AuthorID) {
        self.tier = tier
        self.ordinal = ordinal
        self.author = author
    }
}

/// One operation of one change set on one row, and what its writer knew.
package struct RowWrite: Sendable {
    package enum Effect: Sendable {
        /// New values per cell; nil where the cell is not written.
        case insert([[CellValue]?])
        /// New values per cell; nil where the cell is not written. For counters, the difference.
        case update([[CellValue]?])
        case delete
    }
    package let dot: Dot
    package let effect: Effect

    package init(dot: Dot, effect: Effect) {
        self.dot = dot
        self.effect = effect
    }
}
