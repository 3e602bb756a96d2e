/// What one change writes, cell by cell, judged by the declaration its header names.
package struct JudgedChange: Sendable {
    package let effect: RowWrite.Effect
    /// Cells that the author's tier may not write: no write, listed beside the change set (§5).
    package let refusedCells: [Int]

    /// - Parameters:
    ///   - change: Of a body that ``BodyCheck`` let through.
    ///   - table: As declared by the header's schema version.
    ///   - cellCount: Cells of the table today; those appended since are not written.
    package init(
        _ change: RowChange, of body: ParsedChangeset, _ table: SyncedTable, cellCount: Int, authorTier: Tier
    ) {
        guard change.operation != .delete else {
            effect = .delete
            refusedCells = []
            return
        }
        let new = body.new(change)
        let old = body.old(change)
        var values: [[CellValue]?] = []
        var refused: [Int] = []
        for (index, range) in table.cellRanges.enumerated() {
            let cell = table.cells[index]
            let written = range.compactMap { body.value(new[new.startIndex + $0]) }
            guard written.count == range.count else {
                values.append(nil)
                continue
            }
            if let writers = cell.writers, !writers.contains(authorTier) {
                values.append(nil)
                let isDefault = change.operation == .insert && written == cell.columns.map(\.defaultValue)
                if !isDefault { refused.append(index) }
            } else if cell.rule == .counter, change.operation == .update {
                let before = body.value(old[old.startIndex + range.lowerBound])
                values.append([Self.difference(written[0], before)])
            } else {
                values.append(written)
            }
        }
        values += Array(repeating: nil, count: cellCount - values.count)
        effect = change.operation == .insert ? .insert(values) : .update(values)
        refusedCells = refused
    }

    private static func difference(_ new: CellValue, _ old: CellValue?) -> CellValue {
        guard case .integer(let after) = new, case .integer(let before)? = old else { return .integer(0) }
        return .integer(after &- before)
    }
}
