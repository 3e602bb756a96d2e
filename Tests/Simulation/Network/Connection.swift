import ChangeSets
import Exchange
import Foundation
import NIOCore
import Node

/// One call under way: its bytes in pieces, each after the line's delay, until it is answered, cut, or somebody dies.
final class Connection: @unchecked Sendable {
    private enum Head {
        case ok
        case refused(Int, String)
    }

    private let line: Line
    private let path: String
    private let child: OfficeCode
    private let client: Life
    private let server: Life
    private let above: Office
    private let exchange: ChildExchange?
    private let scheduler: Scheduler
    private var random: SeededRandom
    private let delay_ms: ClosedRange<Int64>
    private let pieceBytes: Int
    /// Bytes that still pass, up and down, before the line is cut; and before one is altered.
    private var upLeft: Int?
    private var downLeft: Int?
    private var untilAltered: Int?
    private var isCut = false
    private let (request, requestFeed) = ByteStream.makeStream()
    private let (head, headFeed) = AsyncThrowingStream<Head, any Error>.makeStream()
    private let (answer, answerFeed) = ByteStream.makeStream()
    /// How long a line may be silent before its ends give it up.
    /// Shorter than in earnest, so that it happens within the time that a world is disturbed.
    private static let silenceMax = Duration.seconds(20)

    init(
        line: Line, path: String, child: OfficeCode, client: Life, server: Life, above: Office, scheduler: Scheduler,
        random: SeededRandom, state: LineState
    ) {
        self.line = line
        self.path = path
        self.child = child
        self.client = client
        self.server = server
        self.above = above
        self.exchange = above.exchange?.children
        self.scheduler = scheduler
        self.random = random
        delay_ms = state.delay_ms
        pieceBytes = state.pieceBytes
        if self.random.happens(percent: state.cuts) {
            // Most streams are short.
            let place = Int.random(in: 0...(Bool.random(using: &self.random) ? 400 : 8000), using: &self.random)
            if Bool.random(using: &self.random) { upLeft = place } else { downLeft = place }
        }
        if self.random.happens(percent: state.alters) {
            untilAltered = Int.random(in: 0...600, using: &self.random)
        }
    }

    /// How a call comes to the parent.
    enum Arrival {
        case once, twice
        /// The child gives it up; it arrives some time later.
        case late
    }

    func run(_ pages: ByteStream, _ arrival: Arrival) async throws -> ByteStream {
        client.start { [self] in await carryUp(pages, arrival) }
        server.start { [self] in await serve(request, write: carryDown) }
        return try await withTaskCancellationHandler {
            var heads = head.makeAsyncIterator()
            switch try await heads.next() {
            case .ok: return answer
            case .refused(let status, let text): throw line.refusal(status, text)
            case nil: throw line.cutFailure()
            }
        } onCancel: {
            cut()
        }
    }

    private func cut() {
        isCut = true
        requestFeed.finish(throwing: line.cutFailure())
        headFeed.finish(throwing: line.cutFailure())
        answerFeed.finish(throwing: line.cutFailure())
    }

    private func carryUp(_ pages: ByteStream, _ arrival: Arrival) async {
        var copy: [ByteBuffer] = []
        do {
            for try await page in pages {
                for piece in pieces(of: page) {
                    try await pass { self.line.state.carriesUp }
                    let (sent, isLast) = whatPasses(of: piece, &upLeft)
                    if arrival != .once { copy.append(sent) }
                    if arrival != .late { requestFeed.yield(sent) }
                    if isLast {
                        Exercised.note(.cut)
                        return cut()
                    }
                }
            }
        } catch {
            return cut()
        }
        if arrival == .late { cut() } else { requestFeed.finish() }
        guard arrival != .once else { return }
        let again = copy
        let delay = random.duration(100...60_000)
        server.start { [self] in
            try? await scheduler.sleep(for: delay)
            guard !server.isDead else { return }
            Exercised.note(arrival == .late ? .late : .repeated)
            line.say("\(path) arrives \(arrival == .late ? "late" : "again")")
            let (stream, feed) = ByteStream.makeStream()
            for buffer in again { feed.yield(buffer) }
            feed.finish()
            await serve(stream, isRepetition: true) { _ in }
        }
    }

