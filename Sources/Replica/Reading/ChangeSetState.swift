import ChangeSets

/// What has become of one change set at this office.
package enum ChangeSetState: Sendable, Hashable {
    case applied
    /// It breaks its declaration or its author's authority: no effect anywhere, ever.
    case refused(String)
    /// Stored; this office lacks what it needs.
    case held(String)
    /// Stored; an earlier change set of its author is held.
    case waiting(String)

    package var name: String {
        switch self {
        case .applied: "applied"
        case .refused: "refused"
        case .held: "held"
        case .waiting: "waiting"
        }
    }

    package var reason: String? {
        switch self {
        case .applied: nil
        case .refused(let reason), .held(let reason), .waiting(let reason): reason
        }
    }
}

/// Says of any change set in the log what became of it here.
struct ChangeSetStates {
    let reader: ReplicaReader
    private let refusals: [Int64: [UInt64: String]]
    private let holds: [Int64: HeldFeed]

    init(_ reader: ReplicaReader) throws {
        self.reader = reader
        var refusals: [Int64: [UInt64: String]] = [:]
        let statement = try reader.connection.statement("SELECT feed, number, reason FROM sanji_refusal")
        for (feed, number, reason) in try statement.rows({ ($0.integer(0), try $0.number(1), $0.text(2)) }) {
            refusals[feed, default: [:]][number] = reason
        }
        self.refusals = refusals
        var holds: [Int64: HeldFeed] = [:]
        for feed in try reader.feeds() where feed.isWaiting { holds[feed.id] = try HeldFeed(feed, reader) }
        self.holds = holds
    }

    func state(_ feed: FeedRow, _ number: UInt64) -> ChangeSetState {
        if number <= feed.applied { return refusals[feed.id]?[number].map(ChangeSetState.refused) ?? .applied }
        let reason = holds[feed.id]?.reason ?? "it is being taken in"
        if number == feed.applied + 1 { return .held(reason) }
        return .waiting("number \(feed.applied + 1) of its author is held: \(reason)")
    }
}
