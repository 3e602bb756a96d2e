/// The last header of a feed's verified prefix.
package struct FeedHead: Hashable, Sendable {
    /// 0 before the first change set.
    package let number: UInt64
    package let hash: Digest

    package static let start = FeedHead(number: 0, hash: .zero)

    package init(number: UInt64, hash: Digest) {
        self.number = number
        self.hash = hash
    }
}

/// A header together with the bytes that were signed.
package struct SealedHeader: Sendable, Hashable {
    package let header: ChangeSetHeader
    package let bytes: [UInt8]
    package let hash: Digest

    package init(parsing bytes: [UInt8]) throws(InvalidHeader) {
        header = try ChangeSetHeader(parsing: bytes)
        self.bytes = bytes
        hash = header.algorithm.digest(bytes)
    }

    package init(_ header: ChangeSetHeader) {
        self.header = header
        bytes = header.encoded()
        hash = header.algorithm.digest(bytes)
    }

    package var head: FeedHead { FeedHead(number: header.number, hash: hash) }

    /// Whether `body` is the one that the author hashed.
    package func vouches(for body: [UInt8]) -> Bool {
        body.count == header.bodyLength && header.algorithm.digest(body) == header.bodyHash
    }

    /// Checks that this header is the next of the same feed after `before` (I5).
    package func verifyContinues(_ before: SealedHeader) throws(InvalidRun) {
        let feed = before.header.feed
        guard header.feed == feed, header.algorithm == before.header.algorithm else { throw .foreignHeader(feed) }
        guard header.number == before.header.number + 1 else {
            throw .gap(feed, expected: before.header.number + 1, received: header.number)
        }
        guard header.previous == before.hash else { throw .chain(feed, header.number) }
        // A context or a schema version never goes back along a feed.
        guard header.context.includes(before.header.context), header.schema >= before.header.schema else {
            throw .backwards(feed, header.number)
        }
    }
}

/// Headers of one feed up to a signed one, and the signature that vouches for all of them (I5).
package struct Run: Sendable, Hashable {
    package let feed: FeedID
    package let headers: [SealedHeader]
    package let signature: [UInt8]

    package init(feed: FeedID, headers: [SealedHeader], signature: [UInt8]) {
        self.feed = feed
        self.headers = headers
        self.signature = signature
    }

    /// Checks the chain inside the run and the signature on its last header: before any body is read.
    ///
    /// Whether the run continues what the receiver has is the receiver's to check, under its write lock
    /// (``SealedHeader/verifyContinues(_:)``).
    package func verify(with key: VerificationKey) throws(InvalidRun) {
        guard let first = headers.first, let last = headers.last else { throw .empty(feed) }
        guard headers.count <= Limits.runHeadersMax else { throw .tooLong(feed, headers.count) }
        guard signature.count <= Limits.signatureBytesMax else { throw .signature(feed, last.header.number) }
        guard AuthorID(of: key.publicKey) == feed.author, first.header.feed == feed,
            first.header.algorithm == key.publicKey.algorithm
        else { throw .foreignHeader(feed) }
        for (before, sealed) in zip(headers, headers.dropFirst()) { try sealed.verifyContinues(before) }
        guard key.isValid(signature, over: SignedMessage.header(last.hash)) else {
            throw .signature(feed, last.header.number)
        }
    }
}

/// Why a run is not taken. Each names the rule it broke; nothing of the run from there on is kept.
package enum InvalidRun: Error, Hashable, CustomStringConvertible {
    case empty(FeedID)
    case tooLong(FeedID, Int)
    case foreignHeader(FeedID)
    case gap(FeedID, expected: UInt64, received: UInt64)
    case chain(FeedID, UInt64)
    case backwards(FeedID, UInt64)
    case signature(FeedID, UInt64)
    case body(FeedID, UInt64)

    package var description: String {
        switch self {
        case .empty(let feed): "a run without headers of \(feed)"
        case .tooLong(let feed, let count): "a run of \(count) headers of \(feed), more than \(Limits.runHeadersMax)"
        case .foreignHeader(let feed): "a header of another feed or key inside a run of \(feed)"
        case .gap(let feed, let expected, let received):
            "\(feed) skips from number \(expected - 1) to \(received); ask for what is missing"
        case .chain(let feed, let number): "number \(number) of \(feed) does not continue the chain before it"
        case .backwards(let feed, let number): "number \(number) of \(feed) knows less than the one before it"
        case .signature(let feed, let number): "the signature on number \(number) of \(feed) is not its author's"
        case .body(let feed, let number): "the body of number \(number) of \(feed) does not match its signed hash"
        }
    }
}

/// The messages that keys sign: a purpose and a hash, so that no signature serves for anything else.
package enum SignedMessage {
    package static func header(_ hash: Digest) -> [UInt8] { Array("sanji 1 header\0".utf8) + hash.bytes }
    package static func statement(_ hash: Digest) -> [UInt8] { Array("sanji 1 statement\0".utf8) + hash.bytes }
}
