import MergeModel
import Testing

@Suite struct `Random histories` {
    static let seeds = UInt64(1)...60

    func world(_ seed: UInt64) -> (world: ModelWorld, random: ModelRandom) {
        var random = ModelRandom(seed: seed)
        let world = ModelWorld(tables: ModelWorldTable.examples + [.visit], steps: 50, using: &random)
        return (world, random)
    }

    @Test func `one seed gives one history`() {
        #expect(world(7).world == world(7).world)
        #expect(world(7).world != world(8).world)
    }

    @Test(arguments: seeds)
    func `an order respects contexts and numbering and repeats only what came before`(seed: UInt64) {
        var (world, random) = world(seed)
        let order = world.causalOrder(duplicates: 5, using: &random)
        #expect(order.count == world.changeSets.count + 5)
        #expect(Set(order) == Set(world.changeSets))
        var vector: [String: UInt64] = [:]
        for changeSet in order {
            let last = vector[changeSet.author, default: 0]
            #expect(changeSet.number <= last + 1)
            #expect(changeSet.context.allSatisfy { vector[$0.key, default: 0] >= $0.value })
            vector[changeSet.author] = max(last, changeSet.number)
        }
    }

    @Test(arguments: seeds)
    func `the state is a function of the set of change sets`(seed: UInt64) {
        var (world, random) = world(seed)
        let order = world.causalOrder(duplicates: 5, using: &random)
        let state = mergedState(of: order, tables: world.declarations, authors: world.authors)
        #expect(
            state == mergedState(of: world.changeSets, tables: world.declarations, authors: world.authors))
    }

    /// What an author saw is the state of its context and its own earlier change sets.
    @Test(arguments: seeds)
    func `authors write what is legal by their own view`(seed: UInt64) {
        let world = world(seed).world
        for changeSet in world.changeSets {
            let seen = world.changeSets.filter {
                $0.author == changeSet.author
                    ? $0.number < changeSet.number : changeSet.context[$0.author, default: 0] >= $0.number
            }
            let view = mergedState(of: seen, tables: world.declarations, authors: world.authors)
            #expect(Set(changeSet.operations.map(\.row)).count == changeSet.operations.count)
            for operation in changeSet.operations where operation.row.table != "visit" {
                let row = view.rows[operation.row]
                switch operation {
                case .insert:
                    #expect(row?.isThere != true)
                case .update(_, _, let old, let new):
                    #expect(row?.isThere == true)
                    #expect(Set(old.keys) == Set(new.keys))
                    #expect(old.allSatisfy { row?.shown[$0.key] == $0.value })
                case .delete:
                    #expect(row?.isThere == true)
                }
            }
            // Append-only tables take anything but what has its body refused, whoever the author is.
            for case .update("visit", _, let old, let new) in changeSet.operations { #expect(old == new) }
            #expect(!changeSet.operations.contains { if case .delete("visit", _) = $0 { true } else { false } })
        }
    }

    @Test func `histories meet everything that the definition speaks of`() {
        var met: [String: Int] = [:]
        for seed in 1...UInt64(100) {
            let world = world(seed).world
            let state = mergedState(of: world.changeSets, tables: world.declarations, authors: world.authors)
            let rows = Array(state.rows.values)
            let operations = world.changeSets.flatMap(\.operations)
            met["conflict", default: 0] += rows.count { !$0.conflicts.isEmpty }
            met["three siblings", default: 0] += rows.count { $0.siblings.contains { $0.count > 2 } }
            met["cell without siblings", default: 0] += state.rows.count { key, row in
                key.table == "household" && row.isThere && row.siblings.contains(where: \.isEmpty)
            }
            met["open delete", default: 0] += rows.count { !$0.openDeletes.isEmpty }
            met["row gone", default: 0] += rows.count { !$0.isThere }
            met["refused cell", default: 0] += state.refusedCells.count
            met["refused change set", default: 0] += world.changeSets.count(where: \.refused)
            met["change set refused for an insert", default: 0] += world.changeSets.count {
                !$0.refused && world.isRefused($0)
            }
            met["two authors of an office", default: 0] += world.authors.count > 3 ? 1 : 0
            met["sibling of a newer author", default: 0] += rows.count { row in
                row.siblings.contains { siblings in
                    let offices = siblings.compactMap { sibling in
                        world.authors.first { $0.id == sibling.dot.author }?.office
                    }
                    return Set(offices).count < offices.count
                }
            }
            met["resolution", default: 0] += operations.count {
                if case .update(_, _, let old, let new) = $0 { old == new } else { false }
            }
            met["change sets", default: 0] += world.changeSets.count
        }
        for (what, times) in met { #expect(times >= 20, "\(what)") }
        #expect(met.count == 12)
    }
}
