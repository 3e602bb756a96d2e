import ChangeSets
import Exchange
import Foundation
import NIOCore
import Replica
import Synchronization
import Testing

@testable import Node

/// What is no honest stream at all, whatever change sets it would hold.
private enum Stream: String, CaseIterable, Sendable {
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
    func buffers(_ honest: Delivery, _ statement: SignedStatement) throws -> AsyncThrowingStream<ByteBuffer, any Error>
    {
        let frames = honest.frames.dropLast()
        let end = StreamFrame.end(more: false)
        switch self {
        case .garbage: return Self.once(Array(repeating: 0x5A, count: 100_000))
        case .gigabytesOfZeros: return Self.endless(zeros: 1 << 24, before: [])
        case .longestFrame: return Self.once(ZstdCompressor().finish([0xFF, 0xFF, 0xFF, 0xFF, 1, 2, 3]))
        case .notAFrame: return Self.once(ZstdCompressor().finish([0, 0, 0, 3, 0xFF, 0xFF, 0xFF]))
        case .tooManyHeaders:
            return Self.once(Delivery.stream([.run(Array(repeating: [1], count: 5_000), signature: []), end]))
        case .headerThatIsNone: return Self.once(Delivery.stream([.run([[1, 2, 3]], signature: []), end]))
        case .bodyWithoutRun: return Self.once(Delivery.stream([.body(run: 9, [1]), end]))
        case .cutInAFrame: return Self.once(ZstdCompressor().flush([0, 0, 1, 0, 1, 2, 3]))
        case .withoutEnd: return Self.once(Delivery.stream(Array(frames)))
        case .afterTheEnd: return Self.once(Delivery.stream([end, end]))
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
            return Self.once(Delivery.stream(frames + frames + frames + [end]))
        }
    }

    private static func once(_ bytes: [UInt8]) -> AsyncThrowingStream<ByteBuffer, any Error> {
        AsyncThrowingStream { feeding in
            feeding.yield(ByteBuffer(bytes: bytes))
            feeding.finish()
        }
    }

    private static func endless(zeros count: Int, before: [UInt8]) -> AsyncThrowingStream<ByteBuffer, any Error> {
        endless(Array(repeating: 0, count: count), before: before)
    }

    /// Goes on for as long as anyone listens; all but nothing on the wire.
    private static func endless(_ bytes: [UInt8], before: [UInt8]) -> AsyncThrowingStream<ByteBuffer, any Error> {
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

extension `Offices as processes` {
    @Suite(.timeLimit(.minutes(4))) struct `A hostile stream` {
        @Test func `ends with a reason, whatever it is, and memory stays bounded`() async throws {
            try await Tree.with(starting: [Tree.district]) { tree in
                let (above, town) = (tree[Tree.district], tree[Tree.town])
                let hostile = try HostileOffice(town)
                try tree[Tree.village].write(Rows.households(3, at: Tree.village, from: 1))
                try tree.carry(from: tree[Tree.village], to: town)
                let honest = try Delivery(from: try town.replica(), to: Tree.district, known: [:])
                try town.replica().issueStatements()
                let statement = try #require(try town.replica().statementsForParent().first)
                let first = try await hostile.upload(honest.stream, to: above)
                #expect(first.reply?.rejected.isEmpty == true, "\(first.reason)")
                let vector = try above.replica().vector(with: above.code)
                let pid = try #require(above.node).pid
                for stream in Stream.allCases {
                    let before = try ProcessMemory.residentBytes(pid)
                    let answer = try await hostile.upload(try stream.buffers(honest, statement), to: above)
                    let grown = try ProcessMemory.peakBytes(pid) - before
                    #expect(grown < 256 << 20, "\(stream): \(grown >> 20) MiB more")
                    #expect(above.isRunning, "\(stream): \(above.node!.sofar.errorText)")
                    // A sender that never stops may miss the answer; the operator does not.
                    if case .ok = answer {
                        #expect(answer.reason.contains(stream.reason), "\(stream): \(answer.reason)")
                    } else if case .refused(let status, let said) = answer {
                        #expect(status == 400 && said.contains(stream.reason), "\(stream): \(status) \(said)")
                    }
                    try await tree.until("\(stream) is noted") {
                        let refusal = try above.replica().peers().first { $0.office == town.code }?.lastRefusal
                        return refusal?.contains(stream.reason) == true
                    }
                    #expect(try above.replica().vector(with: above.code) == vector, "\(stream)")
                }
                // It still serves whoever is honest.
                try await tree.start(tree[Tree.otherTown])
                try await tree.until("another town is in exchange") {
                    try above.replica().peers().contains { $0.office == Tree.otherTown }
                }
                try await above.sanji("verify").expecting(0)
            }
        }

        @Test func `loses nothing that arrived whole before it`() async throws {
            try await Tree.with(starting: [Tree.district]) { tree in
                let (above, town) = (tree[Tree.district], tree[Tree.town])
                let hostile = try HostileOffice(town)
                for (number, tail) in [[0xFF, 0xFF, 0xFF, 0xFF], [0, 0, 0, 1], []].enumerated()
                    as EnumeratedSequence<[[UInt8]]>
                {
                    try tree[Tree.village].write(Rows.households(1, at: Tree.village, from: number))
                    try tree.carry(from: tree[Tree.village], to: town)
                    let honest = try Delivery(
                        from: try town.replica(), to: Tree.district, known: try above.replica().vector(with: town.code))
                    let frames = honest.frames.dropLast().flatMap { $0.encoded() }
                    let answer = try await hostile.upload(ZstdCompressor().finish(frames + tail), to: above)
                    #expect(answer.status == 400, "\(answer)")
                    #expect(try above.count("SELECT count(*) FROM household") == number + 1)
                }
            }
        }
    }
}
