import MergeModel
import Testing

/// Of the two tables here, villages may add to notes and not to visits.
@Suite struct `Random histories in which villages add where they may not` {
    func world(_ seed: UInt64) -> ModelWorld {
        var random = ModelRandom(seed: seed)
        return ModelWorld(tables: [.visit, .note], steps: 50, using: &random)
    }

    func state(_ world: ModelWorld, _ changeSets: [ModelChangeSet]) -> ModelState {
        mergedState(of: changeSets, tables: world.declarations, authors: world.authors)
    }

    func isVillage(_ author: String, in world: ModelWorld) -> Bool {
        world.authors.contains { $0.id == author && $0.office.count == 12 }
    }

    func isTrespass(_ changeSet: ModelChangeSet, in world: ModelWorld) -> Bool {
        isVillage(changeSet.author, in: world)
            && changeSet.operations.contains { if case .insert("visit", _, _) = $0 { true } else { false } }
    }

    @Test(arguments: UInt64(1)...20)
    func `a change set that does leaves no trace`(seed: UInt64) {
        let world = world(seed)
        let others = world.changeSets.filter { !isTrespass($0, in: world) }
        #expect(state(world, world.changeSets) == state(world, others))
        for changeSet in world.changeSets {
            #expect(world.isRefused(changeSet) == (changeSet.refused || isTrespass(changeSet, in: world)))
        }
    }

    /// Or the histories would say little of anything else.
    @Test func `it is seldom that one does`() {
        let worlds = (1...UInt64(100)).map(world)
        let all = worlds.reduce(0) { $0 + $1.changeSets.count }
        let trespasses = worlds.reduce(0) { sum, world in
            sum + world.changeSets.count { isTrespass($0, in: world) }
        }
        #expect(trespasses * 10 < all)
    }

    @Test func `histories meet every kind of trespass, and those who may add`() {
        var met: [String: Int] = [:]
        for seed in 1...UInt64(100) {
            let world = world(seed)
            let state = state(world, world.changeSets)
            met["refused cell of a village's update", default: 0] += state.refusedCells.count {
                $0.table == "visit" && $0.cell == 3 && isVillage($0.dot.author, in: world)
            }
            met["note of a village", default: 0] += state.rows.count { key, row in
                key.table == "note" && row.siblings[0].contains { isVillage($0.dot.author, in: world) }
            }
            met["visit of several", default: 0] += state.rows.count {
                $0.key.table == "visit" && $0.value.siblings[0].count > 1
            }
            for changeSet in world.changeSets where isTrespass(changeSet, in: world) && !changeSet.refused {
                met["refused along with it", default: 0] += changeSet.operations.count - 1
                for case .insert("visit", let key, let values) in changeSet.operations {
                    met[values[4] == .text("open") ? "default" : "other value", default: 0] += 1
                    let standing = state.rows[ModelRowKey(table: "visit", key: key)]?.siblings[0].map(\.dot) ?? []
                    met["insert that knows of it and stands", default: 0] += world.changeSets.count {
                        standing.contains($0.dot) && $0.context[changeSet.author, default: 0] >= changeSet.number
                    }
                }
            }
        }
        for (what, times) in met { #expect(times >= 10, "\(what)") }
        #expect(met.count == 7)
    }
}
