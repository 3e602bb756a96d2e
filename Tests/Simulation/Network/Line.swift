import ChangeSets
import Foundation
import NIOCore
import Node

/// How a child's line to its parent is at the moment.
struct LineState {
    var carriesUp = true
    var carriesDown = true
    var delay_ms: ClosedRange<Int64> = 1...20
    static let slow_ms: ClosedRange<Int64> = 50...3_000
    /// Of every hundred calls: cut somewhere; one byte changed on the way; arriving twice; given up by the child and
    /// arriving all the same, behind calls that were made later.
    var cuts = 0
    var alters = 0
    var repeats = 0
    var overtakes = 0
    /// Bytes that one piece of a stream has at most.
    var pieceBytes = 4096
}

/// What happens between one child and its parent: HTTPS as far as the exchange can tell, in virtual time, with what lines,
/// proxies and hostile relays do to calls.
final class Line: ParentTransport, @unchecked Sendable {
    let parent: OfficeCode
    private let child: Office
    private let above: Office
    private let life: Life
    private let scheduler: Scheduler
    private var random: SeededRandom
    private let place = try! HostPort("10.0.0.1:7443")

    init(from child: Office, to above: Office, life: Life, scheduler: Scheduler, seed: UInt64) {
        self.child = child
        self.above = above
        self.life = life
        self.scheduler = scheduler
        parent = above.code
        random = SeededRandom(seed: seed)
    }

    /// Looked at for every piece: lines fail in the middle of streams.
    var state: LineState { child.line }

    func didNotAnswer() async {}
    func addressCount() async throws -> Int { 1 }

    func call(_ path: String, _ message: [UInt8], within limit: Duration) async throws -> [UInt8] {
        try await open(path, Self.one(message)).whole()
    }

    func upload(_ path: String, _ pages: ByteStream) async throws -> [UInt8] {
        try await open(path, pages).whole()
    }

    func stream(_ path: String, _ message: [UInt8]) async throws -> ByteStream {
        try await open(path, Self.one(message))
    }

    private static func one(_ message: [UInt8]) -> ByteStream {
        ByteStream { feed in
            feed.yield(ByteBuffer(bytes: message))
            feed.finish()
        }
    }

    private func unreachable(_ why: String) -> CallFailure { .unreachable(parent, place, why) }

    /// - Returns: The body of an answer that was not a refusal.
    private func open(_ path: String, _ request: ByteStream) async throws -> ByteStream {
        try life.live()
        try await scheduler.sleep(for: random.duration(state.delay_ms))
        try life.live()
        // Where nothing comes down, no new connection is made; one that was open still carries a call up.
        guard state.carriesUp, state.carriesDown || random.happens(percent: 60) else {
            Exercised.note(.unanswered)
            // A line that takes and gives nothing shows only by its silence.
            try await scheduler.sleep(for: .seconds(Int64.random(in: 1...10, using: &random)))
            throw said(path, unreachable("no answer"))
        }
        guard let serving = above.life else { throw said(path, unreachable("connection refused")) }
        let connection = Connection(
            line: self, path: path, child: child.code, client: life, server: serving, above: above,
            scheduler: scheduler, random: SeededRandom(seed: random.next()), state: state)
        let arrival: Connection.Arrival =
            random.happens(percent: state.overtakes)
            ? .late : random.happens(percent: state.repeats) ? .twice : .once
        do {
            return try await connection.run(request, arrival)
        } catch {
            throw said(path, error)
        }
    }

    func say(_ text: @autoclosure () -> String) { child.say?("  \(child.code) to \(parent) \(text())") }

    /// What both ends have by now.
    func sayNews() {
        guard let say = child.say else { return }
        for office in [child, above] { if let news = office.news() { say(news) } }
    }

    private func said(_ path: String, _ error: any Error) -> any Error {
        say("\(path): \(error)")
        return error
    }

    /// What cuts look like.
    func cutFailure() -> any Error { unreachable("the line was cut") }
    func refusal(_ status: Int, _ text: String) -> any Error {
        Exercised.note(.refusedCall)
        return CallFailure.refused(parent, status, text, retryAfterSeconds: nil)
    }
}

extension ByteStream {
    /// All of it.
    func whole() async throws -> [UInt8] {
        var bytes: [UInt8] = []
        for try await buffer in self { bytes += buffer.readableBytesView }
        return bytes
    }
}
