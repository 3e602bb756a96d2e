import ChangeSets
import Exchange
import NIOCore
import Synchronization

@testable import Node

/// What is no honest stream at all, whatever change sets it would hold.
enum HostileStream: String, CaseIterable, Sendable {
    case garbage, gigabytesOfZeros, longestFrame, notAFrame, tooManyHeaders, headerThatIsNone, bodyWithoutRun
    case cutInAFrame, withoutEnd, afterTheEnd, endlessBodies, endlessStrangers, endlessStatements, endlessRepetition

    /// What the refusal says.
    var reason: String {
        switch self {
        case .garbage: "no zstd stream"
        case .gigabytesOfZeros, .notAFrame, .afterTheEnd: "no frame"
        case .longestFrame: "a frame of 4294967295 bytes"
        case .tooManyHeaders: "more than \(Limits.runHeadersMax)"
        case .headerThatIsNone: "header"
        case .bodyWithoutRun: "which it never announced"
        case .cutInAFrame, .withoutEnd: "cut in the middle"
        case .endlessBodies: "more than 1024 MiB in one stream"
        case .endlessStrangers: "too many feeds"
        case .endlessStatements: "too many statements"
        case .endlessRepetition: "never announced or has finished"
        }
    }

    /// - Parameters:
    ///   - honest: What is known to the receiver already.
    ///   - statement: Of the sender's own.
    func buffers(_ honest: Delivery, _ statement: SignedStatement) throws -> ByteStream {
        let frames = honest.frames.dropLast()
        let end = StreamFrame.end(more: false)
        switch self {
        case .garbage: return .once(Array(repeating: 0x5A, count: 100_000))
        case .gigabytesOfZeros: return Self.endless(zeros: 1 << 24, before: [])
        case .longestFrame: return .once(ZstdCompressor().finish([0xFF, 0xFF, 0xFF, 0xFF, 1, 2, 3]))
        case .notAFrame: return .once(ZstdCompressor().finish([0, 0, 0, 3, 0xFF, 0xFF, 0xFF]))
        case .tooManyHeaders:
            return .once(Delivery.stream([.run(Array(repeating: [1], count: 5_000), signature: []), end]))
        case .headerThatIsNone: return .once(Delivery.stream([.run([[1, 2, 3]], signature: []), end]))
        case .bodyWithoutRun: return .once(Delivery.stream([.body(run: 9, [1]), end]))
        case .cutInAFrame: return .once(ZstdCompressor().flush([0, 0, 1, 0, 1, 2, 3]))
        case .withoutEnd: return .once(Delivery.stream(Array(frames)))
        case .afterTheEnd: return .once(Delivery.stream([end, end]))
        case .endlessBodies:
            // Of a stranger's run, which is skipped: the bodies are looked at by nobody.
            let key = try SigningKey.generate(.ed25519)
            let scope = Scope(area: Tree.village, audience: .village)
            let run = try HostileOffice.forge([[]], by: key, in: scope)
            let body = StreamFrame.body(run: 0, Array(repeating: 0, count: 15 << 20)).encoded()
            return Self.endless(body, before: StreamFrame.run(run.headers, signature: run.signature).encoded())
        case .endlessStrangers:
            let scope = Scope(area: Tree.village, audience: .village)
            let runs = try (0..<1_100).flatMap { _ in
                let run = try HostileOffice.forge([[]], by: try .generate(.ed25519), in: scope)
                return StreamFrame.run(run.headers, signature: run.signature).encoded()
            }
            return Self.endless(runs, before: [])
        case .endlessStatements:
            let frame = StreamFrame.statement(bytes: statement.bytes, signature: statement.signature).encoded()
            return Self.endless((0..<1_000).flatMap { _ in frame }, before: [])
        case .endlessRepetition:
            return .once(Delivery.stream(frames + frames + frames + [end]))
        }
    }

    private static func endless(zeros count: Int, before: [UInt8]) -> ByteStream {
        endless(Array(repeating: 0, count: count), before: before)
    }

    /// Goes on for as long as anyone listens; all but nothing on the wire.
    private static func endless(_ bytes: [UInt8], before: [UInt8]) -> ByteStream {
        let compressor = Compressing()
        let isFirst = Mutex(true)
        return AsyncThrowingStream {
            ByteBuffer(bytes: compressor.flush(isFirst.withLock { $0.swap(false) } ? before + bytes : bytes))
        }
    }
}

/// Unchecked: a stream asks for one buffer at a time.
private final class Compressing: @unchecked Sendable {
    private let compressor = ZstdCompressor()
    func flush(_ bytes: [UInt8]) -> [UInt8] { compressor.flush(bytes) }
}

extension Bool {
    /// Puts another value in its place, and gives this one.
    fileprivate mutating func swap(_ value: Bool) -> Bool {
        defer { self = value }
        return self
    }
}

extension ByteStream where Element == ByteBuffer, Failure == any Error {
    static func once(_ bytes: [UInt8]) -> Self {
        Self { feeding in
            feeding.yield(ByteBuffer(bytes: bytes))
            feeding.finish()
        }
    }
}
