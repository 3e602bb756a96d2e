import ChangeSets
import Exchange
import Foundation
import NIOCore
import NIOSSL
import Replica

@testable import Node

/// An office whose program is not ours: it has the office's real keys and certificate, and says what it likes.
struct HostileOffice: Sendable {
    let code: OfficeCode
    let identity: OfficeIdentity

    init(_ office: Office) throws {
        code = office.code
        identity = try office.folder.keys.loadIdentity()
    }

    enum Answer: Sendable {
        case ok([UInt8])
        case refused(status: Int, String)
        /// The connection was ended without an answer, or never came about.
        case dropped(String)

        var reply: UpReplyMessage? {
            guard case .ok(let bytes) = self else { return nil }
            return try? UpReplyMessage(parsing: bytes)
        }

        var status: Int? {
            switch self {
            case .ok: 200
            case .refused(let status, _): status
            case .dropped: nil
            }
        }

        /// Why not, in the victim's words.
        var reason: String {
            switch self {
            case .ok: reply?.rejected.map(\.description).joined(separator: "; ") ?? ""
            case .refused(_, let text), .dropped(let text): text
            }
        }
    }

    /// - Parameter tls: Other than the office's own.
    func calling<T: Sendable>(
        _ victim: Office, tls: TLSConfiguration? = nil, _ body: (ParentClient) async throws -> T
    ) async throws -> T {
        let own = try identity.tlsSettings().client()
        let client = ParentClient(office: victim.code, address: victim.address, tls: tls ?? own)
        do {
            let result = try await body(client)
            try await client.shutdown()
            return result
        } catch {
            try await client.shutdown()
            throw error
        }
    }

    func say(_ path: String, _ message: [UInt8], to victim: Office, tls: TLSConfiguration? = nil) async throws -> Answer
    {
        try await calling(victim, tls: tls) { client in
            try await Self.answer { try await client.call(path, message) }
        }
    }

    /// Sends the buffers as one upload.
    func upload(_ buffers: ByteStream, to victim: Office, path: String = "/v1/up") async throws -> Answer {
        try await calling(victim) { client in
            try await Self.answer { try await client.upload(path, buffers) }
        }
    }

    func upload(_ bytes: [UInt8], to victim: Office) async throws -> Answer {
        let (buffers, feeding) = ByteStream.makeStream()
        for start in stride(from: 0, to: bytes.count, by: 1 << 16) {
            feeding.yield(ByteBuffer(bytes: bytes[start..<min(start + (1 << 16), bytes.count)]))
        }
        feeding.finish()
        return try await upload(buffers, to: victim)
    }

    private static func answer(_ call: () async throws -> [UInt8]) async throws -> Answer {
        do {
            return .ok(try await call())
        } catch CallFailure.refused(_, let status, let said, _) {
            return .refused(status: status, said)
        } catch CallFailure.unreachable(_, _, let why) {
            return .dropped(why)
        }
    }

    /// What an honest program says first.
    func greeting() -> HelloMessage {
        HelloMessage(
            office: code, author: identity.keys.author.author, software: "test", schema: 1,
            wallClock_ms: 1_790_000_000_000, vectorDigest: .zero)
    }

    // MARK: What it signs

    /// Change sets by an author of its own choice, in a chain from `head` on; `change` makes a header odd before it is
    /// sealed.
    static func forge(
        _ bodies: [[UInt8]], by key: SigningKey, in scope: Scope, after head: FeedHead = .start,
        _ change: (inout ChangeSetHeader) -> Void = { _ in }
    ) throws -> Delivery.Part {
        let feed = FeedID(author: key.author, scope: scope)
        let algorithm = key.publicKey.algorithm
        var headers: [SealedHeader] = []
        for body in bodies {
            let last = headers.last?.head ?? head
            var header = ChangeSetHeader(
                algorithm: algorithm, feed: feed, number: last.number + 1, previous: last.hash,
                bodyHash: algorithm.digest(body), bodyLength: body.count, context: CausalContext(), schema: 1,
                wallClock_ms: 1_790_000_000_000, wallCounter: 0, user: "forger", userVerified: false,
                transaction: Array(repeating: 7, count: 16), part: 0, parts: 1)
            change(&header)
            headers.append(SealedHeader(header))
        }
        guard let last = headers.last else { throw Failure("nothing to forge") }
        return Delivery.Part(
            headers: headers.map(\.bytes), signature: try key.sign(SignedMessage.header(last.hash)), bodies: bodies,
            feed: feed)
    }
}

/// Memory of a process, by the kernel's own count.
enum ProcessMemory {
    static func residentBytes(_ pid: pid_t) throws -> Int { try field("VmRSS", pid) }
    static func peakBytes(_ pid: pid_t) throws -> Int { try field("VmHWM", pid) }

    private static func field(_ name: String, _ pid: pid_t) throws -> Int {
        let text = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
        let line = text.split(separator: "\n").first { $0.hasPrefix(name + ":") }
        guard let kilobytes = line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({ Int($0) }) else {
            throw Failure("no \(name) of \(pid)")
        }
        return kilobytes * 1024
    }
}
