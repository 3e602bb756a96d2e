extension RowState {
    /// Applies one operation. Whatever it covers must have been applied before (I6).
    /// - Parameters:
    ///   - covers: Whether the operation's change set knows of the operation named.
    ///   - rank: Rank of the author of a feed.
    /// - Returns: The cells of a row of an append-only table that it must not write.
    package mutating func apply(
        _ write: RowWrite, to table: SyncedTable, covers: (Dot) -> Bool, rank: (Int64) -> AuthorRank
    ) -> [Int] {
        if table.appendOnly { return applyToAppendOnly(write, of: table, covers: covers, rank: rank) }
        switch write.effect {
        case .insert(let values):
            inserts.removeAll { covers($0.dot) }
            inserts.append(Sibling(dot: write.dot, values: []))
            applyCells(values, write.dot, table, covers, rank)
        case .update(let values):
            // An update whose every cell was refused is no operation: it closes no delete either.
            guard values.contains(where: { $0 != nil }) else { return [] }
            applyCells(values, write.dot, table, covers, rank)
        case .delete:
            openDeletes.removeAll(where: covers)
            openDeletes.append(write.dot)
            openDeletes.sort { Self.precedes($0, $1, rank) }
            // Whatever comes later is not covered by this delete: all that it covers is here already (I6).
            for index in inserts.indices where covers(inserts[index].dot) { inserts[index].covered = true }
            for cell in cells.indices {
                for index in cells[cell].indices where covers(cells[cell][index].dot) {
                    cells[cell][index].covered = true
                }
            }
        }
        return []
    }

    /// Orders the siblings anew, after a rule of the table has changed.
    package mutating func chooseAnew(_ table: SyncedTable, rank: (Int64) -> AuthorRank) {
        for index in cells.indices {
            cells[index].sort { Self.isPreferred($0, over: $1, table.cells[index].rule, rank) }
        }
    }

    mutating func applyCells(
        _ values: [[CellValue]?], _ dot: Dot, _ table: SyncedTable, _ covers: (Dot) -> Bool,
        _ rank: (Int64) -> AuthorRank
    ) {
        openDeletes.removeAll(where: covers)
        for (index, written) in values.enumerated() {
            guard let written else { continue }
            cells[index].removeAll { covers($0.dot) }
            if let sum = counters[index] {
                if case .integer(let amount)? = written.first { counters[index] = sum &+ amount }
                cells[index].append(Sibling(dot: dot, values: []))
            } else {
                cells[index].append(Sibling(dot: dot, values: written))
            }
            let rule = table.cells[index].rule
            cells[index].sort { Self.isPreferred($0, over: $1, rule, rank) }
            noteTie(index, rule, rank)
        }
    }

    private func noteTie(_ cell: Int, _ rule: MergeRule, _ rank: (Int64) -> AuthorRank) {
        #if SANJI_SIMULATION
            guard cells[cell].count > 1, rule == .nearest || rule == .highest else { return }
            let (shown, next) = (rank(cells[cell][0].dot.feed), rank(cells[cell][1].dot.feed))
            if shown.tier == next.tier { mark(.tie) }
        #endif
    }

    /// The order of siblings, the shown one first. Total: two siblings never have the same dot.
    static func isPreferred(
        _ a: Sibling, over b: Sibling, _ rule: MergeRule, _ rank: (Int64) -> AuthorRank
    ) -> Bool {
        let (rankA, rankB) = (rank(a.dot.feed), rank(b.dot.feed))
        switch rule {
        case .minimum, .maximum:
            let order = valueOrder(a.values, b.values, rule)
            if order != 0 { return order < 0 }
            if rankA.tier != rankB.tier { return rankA.tier > rankB.tier }
        case .nearest, .counter:
            if rankA.tier != rankB.tier { return rankA.tier > rankB.tier }
        case .highest:
            if rankA.tier != rankB.tier { return rankA.tier < rankB.tier }
        }
        if rankA.ordinal != rankB.ordinal { return rankA.ordinal > rankB.ordinal }
        if a.dot.number != b.dot.number { return a.dot.number > b.dot.number }
        return rankA.author > rankB.author
    }

    /// Negative where `a` is to be shown before `b`; column by column, NULL last for either rule.
    private static func valueOrder(_ a: [CellValue], _ b: [CellValue], _ rule: MergeRule) -> Int {
        for (x, y) in zip(a, b) {
            switch (x, y) {
            case (.null, .null): continue
            case (.null, _): return 1
            case (_, .null): return -1
            default:
                let order = x.order(against: y)
                if order != 0 { return rule == .minimum ? order : -order }
            }
        }
        return 0
    }

    private static func precedes(_ a: Dot, _ b: Dot, _ rank: (Int64) -> AuthorRank) -> Bool {
        let (authorA, authorB) = (rank(a.feed).author, rank(b.feed).author)
        return authorA == authorB ? a.number < b.number : authorA < authorB
    }
}
