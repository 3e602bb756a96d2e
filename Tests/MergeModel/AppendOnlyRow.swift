/// One row of an append-only table: "a row is what its first insert says".
struct AppendOnlyRow: Sendable {
    /// Nil when there was no insert: where no update writes a value, none is an operation.
    let row: ModelRow?
    /// On top of what the operations' authors may not write.
    let refusedCells: Set<ModelRefusedCell>

    init(of table: ModelTable, operations: [JudgedOperation]) {
        precondition(!operations.contains { $0.kind == .delete }, "a body with a delete is refused as a whole")
        let inserts = operations.filter { $0.kind == .insert }
        let standing = standing(among: inserts)
        let updates = operations.filter { $0.kind == .update }
        let cells = table.cells.indices.map {
            AppendOnlyCell(position: $0, of: table, standing: standing, updates: updates)
        }
        row =
            standing.isEmpty
            ? nil
            : ModelRow(
                isThere: true,
                shown: shown(cells.map(\.merged), of: table),
                siblings: cells.map(\.merged.siblings),
                conflicts: cells.indices.filter { cells[$0].isInConflict },
                openDeletes: [])
        let standingDots = Set(standing.map(\.dot))
        let refusedInserts =
            inserts
            .filter { !standingDots.contains($0.dot) }
            .flatMap { insert in insert.writes.keys.map(insert.refusedCell) }
        refusedCells = Set(refusedInserts + cells.flatMap(\.refused))
    }
}

/// "An insert *stands* when it covers no insert of the row that stands."
private func standing(among inserts: [JudgedOperation]) -> [JudgedOperation] {
    var standing: [JudgedOperation] = []
    var undecided = inserts
    while !undecided.isEmpty {
        let decidable = undecided.filter { !$0.covers(anyOf: undecided) }
        precondition(!decidable.isEmpty, "coverage is acyclic")
        standing += decidable.filter { !$0.covers(anyOf: standing) }
        undecided = undecided.filter { $0.covers(anyOf: undecided) }
    }
    return standing
}

extension JudgedOperation {
    fileprivate func covers(anyOf others: [JudgedOperation]) -> Bool {
        others.contains { changeSet.covers($0.dot) }
    }
}

/// One cell of such a row.
private struct AppendOnlyCell {
    /// No standing insert covers another, so that all their writes are siblings, "all of them, for good".
    let merged: MergedCell
    let isInConflict: Bool
    /// What updates named that equals no sibling they cover.
    let refused: [ModelRefusedCell]

    init(position: Int, of table: ModelTable, standing: [JudgedOperation], updates: [JudgedOperation]) {
        let merged = MergedCell(position: position, of: table, operations: standing)
        var settled: Set<ModelDot> = []
        var refused: [ModelRefusedCell] = []
        for update in updates where table.cells[position].rule != .counter {
            guard let named = update.writes[position]?.values else { continue }
            let covered = merged.siblings.filter { update.changeSet.covers($0.dot) }
            if covered.contains(where: { $0.values == named }) {
                settled.formUnion(covered.map(\.dot))
            } else {
                refused.append(update.refusedCell(position))
            }
        }
        self.merged = merged
        self.refused = refused
        isInConflict = differs(merged.siblings, settled: settled)
    }
}

/// "A cell is in conflict when the values differ among these: its siblings that no update has settled, and, if any are
/// settled, the most preferred one of the settled."
private func differs(_ siblings: [ModelSibling], settled: Set<ModelDot>) -> Bool {
    let unsettled = siblings.filter { !settled.contains($0.dot) }
    let mostPreferred = siblings.first { settled.contains($0.dot) }
    return Set((unsettled + [mostPreferred].compactMap(\.self)).map(\.values)).count > 1
}
