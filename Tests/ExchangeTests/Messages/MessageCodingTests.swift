import ChangeSets
import Exchange
import Testing

@Suite struct `Messages between two nodes` {
    @Test func `a greeting comes back from its bytes`() throws {
        let hello = try TestMessages.hello()
        let read = try HelloMessage(parsing: hello.encoded())
        #expect(read.office == hello.office)
        #expect(read.author == hello.author)
        #expect(read.software == hello.software)
        #expect(read.schema == hello.schema)
        #expect(read.wallClock_ms == hello.wallClock_ms)
        #expect(read.vectorDigest == hello.vectorDigest)
        #expect(read.heads == hello.heads)
        #expect(read.wantsHeads == hello.wantsHeads)
        #expect(read.statementsDigest == hello.statementsDigest)
        #expect(read.knownStatements == hello.knownStatements)
        #expect(read.statements == hello.statements)
        #expect(read.addresses == hello.addresses)
        #expect(read.encoded() == hello.encoded())
    }

    @Test func `a request for what is above comes back from its bytes`() throws {
        let read = try DownMessage(parsing: TestMessages.down.encoded())
        #expect(read.heads == TestMessages.heads)
        #expect(read.knownStatements == TestMessages.marks)
        #expect(read.waitSeconds == 50)
        #expect(read.directoryOnly)
    }

    @Test func `nobody makes a parent wait longer than it grants`() throws {
        for seconds in [ExchangeLimits.waitSecondsMax + 1, .max] {
            let request = DownMessage(heads: [:], knownStatements: [], waitSeconds: seconds, directoryOnly: false)
            #expect(try DownMessage(parsing: request.encoded()).waitSeconds == ExchangeLimits.waitSecondsMax)
        }
    }

    @Test func `a reply to an upload comes back from its bytes`() throws {
        let reply = try TestMessages.reply()
        let read = try UpReplyMessage(parsing: reply.encoded())
        #expect([read.stored, read.known, read.refused] == [1, 2, 3])
        #expect(read.rejected == reply.rejected)
        #expect(read.heads == reply.heads)
        #expect(read.statements == reply.statements)
    }

    @Test func `a reason is cut where it is too long to send`() throws {
        var reply = try TestMessages.reply()
        let feed = reply.rejected[0].feed
        let long = "e" + String(repeating: "\u{301}", count: 10_000)
        reply.rejected = [RejectedChangeSets(feed: feed, number: 1, reason: long)]
        let read = try UpReplyMessage(parsing: reply.encoded())
        #expect(read.rejected[0].reason.utf8.count <= Limits.reasonBytesMax)
        #expect(long.utf8.starts(with: read.rejected[0].reason.utf8))
    }

    @Test func `a reason that would steer a terminal is read without that`() throws {
        var reply = try TestMessages.reply()
        reply.rejected = [RejectedChangeSets(feed: reply.rejected[0].feed, number: 1, reason: "a\u{1b}[2J\nb")]
        #expect(try UpReplyMessage(parsing: reply.encoded()).rejected[0].reason == "a\u{fffd}[2J\u{fffd}b")
        #expect(try JoinReplyMessage(parsing: JoinReplyMessage.refused("\u{7}no").encoded()).refused == "\u{fffd}no")
    }

    @Test func `questions and answers about digests come back from their bytes`() throws {
        let question = try DigestQuestion(parsing: TestMessages.question.encoded())
        #expect(question.scope == TestMessages.question.scope)
        #expect(question.table == "family")
        #expect(question.ranges == TestMessages.question.ranges)
        let whole = DigestQuestion(scope: TestMessages.scope)
        #expect(try DigestQuestion(parsing: whole.encoded()).table == nil)
        let answer = try DigestAnswer(parsing: TestMessages.answer.encoded())
        #expect(answer.schema == 3)
        #expect(answer.applied == TestMessages.answer.applied)
        #expect(answer.tables == TestMessages.answer.tables)
        #expect(answer.pieces == TestMessages.answer.pieces)
    }

    @Test func `an empty vector and one with one head differ in their digest, the order of making does not matter`() {
        let other: FeedVector = Dictionary(
            uniqueKeysWithValues: TestMessages.heads.reversed().map { ($0.key, $0.value) })
        #expect(other.digest == TestMessages.heads.digest)
        #expect(FeedVector().digest != TestMessages.heads.digest)
        var changed = TestMessages.heads
        let feed = FeedID(author: TestMessages.author(1), scope: TestMessages.scope)
        changed[feed] = FeedHead(number: 1, hash: TestMessages.hash(9))
        #expect(changed.digest != TestMessages.heads.digest)
        changed[feed] = FeedHead(number: 2, hash: TestMessages.hash(1))
        #expect(changed.digest != TestMessages.heads.digest)
    }

    @Test func `marks of statements have one digest in any order`() {
        #expect(TestMessages.marks.digest == TestMessages.marks.reversed().digest)
        #expect(TestMessages.marks.digest != [TestMessages.marks[0]].digest)
    }
}
