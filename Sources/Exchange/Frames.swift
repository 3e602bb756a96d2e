import ChangeSets
import SwiftProtobuf

/// One message of a stream.
package enum StreamFrame: Sendable, Hashable {
    case run([[UInt8]], signature: [UInt8])
    /// The body of the next header of run `run`, counted from 0 in this stream.
    case body(run: UInt32, [UInt8])
    case statement(bytes: [UInt8], signature: [UInt8])
    case end(more: Bool)

    /// The frame after its length, four bytes big-endian.
    package func encoded() -> [UInt8] {
        var wire = WireFrame()
        switch self {
        case .run(let headers, let signature):
            wire.run.headers = headers.map { .init($0) }
            wire.run.signature = .init(signature)
        case .body(let run, let body):
            wire.body.run = run
            wire.body.body = .init(body)
        case .statement(let bytes, let signature):
            wire.statement.statement = .init(bytes)
            wire.statement.signature = .init(signature)
        case .end(let more):
            wire.end.more = more
        }
        let message: [UInt8] = wire.encodedBytes()
        let length = UInt32(message.count)
        return [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: length >> $0) } + message
    }

    fileprivate init(parsing bytes: [UInt8]) throws(RefusedStream) {
        guard !Self.hasTooManyHeaders(bytes) else { throw .tooManyHeaders }
        let wire: WireFrame
        do {
            wire = try WireFrame(serializedBytes: bytes)
        } catch {
            throw .notAFrame
        }
        switch wire.kind {
        case .run(let run): self = .run(run.headers.map { [UInt8]($0) }, signature: [UInt8](run.signature))
        case .body(let body): self = .body(run: body.run, [UInt8](body.body))
        case .statement(let signed):
            self = .statement(bytes: [UInt8](signed.statement), signature: [UInt8](signed.signature))
        case .end(let end): self = .end(more: end.more)
        case nil: throw .notAFrame
        }
    }

    /// Counted before anything is decoded: a frame of nothing but empty headers would fill hundreds of megabytes.
    private static func hasTooManyHeaders(_ bytes: [UInt8]) -> Bool {
        var count = 0
        for run in FieldScan(bytes) where run.field == 1 {
            for inner in FieldScan(bytes, in: run.content) where inner.field == 1 {
                count += 1
                if count > Limits.runHeadersMax { return true }
            }
        }
        return false
    }
}

/// Why a whole stream is given up: the peer is broken or hostile. What was committed before stays.
package enum RefusedStream: Error, Hashable, CustomStringConvertible {
    case notAFrame
    case frameTooLong(Int)
    case streamTooLong
    case repetition
    case unknownRun(UInt32)
    case tooManyHeaders
    /// The first header of a run, so that no feed can be named.
    case header(InvalidHeader)
    case statement(InvalidHeader)
    case tooManyRejections
    case tooManyStatements
    case truncated
    case notCompressed
    /// By all peers together.
    case overloaded

    package var description: String {
        switch self {
        case .notAFrame: "the peer sent bytes that are no frame; check that both run a compatible version"
        case .frameTooLong(let count):
            "the peer sent a frame of \(count) bytes, more than \(ExchangeLimits.frameBytesMax)"
        case .streamTooLong: "the peer sent more than \(ExchangeLimits.streamBytesMax >> 20) MiB in one stream"
        case .repetition: "the peer keeps sending what is known here"
        case .unknownRun(let run): "the peer sent a body of run \(run), which it never announced or has finished"
        case .tooManyHeaders: "the peer sent more than \(Limits.runHeadersMax) headers in one run"
        case .header(let error): "\(error)"
        case .statement(let error): "in a statement: \(error)"
        case .tooManyRejections: "the peer sent too many feeds that are not taken here"
        case .tooManyStatements: "the peer sent too many statements"
        case .truncated: "the line was cut in the middle of a frame; the rest comes with the next exchange"
        case .notCompressed: "the peer sent bytes that are no zstd stream"
        case .overloaded: "too much is announced by all peers together; the rest comes with the next exchange"
        }
    }
}

/// Cuts a stream of bytes into frames, however the bytes come.
package struct FrameReader: Sendable {
    private var buffer: [UInt8] = []
    private var start = 0
    private var total = 0

    package init() {}

    package mutating func append(_ bytes: some Collection<UInt8>) throws(RefusedStream) {
        total += bytes.count
        guard total <= ExchangeLimits.streamBytesMax else { throw .streamTooLong }
        if start > 1 << 16, start * 2 > buffer.count {
            buffer.removeFirst(start)
            start = 0
        }
        buffer.append(contentsOf: bytes)
    }

    /// - Returns: nil when the next frame has not arrived whole.
    package mutating func next() throws(RefusedStream) -> StreamFrame? {
        guard buffer.count - start >= 4 else { return nil }
        let length = buffer[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
        guard length <= ExchangeLimits.frameBytesMax else { throw .frameTooLong(length) }
        guard buffer.count - start - 4 >= length else { return nil }
        let frame = Array(buffer[start + 4..<start + 4 + length])
        start += 4 + length
        return try StreamFrame(parsing: frame)
    }

    /// Whether the stream ended between two frames.
    package var isBetweenFrames: Bool { start == buffer.count }
}
