import ChangeSets
import Testing

@Suite struct `A header` {
    @Test func `reads each field from its place in the bytes`() throws {
        let header = try ChangeSetHeader(parsing: HeaderFields().bytes)
        #expect(header.algorithm == .ed25519)
        #expect(header.feed.author == .of(0xaa))
        #expect(header.feed.scope == Scope(area: try OfficeCode("330106109012"), audience: .village))
        #expect(header.number == 7)
        #expect(header.previous.bytes == [UInt8](repeating: 1, count: 32))
        #expect(header.bodyHash.bytes == [UInt8](repeating: 2, count: 32))
        #expect(header.bodyLength == 300)
        #expect(header.context == CausalContext([.of(0xbb): 5, .of(0xcc): 9]))
        #expect(header.schema == 3)
        #expect(header.wallClock_ms == 1_700_000_000_123)
        #expect(header.wallCounter == 2)
        #expect(header.user == "王小明")
        #expect(header.userVerified)
        #expect(header.transaction == [UInt8](repeating: 3, count: 16))
        #expect(header.part == 1)
        #expect(header.parts == 2)
    }

    @Test func `is written as protobuf writes it`() throws {
        let bytes = HeaderFields().bytes
        #expect(try ChangeSetHeader(parsing: bytes).encoded() == bytes)
    }

    @Test(arguments: 1...100 as ClosedRange<UInt64>)
    func `comes back from its bytes`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let header = try ChangeSetHeader.random(using: &random)
        let sealed = SealedHeader(header)
        #expect(sealed.bytes.count <= Limits.headerBytesMax)
        let read = try SealedHeader(parsing: sealed.bytes)
        #expect(read == sealed)
        #expect(read.header == header)
        #expect(read.hash == header.algorithm.digest(sealed.bytes))
        #expect(read.head == FeedHead(number: header.number, hash: read.hash))
    }

    @Test func `keeps the author's bytes, also those that this program would write otherwise`() throws {
        let fields = HeaderFields()
        let longer = fields.bytes + WireBytes.number(9, 300) + WireBytes.bytes(99, [1, 2])
        let sealed = try SealedHeader(parsing: longer)
        #expect(sealed.bytes == longer)
        #expect(sealed.hash != SealedHeader(sealed.header).hash)
    }

    @Test(arguments: Algorithm.allCases)
    func `vouches for its body and no other`(algorithm: Algorithm) throws {
        var feed = try TestFeed(algorithm)
        feed.append([1, 2, 3])
        let sealed = feed.headers[0]
        #expect(sealed.vouches(for: [1, 2, 3]))
        for other in [[], [1, 2], [1, 2, 3, 0], [1, 2, 4]] as [[UInt8]] { #expect(!sealed.vouches(for: other)) }
    }

    @Test func `does not vouch for the right bytes when it names another length`() throws {
        var feed = try TestFeed()
        feed.append([1, 2, 3]) { $0.bodyLength = 4 }
        #expect(!feed.headers[0].vouches(for: [1, 2, 3]))
    }
}

extension ChangeSetHeader {
    static func random(using random: inout SeededGenerator) throws -> ChangeSetHeader {
        let area = ["33", "3301", "330106", "330106109", "330106109012"].randomElement(using: &random)!
        let number = UInt64.random(in: 1...Limits.numberMax, using: &random)
        let parts = UInt32.random(in: 1...UInt32(Limits.partsMax), using: &random)
        let authors = Set(
            (0..<Int.random(in: 0...8, using: &random)).map { _ in
                AuthorID(random.bytes(16))!
            })
        return ChangeSetHeader(
            algorithm: Algorithm.allCases.randomElement(using: &random)!,
            feed: FeedID(
                author: AuthorID(random.bytes(16))!,
                scope: Scope(area: try OfficeCode(area), audience: Tier.all.randomElement(using: &random)!)),
            number: number, previous: number == 1 ? .zero : Digest(random.bytes(32))!,
            bodyHash: Digest(random.bytes(32))!, bodyLength: Int.random(in: 0...Limits.bodyBytesMax, using: &random),
            context: CausalContext(
                Dictionary(
                    uniqueKeysWithValues: authors.map { ($0, UInt64.random(in: 1...Limits.numberMax, using: &random)) })
            ),
            schema: .random(in: 0...UInt32.max, using: &random),
            wallClock_ms: .random(in: Limits.clockRange_ms, using: &random),
            wallCounter: .random(in: 0...UInt32.max, using: &random),
            user: String(
                repeating: ["a", "王", "🙂"].randomElement(using: &random)!, count: Int.random(in: 0...50, using: &random)
            ),
            userVerified: .random(using: &random), transaction: random.bytes(16),
            part: UInt32.random(in: 0..<parts, using: &random), parts: parts)
    }
}
