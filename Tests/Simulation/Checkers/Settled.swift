import ChangeSets
import Replica

/// Queues are empty: parents and children have the same, nothing waits to be applied or sent, and every office knows
/// that all of its own has arrived. Until this holds the world is not quiet; when it never holds, something is stuck.
struct Settled: Checker {
    func problems(in world: World) throws -> [String] {
        var problems: [String] = []
        for office in world.running {
            guard let replica = office.replica else { continue }
            if let parent = office.code.parent.flatMap({ world.offices[$0]?.replica }) {
                let (mine, theirs) = (try replica.vector(with: parent.office), try parent.vector(with: office.code))
                if mine.digest != theirs.digest { problems.append(Self.difference(office.code, mine, theirs)) }
            }
            problems += try replica.heldFeeds().map {
                "\(office.code) holds \($0.feed) from \($0.number): \($0.reason)"
            }
            problems += try replica.notTaken().map {
                "\(office.code): \($0.office) has not taken \($0.feed): \($0.reason)"
            }
            let fates = try replica.fates()
            if fates.waiting > 0 || fates.held > 0 {
                problems.append("\(office.code) has \(fates.waiting) change sets that wait and \(fates.held) held")
            }
        }
        return problems
    }

    private static func difference(_ office: OfficeCode, _ mine: FeedVector, _ theirs: FeedVector) -> String {
        let feeds = Set(mine.keys).union(theirs.keys).sorted().filter { mine[$0] != theirs[$0] }
        let words = feeds.prefix(3).map { "\($0): \(mine[$0]?.number ?? 0) here, \(theirs[$0]?.number ?? 0) above" }
        return "\(office) and its parent differ in \(feeds.count) feeds: \(words.joined(separator: "; "))"
    }
}
