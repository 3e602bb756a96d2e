import ChangeSets

/// Checks a stream of frames as it arrives, and gathers what may be committed.
///
/// Chain and signature are checked before a body is read, each body against its header; what fails is left out with a
/// reason, and the rest flows.
package struct StreamReceiver: Sendable {
    /// Keys of the authors that the receiver's directory names.
    package typealias Keys = @Sendable (AuthorID) -> VerificationKey?

    private struct OpenRun: Sendable {
        let run: Run?  // nil: rejected; its bodies are skipped.
        let feed: FeedID?
        var next = 0
    }

    private let keys: Keys
    private var runs: [OpenRun] = []
    private var rejectedFeeds: Set<FeedID> = []
    private var statements = 0
    private var pending = IncomingBatch()
    private var pendingRuns: Set<Int> = []
    private(set) package var pendingBytes = 0
    /// Left out so far.
    private(set) package var rejected: [RejectedChangeSets] = []
    private(set) package var isEnded = false
    private(set) package var hasMore = false

    package init(keys: @escaping Keys) { self.keys = keys }

    package mutating func receive(_ frame: StreamFrame) throws(RefusedStream) {
        guard !isEnded else { throw .notAFrame }
        switch frame {
        case .run(let headers, let signature): try open(headers, signature)
        case .body(let run, let body): try take(body, run: run)
        case .statement(let bytes, let signature):
            statements += 1
            guard statements <= ExchangeLimits.statementsMax else { throw .tooManyStatements }
            do {
                pending.statements.append(try SignedStatement(parsing: bytes, signature: signature))
                pendingBytes += bytes.count
            } catch {
                throw .notAFrame
            }
        case .end(let more):
            isEnded = true
            hasMore = more
        }
    }

    /// What can be committed now; starts the next batch.
    package mutating func takeBatch() -> IncomingBatch {
        var batch = pending
        batch.runs = pendingRuns.sorted().compactMap { runs[$0].run }
        pending = IncomingBatch()
        pendingRuns = []
        pendingBytes = 0
        return batch
    }

    private mutating func open(_ headers: [[UInt8]], _ signature: [UInt8]) throws(RefusedStream) {
        guard headers.count <= Limits.runHeadersMax else { throw .notAFrame }
        var sealed: [SealedHeader] = []
        do {
            for header in headers { sealed.append(try SealedHeader(parsing: header)) }
        } catch {
            return try reject(sealed.first, error.description)
        }
        guard let first = sealed.first else { throw .notAFrame }
        let feed = first.header.feed
        guard !rejectedFeeds.contains(feed) else { return runs.append(OpenRun(run: nil, feed: feed)) }
        guard let key = keys(feed.author) else {
            return try reject(first, "author \(feed.author) is not in the directory here yet; it is sent again later")
        }
        let run = Run(feed: feed, headers: sealed, signature: signature)
        do {
            try run.verify(with: key)
        } catch {
            return try reject(first, error.description)
        }
        runs.append(OpenRun(run: run, feed: feed))
    }

    private mutating func take(_ body: [UInt8], run index: UInt32) throws(RefusedStream) {
        guard Int(index) < runs.count else { throw .unknownRun(index) }
        let open = runs[Int(index)]
        guard let run = open.run else { return }
        guard open.next < run.headers.count else { throw .unknownRun(index) }
        let sealed = run.headers[open.next]
        guard sealed.vouches(for: body) else {
            runs[Int(index)] = OpenRun(run: nil, feed: open.feed)
            return try reject(sealed, InvalidRun.body(run.feed, sealed.header.number).description, opens: false)
        }
        runs[Int(index)].next += 1
        pendingRuns.insert(Int(index))
        pending.changeSets.append(VerifiedChangeSet(sealed: sealed, body: body))
        pendingBytes += body.count + sealed.bytes.count
    }

    private mutating func reject(
        _ sealed: SealedHeader?, _ reason: String, opens: Bool = true
    ) throws(RefusedStream) {
        if opens { runs.append(OpenRun(run: nil, feed: sealed?.header.feed)) }
        guard let sealed else { throw .notAFrame }
        rejectedFeeds.insert(sealed.header.feed)
        rejected.append(
            RejectedChangeSets(feed: sealed.header.feed, number: sealed.header.number, reason: reason))
        guard rejected.count <= ExchangeLimits.rejectedFeedsMax else { throw .tooManyRejections }
    }
}

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
