import ChangeSets
import Foundation
import MergeModel
import TestReplicas
import Testing

/// Seeds per rule here; `SANJI_SEEDS` multiplies them for a long run.
let seedFactor = UInt64(ProcessInfo.processInfo.environment["SANJI_SEEDS"] ?? "") ?? 1

@Suite struct `Merging one row` {
    @Test(arguments: 1...(150 * seedFactor))
    func `gives the model's state in every causal order, and on the way there`(seed: UInt64) throws {
        var random = ModelRandom(seed: seed)
        let world = ModelWorld(steps: 40, using: &random)
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
