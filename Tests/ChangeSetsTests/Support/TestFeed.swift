import ChangeSets

/// One author's feed, made change set by change set with a fresh key.
struct TestFeed {
    static let village = "330106109012"

    let key: SigningKey
    let id: FeedID
    private(set) var headers: [SealedHeader] = []
    private(set) var bodies: [[UInt8]] = []

    init(_ algorithm: Algorithm = .ed25519, area: String = village, audience: Tier = .village) throws {
        key = try .generate(algorithm)
        id = FeedID(author: key.author, scope: Scope(area: try OfficeCode(area), audience: audience))
    }

    /// - Parameter change: A last touch on the header before it is sealed.
    mutating func append(
        _ body: [UInt8] = [1, 2, 3], context: CausalContext = CausalContext(), schema: UInt32 = 1,
        change: (inout ChangeSetHeader) -> Void = { _ in }
    ) {
        let algorithm = key.publicKey.algorithm
        var header = ChangeSetHeader(
            algorithm: algorithm, feed: id, number: UInt64(headers.count) + 1,
            previous: headers.last?.hash ?? .zero, bodyHash: algorithm.digest(body), bodyLength: body.count,
            context: context, schema: schema, wallClock_ms: 1_700_000_000_000, wallCounter: 0, user: "test",
            userVerified: false, transaction: [UInt8](repeating: 7, count: 16), part: 0, parts: 1)
        change(&header)
        headers.append(SealedHeader(header))
        bodies.append(body)
    }

    /// - Parameter numbers: Those whose headers go into the run; all of them when nil.
    func run(_ numbers: ClosedRange<Int>? = nil, signedBy other: SigningKey? = nil) throws -> Run {
        let part = numbers.map { Array(headers[$0.lowerBound - 1..<$0.upperBound]) } ?? headers
        let hash = part.last?.hash ?? .zero
        return Run(feed: id, headers: part, signature: try (other ?? key).sign(SignedMessage.header(hash)))
    }

    func verificationKey() throws -> VerificationKey { try VerificationKey(key.publicKey) }

    /// A feed of `count` small change sets.
    static func of(_ count: Int, _ algorithm: Algorithm = .ed25519) throws -> TestFeed {
        var feed = try TestFeed(algorithm)
        for number in 0..<count { feed.append([UInt8(truncatingIfNeeded: number)]) }
        return feed
    }
}

extension AuthorID {
    /// Sixteen times the same byte.
    static func of(_ byte: UInt8) -> AuthorID { AuthorID([UInt8](repeating: byte, count: byteCount))! }
}
