import ChangeSets
import Exchange
import Testing

@Suite struct `A stream that no honest office sends is given up` {
    private func refusal(_ frames: [StreamFrame], knowing feed: TestFeed) throws -> RefusedStream? {
        var receiver = try StreamReceiver.knowing(feed)
        do {
            try receiver.receive(frames)
            return nil
        } catch {
            return error
        }
    }

    @Test func `bodies of a run that was never announced`() throws {
        let feed = try TestFeed(1)
        #expect(try refusal([.body(run: 0, [])], knowing: feed) == .unknownRun(0))
        #expect(try refusal(feed.frames(as: 0) + [.body(run: 1, [])], knowing: feed) == .unknownRun(1))
        #expect(try refusal([.body(run: .max, [])], knowing: feed) == .unknownRun(.max))
    }

    @Test func `more bodies than a run has headers`() throws {
        let feed = try TestFeed(1)
        let frames = try feed.frames(as: 0) + [.body(run: 0, feed.bodies[0])]
        #expect(try refusal(frames, knowing: feed) == .unknownRun(0))
    }

    @Test func `anything after the end`() throws {
        let feed = try TestFeed(1)
        #expect(try refusal([.end(more: false), feed.run().frame], knowing: feed) == .notAFrame)
        #expect(try refusal([.end(more: false), .end(more: false)], knowing: feed) == .notAFrame)
    }

    @Test func `a run without headers`() throws {
        #expect(try refusal([.run([], signature: [])], knowing: TestFeed(1)) == .notAFrame)
    }

    @Test func `a run whose first header cannot be read, because no feed can be named`() throws {
        let feed = try TestFeed(1)
        #expect(try refusal([.run([[0xff]], signature: [])], knowing: feed) == .header(.notProtobuf))
        #expect(try refusal([.run([[8, 2]], signature: [])], knowing: feed) == .header(.unknownFormat(2)))
    }

    @Test func `a statement that cannot be read`() throws {
        let feed = try TestFeed(1)
        #expect(try refusal([.statement(bytes: [0xff], signature: [])], knowing: feed) == .statement(.notProtobuf))
        let long = [UInt8](repeating: 0, count: Limits.statementBytesMax + 1)
        #expect(
            try refusal([.statement(bytes: long, signature: [])], knowing: feed) == .statement(.tooLong(long.count)))
    }

    @Test func `feeds of unknown authors without end`() throws {
        let stranger = try SigningKey.generate(.ed25519)
        var frames: [StreamFrame] = []
        for index in 0...ExchangeLimits.rejectedFeedsMax {
            let area = "330106109" + String(1000 + index).suffix(3)
            frames.append(try TestFeed(1, area: index < 1000 ? area : "330106", key: stranger).run().frame)
        }
        #expect(try refusal(frames, knowing: TestFeed(1)) == .tooManyRejections)
        #expect(try refusal(Array(frames.dropLast()), knowing: TestFeed(1)) == nil)
    }

    @Test func `statements without end`() throws {
        let key = try SigningKey.generate(.ed25519)
        let statement = Statement(
            algorithm: .ed25519, author: key.author, scope: Scope(area: try OfficeCode("330106"), audience: .village),
            ordinal: 1, wallClock_ms: 0, schema: 1, feeds: [])
        let signed = try SignedStatement(statement, signedBy: key)
        let frame = StreamFrame.statement(bytes: signed.bytes, signature: signed.signature)
        var receiver = StreamReceiver(keys: { _ in nil })
        for _ in 0..<ExchangeLimits.statementsMax {
            try receiver.receive(frame)
            if receiver.pendingBytes > ExchangeLimits.batchBytes { _ = receiver.takeBatch() }
        }
        #expect(throws: RefusedStream.tooManyStatements) { try receiver.receive(frame) }
    }
}
