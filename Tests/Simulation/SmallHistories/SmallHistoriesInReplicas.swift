import ChangeSets
import MergeModel
import TestReplicas

@testable import Replica

/// A sample of the small histories over real replicas: each on a row of its own, delivered to a town and a district in two
/// causal orders, and what both hold against the model.
package struct SmallHistoriesInReplicas {
    package private(set) var histories = 0
    package private(set) var problems: [String] = []
    private static let batch = 100
    private static let village = "330106109012"

    /// - Parameter every: One history of so many is taken.
    package init(kind number: Int, operations: Int, every: Int) throws {
        let kind = SmallHistories.kinds[number]
        var random = ModelRandom(seed: UInt64(number))
        try SmallHistories(kind: kind, operationsMax: operations).forEachBatch(of: Self.batch, every: every) {
            histories in
            guard problems.isEmpty else { return }
            try run(histories, kind, using: &random)
        }
    }

    /// One fresh tree for some histories.
    private mutating func run(
        _ histories: [SmallHistory], _ kind: SmallHistories.Kind, using random: inout ModelRandom
    ) throws {
        let tree = try TestTree(["330106", "330106109", Self.village], domain: TestDomain.schema)
        let hands = try SmallHistories.authors.map { author in
            try HandAuthor(try OfficeCode(author.office), ordinal: 2, in: tree)
        }
        let town = try OfficeCode("330106109")
        try tree.send(from: tree.root, to: town)
        let scope = Scope(area: try OfficeCode(Self.village), audience: .village)
        for (index, history) in histories.enumerated() {
            // All that came before has been applied by everybody.
            let base = hands.map { $0.head(in: scope).number }
            let made = history.steps.map { step in
                make(step, base, hands, scope, table: kind.table, id: UInt8(index + 1))
            }
            for replica in [tree[town], tree[tree.root]] {
                var applied = 0
                while applied != history.all {
                    let step = history.next(after: applied).randomElement(using: &random)!
                    applied |= 1 << step
                    let outcome = try replica.accept(try hands[history.steps[step].author].batch([made[step]]))
                    if outcome.applied != 1 { problems.append("\(replica.office) met \(outcome)") }
                }
            }
            self.histories += 1
        }
        try compare(tree[town], scope, histories.count)
        try compare(tree[tree.root], scope, histories.count)
    }

    private func make(
        _ step: SmallHistory.Step, _ base: [UInt64], _ hands: [HandAuthor], _ scope: Scope, table: ModelTable, id: UInt8
    ) -> VerifiedChangeSet {
        var context: [AuthorID: UInt64] = [:]
        for (other, author) in SmallHistories.authors.enumerated() where other != step.author {
            let number = base[other] + (step.changeSet.context[author.id] ?? 0)
            if number > 0 { context[hands[other].author] = number }
        }
        var body = HandBody()
        let names = TestDomain.version1.table(named: table.name)!.columns.dropFirst(2).map(\.name)
        switch step.changeSet.operations[0] {
        case .insert(_, _, let values):
            let all = zip(names, values).map { ($0, CellValue($1)) }
            body.insert(table.name, area: Self.village, id: id, Dictionary(uniqueKeysWithValues: all))
        case .update(_, _, let old, let new):
            let changed = new.map { column, value in
                (names[column], (old: CellValue(old[column] ?? .null), new: CellValue(value)))
            }
            body.update(table.name, area: Self.village, id: id, Dictionary(uniqueKeysWithValues: changed))
        case .delete: body.delete(table.name, area: Self.village, id: id)
        }
        let made = hands[step.author].next(in: scope, body.bytes, knowing: CausalContext(context))
        hands[step.author].keep(made)
        return made
    }

    /// The model computes the state from the replica's log, whatever the histories were meant to be.
    private mutating func compare(_ replica: OfficeReplica, _ scope: Scope, _ rows: Int) throws {
        let authors = ModelAuthor.all(in: try replica.directory())
        let expected = try ReplicaContent.expected(of: replica, in: scope, authors: authors)
        let actual = try ReplicaContent(of: replica, in: scope)
        if actual != expected { problems.append("\(replica.office) differs: \(actual.difference(expected))") }
        if expected.state.rows.count != rows { problems.append("\(expected.state.rows.count) rows of \(rows)") }
    }
}
