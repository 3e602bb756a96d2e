/// An author about to write one row.
struct RowWriter: Sendable {
    let author: ModelAuthor
    let table: ModelWorldTable
    let key: [UInt8]

    /// A row with all columns; nil where the author's tier is not to insert. Cells that are another tier's get their
    /// defaults, but for a rare trespass. In an append-only table, the insert itself is the trespass, whatever it carries.
    func insert(using generator: inout some RandomNumberGenerator) -> ModelOperation? {
        let isAppendOnly = table.declaration.appendOnly
        guard mayInsert(using: &generator) else { return nil }
        var values = table.declaration.defaults
        for cell in table.declaration.cells where isAppendOnly || mayTouch(cell, using: &generator) {
            for column in cell.columns where generator.happens(percent: 85) {
                values[column] =
                    cell.rule == .counter
                    ? .integer(amount(using: &generator))
                    : generator.pick(from: table.choices[column])
            }
        }
        return .insert(table: table.declaration.name, key: key, values: values)
    }

    /// A delete or an update of a row that the author sees; nil when nothing came to change.
    func change(_ row: ModelRow, using generator: inout some RandomNumberGenerator) -> ModelOperation? {
        if generator.happens(percent: 20) { return .delete(table: table.declaration.name, key: key) }
        var new: [Int: ModelValue] = [:]
        for (position, cell) in table.declaration.cells.enumerated() {
            let isInConflict = row.conflicts.contains(position)
            guard generator.happens(percent: isInConflict ? 60 : 30) else { continue }
            guard mayTouch(cell, using: &generator) else { continue }
            let shown = cell.columns.map { row.shown[$0] }
            let written =
                isInConflict && generator.happens(percent: 70)
                ? resolution(among: row.siblings[position], using: &generator)
                : changed(shown, cell: cell, using: &generator)
            guard isInConflict || written != shown else { continue }
            for (column, value) in zip(cell.columns, written) { new[column] = value }
        }
        guard !new.isEmpty else { return nil }
        var old: [Int: ModelValue] = [:]
        for column in new.keys { old[column] = row.shown[column] }
        return .update(table: table.declaration.name, key: key, old: old, new: new)
    }

    /// "Keep this one": mostly the shown one (old and new the same), else any of the siblings.
    private func resolution(
        among siblings: [ModelSibling], using generator: inout some RandomNumberGenerator
    ) -> [ModelValue] {
        generator.happens(percent: 60) ? siblings[0].values : generator.pick(from: siblings).values
    }

    /// Other values for some of the cell's columns; a counter moves by a difference.
    private func changed(
        _ shown: [ModelValue], cell: ModelCell, using generator: inout some RandomNumberGenerator
    ) -> [ModelValue] {
        var values = shown
        for (index, column) in cell.columns.enumerated() where index == 0 || generator.happens(percent: 60) {
            if cell.rule == .counter {
                guard case .integer(let count) = shown[index] else { continue }
                values[index] = .integer(count &+ amount(using: &generator))
            } else {
                values[index] = generator.pick(from: table.choices[column])
            }
        }
        return values
    }

    /// Mostly small, at times large enough that sums wrap.
    private func amount(using generator: inout some RandomNumberGenerator) -> Int64 {
        generator.happens(percent: 85)
            ? Int64.random(in: -9...9, using: &generator)
            : generator.pick(from: [Int64.max, Int64.min, Int64.random(in: .min ... .max, using: &generator)])
    }

    /// Its own cells always; another tier's seldom, for a refused cell.
    func mayTouch(_ cell: ModelCell, using generator: inout some RandomNumberGenerator) -> Bool {
        guard let writers = cell.writers, !writers.contains(author.tier) else { return true }
        return generator.happens(percent: 12)
    }

    /// Where its tier may always; else seldom, for a refused change set. There are fewer inserts than cells, hence more
    /// often than that.
    private func mayInsert(using generator: inout some RandomNumberGenerator) -> Bool {
        table.declaration.takesInserts(fromTier: author.tier) || generator.happens(percent: 20)
    }
}
