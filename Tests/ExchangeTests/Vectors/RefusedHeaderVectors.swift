import ChangeSets

extension VectorMaker {
    /// Headers that their own author made so, and signed.
    static func refusedHeaders() throws -> [VectorFile] {
        func second(
            _ name: String, _ expect: (FeedID) -> String, _ change: (inout ChangeSetHeader) -> Void
        ) throws -> VectorFile {
            var feed = try feed([VectorSchema.insert(1)])
            feed.append(VectorSchema.insert(2), change: change)
            return try VectorFile(name, feed, expect: expect(feed.id))
        }
        func field(
            _ name: String, _ field: String, _ change: (inout ChangeSetHeader) -> Void
        ) throws -> VectorFile {
            try second(name, { _ in InvalidHeader.field(field).description }, change)
        }
        return try [
            field("number 0", "number") { $0.number = 0 },
            field("number beyond every feed", "number") { $0.number = Limits.numberMax + 1 },
            field("number that no signed integer holds", "number") { $0.number = .max },
            field("number 2 without a hash before it", "previous hash") { $0.previous = .zero },
            field("body length beyond the limit", "body length") { $0.bodyLength = Limits.bodyBytesMax + 1 },
            field("clock beyond the year 9999", "wall clock") { $0.wallClock_ms = Limits.clockMax_ms + 1 },
            field("user beyond the limit", "user") { $0.user = String(repeating: "x", count: Limits.userBytesMax + 1) },
            field("user with a control character", "user") { $0.user = "王\u{1b}[2J" },
            field("transaction of 15 bytes", "transaction") { $0.transaction.removeLast() },
            field("part beyond the parts", "parts") { $0.part = 1 },
            field("too many parts", "parts") { $0.parts = UInt32(Limits.partsMax) + 1 },
            field("context that names its own author", "context") { $0.context = CausalContext([$0.feed.author: 1]) },
            field("context with an absurd number", "context") { $0.context = CausalContext([author(1): .max]) },
            field("context of too many authors", "context") {
                $0.context = CausalContext(Dictionary(uniqueKeysWithValues: (0...256).map { (author($0), 1) }))
            },
            second("another algorithm than the key", { InvalidRun.foreignHeader($0).description }) {
                $0.algorithm = .sm2
            },
            second("number that jumps", { InvalidRun.gap($0, expected: 2, received: 5).description }) { $0.number = 5 },
            second("previous hash of something else", { InvalidRun.chain($0, 2).description }) {
                $0.previous = $0.bodyHash
            },
            goingBack("context that goes back") { $0.context = CausalContext([author(1): 4]) },
            goingBack("schema version that goes back") { $0.schema = 0 },
        ] + madeOfBytes()
    }

    private static func author(_ index: Int) -> AuthorID {
        AuthorID([UInt8](repeating: 0, count: 14) + [UInt8(index >> 8), UInt8(index & 255)])!
    }

    private static func goingBack(_ name: String, _ change: (inout ChangeSetHeader) -> Void) throws -> VectorFile {
        let context = CausalContext([author(1): 5])
        var feed = try feed([])
        feed.append(VectorSchema.insert(1)) { $0.context = context }
        feed.append(VectorSchema.insert(2)) {
            $0.context = context
            change(&$0)
        }
        return try VectorFile(name, feed, expect: InvalidRun.backwards(feed.id, 2).description)
    }

    /// Headers that no value of this program stands for.
    private static func madeOfBytes() throws -> [VectorFile] {
        let feed = try feed([VectorSchema.insert(1)])
        let good = feed.headers[0].bytes
        let areaStart = 22  // format, algorithm and author take 2, 2 and 18 bytes; then the area's tag and length.
        func vector(_ name: String, _ refusal: InvalidHeader, _ header: [UInt8]) throws -> VectorFile {
            try VectorFile(name, feed, expect: refusal.description).signed(feed.key, headers: [header])
        }
        var (format, area, audience) = (good, good, good)
        format[1] = 2
        area[areaStart + 2] = UInt8(ascii: "x")
        audience[areaStart + 15] = 7
        let long = good + [0xfa, 0x7f, 0x81, 0x80, 0x01] + [UInt8](repeating: 0, count: 16_385)
        return [
            try vector("header of another format", .unknownFormat(2), format),
            try vector("header whose area is no code", .field("area"), area),
            try vector("header whose audience is no tier", .field("audience"), audience),
            try vector("header beyond the limit", .tooLong(long.count), long),
            try vector("header cut short", .notProtobuf, Array(good.dropLast())),
            try vector("header of nothing", .unknownFormat(0), []),
        ]
    }
}
