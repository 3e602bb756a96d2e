import ChangeSets
import Replica

/// Every office runs and queues are empty: parents and children have the same, nothing waits to be applied or sent, and every office knows
/// that all of its own has arrived. Until this holds the world is not quiet; when it never holds, something is stuck.
struct Settled: Checker {
    func problems(in world: World) throws -> [String] {
        let running = Set(world.running.map(\.code))
        var problems = world.plan.offices.filter { !running.contains($0) }.map { "\($0) does not run" }
        for office in world.running {
            guard let replica = office.replica else { continue }
            if let parent = office.code.parent.flatMap({ world.offices[$0]?.replica }) {
                var (mine, theirs) = (try replica.vector(with: parent.office), try parent.vector(with: office.code))
                if let forked = world.forked { (mine[forked], theirs[forked]) = (nil, nil) }
                if mine.digest != theirs.digest { problems.append(Self.difference(office.code, mine, theirs)) }
            }
            problems += try replica.heldFeeds().map {
                "\(office.code) holds \($0.feed) from \($0.number): \($0.reason)"
            }
            problems += try replica.notTaken().filter { $0.feed != world.forked }.map {
                "\(office.code): \($0.office) has not taken \($0.feed): \($0.reason)"
            }
            problems += try replica.fates().notArrived(at: world.plan.root, except: world.forked).map {
                "\(office.code) does not know that they have arrived: \($0)"
            }
        }
        // The feed of a fork is left out above: offices pause before they offer it again.
        return problems + (try ForkSeen().problems(in: world))
    }

    private static func difference(_ office: OfficeCode, _ mine: FeedVector, _ theirs: FeedVector) -> String {
        let feeds = Set(mine.keys).union(theirs.keys).sorted().filter { mine[$0] != theirs[$0] }
        let words = feeds.prefix(3).map { "\($0): \(mine[$0]?.number ?? 0) here, \(theirs[$0]?.number ?? 0) above" }
        return "\(office) and its parent differ in \(feeds.count) feeds: \(words.joined(separator: "; "))"
    }
}

extension Fates {
    /// Stretches of change sets that are neither at the root nor refused with a reason.
    func notArrived(at root: OfficeCode, except forked: FeedID?) -> [String] {
        feeds.filter { $0.feed != forked }.flatMap { feed in
            feed.spans.compactMap { span in
                switch span.fate {
                case .reached(root): nil
                case .refused(_, let reason) where !reason.isEmpty: nil
                default: "numbers \(span.first) to \(span.last) of \(feed.feed) are \(span.fate)"
                }
            }
        }
    }
}
