import ChangeSets

/// Checks a stream of frames as it arrives, and gathers what may be committed.
///
/// Chain and signature are checked before a body is read, each body against its header; what fails is left out with a
/// reason, and the rest flows. What it keeps in memory is bounded, whatever a peer sends.
package struct StreamReceiver: Sendable {
    /// Keys of the authors that the receiver's directory names.
    package typealias Keys = @Sendable (AuthorID) -> VerificationKey?

    /// A verified run whose bodies are still coming.
    private struct OpenRun: Sendable {
        let run: Run
        let keptBytes: Int
        var next = 0
    }

    private enum RunState: UInt8 { case open, finished, skipped }

    private let keys: Keys
    private let keptBytesMax: Int
    /// By the run's number in the stream. One byte each, because a hostile sender may announce millions.
    private var states: [RunState] = []
    private var open: [Int: OpenRun] = [:]
    /// Where the last run of each feed ends.
    private var ends: [FeedID: FeedHead] = [:]
    /// What headers and feeds take in memory, roughly.
    package private(set) var keptBytes = 0
    private var isFull = false
    private var rejectedFeeds: Set<FeedID> = []
    private var statements = 0
    private var pending = IncomingBatch()
    private var pendingRuns: [Int: Run] = [:]
    private var saidMore = false
    private(set) package var pendingBytes = 0
    /// Left out so far.
    private(set) package var rejected: [RejectedChangeSets] = []
    private(set) package var isEnded = false

    package init(keptBytesMax: Int = ExchangeLimits.keptBytesMax, keys: @escaping Keys) {
        self.keptBytesMax = keptBytesMax
        self.keys = keys
    }

    /// Whether the sender has more than this stream brought, or the receiver could not keep all of it.
    package var hasMore: Bool { saidMore || isFull }

    package mutating func receive(_ frame: StreamFrame) throws(RefusedStream) {
        guard !isEnded else { throw .notAFrame }
        switch frame {
        case .run(let headers, let signature): states.append(try announce(headers, signature))
        case .body(let run, let body): try take(body, run: run)
        case .statement(let bytes, let signature):
            statements += 1
            guard statements <= ExchangeLimits.statementsMax else { throw .tooManyStatements }
            do {
                pending.statements.append(try SignedStatement(parsing: bytes, signature: signature))
                pendingBytes += bytes.count + signature.count
            } catch {
                throw .statement(error)
            }
        case .end(let more):
            isEnded = true
            saidMore = more
        }
    }

    /// What can be committed now; starts the next batch.
    package mutating func takeBatch() -> IncomingBatch {
        var batch = pending
        batch.runs = pendingRuns.sorted { $0.key < $1.key }.map(\.value)
        pending = IncomingBatch()
        pendingRuns = [:]
        pendingBytes = 0
        return batch
    }

    private mutating func announce(_ headers: [[UInt8]], _ signature: [UInt8]) throws(RefusedStream) -> RunState {
        guard !isFull else { return .skipped }
        guard let bytes = headers.first else { throw .notAFrame }
        let first: SealedHeader
        do {
            first = try SealedHeader(parsing: bytes)
        } catch {
            throw .header(error)
        }
        let feed = first.header.feed
        guard !rejectedFeeds.contains(feed) else { return .skipped }
        guard let key = keys(feed.author) else {
            return try reject(first, "author \(feed.author) is not in the directory here yet; it is sent again later")
        }
        if let end = ends[feed], first.header.number != end.number + 1 || first.header.previous != end.hash {
            return try reject(first, "a second run of \(feed) that does not go on where the first ended")
        }
        let size = headers.reduce(headers.count * ExchangeLimits.headerOverheadBytes) { $0 + $1.count }
        let feedSize = ends[feed] == nil ? ExchangeLimits.feedOverheadBytes : 0
        guard keptBytes + size + feedSize <= keptBytesMax else {
            isFull = true
            return try reject(first, "more headers in one stream than can be kept here; the rest is sent again later")
        }
        guard let run = try verified(first, headers, signature, key) else { return .skipped }
        ends[feed] = run.headers.last?.head
        open[states.count] = OpenRun(run: run, keptBytes: size)
        keptBytes += size + feedSize
        return .open
    }

    private mutating func verified(
        _ first: SealedHeader, _ headers: [[UInt8]], _ signature: [UInt8], _ key: VerificationKey
    ) throws(RefusedStream) -> Run? {
        let feed = first.header.feed
        var sealed = [first]
        do {
            guard headers.count <= Limits.runHeadersMax else { throw InvalidRun.tooLong(feed, headers.count) }
            for header in headers.dropFirst() { sealed.append(try SealedHeader(parsing: header)) }
            let run = Run(feed: feed, headers: sealed, signature: signature)
            try run.verify(with: key)
            return run
        } catch {
            _ = try reject(first, "\(error)")
            return nil
        }
    }

    private mutating func take(_ body: [UInt8], run number: UInt32) throws(RefusedStream) {
        let index = Int(number)
        guard index < states.count else { throw .unknownRun(number) }
        switch states[index] {
        case .skipped: return
        case .finished: throw .unknownRun(number)
        case .open: break
        }
        guard let (run, next) = open[index].map({ ($0.run, $0.next) }) else { throw .unknownRun(number) }
        let sealed = run.headers[next]
        guard sealed.vouches(for: body) else {
            close(index, as: try reject(sealed, InvalidRun.body(run.feed, sealed.header.number).description))
            return
        }
        pendingRuns[index] = run
        pending.changeSets.append(VerifiedChangeSet(sealed: sealed, body: body))
        pendingBytes += body.count + sealed.bytes.count
        open[index]?.next += 1
        if next + 1 == run.headers.count { close(index, as: .finished) }
    }

    private mutating func close(_ index: Int, as state: RunState) {
        states[index] = state
        keptBytes -= open.removeValue(forKey: index)?.keptBytes ?? 0
    }

    private mutating func reject(_ sealed: SealedHeader, _ reason: String) throws(RefusedStream) -> RunState {
        let (feed, number) = (sealed.header.feed, sealed.header.number)
        rejectedFeeds.insert(feed)
        rejected.append(RejectedChangeSets(feed: feed, number: number, reason: reason))
        guard rejected.count <= ExchangeLimits.rejectedFeedsMax else { throw .tooManyRejections }
        return .skipped
    }
}
