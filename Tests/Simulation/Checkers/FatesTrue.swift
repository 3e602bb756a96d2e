import ChangeSets
import Replica

/// What an office says of its change sets is true at every moment: where it says that an office has applied one, that office
/// has, and where it says that one is held there, that office has it.
struct FatesTrue: Checker {
    func problems(in world: World) throws -> [String] {
        for office in world.offices.values { try world.observe(office) }
        return try world.running.flatMap { office -> [String] in
            guard let replica = office.replica else { return [] }
            return try replica.fates().feeds.filter { $0.feed != world.forked }.flatMap { feed in
                feed.spans.compactMap { span in
                    Self.note(span.fate, world)
                    return switch span.fate {
                    case .reached(let other):
                        Self.problem(office, "has applied", span.last, feed.feed, other, world) { $0.applied }
                    case .held(let other, _):
                        Self.problem(office, "holds", span.last, feed.feed, other, world) { $0.stored }
                    case .refused(let other, let reason):
                        reason.isEmpty
                            ? "\(office.code) gives no reason why \(feed.feed) is refused"
                            : Self.good(span.first...span.last, feed.feed, world)
                                ?? Self.problem(office, "refused", span.last, feed.feed, other, world) { $0.applied }
                    case .waiting, .laidAside: nil
                    }
                }
            }
        }
    }

    /// Nobody refuses what is good, and so nobody may be told that.
    private static func good(_ numbers: ClosedRange<UInt64>, _ feed: FeedID, _ world: World) -> String? {
        let good = Set(numbers).subtracting(world.journal.refused[feed] ?? [])
        return good.isEmpty ? nil : "numbers \(good.sorted()) of \(feed) are said to be refused, and are good"
    }

    private static func note(_ fate: Fate, _ world: World) {
        switch fate {
        case .waiting: Exercised.note(.seenWaiting)
        case .reached(let office): if office != world.plan.root { Exercised.note(.seenAtTown) }
        case .held: Exercised.note(.seenHeld)
        case .refused, .laidAside: break
        }
    }

    private static func problem(
        _ office: Office, _ what: String, _ number: UInt64, _ feed: FeedID, _ other: OfficeCode, _ world: World,
        _ place: ((stored: Int, applied: Int)) -> Int
    ) -> String? {
        let truly = world.farthest[other]?[feed].map(place) ?? 0
        return truly >= Int(number)
            ? nil : "\(office.code) says that \(other) \(what) number \(number) of \(feed), which got to \(truly)"
    }
}
