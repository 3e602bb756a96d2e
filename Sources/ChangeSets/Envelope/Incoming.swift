/// A change set from a peer whose chain, signature and body hash have been checked.
package struct VerifiedChangeSet: Sendable, Hashable {
    package let sealed: SealedHeader
    package let body: [UInt8]

    package init(sealed: SealedHeader, body: [UInt8]) {
        self.sealed = sealed
        self.body = body
    }
}

/// What one commit takes from a peer: change sets in the order received, and the signatures that vouch for them.
package struct IncomingBatch: Sendable {
    package var changeSets: [VerifiedChangeSet] = []
    /// Runs that these change sets belong to: their signatures, and headers whose bodies are still to come.
    package var runs: [Run] = []
    package var statements: [SignedStatement] = []

    package init() {}

    package var isEmpty: Bool { changeSets.isEmpty && runs.isEmpty && statements.isEmpty }
}

/// Change sets that were not taken, and why. They stay with their sender, which sends them again.
package struct RejectedChangeSets: Sendable, Hashable, CustomStringConvertible {
    package let feed: FeedID
    package let number: UInt64
    package let reason: String

    package init(feed: FeedID, number: UInt64, reason: String) {
        self.feed = feed
        self.number = number
        self.reason = reason
    }

    package var description: String { "\(feed) number \(number): \(reason)" }
}

/// How far a replica has stored which feeds: decides what to send and what to ask for.
package typealias FeedVector = [FeedID: FeedHead]
