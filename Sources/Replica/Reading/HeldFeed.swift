import ChangeSets

/// A feed whose next change set this office has stored and cannot apply yet, and what it lacks.
package struct HeldFeed: Sendable, Hashable {
    package let feed: FeedID
    /// nil while the directory does not name the author.
    package let office: OfficeCode?
    /// The number that is held; all after it wait.
    package let number: UInt64
    /// How many are stored and not applied.
    package let waiting: Int
    package let reason: String
    /// The change set that must come first, where that is the reason.
    package let missing: CausalContext.Entry?

    init(_ feed: FeedRow, _ reader: ReplicaReader) throws {
        self.feed = feed.feed
        office = try reader.office(of: feed.feed.author)
        number = feed.applied + 1
        waiting = Int(feed.stored.number - feed.applied)
        guard let header = try reader.header(feed.id, number)?.header else {
            reason = "it is missing in the log; run `sanji repair`"
            missing = nil
            return
        }
        if reader.history.version(header.schema) == nil {
            reason = "needs schema \(header.schema), this office has \(reader.history.current.version): upgrade it"
            missing = nil
        } else if let entry = try Self.firstMissing(header, reader) {
            let writer = try reader.office(of: entry.author).map { "office \($0)" } ?? "an author not in the directory"
            reason =
                "its writer knew number \(entry.number) of \(writer) (author \(entry.author)), which has not come yet"
            missing = entry
        } else if office == nil {
            reason = "its author is not in the directory here yet; the next exchange brings it"
            missing = nil
        } else {
            reason = feed.hold ?? "it is applied with the next exchange"
            missing = nil
        }
    }

    private static func firstMissing(
        _ header: ChangeSetHeader, _ reader: ReplicaReader
    ) throws -> CausalContext.Entry? {
        try header.context.entries.first { entry in
            let known = try reader.feed(FeedID(author: entry.author, scope: header.feed.scope))
            return (known?.applied ?? 0) < entry.number
        }
    }
}

extension OfficeReplica {
    /// What this office holds because it lacks something, and what that is.
    package func heldFeeds() throws -> [HeldFeed] {
        try reading { reader in try reader.feeds().filter(\.isWaiting).map { try HeldFeed($0, reader) } }
    }
}
