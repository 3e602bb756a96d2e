import Replica

/// Every change set of an office is in exactly one of the states of I10, and the office can see which.
struct OneFate: Checker {
    func problems(in world: World) throws -> [String] {
        try world.running.compactMap(\.replica).flatMap { replica in
            let fates = try replica.fates()
            var problems: [String] = []
            for feed in fates.feeds {
                var next: UInt64 = 1
                for span in feed.spans {
                    if span.first != next || span.last < span.first {
                        problems.append(
                            "\(replica.office): numbers before \(span.first) of \(feed.feed) have no fate, or two")
                    }
                    next = span.last + 1
                }
                let stored = try replica.vector(with: replica.office)[feed.feed]?.number ?? 0
                if next != stored + 1 {
                    problems.append("\(replica.office): \(feed.feed) has fates up to \(next - 1) only")
                }
            }
            return problems
        }
    }
}
