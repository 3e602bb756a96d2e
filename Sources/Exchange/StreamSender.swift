import ChangeSets

/// Numbers the runs of a stream as it is sent.
package struct StreamSender: Sendable {
    private var runs: UInt32 = 0
    private var runOfFeed: [FeedID: UInt32] = [:]

    package init() {}

    package mutating func frame(run: Run) -> StreamFrame {
        runOfFeed[run.feed] = runs
        runs += 1
        return .run(run.headers.map(\.bytes), signature: run.signature)
    }

    /// - Precondition: A run of the feed was sent before.
    package func frame(body: [UInt8], of feed: FeedID) -> StreamFrame {
        guard let run = runOfFeed[feed] else { preconditionFailure("a body of \(feed) before its run") }
        return .body(run: run, body)
    }
}