    @Sendable private func carryDown(_ page: ByteBuffer) async throws {
        for piece in pieces(of: page) {
            let wayUp = self.line.state.carriesUp
            do {
                try await pass { self.line.state.carriesDown }
            } catch {
                if wayUp, !line.state.carriesDown { Exercised.note(.answerLost) }
                throw error
            }
            let (sent, isLast) = whatPasses(of: piece, &downLeft)
            answerFeed.yield(sent)
            if isLast {
                Exercised.note(.cut)
                cut()
                throw Killed()
            }
        }
    }

    /// Waits for the line.
    private func pass(_ carries: () -> Bool) async throws {
        if delay_ms.lowerBound >= LineState.slow_ms.lowerBound { Exercised.note(.slowLine) }
        try await scheduler.sleep(for: random.duration(delay_ms))
        let patience = scheduler.now + Self.silenceMax
        while !carries(), !isCut, scheduler.now < patience { try await scheduler.sleep(for: .seconds(5)) }
        guard carries(), !isCut, !client.isDead, !server.isDead else {
            cut()
            throw Killed()
        }
    }

    /// - Returns: What of a piece comes through, and whether the line is cut behind it.
    private func whatPasses(of piece: ByteBuffer, _ left: inout Int?) -> (ByteBuffer, Bool) {
        var bytes = Array(piece.readableBytesView)
        if let place = untilAltered {
            untilAltered = place < bytes.count ? nil : place - bytes.count
            if place < bytes.count {
                bytes[place] ^= UInt8.random(in: 1...255, using: &random)
                Exercised.note(.altered)
            }
        }
        guard let most = left else { return (ByteBuffer(bytes: bytes), false) }
        left = max(0, most - bytes.count)
        return (ByteBuffer(bytes: bytes.prefix(most)), most < bytes.count)
    }

    private func pieces(of page: ByteBuffer) -> [ByteBuffer] {
        var (rest, pieces) = (page, [ByteBuffer]())
        while let piece = rest.readSlice(length: min(pieceBytes, rest.readableBytes)), piece.readableBytes > 0 {
            pieces.append(piece)
        }
        return pieces
    }

    // MARK: The parent's end

    private func serve(
        _ body: ByteStream, isRepetition: Bool = false, write: @escaping @Sendable (ByteBuffer) async throws -> Void
    ) async {
        do {
            let reply = try await reply(to: body) { page in
                if !isRepetition { self.headFeed.yield(.ok) }
                try await write(page)
            }
            line.say("\(path): answered")
            line.sayNews()
            guard !isRepetition else { return }
            headFeed.yield(.ok)
            if let reply { try await write(ByteBuffer(bytes: reply)) }
            answerFeed.finish()
        } catch {
            line.say("\(path): \(error)")
            line.sayNews()
            guard !isRepetition else { return }
            guard !server.isDead, !isCut, let status = Self.status(of: error) else { return cut() }
            try? await scheduler.sleep(for: random.duration(delay_ms))
            headFeed.yield(.refused(status, "\(error)"))
            answerFeed.finish(throwing: line.cutFailure())
        }
    }

    /// What `ExchangeServer` answers with, where it answers at all.
    static func status(of error: any Error) -> Int? {
        switch error {
        case is Killed, is CallFailure, is CancellationError: nil
        case is RefusedStream, is InvalidMessage: 400
        default: 500
        }
    }

    private func reply(
        to body: ByteStream, write: @escaping @Sendable (ByteBuffer) async throws -> Void
    ) async throws -> [UInt8]? {
        guard let exchange else { throw Killed() }
        switch path {
        case "/v1/hello":
            let message = try await Self.read(body) { try HelloMessage(parsing: $0) }
            guard message.office == child else { throw InvalidMessage(what: "another's greeting") }
            return try await exchange.greet(message, from: child, certificateNotAfter_ms: nil).encoded()
        case "/v1/up":
            return try await exchange.take(body, from: child).encoded()
        case "/v1/down":
            let message = try await Self.read(body) { try DownMessage(parsing: $0) }
            try await exchange.send(message, to: child, write: write)
            return nil
        default:
            let question = try await Self.read(body) { try DigestQuestion(parsing: $0) }
            guard question.scope.reaches(child) else { throw InvalidMessage(what: "a question of another branch") }
            return try await exchange.answer(question).encoded()
        }
    }

    /// What cannot be read is the sender's fault, as `ExchangeServer` has it.
    private static func read<Message>(
        _ body: ByteStream, _ parse: ([UInt8]) throws -> Message
    ) async throws -> Message {
        let bytes = try await body.whole()
        do {
            return try parse(bytes)
        } catch {
            throw InvalidMessage(what: "\(error)")
        }
    }
}
