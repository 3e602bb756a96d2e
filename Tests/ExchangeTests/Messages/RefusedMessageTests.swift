import ChangeSets
import Exchange
import Testing

@Suite struct `A message that no honest node sends is refused` {
    private func isRefused(_ change: (inout HelloMessage) -> Void) throws -> Bool {
        var hello = try TestMessages.hello()
        change(&hello)
        let bytes = hello.encoded()
        return (try? HelloMessage(parsing: bytes)) == nil
    }

    @Test func `not when it is well formed`() throws { #expect(try !isRefused { _ in }) }

    /// The difference of the two clocks is worked out with it, and must not overflow.
    @Test(arguments: [Int64.min, .max, Limits.clockMax_ms + 1, -Limits.clockMax_ms - 1])
    func `a clock beyond the calendar`(clock: Int64) throws {
        #expect(try isRefused { $0.wallClock_ms = clock })
    }

    @Test(arguments: [0, Int64.min, Int64.max] as [Int64])
    func `no clock that is let through overflows a difference`(now: Int64) throws {
        let now = max(-Limits.clockMax_ms, min(now, Limits.clockMax_ms))
        for clock in [-Limits.clockMax_ms, Limits.clockMax_ms] {
            var hello = try TestMessages.hello()
            hello.wallClock_ms = clock
            let read = try HelloMessage(parsing: hello.encoded())
            #expect(!read.wallClock_ms.subtractingReportingOverflow(now).overflow)
        }
    }

    @Test(arguments: [0, Limits.numberMax + 1, UInt64(Int64.max), .max])
    func `a vector with an absurd number, in any message`(number: UInt64) throws {
        let feed = FeedID(author: TestMessages.author(1), scope: TestMessages.scope)
        let heads: FeedVector = [feed: FeedHead(number: number, hash: .zero)]
        #expect(try isRefused { $0.heads = heads })
        var down = TestMessages.down
        down.heads = heads
        #expect(throws: InvalidMessage.self) { try DownMessage(parsing: down.encoded()) }
        var reply = try TestMessages.reply()
        reply.heads = heads
        #expect(throws: InvalidMessage.self) { try UpReplyMessage(parsing: reply.encoded()) }
        reply.heads = [:]
        reply.rejected = [RejectedChangeSets(feed: feed, number: number, reason: "x")]
        #expect(throws: InvalidMessage.self) { try UpReplyMessage(parsing: reply.encoded()) }
        var answer = TestMessages.answer
        answer.applied = [feed.author: FeedHead(number: number, hash: .zero)]
        guard number > 0 else { return }
        #expect(throws: InvalidMessage.self) { try DigestAnswer(parsing: answer.encoded()) }
    }

    @Test func `names and addresses that are too long`() throws {
        #expect(try isRefused { $0.software = String(repeating: "x", count: 201) })
        #expect(try isRefused { $0.addresses = [TestMessages.town: String(repeating: "1", count: 301)] })
    }

    @Test func `names and addresses that would steer a terminal`() throws {
        for text in ["1\u{1b}[2J", "a\nb", "\u{9b}2J", "\0"] {
            #expect(try isRefused { $0.software = text })
            #expect(try isRefused { $0.addresses = [TestMessages.town: text] })
        }
    }

    @Test func `digests of too many ranges, or of ranges that overlap`() throws {
        var question = TestMessages.question
        question.ranges = (0..<256).map { KeyRange(after: [UInt8($0)], through: [UInt8($0), 1]) }
        #expect(try DigestQuestion(parsing: question.encoded()).ranges.count == 256)
        question.ranges.append(KeyRange(after: [255, 2], through: nil))
        #expect(throws: InvalidMessage.self) { try DigestQuestion(parsing: question.encoded()) }
        for ranges in [
            [KeyRange(after: nil, through: nil), KeyRange(after: [1], through: nil)],
            [KeyRange(after: nil, through: [2]), KeyRange(after: [1], through: nil)],
            [KeyRange(after: nil, through: [2]), KeyRange(after: nil, through: [3])],
        ] {
            question.ranges = ranges
            #expect(throws: InvalidMessage.self) { try DigestQuestion(parsing: question.encoded()) }
        }
    }

    @Test func `one that would take far more memory than bytes`() {
        let many = ExchangeLimits.entriesMax + 1
        let empty = [UInt8]((0..<many).map { _ in [0x42, 0] as [UInt8] }.joined())
        let inner = [UInt8]((0..<many).map { _ in [0x1a, 0] as [UInt8] }.joined())
        var length: [UInt8] = []
        var rest = inner.count
        while rest >= 0x80 {
            length.append(UInt8(rest & 0x7f) | 0x80)
            rest >>= 7
        }
        let nested = [0x42] + length + [UInt8(rest)] + inner
        // A group of an unknown field, which decoders skip, must hide nothing.
        for bytes in [empty, nested, [0x7b, 0x7c] + empty, [0x7b] + empty + [0x7c], [0x7b, 0x7c] + nested] {
            #expect(throws: InvalidMessage(what: "a message of too many entries")) { try HelloMessage(parsing: bytes) }
            #expect(throws: InvalidMessage(what: "a message of too many entries")) { try DownMessage(parsing: bytes) }
            #expect(throws: InvalidMessage(what: "a message of too many entries")) {
                try UpReplyMessage(parsing: bytes)
            }
            #expect(throws: InvalidMessage(what: "a message of too many entries")) { try DigestAnswer(parsing: bytes) }
        }
    }

    @Test func `nothing at all, and another format`() {
        #expect(throws: InvalidMessage.self) { try HelloMessage(parsing: []) }
        #expect(throws: InvalidMessage.self) { try DownMessage(parsing: []) }
        #expect(throws: InvalidMessage.self) { try DigestQuestion(parsing: []) }
        #expect(throws: InvalidMessage.self) { try JoinMessage(parsing: []) }
        #expect(throws: InvalidMessage.self) { try DownMessage(parsing: [8, 2]) }
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `hostile bytes are refused or read, and never crash: 700 messages each`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let (hello, down) = (try TestMessages.hello().encoded(), TestMessages.down.encoded())
        let (reply, join) = (try TestMessages.reply().encoded(), try TestMessages.join().encoded())
        let (question, answer) = (TestMessages.question.encoded(), TestMessages.answer.encoded())
        for _ in 0..<100 {
            if let read = try? HelloMessage(parsing: hello.mutated(using: &random)) { _ = read.heads.digest }
            if let read = try? DownMessage(parsing: down.mutated(using: &random)) { _ = read.encoded() }
            if let read = try? UpReplyMessage(parsing: reply.mutated(using: &random)) { _ = read.encoded() }
            if let read = try? DigestQuestion(parsing: question.mutated(using: &random)) { _ = read.encoded() }
            if let read = try? DigestAnswer(parsing: answer.mutated(using: &random)) { _ = read.encoded() }
            if let read = try? JoinMessage(parsing: join.mutated(using: &random)) { _ = read.isProven() }
            _ = try? JoinReplyMessage(parsing: TestMessages.joinReply().encoded().mutated(using: &random))
        }
    }
}
