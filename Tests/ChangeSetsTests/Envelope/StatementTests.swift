import ChangeSets
import Testing

@Suite struct `A statement` {
    static func hash(_ byte: UInt8) -> Digest { Digest([UInt8](repeating: byte, count: 32))! }

    private func statement(by key: SigningKey, feeds: [FeedProgress]) throws -> Statement {
        Statement(
            algorithm: key.publicKey.algorithm, author: key.author,
            scope: Scope(area: try OfficeCode("330106109"), audience: .town), ordinal: 1_700_000_000_000,
            wallClock_ms: -5, schema: 3, feeds: feeds)
    }

    private static let feeds = [
        FeedProgress(author: .of(1), stored: .start, applied: .start),
        FeedProgress(
            author: .of(2), stored: FeedHead(number: 9, hash: hash(1)), applied: FeedHead(number: 7, hash: hash(2)),
            verdicts: [
                Verdict(number: 3, state: .refused, reason: "因为"),
                Verdict(number: 5, state: .refusedCells, reason: "r", refusedCells: 4),
                Verdict(number: 8, state: .held, reason: ""),
            ]),
    ]

    @Test(arguments: Algorithm.allCases)
    func `comes back from its bytes, and is its office's`(algorithm: Algorithm) throws {
        let key = try SigningKey.generate(algorithm)
        let signed = try SignedStatement(try statement(by: key, feeds: Self.feeds.reversed()), signedBy: key)
        let read = try SignedStatement(parsing: signed.bytes, signature: signed.signature)
        #expect(read == signed)
        #expect(read.statement == (try statement(by: key, feeds: Self.feeds)))
        #expect(read.isSigned(by: try VerificationKey(key.publicKey)))
        #expect(read.statement.progress(of: .of(2)) == Self.feeds[1])
        #expect(read.statement.progress(of: .of(3)) == nil)
    }

    @Test(arguments: Algorithm.allCases)
    func `is nobody else's, whatever is changed`(algorithm: Algorithm) throws {
        let (key, other) = (try SigningKey.generate(algorithm), try SigningKey.generate(algorithm))
        let signed = try SignedStatement(try statement(by: key, feeds: Self.feeds), signedBy: key)
        let verification = try VerificationKey(key.publicKey)
        #expect(!signed.isSigned(by: try VerificationKey(other.publicKey)))
        // Another office says it in the author's name.
        let forged = try SignedStatement(try statement(by: key, feeds: Self.feeds), signedBy: other)
        #expect(!forged.isSigned(by: verification))
        #expect(!forged.isSigned(by: try VerificationKey(other.publicKey)))
        for index in signed.bytes.indices {
            var bytes = signed.bytes
            bytes[index] ^= 1
            guard let changed = try? SignedStatement(parsing: bytes, signature: signed.signature) else { continue }
            #expect(!changed.isSigned(by: verification))
        }
        // A header's signature is no statement's, though both are by this key and over the same hash.
        let hash = algorithm.digest(signed.bytes)
        let header = try SignedStatement(parsing: signed.bytes, signature: key.sign(SignedMessage.header(hash)))
        #expect(!header.isSigned(by: verification))
    }

    @Test func `too long for its readers gives up its oldest verdicts, not its heads`() throws {
        let key = try SigningKey.generate(.ed25519)
        let verdicts = (1...64).map { Verdict(number: $0, state: .refused, reason: String(repeating: "x", count: 480)) }
        let feeds = (1...20 as ClosedRange<UInt8>).map { author in
            let head = FeedHead(number: 100, hash: Self.hash(author))
            return FeedProgress(author: .of(author), stored: head, applied: head, verdicts: verdicts)
        }
        let signed = try SignedStatement(try statement(by: key, feeds: feeds), signedBy: key)
        let read = try SignedStatement(parsing: signed.bytes, signature: signed.signature)
        #expect(read == signed)
        #expect(read.statement.feeds.map(\.stored) == feeds.map(\.stored))
        #expect(read.statement.feeds.allSatisfy { !$0.verdicts.isEmpty && $0.verdicts.last == verdicts.last })
    }

    @Test func `a reason too long for its readers is cut where a character ends`() throws {
        let key = try SigningKey.generate(.ed25519)
        let verdict = Verdict(number: 1, state: .held, reason: "a" + String(repeating: "因", count: 300))
        let head = FeedHead(number: 1, hash: Self.hash(1))
        let said = try statement(
            by: key, feeds: [FeedProgress(author: .of(1), stored: head, applied: .start, verdicts: [verdict])])
        let signed = try SignedStatement(said, signedBy: key)
        let read = try SignedStatement(parsing: signed.bytes, signature: signed.signature)
        #expect(read.statement.feeds[0].verdicts[0].reason == "a" + String(repeating: "因", count: 166))
    }

    @Test func `a reason that would steer a terminal is signed and read without that`() throws {
        let key = try SigningKey.generate(.ed25519)
        let verdict = Verdict(number: 1, state: .refused, reason: "\u{1b}[2J\u{9b}\n is no synced table")
        let head = FeedHead(number: 1, hash: Self.hash(1))
        let said = try statement(
            by: key, feeds: [FeedProgress(author: .of(1), stored: head, applied: head, verdicts: [verdict])])
        let signed = try SignedStatement(said, signedBy: key)
        let read = try SignedStatement(parsing: signed.bytes, signature: signed.signature)
        #expect(read == signed)
        #expect(read.statement.feeds[0].verdicts[0].reason == "\u{fffd}[2J\u{fffd}\u{fffd} is no synced table")
    }

    @Test(arguments: [
        ("", 5, ""), ("abc", 3, "abc"), ("abcd", 3, "abc"), ("因因", 5, "因"), ("因因", 2, ""), ("🙂", 3, ""),
        ("e\u{301}", 2, "e"),
    ])
    func `text is cut between scalars`(text: String, bytes: Int, cut: String) {
        #expect(text.prefix(bytes: bytes) == cut)
    }
}
