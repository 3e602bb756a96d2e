import ChangeSets
import Testing

@Suite struct `Verifying a run` {
    private func refusal(_ run: Run, _ key: VerificationKey) -> InvalidRun? {
        do {
            try run.verify(with: key)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: Algorithm.allCases)
    func `a run is taken that its author signed, from any number on`(algorithm: Algorithm) throws {
        let feed = try TestFeed.of(5, algorithm)
        let key = try feed.verificationKey()
        for numbers in [1...5, 1...1, 3...4, 5...5] {
            #expect(refusal(try feed.run(numbers), key) == nil)
        }
    }

    @Test func `contexts and schema versions may grow along it`() throws {
        var feed = try TestFeed()
        feed.append(context: CausalContext([.of(1): 1]), schema: 1)
        feed.append(context: CausalContext([.of(1): 1, .of(2): 4]), schema: 1)
        feed.append(context: CausalContext([.of(1): 7, .of(2): 4]), schema: 3)
        #expect(refusal(try feed.run(), try feed.verificationKey()) == nil)
    }

    @Test func `a gap, a repeat and another order are refused`() throws {
        let feed = try TestFeed.of(4)
        let (key, h) = (try feed.verificationKey(), feed.headers)
        func run(_ headers: [SealedHeader]) throws -> Run {
            Run(feed: feed.id, headers: headers, signature: try feed.key.sign(SignedMessage.header(headers.last!.hash)))
        }
        #expect(refusal(try run([h[0], h[2]]), key) == .gap(feed.id, expected: 2, received: 3))
        #expect(refusal(try run([h[0], h[1], h[1]]), key) == .gap(feed.id, expected: 3, received: 2))
        #expect(refusal(try run([h[1], h[0]]), key) == .gap(feed.id, expected: 3, received: 1))
    }

    @Test func `a header that does not continue the one before is refused`() throws {
        let feed = try TestFeed.of(2)
        var other = feed
        other.append { $0.previous = feed.headers[0].hash }
        #expect(refusal(try other.run(), try feed.verificationKey()) == .chain(feed.id, 3))
    }

    @Test func `another feed, another author and another algorithm inside it are refused`() throws {
        let feed = try TestFeed.of(2)
        let key = try feed.verificationKey()
        let changes: [(inout ChangeSetHeader) -> Void] = [
            { $0.feed = FeedID(author: .of(9), scope: $0.feed.scope) },
            { $0.feed = FeedID(author: $0.feed.author, scope: Scope(area: $0.feed.scope.area, audience: .town)) },
            { $0.algorithm = .sm2 },
        ]
        for change in changes {
            var mixed = feed
            mixed.append(change: change)
            #expect(refusal(try mixed.run(), key) == .foreignHeader(feed.id))
            #expect(refusal(try mixed.run(3...3), key) == .foreignHeader(feed.id))
        }
    }

    @Test func `a context or a schema version that goes back is refused`() throws {
        let grown = CausalContext([.of(1): 5, .of(2): 1])
        let backwards: [(CausalContext, UInt32)] = [
            (CausalContext([.of(1): 4, .of(2): 1]), 2), (CausalContext([.of(1): 5]), 2), (CausalContext(), 2),
            (grown, 1),
        ]
        for (context, schema) in backwards {
            var feed = try TestFeed()
            feed.append(context: grown, schema: 2)
            feed.append(context: context, schema: schema)
            #expect(refusal(try feed.run(), try feed.verificationKey()) == .backwards(feed.id, 2))
            #expect(throws: InvalidRun.backwards(feed.id, 2)) { try feed.headers[1].verifyContinues(feed.headers[0]) }
        }
    }

    @Test(arguments: Algorithm.allCases)
    func `a signature of another author, on another header or for another purpose is refused`(algorithm: Algorithm)
        throws
    {
        let feed = try TestFeed.of(3, algorithm)
        let key = try feed.verificationKey()
        let refused = InvalidRun.signature(feed.id, 3)
        func run(_ signature: [UInt8]) -> Run { Run(feed: feed.id, headers: feed.headers, signature: signature) }
        #expect(refusal(try feed.run(signedBy: .generate(algorithm)), key) == refused)
        #expect(refusal(run(try feed.run(1...2).signature), key) == refused)
        let hash = feed.headers[2].hash
        #expect(refusal(run(try feed.key.sign(SignedMessage.statement(hash))), key) == refused)
        #expect(refusal(run(try feed.key.sign(hash.bytes)), key) == refused)
        #expect(refusal(run([]), key) == refused)
        let long = try feed.run().signature + [UInt8](repeating: 0, count: Limits.signatureBytesMax)
        #expect(refusal(run(long), key) == refused)
    }

    @Test func `the key of another author is refused before the signature is looked at`() throws {
        let feed = try TestFeed.of(1)
        let other = try VerificationKey(try SigningKey.generate(.ed25519).publicKey)
        #expect(refusal(try feed.run(), other) == .foreignHeader(feed.id))
    }

    @Test func `no headers and too many are refused`() throws {
        let feed = try TestFeed.of(Limits.runHeadersMax + 1)
        let key = try feed.verificationKey()
        #expect(refusal(Run(feed: feed.id, headers: [], signature: []), key) == .empty(feed.id))
        #expect(refusal(try feed.run(), key) == .tooLong(feed.id, Limits.runHeadersMax + 1))
        #expect(refusal(try feed.run(1...Limits.runHeadersMax), key) == nil)
    }

    @Test func `ends where every run of the feed ends, wherever it begins`() {
        let size = UInt64(Limits.runHeadersMax)
        for (number, end) in [(1, size), (2, size), (size, size), (size + 1, 2 * size), (3 * size - 1, 3 * size)] {
            #expect(Limits.runEnd(from: number) == end)
        }
    }
}
