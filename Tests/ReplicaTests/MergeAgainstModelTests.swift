import ChangeSets
import Foundation
import MergeModel
import TestReplicas
import Testing

@testable import Replica

/// Histories per rule; `SANJI_SEEDS=FIRST-LAST` runs others in their place.
func seeds(_ count: UInt64) -> ClosedRange<UInt64> {
    let asked = ProcessInfo.processInfo.environment["SANJI_SEEDS"]?.split(separator: "-").compactMap { UInt64($0) }
    guard let asked, asked.count == 2 else { return 1...count }
    return asked[0]...asked[1]
}

@Suite struct `Merging rows in memory` {
    @Test(arguments: seeds(60))
    func `gives the model's state in every causal order, and on the way there`(seed: UInt64) throws {
        var random = ModelRandom(seed: seed)
        let world = ModelWorld(tables: ModelWorldTable.examples + [.visit, .note], steps: 40, using: &random)
        for _ in 0..<3 {
            let order = world.causalOrder(duplicates: 4, using: &random)
            let stop = order.indices.randomElement(using: &random)
            var rows = RowsInMemory(world, using: &random)
            for (index, changeSet) in order.enumerated() {
                try rows.apply(changeSet)
                guard index == stop || index == order.count - 1 else { continue }
                let model = mergedState(
                    of: Array(order[...index]), tables: world.declarations, authors: world.authors)
                #expect(rows.state == model)
            }
        }
    }
}

@Suite struct `Merging in replicas` {
    @Test(arguments: seeds(24))
    func `leaves every office with what the model makes of its log, and all with the same`(seed: UInt64) throws {
        let history = try OfficeHistory(seed: seed)
        defer { #expect(history.problems.isEmpty) }
        try history.run(steps: 30)
        try compare(history)
        try history.run(steps: 30)
        try history.settle()
        try compare(history)
        for scope in history.scopes {
            let holders = history.holders.filter { scope.reaches($0) }
            let vectors = try holders.map { office in
                try history.tree[office].vector(with: office).filter { $0.key.scope == scope }
            }
            #expect(Set(vectors).count == 1)
            let waiting = try holders.map { office in
                try history.tree[office].engine { try $0.feeds(in: scope).count(where: \.isWaiting) }
            }
            #expect(waiting.allSatisfy { $0 == 0 })
        }
    }

    /// Every replica, settled or not, holds what the model makes of the change sets that it has applied.
    private func compare(_ history: OfficeHistory) throws {
        for scope in history.scopes {
            for office in history.holders where scope.reaches(office) {
                let replica = history.tree[office]
                let expected = try ReplicaContent.expected(
                    of: replica, in: scope, authors: history.authors, isRefused: history.isRefused)
                let content = try ReplicaContent(of: replica, in: scope)
                #expect(content == expected, "\(office) in \(scope)")
            }
        }
    }
}
