import ChangeSets
import Exchange
import NIOCore
import Replica

/// Receives one stream of frames and commits it about every megabyte, while the next megabyte arrives.
struct IncomingStream {
    struct Totals {
        var stored: UInt64 = 0
        var applied: UInt64 = 0
        var known: UInt64 = 0
        var refused: UInt64 = 0
        var rejected: [RejectedChangeSets] = []
        /// Why statements were not kept.
        var disbelieved: [String] = []
        var touched: Set<Scope> = []
        /// How far the sender has shown that it has each feed.
        var heads: FeedVector = [:]
        var hasMore = false
        /// Whether nothing came at all.
        var isEmpty = true
    }

    private let queue: AcceptQueue
    private let decompressor = ZstdDecompressor()
    private var frames = FrameReader()
    private var receiver: StreamReceiver
    private var committing: Task<AcceptOutcome, any Error>?
    private var committed = Totals()
    private var repeatedBytes = 0
    private let share: MemoryBudget.Share

    /// - Parameter budget: Of all streams at once.
    init(directory: Directory, queue: AcceptQueue, budget: MemoryBudget) {
        self.queue = queue
        share = budget.share()
        receiver = StreamReceiver(keys: { directory.authors[$0]?.verificationKey })
    }

    /// Of what has been committed, and of what was left out before.
    var totals: Totals {
        var totals = committed
        totals.rejected += receiver.rejected
        totals.hasMore = receiver.hasMore
        return totals
    }

    mutating func receive(_ buffer: ByteBuffer) async throws {
        decompressor.feed(Array(buffer.readableBytesView))
        while let piece = try decompressor.next() {
            try frames.append(piece)
            while let frame = try frames.next() { try receiver.receive(frame) }
            guard share.hold(receiver.keptBytes) else { throw RefusedStream.overloaded }
            if receiver.pendingBytes >= ExchangeLimits.batchBytes { try await commit() }
        }
    }

    /// Commits what is left of a stream that was cut or refused: whatever arrived whole stays.
    mutating func commitRest() async throws {
        try await commit()
        try await settle()
    }

    /// Commits what is left.
    /// - Throws: ``RefusedStream/truncated`` when the sender had not ended.
    mutating func finish() async throws {
        try await commitRest()
        guard frames.isBetweenFrames, receiver.isEnded else { throw RefusedStream.truncated }
    }

    private mutating func commit() async throws {
        let batch = receiver.takeBatch()
        guard !batch.isEmpty else { return }
        committed.isEmpty = false
        try await settle()
        let queue = queue
        committing = Task { try await queue.accept(batch) }
    }

    private mutating func settle() async throws {
        guard let outcome = try await committing?.value else { return }
        committing = nil
        committed.stored += UInt64(outcome.stored)
        committed.applied += UInt64(outcome.applied)
        committed.known += UInt64(outcome.known)
        committed.refused += UInt64(outcome.refused.count)
        committed.rejected += outcome.rejected + outcome.forked
        committed.disbelieved += outcome.disbelieved.prefix(20)
        committed.touched.formUnion(outcome.touched)
        committed.heads.merge(outcome.heads) { _, later in later }
        if outcome.stored == 0, outcome.known > 0 {
            repeatedBytes += ExchangeLimits.batchBytes
            guard repeatedBytes <= ExchangeLimits.repeatedBytesMax else { throw RefusedStream.repetition }
        }
    }
}
