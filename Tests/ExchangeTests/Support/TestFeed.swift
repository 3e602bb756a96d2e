import ChangeSets
import Exchange

/// One author's feed with a fresh key, and the frames that carry it.
struct TestFeed {
    let key: SigningKey
    let id: FeedID
    private(set) var headers: [SealedHeader] = []
    private(set) var bodies: [[UInt8]] = []

    init(
        _ count: Int, algorithm: Algorithm = .ed25519, area: String = "330106109012", bodyBytes: Int = 3,
        audience: Tier = .village, key: SigningKey? = nil
    ) throws {
        self.key = try key ?? .generate(algorithm)
        id = FeedID(author: self.key.author, scope: Scope(area: try OfficeCode(area), audience: audience))
        for number in 0..<count { append([UInt8](repeating: UInt8(truncatingIfNeeded: number), count: bodyBytes)) }
    }

    /// - Parameter change: A last touch on the header before it is sealed.
    mutating func append(_ body: [UInt8], change: (inout ChangeSetHeader) -> Void = { _ in }) {
        let algorithm = key.publicKey.algorithm
        var header = ChangeSetHeader(
            algorithm: algorithm, feed: id, number: UInt64(headers.count) + 1, previous: headers.last?.hash ?? .zero,
            bodyHash: algorithm.digest(body), bodyLength: body.count, context: CausalContext(), schema: 1,
            wallClock_ms: 1_700_000_000_000, wallCounter: 0, user: "王小明", userVerified: true,
            transaction: [UInt8](repeating: 7, count: 16), part: 0, parts: 1)
        change(&header)
        headers.append(SealedHeader(header))
        bodies.append(body)
    }

    func run(_ numbers: ClosedRange<Int>? = nil) throws -> Run {
        let part = numbers.map { Array(headers[$0.lowerBound - 1..<$0.upperBound]) } ?? headers
        return Run(
            feed: id, headers: part, signature: try key.sign(SignedMessage.header(part[part.count - 1].hash)))
    }

    /// The run's frame and those of its bodies, as run `index` of a stream.
    func frames(_ numbers: ClosedRange<Int>? = nil, as index: UInt32) throws -> [StreamFrame] {
        let numbers = numbers ?? 1...headers.count
        return [try run(numbers).frame] + numbers.map { .body(run: index, bodies[$0 - 1]) }
    }

    func verificationKey() throws -> VerificationKey { try VerificationKey(key.publicKey) }
}

extension Run {
    var frame: StreamFrame { .run(headers.map(\.bytes), signature: signature) }
}

extension StreamReceiver {
    /// A receiver whose directory names the authors of these feeds.
    static func knowing(_ feeds: TestFeed...) throws -> StreamReceiver {
        let keys = Dictionary(
            try feeds.map { ($0.key.author, try $0.verificationKey()) }, uniquingKeysWith: { one, _ in one })
        return StreamReceiver(keys: { keys[$0] })
    }

    mutating func receive(_ frames: [StreamFrame]) throws(RefusedStream) {
        for frame in frames { try receive(frame) }
    }
}

extension IncomingBatch {
    /// What came, as `author:number`, in the order received.
    func numbers(of feed: TestFeed) -> [UInt64] {
        changeSets.filter { $0.sealed.header.feed == feed.id }.map(\.sealed.header.number)
    }
}
