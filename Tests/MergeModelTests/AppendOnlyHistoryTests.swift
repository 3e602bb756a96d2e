import MergeModel
import Testing

@Suite struct `Random histories of append-only tables` {
    func world(_ seed: UInt64) -> (world: ModelWorld, random: ModelRandom) {
        var random = ModelRandom(seed: seed)
        let world = ModelWorld(tables: [.visit, .note], steps: 50, using: &random)
        return (world, random)
    }

    func state(_ world: ModelWorld, _ changeSets: [ModelChangeSet]) -> ModelState {
        mergedState(of: changeSets, tables: world.declarations, authors: world.authors)
    }

    @Test(arguments: UInt64(1)...20)
    func `siblings and refused cells are there for good`(seed: UInt64) {
        var (world, random) = world(seed)
        let order = world.causalOrder(using: &random)
        var earlier = state(world, [])
        for count in 0...order.count {
            let later = state(world, Array(order.prefix(count)))
            #expect(later.refusedCells.isSuperset(of: earlier.refusedCells))
            for (key, row) in earlier.rows {
                for (before, after) in zip(row.siblings, later.rows[key]?.siblings ?? []) {
                    #expect(after.filter(before.contains) == before, "in the same order, too")
                }
            }
            #expect(Set(later.rows.keys).isSuperset(of: earlier.rows.keys))
            earlier = later
        }
    }

    @Test func `histories meet everything that the definition speaks of`() {
        var met: [String: Int] = [:]
        for seed in 1...UInt64(100) {
            let world = world(seed).world
            let state = state(world, world.changeSets)
            for row in state.rows.values {
                for (position, siblings) in row.siblings.enumerated() where Set(siblings.map(\.values)).count > 1 {
                    met[row.conflicts.contains(position) ? "conflict" : "settled", default: 0] += 1
                }
            }
            for changeSet in world.changeSets where !world.isRefused(changeSet) {
                for operation in changeSet.operations {
                    let isRefused = state.refusedCells.contains { cell in
                        cell.dot == changeSet.dot && cell.table == operation.row.table
                            && cell.key == operation.row.key && cell.cell == 0
                    }
                    switch operation {
                    case .insert:
                        met[isRefused ? "insert that does not stand" : "insert that stands", default: 0] += 1
                    case .update(_, _, _, let new) where new[0] != nil:
                        met[isRefused ? "refused update" : "update that settles", default: 0] += 1
                    case .update, .delete:
                        continue
                    }
                }
            }
        }
        for (what, times) in met { #expect(times >= 20, "\(what)") }
        #expect(met.count == 6)
    }
}
