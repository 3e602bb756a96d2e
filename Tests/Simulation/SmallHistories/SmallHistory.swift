import ChangeSets
import MergeModel
import TestReplicas

/// A few operations on one row by three offices of one branch, each by what its author had applied.
struct SmallHistory {
    struct Step {
        /// Position in ``SmallHistories/authors``.
        let author: Int
        /// The steps before it that its author had applied, as bits.
        let knows: Int
        let changeSet: ModelChangeSet
    }
    var steps: [Step] = []

    var all: Int { (1 << steps.count) - 1 }

    /// Steps that may be applied next where those of `applied` have been.
    func next(after applied: Int) -> [Int] {
        steps.indices.filter { applied & (1 << $0) == 0 && steps[$0].knows & ~applied == 0 }
    }

    func changeSets(of steps: Int) -> [ModelChangeSet] {
        self.steps.indices.filter { steps & (1 << $0) != 0 }.map { self.steps[$0].changeSet }
    }
}

/// Every history of at most so many operations: insert, update of one of two cells (also to the value that is shown, as a
/// person keeps it), delete, insert again, by three authors in every state of ignorance of each other.
///
/// Of histories that differ only in the order in which concurrent operations are written down, nearly all are left out: of two
/// neighbours that do not know of each other, the lower author comes first. Values are two for each cell; an insert takes the first of
/// both. Shorter histories are the beginnings of the longer ones. In an append-only table the operations are inserts of either
/// value, also by who knows of the row, and words that a value stands, right or wrong.
package struct SmallHistories {
    static let authors = [
        ModelAuthor(id: "hazel", office: "330106109012", ordinal: 1),
        ModelAuthor(id: "alder", office: "330106109", ordinal: 1),
        ModelAuthor(id: "cedar", office: "330106", ordinal: 1),
    ]

    /// The two cells of one table that are written, by position, and their two values.
    struct Kind: Sendable {
        let table: ModelTable
        let cells: [(cell: Int, values: [ModelValue])]
    }

    /// Two cells each of the test domain: all five rules, one that not every tier may write, and an append-only table.
    static let kinds: [Kind] = {
        func kind(_ table: String, _ first: (String, [ModelValue]), _ second: (String, [ModelValue])) -> Kind {
            let declared = TestDomain.version1.table(named: table)!
            return Kind(
                table: ModelTable(declared),
                cells: [first, second].map { name, values in
                    (declared.cells.firstIndex { $0.name == name }!, values)
                })
        }
        return [
            kind("family", ("phone", [.text("1"), .text("2")]), ("category", [.null, .text("DB")])),
            kind("family", ("deadline", [.integer(5), .integer(1)]), ("colour", [.integer(1), .integer(3)])),
            kind("stock", ("amount", [.integer(10), .integer(7)]), ("note", [.text("a"), .text("b")])),
            kind("visit", ("family", [.blob([1]), .blob([2])]), ("text", [.text("a"), .text("b")])),
        ]
    }()

    let kind: Kind
    let operationsMax: Int
    /// Whether all authors run our program, which writes no row of an append-only table anew.
    var isHonest = false

    /// Calls `body` for each history that nothing more may be added to.
    func forEach(_ body: (SmallHistory) throws -> Void) rethrows {
        try extend(SmallHistory(), body)
    }

    var count: Int {
        var count = 0
        forEach { _ in count += 1 }
        return count
    }

    /// Calls `body` with one history of so many, some at a time.
    func forEachBatch(of size: Int, every: Int, _ body: ([SmallHistory]) throws -> Void) rethrows {
        var (seen, waiting) = (0, [SmallHistory]())
        try forEach { history in
            seen += 1
            guard seen.isMultiple(of: every) else { return }
            waiting.append(history)
            guard waiting.count == size else { return }
            try body(waiting)
            waiting = []
        }
        if !waiting.isEmpty { try body(waiting) }
    }

    private func extend(_ history: SmallHistory, _ body: (SmallHistory) throws -> Void) rethrows {
        guard history.steps.count < operationsMax else { return try body(history) }
        var isExtended = false
        for author in Self.authors.indices {
            for knows in contexts(of: author, in: history) {
                if let last = history.steps.last, knows & (1 << (history.steps.count - 1)) == 0, author < last.author {
                    continue
                }
                for operation in operations(by: author, knowing: knows, in: history) {
                    var longer = history
                    longer.steps.append(step(author, knows, operation, history))
                    isExtended = true
                    try extend(longer, body)
                }
            }
        }
        if !isExtended { try body(history) }
    }

    /// Sets of earlier steps that an author may have applied: its own all, and none without those it knows of.
    private func contexts(of author: Int, in history: SmallHistory) -> [Int] {
        let own = history.steps.indices.filter { history.steps[$0].author == author }.reduce(0) { $0 | 1 << $1 }
        return (0...history.all).filter { set in
            set & own == own
                && history.steps.indices.allSatisfy { set & (1 << $0) == 0 || history.steps[$0].knows & ~set == 0 }
        }
    }

    private func step(
        _ author: Int, _ knows: Int, _ operation: ModelOperation, _ history: SmallHistory
    ) -> SmallHistory.Step {
        func last(of other: Int) -> UInt64 {
            UInt64(history.steps.indices.count { history.steps[$0].author == other && knows & (1 << $0) != 0 })
        }
        var context: [String: UInt64] = [:]
        for other in Self.authors.indices where other != author && last(of: other) > 0 {
            context[Self.authors[other].id] = last(of: other)
        }
        return SmallHistory.Step(
            author: author, knows: knows,
            changeSet: ModelChangeSet(
                author: Self.authors[author].id, number: last(of: author) + 1, context: context, operations: [operation]
            ))
    }

    private func operations(by author: Int, knowing knows: Int, in history: SmallHistory) -> [ModelOperation] {
        let (table, key) = (kind.table, Self.key)
        let seen = history.changeSets(of: knows)
        let row = mergedState(of: seen, tables: [table], authors: Self.authors)
            .rows[ModelRowKey(table: table.name, key: key)]
        guard let row, row.isThere else {
            // A key once deleted in a table with a counter cannot be inserted again.
            let isCounter = table.cells.contains { $0.rule == .counter }
            let wasDeleted = seen.contains { $0.operations.contains(.delete(table: table.name, key: key)) }
            guard !isCounter || !wasDeleted else { return [] }
            return table.appendOnly ? [insert([0, 0]), insert([0, 1])] : [insert([0, 0])]
        }
        guard !table.appendOnly else { return words(on: row) + (isHonest ? [] : [insert([1, 1])]) }
        func update(_ cell: Int, _ new: ModelValue) -> ModelOperation {
            let column = table.cells[cell].columns[0]
            return .update(table: table.name, key: key, old: [column: row.shown[column]], new: [column: new])
        }
        let updates = kind.cells.flatMap { cell, choices in choices.map { update(cell, $0) } }
        let kept = row.conflicts.filter { cell in kind.cells.contains { $0.cell == cell } }
            .map { update($0, row.shown[table.cells[$0].columns[0]]) }
            .filter { !updates.contains($0) }
        return updates + kept + [.delete(table: table.name, key: key)]
    }

    private func insert(_ choices: [Int]) -> ModelOperation {
        var values = kind.table.defaults
        for ((cell, of), choice) in zip(kind.cells, choices) { values[kind.table.cells[cell].columns[0]] = of[choice] }
        return .insert(table: kind.table.name, key: Self.key, values: values)
    }

    /// That a value of an append-only row stands: by our program the shown one of a conflict, else any.
    private func words(on row: ModelRow) -> [ModelOperation] {
        kind.cells.flatMap { cell, choices in
            let column = kind.table.cells[cell].columns[0]
            let said = isHonest ? (row.conflicts.contains(cell) ? [row.shown[column]] : []) : choices
            return said.map {
                ModelOperation.update(table: kind.table.name, key: Self.key, old: [column: $0], new: [column: $0])
            }
        }
    }

    static let key: [UInt8] = [1]
}
