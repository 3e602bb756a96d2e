extension RowWriter {
    /// For a row of an append-only table that the author sees: seldom an insert, which does not stand or is refused with
    /// its change set, else an update whose new equals old; nil when no cell came up.
    func writeAnew(_ row: ModelRow, using generator: inout some RandomNumberGenerator) -> ModelOperation? {
        if generator.happens(percent: 10), let insert = insert(using: &generator) { return insert }
        var values: [Int: ModelValue] = [:]
        for (position, cell) in table.declaration.cells.enumerated() {
            let isInConflict = row.conflicts.contains(position)
            guard generator.happens(percent: isInConflict ? 60 : 15) else { continue }
            guard mayTouch(cell, using: &generator) else { continue }
            let shown = cell.columns.map { row.shown[$0] }
            let named = cell.rule == .counter ? shown : confirmed(cell, at: position, of: row, using: &generator)
            for (column, value) in zip(cell.columns, named) { values[column] = value }
        }
        guard !values.isEmpty else { return nil }
        return .update(table: table.declaration.name, key: key, old: values, new: values)
    }

    /// Mostly "the value shown stands", at times another sibling's value or one from anywhere, as no honest program writes.
    private func confirmed(
        _ cell: ModelCell, at position: Int, of row: ModelRow, using generator: inout some RandomNumberGenerator
    ) -> [ModelValue] {
        if generator.happens(percent: 70) { return cell.columns.map { row.shown[$0] } }
        if generator.happens(percent: 50), !row.siblings[position].isEmpty {
            return generator.pick(from: row.siblings[position]).values
        }
        return cell.columns.map { generator.pick(from: table.choices[$0]) }
    }
}
