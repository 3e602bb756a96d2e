/// One cell of one row, out of all operations applied to the row.
struct MergedCell: Sendable {
    /// The winner first; empty for a counter.
    let siblings: [ModelSibling]
    /// In the order of the cell's columns.
    let shown: [ModelValue]

    init(position: Int, of table: ModelTable, operations: [JudgedOperation]) {
        let cell = table.cells[position]
        let writers = operations.filter { $0.writes[position] != nil }
        let defaults = cell.columns.map { table.defaults[$0] }
        if cell.rule == .counter {
            siblings = []
            shown = writers.isEmpty ? defaults : counted(writers.compactMap { $0.writes[position] }, cell: cell)
        } else {
            siblings = uncovered(position, among: writers)
                .sorted(by: cell.rule.prefers)
                .map(\.sibling)
            shown = siblings.first?.values ?? defaults
        }
    }

    /// "Siblings with different values are a conflict. Equal values are no conflict."
    var isInConflict: Bool { Set(siblings.map(\.values)).count > 1 }
}

/// "The writes to it that no other write to that cell covers."
private func uncovered(_ position: Int, among writers: [JudgedOperation]) -> [Candidate] {
    writers.compactMap { writer in
        guard let write = writer.writes[position] else { return nil }
        guard !writers.contains(where: { $0.changeSet.covers(writer.dot) }) else { return nil }
        return Candidate(author: writer.author, dot: writer.dot, values: write.values)
    }
}

/// "Every insert's value plus every update's difference (new − old), superseded or not, modulo 2⁶⁴."
private func counted(_ writes: [CellWrite], cell: ModelCell) -> [ModelValue] {
    cell.columns.indices.map { index in
        var sum: Int64 = 0
        for write in writes {
            sum &+= number(write.values[index])
            if let found = write.found { sum &-= number(found[index]) }
        }
        return .integer(sum)
    }
}

/// A counter counts integers; anything else counts as nothing.
private func number(_ value: ModelValue) -> Int64 {
    if case .integer(let integer) = value { integer } else { 0 }
}
