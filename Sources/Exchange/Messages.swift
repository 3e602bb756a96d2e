import ChangeSets
import SwiftProtobuf

/// What one side of an exchange has, and who it is.
package struct HelloMessage: Sendable, Hashable {
    package var office: OfficeCode
    package var author: AuthorID
    package var software: String
    package var schema: UInt32
    package var wallClock_ms: Int64
    package var vectorDigest: Digest
    /// Left out while the digests agree.
    package var heads: FeedVector
    package var wantsHeads: Bool
    package var statementsDigest: Digest
    package var knownStatements: [StatementMark]
    package var statements: [SignedStatement]
    /// Where the sender, and offices below it, want to be called (HOST:PORT).
    package var addresses: [OfficeCode: String]
    /// Signed heads of other branches that the sender holds: proof that a key was used twice.
    package var branches: [Digest]

    package init(
        office: OfficeCode, author: AuthorID, software: String, schema: UInt32, wallClock_ms: Int64,
        vectorDigest: Digest, heads: FeedVector = [:], wantsHeads: Bool = false, statementsDigest: Digest = .zero,
        knownStatements: [StatementMark] = [], statements: [SignedStatement] = [],
        addresses: [OfficeCode: String] = [:],
        branches: [Digest] = []
    ) {
        self.office = office
        self.author = author
        self.software = software
        self.schema = schema
        self.wallClock_ms = wallClock_ms
        self.vectorDigest = vectorDigest
        self.heads = heads
        self.wantsHeads = wantsHeads
        self.statementsDigest = statementsDigest
        self.knownStatements = knownStatements
        self.statements = statements
        self.addresses = addresses
        self.branches = branches
    }
}

package struct DownMessage: Sendable, Hashable {
    package var heads: FeedVector
    package var knownStatements: [StatementMark]
    package var waitSeconds: UInt32
    package var directoryOnly: Bool

    package init(heads: FeedVector, knownStatements: [StatementMark], waitSeconds: UInt32, directoryOnly: Bool) {
        self.heads = heads
        self.knownStatements = knownStatements
        self.waitSeconds = waitSeconds
        self.directoryOnly = directoryOnly
    }
}

package struct UpReplyMessage: Sendable, Hashable {
    package var stored: UInt64
    package var known: UInt64
    package var refused: UInt64
    package var rejected: [RejectedChangeSets]
    package var heads: FeedVector
    package var statements: [SignedStatement]

    package init(
        stored: UInt64, known: UInt64, refused: UInt64, rejected: [RejectedChangeSets], heads: FeedVector,
        statements: [SignedStatement]
    ) {
        self.stored = stored
        self.known = known
        self.refused = refused
        self.rejected = rejected
        self.heads = heads
        self.statements = statements
    }
}

/// Bytes that are no message of this protocol.
package struct InvalidMessage: Error, Hashable, CustomStringConvertible {
    package let what: String

    package init(what: String) { self.what = what }

    package var description: String { "the peer sent \(what) that cannot be read; check that both versions fit" }
}

extension [FeedID: FeedHead] {
    /// SHA-256 over every feed and head, ascending: equal exactly when the vectors are.
    package var digest: Digest {
        var bytes: [UInt8] = []
        for (feed, head) in sorted(by: { $0.key < $1.key }) {
            bytes.append(contentsOf: "\(feed.scope.area)/\(feed.scope.audience.digits) \(head.number) ".utf8)
            bytes.append(contentsOf: feed.author.bytes + head.hash.bytes)
        }
        return Algorithm.ed25519.digest(bytes)
    }
}
