import ChangeSets
import Exchange

/// One of each message, with every field filled in.
enum TestMessages {
    static let town = try! OfficeCode("330106109")
    static let scope = Scope(area: town, audience: .village)
    static let narrow = Scope(area: try! OfficeCode("330106"), audience: .town)

    static func author(_ byte: UInt8) -> AuthorID { AuthorID([UInt8](repeating: byte, count: 16))! }
    static func hash(_ byte: UInt8) -> Digest { Digest([UInt8](repeating: byte, count: 32))! }

    static let heads: FeedVector = [
        FeedID(author: author(1), scope: scope): FeedHead(number: 1, hash: hash(1)),
        FeedID(author: author(2), scope: scope): FeedHead(number: Limits.numberMax, hash: hash(2)),
        FeedID(author: author(1), scope: narrow): FeedHead(number: 7, hash: hash(3)),
    ]
    static let marks = [
        StatementMark(author: author(3), scope: scope, ordinal: 5),
        StatementMark(author: author(3), scope: narrow, ordinal: 0),
    ]

    static func signed() throws -> SignedStatement {
        let key = try SigningKey.generate(.ed25519)
        let statement = Statement(
            algorithm: .ed25519, author: key.author, scope: scope, ordinal: 9, wallClock_ms: 1, schema: 1, feeds: [])
        return try SignedStatement(statement, signedBy: key)
    }

    static func hello() throws -> HelloMessage {
        HelloMessage(
            office: town, author: author(1), software: "0.1", schema: 4, wallClock_ms: -1, vectorDigest: hash(8),
            heads: heads, wantsHeads: true, statementsDigest: hash(9), knownStatements: marks,
            statements: [try signed(), try signed()],
            addresses: [town: "10.0.0.1:443", try OfficeCode("330106109012"): "[::1]:8443"])
    }

    static let down = DownMessage(heads: heads, knownStatements: marks, waitSeconds: 50, directoryOnly: true)

    static func reply() throws -> UpReplyMessage {
        UpReplyMessage(
            stored: 1, known: 2, refused: 3,
            rejected: [RejectedChangeSets(feed: FeedID(author: author(1), scope: scope), number: 4, reason: "因为")],
            heads: heads, statements: [try signed()])
    }

    static let question = DigestQuestion(
        scope: scope, table: "family",
        ranges: [
            KeyRange(after: nil, through: []), KeyRange(after: [], through: [1]), KeyRange(after: [2], through: nil),
        ])

    static let answer = DigestAnswer(
        schema: 3, applied: [author(1): FeedHead(number: 2, hash: hash(1))],
        tables: [.init(name: "family", rows: 5, digest: hash(2))],
        pieces: [.init(range: KeyRange(after: [1], through: nil), rows: 6, digest: hash(3))])

    static let tokenKey: [UInt8] = [1, 2, 3]

    static func join(_ algorithm: Algorithm = .ed25519) throws -> JoinMessage {
        let key = try SigningKey.generate(algorithm)
        return try JoinMessage(
            office: town, tokenKey: tokenKey, authorKey: key.publicKey, tlsKey: [4, 5], sealingKey: [6],
            machine: [UInt8](repeating: 7, count: 16), signedBy: key)
    }

    static func joinReply() -> JoinReplyMessage {
        var reply = JoinReplyMessage()
        reply.certificate = [1]
        reply.authority = [2]
        reply.rootAuthor = [3]
        reply.ordinal = 4
        reply.root = "330106"
        reply.name = "西湖区"
        return reply
    }
}
