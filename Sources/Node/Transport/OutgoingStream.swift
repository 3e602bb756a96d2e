import ChangeSets
import Exchange
import NIOCore
import Replica

/// Reads what a peer lacks from the log, page by page, as compressed frames.
struct OutgoingStream: Sendable {
    private let replica: OfficeReplica
    private let peer: OfficeCode
    private var cursor: OutgoingCursor
    private let environment: any NodeEnvironment
    private var sender = StreamSender()
    private let compressor = CompressorBox()
    private var sentBytes = 0
    /// Before it was compressed.
    private(set) var lastPageBytes = 0
    private(set) var sentStatements: [SignedStatement] = []
    private(set) var sentChangeSets = 0

    init(replica: OfficeReplica, peer: OfficeCode, cursor: OutgoingCursor, environment: any NodeEnvironment) {
        self.replica = replica
        self.peer = peer
        self.cursor = cursor
        self.environment = environment
    }

    /// From now on without the peer's own feeds and those below it: what is new of them has come from there.
    mutating func leaveOutBelow() { cursor.leavesOutBelow = true }

    /// One branch of a feed, whole: streams that hold one hold nothing else.
    static func branch(_ branch: BranchRun) -> ByteBuffer {
        var sender = StreamSender()
        var bytes = sender.frame(run: branch.run).encoded()
        for body in branch.bodies { bytes += sender.frame(body: body, of: branch.run.feed).encoded() }
        return ByteBuffer(bytes: ZstdCompressor().finish(bytes + StreamFrame.end(more: false).encoded()))
    }

    /// What the peer has once it has committed what was read so far.
    var known: FeedVector { cursor.known }
    var forked: [FeedID] { cursor.forked }

    /// Page size: a receiver commits about every four of them.
    static let pageBytes = 256 << 10

    /// The next page of the log; nil when the peer lacks nothing, or the stream is long enough.
    mutating func nextPage() async throws -> ByteBuffer? {
        guard sentBytes < ExchangeLimits.senderStopBytes else { return nil }
        let (replica, peer, start) = (replica, peer, cursor)
        let (pieces, moved) = try await environment.blocking {
            var cursor = start
            let pieces = try replica.outgoing(to: peer, &cursor, bytesMax: Self.pageBytes)
            return (pieces, cursor)
        }
        cursor = moved
        guard !pieces.isEmpty else { return nil }
        var bytes: [UInt8] = []
        for piece in pieces {
            switch piece {
            case .run(let run): bytes += sender.frame(run: run).encoded()
            case .body(let feed, _, let body):
                bytes += sender.frame(body: body, of: feed).encoded()
                sentChangeSets += 1
            }
        }
        sentBytes += bytes.count
        lastPageBytes = bytes.count
        return ByteBuffer(bytes: compressor.flush(bytes))
    }

    /// Statements and the end of the stream.
    mutating func finish(_ statements: [SignedStatement]) -> ByteBuffer {
        var bytes: [UInt8] = []
        for signed in statements.prefix(ExchangeLimits.statementsMax) {
            bytes += StreamFrame.statement(bytes: signed.bytes, signature: signed.signature).encoded()
        }
        sentStatements = Array(statements.prefix(ExchangeLimits.statementsMax))
        bytes += StreamFrame.end(more: hasMore).encoded()
        return ByteBuffer(bytes: compressor.finish(bytes))
    }

    /// Whether the stream stopped at its limit, so that there is more to send.
    var hasMore: Bool { sentBytes >= ExchangeLimits.senderStopBytes }
}

/// Owns a compressor inside a copyable stream value. Unchecked: a stream is used by one task at a time.
private final class CompressorBox: @unchecked Sendable {
    private let compressor = ZstdCompressor()
    func flush(_ bytes: [UInt8]) -> [UInt8] { compressor.flush(bytes) }
    func finish(_ bytes: [UInt8]) -> [UInt8] { compressor.finish(bytes) }
}
