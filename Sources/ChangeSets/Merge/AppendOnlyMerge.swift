extension RowState {
    /// Applies one operation on a row of an append-only table: the row is what its first insert says (docs/architecture.md,
    /// “Where the definition is silent”). Whatever the operation covers must have been applied before (I6).
    ///
    /// Inserts that do not know of each other are siblings for good. An update is a person's word that one of the values it
    /// knows stands: it settles what it covers, and writes nothing.
    /// - Returns: The cells that it would have written and must not, because the row was there.
    mutating func applyToAppendOnly(
        _ write: RowWrite, of table: SyncedTable, covers: (Dot) -> Bool, rank: (Int64) -> AuthorRank
    ) -> [Int] {
        switch write.effect {
        case .insert(let values):
            guard !inserts.contains(where: { covers($0.dot) }) else {
                return values.indices.filter { values[$0] != nil }
            }
            inserts.append(Sibling(dot: write.dot, values: []))
            applyCells(values, write.dot, table, covers, rank)
            return []
        case .update(let values):
            return values.indices.filter { index in
                guard let stands = values[index], counters[index] == nil else { return false }
                return !settle(index, stands, covers)
            }
        case .delete: return []  // Refused with its whole change set: ``BodyCheck``.
        }
    }

    private mutating func settle(_ cell: Int, _ stands: [CellValue], _ covers: (Dot) -> Bool) -> Bool {
        let known = cells[cell].indices.filter { covers(cells[cell][$0].dot) }
        guard known.contains(where: { cells[cell][$0].values == stands }) else { return false }
        for index in known { cells[cell][index].covered = true }
        return true
    }
}
