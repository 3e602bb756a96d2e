import MergeModel
import TestReplicas

/// Applies every small history in every causal order to the engine's merge as bare values, and holds each state on the way
/// against the model.
package struct SmallHistoriesCheck {
    package private(set) var histories = 0
    /// Ways to deliver a whole history.
    package private(set) var orders = 0
    /// States compared with the model.
    package private(set) var states = 0
    package private(set) var problems: [String] = []
    private var random = ModelRandom(seed: 1)

    package static var kinds: Int { SmallHistories.kinds.count }

    /// - Parameter kind: Which two cells are written: 0 up to ``kinds``.
    package init(kind: Int, operations: Int) throws {
        let kind = SmallHistories.kinds[kind]
        let world = ModelWorld(
            tables: [
                ModelWorldTable(
                    declaration: kind.table, choices: kind.table.defaults.map { [$0] }, keys: [SmallHistories.key])
            ], authors: SmallHistories.authors, steps: 0, using: &random)
        try SmallHistories(kind: kind, operationsMax: operations).forEach { history in
            guard problems.count < 10 else { return }
            histories += 1
            var expected: [Int: ModelState] = [:]
            try deliver(history, RowsInMemory(world, using: &random), applied: 0, kind, &expected)
        }
    }

    private mutating func deliver(
        _ history: SmallHistory, _ rows: RowsInMemory, applied: Int, _ kind: SmallHistories.Kind,
        _ expected: inout [Int: ModelState]
    ) throws {
        guard applied != history.all else {
            orders += 1
            return
        }
        for step in history.next(after: applied) {
            var rows = rows
            try rows.apply(history.steps[step].changeSet)
            let now = applied | 1 << step
            if expected[now] == nil {
                expected[now] = mergedState(
                    of: history.changeSets(of: now), tables: [kind.table], authors: SmallHistories.authors)
            }
            states += 1
            if rows.state != expected[now] {
                problems.append(
                    "\(history.steps.map(\.changeSet)) differs after \(history.changeSets(of: now).map(\.dot))")
            }
            try deliver(history, rows, applied: now, kind, &expected)
        }
    }
}
