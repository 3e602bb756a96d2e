import ChangeSets
import Testing

@Suite struct `A header is refused` {
    private func refusal(_ bytes: [UInt8]) -> InvalidHeader? {
        do {
            _ = try ChangeSetHeader(parsing: bytes)
            return nil
        } catch {
            return error
        }
    }

    private func refusal(_ field: UInt64, _ bytes: [UInt8]) -> InvalidHeader? {
        refusal(HeaderFields().with(field, bytes).bytes)
    }

    @Test func `when it is longer than the limit, before anything of it is read`() {
        let long = HeaderFields().bytes + WireBytes.bytes(99, [UInt8](repeating: 0, count: Limits.headerBytesMax))
        #expect(refusal(long) == .tooLong(long.count))
        #expect(
            refusal([UInt8](repeating: 0xff, count: Limits.headerBytesMax + 1)) == .tooLong(Limits.headerBytesMax + 1))
    }

    @Test func `when it is no protobuf message`() {
        for bytes in [[0xff], [0x0a, 5, 1], [0x0b], WireBytes.bytes(14, [0xff, 0xfe])] as [[UInt8]] {
            #expect(refusal(bytes) == .notProtobuf)
        }
    }

    @Test func `when its format is another`() {
        #expect(refusal([]) == .unknownFormat(0))
        #expect(refusal(1, WireBytes.number(1, 2)) == .unknownFormat(2))
        #expect(refusal(1, []) == .unknownFormat(0))
    }

    @Test(
        arguments: [
            (2, "algorithm", [WireBytes.number(2, 0), WireBytes.number(2, 3), []]),
            (3, "author", [[], WireBytes.bytes(3, [1]), WireBytes.bytes(3, [UInt8](repeating: 1, count: 17))]),
            (4, "area", [[], WireBytes.text(4, "33010"), WireBytes.text(4, "33010x"), WireBytes.text(4, "３３")]),
            (5, "audience", [[], WireBytes.number(5, 3), WireBytes.number(5, 0xffff_ffff)]),
            (
                6, "number",
                [
                    [], WireBytes.number(6, Limits.numberMax + 1), WireBytes.number(6, UInt64(Int64.max)),
                    WireBytes.number(6, .max),
                ]
            ),
            (
                7, "previous hash",
                [[], WireBytes.bytes(7, [1]), WireBytes.bytes(7, [UInt8](repeating: 0, count: 32))]
            ),
            (8, "body hash", [[], WireBytes.bytes(8, [UInt8](repeating: 0, count: 33))]),
            (
                9, "body length",
                [WireBytes.number(9, UInt64(Limits.bodyBytesMax) + 1), WireBytes.number(9, 0xffff_ffff)]
            ),
            (
                14, "user",
                [
                    WireBytes.text(14, String(repeating: "x", count: Limits.userBytesMax + 1)),
                    WireBytes.text(14, "a\u{1b}[2J"),
                    WireBytes.text(14, "a\nb"), WireBytes.text(14, "\0"), WireBytes.text(14, "\u{7f}"),
                ]
            ),
            (16, "transaction", [[], WireBytes.bytes(16, [UInt8](repeating: 1, count: 15))]),
            (17, "parts", [WireBytes.number(17, 2)]),
            (18, "parts", [[], WireBytes.number(18, 1), WireBytes.number(18, UInt64(Limits.partsMax) + 1)]),
        ] as [(UInt64, String, [[UInt8]])])
    func `when a field is impossible`(field: UInt64, name: String, values: [[UInt8]]) {
        for value in values { #expect(refusal(field, value) == .field(name)) }
    }

    @Test func `when its first number has a hash before it, or a later one has none`() {
        #expect(refusal(6, WireBytes.number(6, 1)) == .field("previous hash"))
        let zero = WireBytes.bytes(7, [UInt8](repeating: 0, count: 32))
        #expect(refusal(HeaderFields().with(6, WireBytes.number(6, 1)).with(7, zero).bytes) == nil)
    }

    @Test func `when its context names the author itself, nobody, nothing, or anyone out of order`() {
        let (low, high) = ([UInt8](repeating: 0xbb, count: 16), [UInt8](repeating: 0xcc, count: 16))
        let wrong = [
            HeaderFields.entry(HeaderFields.author, 1), HeaderFields.entry([1], 1), HeaderFields.entry([], 1),
            HeaderFields.entry(low, 0), HeaderFields.entry(low, Limits.numberMax + 1), HeaderFields.entry(low, .max),
            HeaderFields.entry(high, 1) + HeaderFields.entry(low, 1),
            HeaderFields.entry(low, 1) + HeaderFields.entry(low, 1),
        ]
        for context in wrong { #expect(refusal(10, context) == .field("context")) }
        #expect(refusal(10, HeaderFields.entry(low, 1) + HeaderFields.entry(high, Limits.numberMax)) == nil)
        #expect(refusal(10, []) == nil)
    }

    @Test func `when its context names too many`() {
        let entries = (0...Limits.contextEntriesMax).map { index in
            HeaderFields.entry([UInt8](repeating: 0xdd, count: 14) + [UInt8(index >> 8), UInt8(index & 255)], 1)
        }
        #expect(refusal(10, entries.flatMap { $0 }) == .field("context"))
        #expect(refusal(10, entries.dropLast().flatMap { $0 }) == nil)
    }

    @Test func `and the largest that the limits allow is not`() throws {
        let feed = try TestFeed(.sm2)
        let authors = (0..<Limits.contextEntriesMax).map {
            AuthorID([UInt8](repeating: 1, count: 14) + [UInt8($0 >> 8), UInt8($0 & 255)])!
        }
        let header = ChangeSetHeader(
            algorithm: .sm2, feed: feed.id, number: Limits.numberMax,
            previous: Digest([UInt8](repeating: 1, count: 32))!,
            bodyHash: .zero, bodyLength: Limits.bodyBytesMax,
            context: CausalContext(Dictionary(uniqueKeysWithValues: authors.map { ($0, Limits.numberMax) })),
            schema: .max,
            wallClock_ms: Limits.clockRange_ms.lowerBound, wallCounter: .max,
            user: String(repeating: "x", count: Limits.userBytesMax),
            userVerified: true, transaction: [UInt8](repeating: 255, count: 16), part: UInt32(Limits.partsMax) - 1,
            parts: UInt32(Limits.partsMax))
        let bytes = header.encoded()
        #expect(bytes.count <= Limits.headerBytesMax)
        #expect(try ChangeSetHeader(parsing: bytes) == header)
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `or read, but never a crash: 1,000 mutations each`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let bytes = try ChangeSetHeader.random(using: &random).encoded()
        for _ in 0..<1000 {
            let mutated = bytes.mutated(using: &random)
            if let header = try? ChangeSetHeader(parsing: mutated) {
                #expect(try ChangeSetHeader(parsing: header.encoded()) == header)
            }
        }
    }
}
