import ChangeSets
import Replica

/// Once healed, every write that was acknowledged is in its author's log and in every log that its scope reaches, and its
/// office knows it at the root, or refused with a reason.
struct NothingLost: Checker {
    func problems(in world: World) throws -> [String] {
        var problems: [String] = []
        let root = world.plan.root
        for (feed, entries) in world.journal.written.sorted(by: { $0.key < $1.key }) {
            let acknowledged = (entries.lastIndex(where: \.isAcknowledged) ?? -1) + 1
            // What died with its disk before anybody else had it is no longer anywhere.
            let least = min(acknowledged, world.journal.outlived[feed] ?? .max)
            for office in world.running where feed.scope.reaches(office.code) {
                let head = try office.replica?.vector(with: office.code)[feed]
                let stored = Int(head?.number ?? 0)
                if stored < least {
                    problems.append("\(office.code) has \(stored) of the \(least) change sets of \(feed)")
                }
            }
        }
        for office in world.running {
            problems += try office.replica?.fates().notArrived(at: root, except: world.forked) ?? []
        }
        return problems
    }
}
