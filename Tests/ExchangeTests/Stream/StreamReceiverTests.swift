import ChangeSets
import Exchange
import Testing

@Suite struct `Receiving a stream` {
    @Test(arguments: Algorithm.allCases)
    func `everything that vouches for itself is handed on, in the order received`(algorithm: Algorithm) throws {
        let (one, other) = (try TestFeed(3, algorithm: algorithm), try TestFeed(2, algorithm: algorithm))
        var receiver = try StreamReceiver.knowing(one, other)
        try receiver.receive([one.run().frame, other.run().frame])
        try receiver.receive([
            .body(run: 0, one.bodies[0]), .body(run: 1, other.bodies[0]), .body(run: 0, one.bodies[1]),
            .body(run: 1, other.bodies[1]), .body(run: 0, one.bodies[2]), .end(more: false),
        ])
        let batch = receiver.takeBatch()
        #expect(batch.changeSets.map(\.sealed.header.number) == [1, 1, 2, 2, 3])
        #expect(batch.changeSets.map(\.sealed.header.feed) == [one.id, other.id, one.id, other.id, one.id])
        #expect(batch.runs.map(\.headers) == [one.headers, other.headers])
        #expect(receiver.rejected.isEmpty)
        #expect(receiver.isEnded)
        #expect(!receiver.hasMore)
    }

    @Test func `every batch has the runs of its change sets, also of one that goes on`() throws {
        let feed = try TestFeed(3)
        var receiver = try StreamReceiver.knowing(feed)
        try receiver.receive([feed.run().frame, .body(run: 0, feed.bodies[0])])
        let first = receiver.takeBatch()
        #expect(first.numbers(of: feed) == [1])
        #expect(first.runs.map(\.headers.count) == [3])
        #expect(receiver.takeBatch().isEmpty)
        try receiver.receive([.body(run: 0, feed.bodies[1]), .body(run: 0, feed.bodies[2]), .end(more: true)])
        let second = receiver.takeBatch()
        #expect(second.numbers(of: feed) == [2, 3])
        #expect(second.runs.map(\.signature) == first.runs.map(\.signature))
        #expect(receiver.hasMore)
    }

    @Test func `a feed goes on with a second run where its first ended`() throws {
        let feed = try TestFeed(4)
        var receiver = try StreamReceiver.knowing(feed)
        try receiver.receive(feed.frames(1...2, as: 0) + feed.frames(3...4, as: 1))
        let batch = receiver.takeBatch()
        #expect(batch.numbers(of: feed) == [1, 2, 3, 4])
        #expect(batch.runs.map { $0.headers.map(\.header.number) } == [[1, 2], [3, 4]])
    }

    @Test func `a run without its bodies brings nothing and costs nothing`() throws {
        let feed = try TestFeed(2)
        var receiver = try StreamReceiver.knowing(feed)
        try receiver.receive([feed.run().frame, .end(more: false)])
        #expect(receiver.takeBatch().isEmpty)
        #expect(receiver.rejected.isEmpty)
    }

    @Test func `statements are handed on for the replica to judge`() throws {
        let key = try SigningKey.generate(.ed25519)
        let statement = Statement(
            algorithm: .ed25519, author: key.author, scope: Scope(area: try OfficeCode("330106"), audience: .village),
            ordinal: 1, wallClock_ms: 0, schema: 1, feeds: [])
        let signed = try SignedStatement(statement, signedBy: key)
        var receiver = StreamReceiver(keys: { _ in nil })
        try receiver.receive(.statement(bytes: signed.bytes, signature: signed.signature))
        #expect(receiver.takeBatch().statements == [signed])
    }

    @Test func `the size of what waits for a commit is known and starts anew with each batch`() throws {
        let feed = try TestFeed(2, bodyBytes: 1000)
        var receiver = try StreamReceiver.knowing(feed)
        #expect(receiver.pendingBytes == 0)
        try receiver.receive(feed.frames(as: 0))
        #expect(receiver.pendingBytes == 2000 + feed.headers.reduce(0) { $0 + $1.bytes.count })
        _ = receiver.takeBatch()
        #expect(receiver.pendingBytes == 0)
    }

    @Test func `a sender numbers its runs as a receiver counts them`() throws {
        let (one, other) = (try TestFeed(2), try TestFeed(1))
        var sender = StreamSender()
        var frames = [sender.frame(run: try one.run(1...1)), sender.frame(body: one.bodies[0], of: one.id)]
        frames += [sender.frame(run: try other.run()), sender.frame(run: try one.run(2...2))]
        frames += [sender.frame(body: one.bodies[1], of: one.id), sender.frame(body: other.bodies[0], of: other.id)]
        var receiver = try StreamReceiver.knowing(one, other)
        try receiver.receive(frames)
        let batch = receiver.takeBatch()
        #expect(batch.numbers(of: one) == [1, 2])
        #expect(batch.numbers(of: other) == [1])
    }
}
