import ChangeSets
import Exchange
import Foundation
import NIOCore
import Replica

/// The calls of one exchange with the parent. `ParentLink` decides their order; `sanji sync` runs them once.
actor ParentExchange {
    private let replica: OfficeReplica
    private let line: any ParentTransport
    /// To the root, where that is not the parent.
    private let above: (any ParentTransport)?
    private var unanswered = 0
    private let environment: any NodeEnvironment
    private let queue: AcceptQueue
    private let details: NodeDetails
    /// Where this office, and those below it, want to be called.
    private let addresses: @Sendable () async throws -> [OfficeCode: String]
    /// Own feeds whose whole the parent has been asked for: once is enough, whatever it answers.
    private var askedWhole: Set<FeedID> = []
    /// What the parent has, as far as we know.
    private var parentVector: FeedVector = [:]
    private var gaveEverythingAgain = false
    /// Other branches of feeds that it holds.
    private var parentBranches: Set<Digest> = []
    /// Feeds of which it has not taken something, and when they are offered again.
    private var pauses: [FeedID: Pause] = [:]
    private let keeper: StatementKeeper
    private var nextComparison = Duration.zero
    private var compared: Digest?
    /// When the offices above the parent are told again that this one is alive; they hear of it in no other way.
    private var nextSign = Duration.zero
    private static let signInterval = Duration.seconds(600)
    private static let comparisonInterval = Duration.seconds(300)
    private let budget = MemoryBudget(bytesMax: ExchangeLimits.keptBytesOfAllMax)

    private struct Pause {
        /// By ``NodeEnvironment/elapsed``.
        var end: Duration
        var length: Duration

        /// A reason may pass by itself (a directory row on its way), or not for weeks.
        static let lengths = (first: Duration.seconds(5), most: Duration.seconds(300))
    }

    /// What one call moved, for whoever reports it.
    struct Moved: Sendable {
        var sent = 0
        var received: UInt64 = 0
        var refused: UInt64 = 0
        var rejected: [RejectedChangeSets] = []
        var hasMore = false
        var forked: [FeedID] = []
        /// Neither change sets nor statements.
        var isEmpty = false
        /// Statements that are not kept here: the parent would send them again at once.
        var hasDisbelieved = false
    }

    init(
        replica: OfficeReplica, line: any ParentTransport, above: (any ParentTransport)?, queue: AcceptQueue,
        environment: any NodeEnvironment, details: NodeDetails,
        addresses: @escaping @Sendable () async throws -> [OfficeCode: String]
    ) {
        self.replica = replica
        self.line = line
        self.above = above
        self.environment = environment
        self.queue = queue
        keeper = StatementKeeper(queue: queue)
        self.details = details
        self.addresses = addresses
    }

    func greet() async throws {
        let addresses = try await addresses()
        let (replica, parent) = (replica, line.parent)
        let isDue = parent != replica.root && nextSign <= environment.elapsed
        if isDue { nextSign = environment.elapsed + Self.signInterval }
        let (message, ours) = try await environment.blocking { [details] in
            var details = details
            details.clockOffset_ms = try replica.peers().first { $0.office == parent }?.clockOffset_ms.map { -$0 }
            try replica.issueStatements(node: details, isAlive: isDue)
            let vector = try replica.vector(with: parent)
            let statements = try replica.statementsForParent().prefix(ExchangeLimits.greetingStatementsMax)
            let message = HelloMessage(
                office: replica.office, author: replica.own?.key.author ?? AuthorID([UInt8](repeating: 0, count: 16))!,
                software: details.software, schema: replica.history.current.version,
                wallClock_ms: replica.environment.now_ms(), vectorDigest: vector.digest,
                statements: Array(statements), addresses: addresses)
            return (message, vector)
        }
        let started_ms = replica.environment.now_ms()
        let reply = try HelloMessage(parsing: try await line.call("/v1/hello", message.encoded()))
        guard reply.office == line.parent else { throw InvalidMessage(what: "a greeting of another office") }
        parentVector = reply.vectorDigest == ours.digest ? ours : reply.heads
        parentBranches = Set(reply.branches)
        pauses = [:]
        try await note([])
        let now_ms = replica.environment.now_ms()
        let repeats = gaveEverythingAgain
        gaveEverythingAgain = try await environment.blocking {
            // The middle of the round trip is the best guess of when the parent looked at its clock.
            try replica.notePeer(
                PeerNote(
                    office: parent, contact_ms: now_ms, clockOffset_ms: reply.wallClock_ms - (started_ms + now_ms) / 2,
                    version: reply.software, schema: reply.schema))
            try replica.markGiven(message.statements)
            // A parent that was restored has forgotten what it was given.
            guard try replica.statementMarks(of: replica.office).digest != reply.statementsDigest, !repeats else {
                return false
            }
            try replica.forgetGiven()
            return true
        }
        try await pullOwn()
    }

    /// Asks the parent for what it has of this office's own feeds, where that is not what is here: the change sets
    /// themselves prove that this disk was restored or cloned (I11), and mend what it has damaged.
    private func pullOwn() async throws {
        let (replica, known) = (replica, parentVector)
        let damaged = try await environment.blocking {
            do { return try replica.headsBeforeDamage() } catch is DamagedReplica { return [:] }
        }
        if !damaged.isEmpty { try await pullOwn(from: damaged) }
        for isWhole in [false, true] {
            let unlike = try await environment.blocking { try replica.ownFeeds(unlike: known, isWhole: isWhole) }
                .filter { !askedWhole.contains($0.key) }
            guard !unlike.isEmpty else { return }
            if isWhole { askedWhole.formUnion(unlike.keys) }
            try await pullOwn(from: unlike)
        }
    }

    private func pullOwn(from heads: FeedVector) async throws {
        do {
            _ = try await pull(waitSeconds: 0, directoryOnly: false, asIf: heads)
        } catch is RefusedStream {
            // Said in `status`. The rest of the exchange goes on: this was only a question.
        }
    }

    /// Tries the parent's next address after one that did not answer. When all have been tried, the root is asked: a
    /// parent that has moved can tell its children only by way of the directory.
    /// - Returns: Whether something was heard that way.
    @discardableResult
    func didNotAnswer() async -> Bool {
        await line.didNotAnswer()
        unanswered += 1
        guard let above, let count = try? await line.addressCount(), unanswered % max(1, count) == 0 else {
            return false
        }
        return (try? await pull(from: above, waitSeconds: 0, directoryOnly: true).stored) ?? 0 > 0
    }

    /// How many addresses the parent has.
    func addressCount() async throws -> Int { try await line.addressCount() }

    /// Whether the parent, as last heard, has exactly what this office has.
    func isEqual() async throws -> Bool {
        let (replica, parent) = (replica, line.parent)
        return try await environment.blocking { try replica.vector(with: parent) }.digest == parentVector.digest
    }

    func pullDirectory() async throws -> Moved { try await pull(waitSeconds: 0, directoryOnly: true) }
    func poll(waitSeconds: UInt32) async throws -> Moved {
        try await pull(waitSeconds: waitSeconds, directoryOnly: false)
    }

    func push() async throws -> Moved {
        let (replica, parent) = (replica, line.parent)
        let now = environment.elapsed
        let paused = Set(pauses.filter { $0.value.end > now }.keys)
        let cursor = OutgoingCursor(known: parentVector, except: paused)
        var stream = OutgoingStream(replica: replica, peer: parent, cursor: cursor, environment: environment)
        let first = try await stream.nextPage()
        let statements = try await environment.blocking { try replica.statementsForParent() }
        var moved = Moved()
        moved.forked = stream.forked
        guard first != nil || !statements.isEmpty else { return moved }
        let upload = Upload(stream, first: first, statements: statements, environment: environment)
        let answer = try await line.upload("/v1/up", ByteStream { try await upload.next() })
        let reply = try UpReplyMessage(parsing: answer)
        stream = await upload.stream
        // Upward only, so that whatever the parent says, sending comes to an end; one that was restored says so when greeted.
        var hasMoved = false
        for (feed, head) in reply.heads where head.number >= parentVector[feed]?.number ?? 0 {
            if head.number > parentVector[feed]?.number ?? 0 { hasMoved = true }
            parentVector[feed] = head
        }
        moved.sent = stream.sentChangeSets
        moved.refused = reply.refused
        moved.rejected = reply.rejected
        // A parent takes so much of one stream only.
        let known = parentVector
        let lacks = stream.known.contains { $0.value.number > known[$0.key]?.number ?? 0 }
        moved.hasMore = (stream.hasMore || lacks) && hasMoved
        try await note(reply.rejected)
        let given = stream.sentStatements
        try await environment.blocking { try replica.markGiven(given) }
        try await keeper.keep(reply.statements)
        return moved
    }

    /// Shows the parent what proves that a key was used twice (§4). Streams of their own: they move no vector.
    func pushBranches() async throws {
        let (replica, parent, known, shown) = (replica, line.parent, parentVector, parentBranches)
        let branches = try await environment.blocking { try replica.branches(for: parent, known: known, shown: shown) }
        for branch in branches {
            guard let tip = branch.run.headers.last?.hash else { continue }
            let (stream, feeding) = ByteStream.makeStream()
            feeding.yield(OutgoingStream.branch(branch))
            feeding.finish()
            _ = try await line.upload("/v1/up", stream)
            parentBranches.insert(tip)
        }
    }

    /// Compares the rows with the parent's, now and then, where both have the same change sets (I8).
    /// - Returns: What differs, for whoever reports it.
    func compare() async throws -> String? {
        let (replica, parent) = (replica, line.parent)
        guard nextComparison <= environment.elapsed else { return nil }
        let digest = try await environment.blocking { try replica.vector(with: parent) }.digest
        guard digest == parentVector.digest, digest != compared else { return nil }
        nextComparison = environment.elapsed + Self.comparisonInterval
        let results: [ComparisonResult]
        do {
            results = try await DigestComparison(
                replica: replica, line: line, environment: environment, isFresh: false
            ).run()
        } catch CallFailure.refused(_, 503, _, _) {
            return nil  // The parent compares with somebody else; there is time.
        }
        let difference = results.lazy.compactMap(\.alarm).first
        compared = digest
        try await environment.blocking { try replica.noteDifference(difference) }
        return difference
    }

    /// Waits until all that the parent said is kept.
    func settle() async throws { try await keeper.settle() }

    /// Whether something is to be offered again that the parent did not take.
    func hasOffer() -> Bool {
        let now = environment.elapsed
        return pauses.contains { $0.value.end <= now && $0.value.end + .seconds(6) > now }
    }

    private func note(_ rejected: [RejectedChangeSets]) async throws {
        let feeds = Set(rejected.map(\.feed))
        let now = environment.elapsed
        pauses = pauses.filter { feeds.contains($0.key) || $0.value.end > now }
        for feed in feeds {
            let length = min(Pause.lengths.most, pauses[feed].map { $0.length * 2 } ?? Pause.lengths.first)
            pauses[feed] = Pause(end: now + length, length: length)
        }
        let (replica, parent, known) = (replica, line.parent, parentVector)
        try await environment.blocking { try replica.noteNotTaken(rejected, by: parent, has: known) }
    }

    /// - Parameter heads: Said of these feeds instead of what is here.
    private func pull(waitSeconds: UInt32, directoryOnly: Bool, asIf heads: FeedVector = [:]) async throws -> Moved {
        let totals = try await pull(from: line, waitSeconds: waitSeconds, directoryOnly: directoryOnly, asIf: heads)
        // What came down, the parent has; of nothing else in the same area is that known.
        for (feed, head) in totals.heads where head.number > parentVector[feed]?.number ?? 0 {
            parentVector[feed] = head
        }
        var moved = Moved()
        moved.received = totals.stored
        moved.isEmpty = totals.isEmpty
        moved.hasDisbelieved = !totals.disbelieved.isEmpty
        moved.refused = totals.refused
        moved.rejected = totals.rejected
        moved.hasMore = totals.hasMore
        return moved
    }

    private func pull(
        from line: any ParentTransport, waitSeconds: UInt32, directoryOnly: Bool, asIf heads: FeedVector = [:]
    ) async throws -> IncomingStream.Totals {
        let (replica, parent) = (replica, line.parent)
        let message = try await environment.blocking {
            DownMessage(
                heads: try replica.vector(with: parent).merging(heads) { $1 }.filter { $0.value.number > 0 },
                knownStatements: try replica.knownStatements().map {
                    StatementMark(author: $0.key.author, scope: $0.key.scope, ordinal: $0.value)
                }, waitSeconds: waitSeconds, directoryOnly: directoryOnly)
        }
        var incoming = IncomingStream(
            directory: try await environment.blocking { try replica.directory() }, queue: queue, budget: budget)
        do {
            for try await buffer in try await line.stream("/v1/down", message.encoded()) {
                try await incoming.receive(buffer)
            }
        } catch {
            // A cut loses at most what had not arrived whole.
            do { try await incoming.commitRest() } catch is RefusedStream {}
            if incoming.totals.stored > 0 { mark(.resume) }
            if let refused = error as? RefusedStream { try await note(refusals: [refused.description], of: parent) }
            throw error
        }
        try await incoming.finish()
        let totals = incoming.totals
        try await note(
            refusals: totals.rejected.prefix(20).map(\.description) + totals.disbelieved.prefix(20), of: parent)
        return totals
    }

    private func note(refusals: [String], of parent: OfficeCode) async throws {
        guard !refusals.isEmpty else { return }
        let replica = replica
        try await environment.blocking {
            for reason in refusals { try replica.noteRefusal(of: parent, reason: reason) }
        }
    }
}

/// One upload's buffers, made as the socket takes them: pages of the log, then the statements and the end.
private actor Upload {
    private static let gathering = Duration.milliseconds(20)
    private static let gatheredBytes = 64 << 10
    private(set) var stream: OutgoingStream
    private var first: ByteBuffer?
    private let statements: [SignedStatement]
    private let environment: any NodeEnvironment
    private var isFinished = false

    init(
        _ stream: OutgoingStream, first: ByteBuffer?, statements: [SignedStatement], environment: any NodeEnvironment
    ) {
        self.stream = stream
        self.first = first
        self.statements = statements
        self.environment = environment
    }

    func next() async throws -> ByteBuffer? {
        if let page = first {
            first = nil
            return page
        }
        guard !isFinished else { return nil }
        var moved = stream
        var page = try await moved.nextPage()
        if page != nil, moved.lastPageBytes < Self.gatheredBytes {
            // Somebody is writing one change set after another: each page costs a signature, and checking it twice.
            try await environment.sleep(for: Self.gathering)
            if var more = try await moved.nextPage() { page?.writeBuffer(&more) }
        }
        stream = moved
        if let page { return page }
        isFinished = true
        return stream.finish(statements)
    }
}
