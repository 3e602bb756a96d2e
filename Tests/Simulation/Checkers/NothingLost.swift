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
                guard let head, head.number >= least else {
                    problems.append("\(office.code) has \(head?.number ?? 0) of the \(least) change sets of \(feed)")
                    continue
                }
            }
        }
        for office in world.running {
            guard let fates = try office.replica?.fates() else { continue }
            let arrived = fates.reached[root, default: 0] + fates.refused
            if arrived != fates.own {
                problems.append("\(office.code): \(fates.own - arrived) of its \(fates.own) have not arrived")
            }
            for span in fates.feeds.flatMap(\.spans) {
                if case .refused(_, let reason) = span.fate, reason.isEmpty {
                    problems.append("refused without a reason")
                }
            }
        }
        return problems
    }
}
