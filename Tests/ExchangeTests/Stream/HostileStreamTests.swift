import ChangeSets
import Exchange
import Testing

@Suite struct `What a stream gets wrong is left out with a reason, and the rest flows` {
    let good: TestFeed
    let bad: TestFeed
    var receiver: StreamReceiver

    init() throws {
        good = try TestFeed(2)
        bad = try TestFeed(3)
        receiver = try .knowing(good, bad)
    }

    /// Sends `frames`, which are run 0 and its bodies, then the good feed; checks that the good one came.
    private mutating func reasons(_ frames: [StreamFrame]) throws -> [String] {
        try receiver.receive(frames + good.frames(as: 1) + [.end(more: false)])
        #expect(receiver.takeBatch().numbers(of: good) == [1, 2])
        return receiver.rejected.map(\.reason)
    }

    @Test mutating func `an author that the directory does not name`() throws {
        let stranger = try TestFeed(2)
        #expect(
            try reasons(stranger.frames(as: 0)) == [
                "author \(stranger.key.author) is not in the directory here yet; it is sent again later"
            ])
    }

    @Test mutating func `a header whose bytes were changed on the way`() throws {
        var headers = bad.headers.map(\.bytes)
        headers[1][headers[1].count - 1] ^= 1
        let frames: [StreamFrame] = [.run(headers, signature: try bad.run().signature)]
        #expect(try reasons(frames).count == 1)
    }

    @Test mutating func `a signature that was changed on the way`() throws {
        var signature = try bad.run().signature
        signature[9] ^= 4
        let frames: [StreamFrame] = [
            .run(bad.headers.map(\.bytes), signature: signature), .body(run: 0, bad.bodies[0]),
        ]
        #expect(try reasons(frames) == ["the signature on number 3 of \(bad.id) is not its author's"])
    }

    @Test mutating func `a body that was changed, dropped, repeated or put in another place`() throws {
        let frames = [try bad.run().frame, .body(run: 0, bad.bodies[0]), .body(run: 0, bad.bodies[2])]
        #expect(try reasons(frames) == ["the body of number 2 of \(bad.id) does not match its signed hash"])
    }

    @Test mutating func `nothing of the feed is taken after what was left out`() throws {
        let frames = [
            try bad.run().frame, .body(run: 0, bad.bodies[0]), .body(run: 0, [9, 9]), .body(run: 0, bad.bodies[2]),
        ]
        try receiver.receive(frames)
        #expect(receiver.takeBatch().numbers(of: bad) == [1])
        #expect(receiver.rejected.map(\.number) == [2])
    }

    @Test mutating func `what came before a bad body keeps the signature that vouches for it`() throws {
        try receiver.receive([bad.run().frame, .body(run: 0, bad.bodies[0]), .body(run: 0, [9, 9])])
        let batch = receiver.takeBatch()
        #expect(batch.numbers(of: bad) == [1])
        #expect(batch.runs.map(\.headers) == [bad.headers])
    }

    @Test mutating func `a run that leaves a header out`() throws {
        let headers = [bad.headers[0], bad.headers[2]].map(\.bytes)
        let frames: [StreamFrame] = [.run(headers, signature: try bad.run().signature)]
        #expect(try reasons(frames) == ["\(bad.id) skips from number 1 to 3; ask for what is missing"])
    }

    @Test mutating func `headers in another order`() throws {
        let headers = [bad.headers[1], bad.headers[0], bad.headers[2]].map(\.bytes)
        let frames: [StreamFrame] = [.run(headers, signature: try bad.run().signature)]
        #expect(try reasons(frames) == ["\(bad.id) skips from number 2 to 1; ask for what is missing"])
    }

    @Test mutating func `a run that was sent before`() throws {
        try receiver.receive(bad.frames(as: 0) + bad.frames(as: 1) + good.frames(as: 2))
        let batch = receiver.takeBatch()
        #expect(batch.numbers(of: bad) == [1, 2, 3])
        #expect(batch.numbers(of: good) == [1, 2])
        #expect(receiver.rejected.map(\.number) == [1])
    }

    @Test mutating func `a second run that does not begin where the first ended`() throws {
        let fork = try TestFeed(4, bodyBytes: 5, key: bad.key)
        try receiver.receive(bad.frames(1...2, as: 0) + fork.frames(3...4, as: 1))
        #expect(receiver.takeBatch().numbers(of: bad) == [1, 2])
        #expect(receiver.rejected.map(\.number) == [3])
    }

    @Test mutating func `headers of two feeds in one run`() throws {
        let headers = [bad.headers[0], bad.headers[1], good.headers[1]].map(\.bytes)
        let frames: [StreamFrame] = [.run(headers, signature: try good.run().signature)]
        #expect(try reasons(frames) == ["a header of another feed or key inside a run of \(bad.id)"])
    }
}
