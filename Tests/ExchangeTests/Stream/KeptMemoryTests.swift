import ChangeSets
import Exchange
import Testing

@Suite struct `What a stream may make a receiver keep` {
    /// Room for a run of ten headers, and not for two.
    private func receiver(_ feeds: TestFeed...) throws -> StreamReceiver {
        let keys = Dictionary(
            try feeds.map { ($0.key.author, try $0.verificationKey()) }, uniquingKeysWith: { one, _ in one })
        return StreamReceiver(keptBytesMax: 15_000, keys: { keys[$0] })
    }

    @Test func `runs whose bodies have come take no room`() throws {
        let feed = try TestFeed(200)
        var receiver = try receiver(feed)
        for index in 0..<20 as Range<UInt32> {
            let first = Int(index) * 10 + 1
            try receiver.receive(feed.frames(first...first + 9, as: index))
        }
        #expect(receiver.takeBatch().numbers(of: feed) == Array(1...200))
        #expect(receiver.rejected.isEmpty)
    }

    @Test func `a run that finds no room is left for the next stream, and the open one goes on`() throws {
        let (one, other) = (try TestFeed(10), try TestFeed(10))
        var receiver = try receiver(one, other)
        try receiver.receive([one.run().frame, other.run().frame, .body(run: 1, other.bodies[0])])
        try receiver.receive(one.bodies.map { .body(run: 0, $0) } + [.end(more: false)])
        #expect(receiver.takeBatch().numbers(of: one) == Array(1...10))
        #expect(
            receiver.rejected == [
                RejectedChangeSets(
                    feed: other.id, number: 1,
                    reason: "more headers in one stream than can be kept here; the rest is sent again later")
            ])
        #expect(receiver.hasMore)
    }

    @Test func `once there was no room nothing new begins, said once`() throws {
        let feeds = try (0..<5).map { _ in try TestFeed(10) }
        var receiver = try receiver(feeds[0], feeds[1], feeds[2], feeds[3], feeds[4])
        for feed in feeds { try receiver.receive(feed.run().frame) }
        try receiver.receive(feeds[0].bodies.map { .body(run: 0, $0) } + feeds[4].frames(as: 5))
        #expect(receiver.takeBatch().numbers(of: feeds[0]).count == 10)
        #expect(receiver.rejected.map(\.feed) == [feeds[1].id])
    }

    @Test func `a run that was rejected takes no room`() throws {
        let (bad, good) = (try TestFeed(10), try TestFeed(10))
        var receiver = try receiver(bad, good)
        try receiver.receive([bad.run().frame, .body(run: 0, [9, 9, 9, 9])])
        try receiver.receive(good.frames(as: 1))
        #expect(receiver.takeBatch().numbers(of: good).count == 10)
    }

    @Test func `feeds without end that one author invents find an end`() throws {
        let key = try SigningKey.generate(.ed25519)
        let feeds = try (10..<90).map { try TestFeed(1, area: "3301061090\($0)", key: key) }
        var receiver = try receiver(feeds[0])
        for (index, feed) in feeds.enumerated() { try receiver.receive(feed.frames(as: UInt32(index))) }
        #expect(receiver.takeBatch().changeSets.count < 60)
        #expect(receiver.rejected.count == 1)
    }

    @Test func `the largest run that the limits allow always finds room`() {
        let run = Limits.runBytesMax + Limits.runHeadersMax * ExchangeLimits.headerOverheadBytes
        #expect(run + ExchangeLimits.feedOverheadBytes <= ExchangeLimits.keptBytesMax)
        #expect(Limits.runBytesMax < ExchangeLimits.frameBytesMax)
    }
}
