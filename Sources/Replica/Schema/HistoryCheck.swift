import ChangeSets

extension SchemaHistory {
    /// What released versions may not do to each other: they only add tables and append cells. Older change sets are
    /// read by position and judged by their own version, so what exists stays as it is; rules and rights may change.
    var problems: [SchemaProblem] {
        var problems: [SchemaProblem] = []
        for (older, newer) in zip(versions, versions.dropFirst()) {
            if older.version == newer.version { problems.append(.repeatedVersion(newer.version)) }
            for table in older.tables {
                if let successor = newer.table(named: table.name) {
                    problems += Self.problems(table, successor, newer.version)
                } else {
                    problems.append(.tableRemoved(table.name, version: newer.version))
                }
            }
        }
        return problems
    }

    private static func problems(_ old: SyncedTable, _ new: SyncedTable, _ version: UInt32) -> [SchemaProblem] {
        var problems: [SchemaProblem] = []
        func changed(_ what: String) { problems.append(.changed(old.name, what, version: version)) }
        if old.areaColumn != new.areaColumn || old.key != new.key { changed("the key") }
        if old.audience != new.audience { changed("the audience") }
        if old.appendOnly != new.appendOnly { changed("append-only") }
        if !new.areas.isSuperset(of: old.areas) { changed("the tiers whose areas hold rows") }
        for (index, cell) in old.cells.enumerated() {
            guard index < new.cells.count, new.cells[index].name == cell.name else {
                changed(cell.name)
                continue
            }
            let successor = new.cells[index]
            // Names, types, NOT NULL and defaults of the columns, and which columns are a group.
            if successor.columns != cell.columns { changed(cell.name) }
            if (successor.rule == .counter) != (cell.rule == .counter) { changed("counter of \(cell.name)") }
        }
        for cell in new.cells.dropFirst(old.cells.count) {
            for column in cell.columns where column.notNull && column.defaultValue == .null {
                problems.append(.noUsableDefault(new.name, column.name))
            }
        }
        return problems
    }
}
