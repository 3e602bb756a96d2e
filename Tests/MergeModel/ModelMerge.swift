/// The state that a set of change sets of one area (and one audience) makes, computed from nothing.
///
/// Order and repetition of the list mean nothing: "the state is a function of the *set* of change sets applied: not
/// of order, path, batches or restarts". Every author and table named by a change set has to be declared.
package func mergedState(
    of changeSets: [ModelChangeSet], tables: [ModelTable], authors: [ModelAuthor]
) -> ModelState {
    let judged = Set(changeSets)
        .filter { !$0.isRefused(tables: tables, authors: authors) }
        .flatMap { judgedOperations(of: $0, tables: tables, authors: authors) }
    var state = ModelState(rows: [:], refusedCells: Set(judged.flatMap(\.refusedCells)))
    for (row, operations) in Dictionary(grouping: judged.filter(\.isOperation), by: \.row) {
        precondition(
            Set(operations.map(\.dot)).count == operations.count, "a change set has one operation on a row at most")
        let table = declaration(of: row.table, among: tables)
        if table.appendOnly {
            let appended = AppendOnlyRow(of: table, operations: operations)
            state.rows[row] = appended.row
            state.refusedCells.formUnion(appended.refusedCells)
        } else {
            state.rows[row] = mergedRow(of: operations, table: table)
        }
    }
    return state
}

private func judgedOperations(
    of changeSet: ModelChangeSet, tables: [ModelTable], authors: [ModelAuthor]
) -> [JudgedOperation] {
    let author = declaredAuthor(changeSet.author, among: authors)
    return changeSet.operations.map { operation in
        let table = declaration(of: operation.row.table, among: tables)
        return JudgedOperation(operation, of: changeSet, by: author, in: changeSet.declarationOfRights(to: table))
    }
}

private func mergedRow(of operations: [JudgedOperation], table: ModelTable) -> ModelRow {
    let cells = table.cells.indices.map { MergedCell(position: $0, of: table, operations: operations) }
    let siblings = cells.map(\.siblings)
    guard isThere(operations) else {
        return ModelRow(isThere: false, shown: [], siblings: siblings, conflicts: [], openDeletes: [])
    }
    return ModelRow(
        isThere: true,
        shown: shown(cells, of: table),
        siblings: siblings,
        conflicts: cells.indices.filter { cells[$0].isInConflict },
        openDeletes: openDeletes(among: operations))
}

/// "A row *is there* when an insert of it is in effect and some write to it is covered by no delete."
private func isThere(_ operations: [JudgedOperation]) -> Bool {
    let deletes = operations.filter { $0.kind == .delete }
    let standing = operations.filter { operation in
        operation.isWrite && !deletes.contains { $0.changeSet.covers(operation.dot) }
    }
    return operations.contains { $0.kind == .insert } && !standing.isEmpty
}

/// "Then it is there whole: every cell shows its siblings' winner", or the declared default when it has none.
func shown(_ cells: [MergedCell], of table: ModelTable) -> [ModelValue] {
    var values = table.defaults
    for (cell, merged) in zip(table.cells, cells) {
        for (column, value) in zip(cell.columns, merged.shown) { values[column] = value }
    }
    return values
}

/// "A delete that no later operation on the row covers, of a row that is there, is listed the same way."
private func openDeletes(among operations: [JudgedOperation]) -> [ModelDot] {
    operations
        .filter { $0.kind == .delete }
        .map(\.dot)
        .filter { delete in !operations.contains { $0.changeSet.covers(delete) } }
        .sorted { left, right in
            ModelComparison.first(of: [
                compareBytes(Array(left.author.utf8), Array(right.author.utf8)),
                ModelComparison(left.number, right.number),
            ]) == .before
        }
}
