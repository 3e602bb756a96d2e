import ChangeSets
import Exchange
import NIOCore
import Replica

@testable import Node

/// What one office has for another, in parts that a test can spoil.
struct Delivery: Sendable {
    struct Part: Sendable {
        var headers: [[UInt8]]
        var signature: [UInt8]
        var bodies: [[UInt8]]
        let feed: FeedID
    }
    var parts: [Part] = []

    init(_ parts: [Part] = []) { self.parts = parts }

    /// Everything that `sender` has for `receiver` beyond `known`, as an honest program would send it.
    init(from sender: OfficeReplica, to receiver: OfficeCode, known: FeedVector) throws {
        var cursor = OutgoingCursor(known: known)
        while true {
            let pieces = try sender.outgoing(to: receiver, &cursor, bytesMax: 1 << 20)
            guard !pieces.isEmpty else { return }
            for piece in pieces {
                switch piece {
                case .run(let run):
                    parts.append(
                        Part(headers: run.headers.map(\.bytes), signature: run.signature, bodies: [], feed: run.feed))
                case .body(let feed, _, let body): parts[parts.lastIndex { $0.feed == feed }!].bodies.append(body)
                }
            }
        }
    }

    var frames: [StreamFrame] {
        parts.enumerated().flatMap { index, part in
            [.run(part.headers, signature: part.signature)] + part.bodies.map { .body(run: UInt32(index), $0) }
        } + [.end(more: false)]
    }

    var stream: [UInt8] { Self.stream(frames) }

    static func stream(_ frames: [StreamFrame]) -> [UInt8] { ZstdCompressor().finish(frames.flatMap { $0.encoded() }) }

    /// As a receiver takes it: everything verified, in one batch.
    func batch(_ directory: Directory) throws -> IncomingBatch {
        var receiver = StreamReceiver(keys: { directory.authors[$0]?.verificationKey })
        for frame in frames { try receiver.receive(frame) }
        guard receiver.rejected.isEmpty else { throw Failure("\(receiver.rejected)") }
        return receiver.takeBatch()
    }
}

extension Tree {
    /// Hands what a child has to its parent without any process.
    func carry(from child: Office, to parent: Office) throws {
        let replica = try parent.replica()
        let delivery = try Delivery(
            from: try child.replica(), to: parent.code, known: try replica.vector(with: child.code))
        _ = try replica.accept(try delivery.batch(try replica.directory()))
    }
}

/// Takes a stream apart that a parent sent.
struct StreamReading {
    private let decompressor = ZstdDecompressor()
    private var frames = FrameReader()

    mutating func frames(in buffer: ByteBuffer) throws -> [StreamFrame] {
        var found: [StreamFrame] = []
        decompressor.feed(Array(buffer.readableBytesView))
        while let piece = try decompressor.next() {
            try frames.append(piece)
            while let frame = try frames.next() { found.append(frame) }
        }
        return found
    }
}
