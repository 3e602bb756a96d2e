import SwiftProtobuf

/// A signed sentence of one office: how far it has stored and applied which feeds of one scope (§6, I10).
package struct Statement: Sendable, Hashable {
    package var algorithm: Algorithm
    package var author: AuthorID
    package var scope: Scope
    /// Larger is newer, for one author and scope.
    package var ordinal: UInt64
    package var wallClock_ms: Int64
    package var schema: UInt32
    package var feeds: [FeedProgress]
    /// Said with the directory's area only; nil in all others.
    package var node: NodeDetails?

    package init(
        algorithm: Algorithm, author: AuthorID, scope: Scope, ordinal: UInt64, wallClock_ms: Int64, schema: UInt32,
        feeds: [FeedProgress], node: NodeDetails? = nil
    ) {
        self.algorithm = algorithm
        self.author = author
        self.scope = scope
        self.ordinal = ordinal
        self.wallClock_ms = wallClock_ms
        self.schema = schema
        self.feeds = feeds
        self.node = node
    }

    package func progress(of author: AuthorID) -> FeedProgress? { feeds.first { $0.author == author } }
}

/// What an office says of its node, for whoever operates it: a label, never a judge.
package struct NodeDetails: Sendable, Hashable {
    package var software: String
    package var certificateNotAfter_ms: Int64?
    /// Its clock minus its parent's, as it last saw that.
    package var clockOffset_ms: Int64?

    package init(software: String, certificateNotAfter_ms: Int64? = nil, clockOffset_ms: Int64? = nil) {
        self.software = software
        self.certificateNotAfter_ms = certificateNotAfter_ms
        self.clockOffset_ms = clockOffset_ms
    }
}

/// How far an office has come with one feed.
package struct FeedProgress: Sendable, Hashable {
    package var author: AuthorID
    package var stored: FeedHead
    package var applied: FeedHead
    package var verdicts: [Verdict]
    /// All refused numbers, as ascending stretches; `verdicts` says why of the newest only.
    package var refused: [ClosedRange<UInt64>]
    /// What is held of other branches, beside what `stored` counts.
    package var branches: [HeldBranch]

    package init(
        author: AuthorID, stored: FeedHead, applied: FeedHead, verdicts: [Verdict] = [],
        refused: [ClosedRange<UInt64>] = [], branches: [HeldBranch] = []
    ) {
        self.author = author
        self.stored = stored
        self.applied = applied
        self.verdicts = verdicts
        self.refused = refused
        self.branches = branches
    }
}

/// Change sets of one feed, without gap, of another branch than the one that the office took first (§4).
package struct HeldBranch: Sendable, Hashable {
    package var first: UInt64
    package var last: FeedHead

    package init(first: UInt64, last: FeedHead) {
        self.first = first
        self.last = last
    }
}

/// Why one change set has not, or not wholly, taken effect at the office that says so.
package struct Verdict: Sendable, Hashable {
    package enum State: UInt32, Sendable { case held = 1, refused = 2, refusedCells = 3 }
    package var number: UInt64
    package var state: State
    package var reason: String
    package var refusedCells: UInt32

    package init(number: UInt64, state: State, reason: String, refusedCells: UInt32 = 0) {
        self.number = number
        self.state = state
        self.reason = reason
        self.refusedCells = refusedCells
    }
}

/// A statement as its office signed it: the bytes are relayed unchanged, so a broken town cannot speak for the district.
package struct SignedStatement: Sendable, Hashable {
    package let statement: Statement
    package let bytes: [UInt8]
    package let signature: [UInt8]

    /// Says what `statement` says, as far as every reader's limits let it: the newest verdicts stay.
    package init(_ statement: Statement, signedBy key: SigningKey) throws(KeyError) {
        self.statement = statement.fitting()
        bytes = self.statement.encoded()
        signature = try key.sign(SignedMessage.statement(statement.algorithm.digest(bytes)))
    }

    /// Reads the form only; ``isSigned(by:)`` is the next step before anything is believed.
    package init(parsing bytes: [UInt8], signature: [UInt8]) throws(InvalidHeader) {
        guard bytes.count <= Limits.statementBytesMax else { throw .tooLong(bytes.count) }
        guard signature.count <= Limits.signatureBytesMax else { throw .field("signature") }
        statement = try Statement(parsing: bytes)
        self.bytes = bytes
        self.signature = signature
    }

    package func isSigned(by key: VerificationKey) -> Bool {
        AuthorID(of: key.publicKey) == statement.author && key.publicKey.algorithm == statement.algorithm
            && key.isValid(signature, over: SignedMessage.statement(statement.algorithm.digest(bytes)))
    }
}

extension Statement {
    /// An office that could not read its own statement could say nothing more.
    fileprivate func fitting() -> Statement {
        var said = self
        said.feeds.sort { $0.author < $1.author }
        for feed in said.feeds.indices {
            for index in said.feeds[feed].verdicts.indices {
                let reason = said.feeds[feed].verdicts[index].reason
                said.feeds[feed].verdicts[index].reason = reason.printable.prefix(bytes: Limits.reasonBytesMax)
            }
        }
        while said.encoded().count > Limits.statementBytesMax, said.feeds.contains(where: { !$0.verdicts.isEmpty }) {
            for feed in said.feeds.indices {
                said.feeds[feed].verdicts.removeFirst((said.feeds[feed].verdicts.count + 1) / 2)
            }
        }
        return said
    }

    fileprivate func encoded() -> [UInt8] {
        var wire = WireStatement()
        wire.format = ChangeSetHeader.formatVersion
        wire.algorithm = algorithm.rawValue
        wire.author = .init(author.bytes)
        wire.area = scope.area.digits
        wire.audience = UInt32(scope.audience.digits)
        wire.ordinal = ordinal
        wire.wallClockMs = wallClock_ms
        wire.schema = schema
        if let node { wire.node = node.wire }
        wire.feeds = feeds.map { progress in
            var feed = WireFeedState()
            feed.author = .init(progress.author.bytes)
            feed.stored = progress.stored.number
            if progress.stored.number > 0 { feed.storedHash = .init(progress.stored.hash.bytes) }
            feed.applied = progress.applied.number
            if progress.applied.number > 0 { feed.appliedHash = .init(progress.applied.hash.bytes) }
            feed.refused = progress.refused.flatMap { [$0.lowerBound, $0.upperBound] }
            feed.verdicts = progress.verdicts.map { verdict in
                var wire = WireVerdict()
                wire.number = verdict.number
                wire.state = verdict.state.rawValue
                wire.reason = verdict.reason
                wire.refusedCells = verdict.refusedCells
                return wire
            }
            feed.branches = progress.branches.map { branch in
                var wire = WireBranch()
                wire.first = branch.first
                wire.last = branch.last.number
                wire.lastHash = .init(branch.last.hash.bytes)
                return wire
            }
            return feed
        }
        do {
            return try wire.serializedBytes()
        } catch {
            preconditionFailure("a proto3 message of plain fields cannot fail to encode: \(error)")
        }
    }

    fileprivate init(parsing bytes: [UInt8]) throws(InvalidHeader) {
        let wire: WireStatement
        do {
            wire = try WireStatement(serializedBytes: bytes)
        } catch {
            throw .notProtobuf
        }
        guard wire.format == ChangeSetHeader.formatVersion else { throw .unknownFormat(wire.format) }
        guard let algorithm = Algorithm(rawValue: wire.algorithm) else { throw .field("algorithm") }
        guard let author = AuthorID(wire.author) else { throw .field("author") }
        guard let area = try? OfficeCode(wire.area), let audience = Tier(digits: Int(wire.audience)) else {
            throw .field("area")
        }
        guard wire.ordinal < UInt64(Int64.max) else { throw .field("ordinal") }
        var feeds: [FeedProgress] = []
        for feed in wire.feeds {
            guard let author = AuthorID(feed.author), feeds.last.map({ $0.author < author }) ?? true else {
                throw .field("feeds")
            }
            guard feed.stored <= Limits.numberMax, feed.applied <= feed.stored else { throw .field("feeds") }
            feeds.append(
                FeedProgress(
                    author: author, stored: try Self.head(feed.stored, feed.storedHash),
                    applied: try Self.head(feed.applied, feed.appliedHash),
                    verdicts: try feed.verdicts.prefix(Limits.verdictsMax).map(Self.verdict),
                    refused: try Self.stretches(feed.refused),
                    branches: try feed.branches.prefix(Limits.branchesMax).map(Self.branch)))
        }
        self.init(
            algorithm: algorithm, author: author, scope: Scope(area: area, audience: audience), ordinal: wire.ordinal,
            wallClock_ms: wire.wallClockMs, schema: wire.schema, feeds: feeds,
            node: wire.hasNode ? try NodeDetails(wire.node) : nil)
    }

    private static func stretches(_ bounds: [UInt64]) throws(InvalidHeader) -> [ClosedRange<UInt64>] {
        guard bounds.count.isMultiple(of: 2), bounds.count <= 2 * Limits.stretchesMax else { throw .field("refused") }
        var stretches: [ClosedRange<UInt64>] = []
        for index in stride(from: 0, to: bounds.count, by: 2) {
            let (first, last) = (bounds[index], bounds[index + 1])
            guard first > stretches.last?.upperBound ?? 0, first <= last, last <= Limits.numberMax else {
                throw .field("refused")
            }
            stretches.append(first...last)
        }
        return stretches
    }

    private static func head(_ number: UInt64, _ hash: some Collection<UInt8>) throws(InvalidHeader) -> FeedHead {
        if number == 0 { return .start }
        guard let digest = Digest(hash) else { throw .field("head hash") }
        return FeedHead(number: number, hash: digest)
    }

    private static func branch(_ wire: WireBranch) throws(InvalidHeader) -> HeldBranch {
        guard wire.last <= Limits.numberMax, (1...max(1, wire.last)).contains(wire.first) else {
            throw .field("branches")
        }
        return HeldBranch(first: wire.first, last: try head(wire.last, wire.lastHash))
    }

    private static func verdict(_ wire: WireVerdict) throws(InvalidHeader) -> Verdict {
        guard let state = Verdict.State(rawValue: wire.state), (1...Limits.numberMax).contains(wire.number),
            wire.reason.utf8.count <= Limits.reasonBytesMax
        else { throw .field("verdict") }
        return Verdict(
            number: wire.number, state: state, reason: wire.reason.printable, refusedCells: wire.refusedCells)
    }
}

extension NodeDetails {
    fileprivate var wire: WireNodeDetails {
        var wire = WireNodeDetails()
        wire.software = software
        if let certificateNotAfter_ms { wire.certificateNotAfterMs = certificateNotAfter_ms }
        if let clockOffset_ms { wire.clockOffsetMs = clockOffset_ms }
        return wire
    }

    fileprivate init(_ wire: WireNodeDetails) throws(InvalidHeader) {
        let times = -Limits.clockMax_ms...Limits.clockMax_ms
        guard wire.software.utf8.count <= Limits.softwareBytesMax, !wire.software.hasControlCharacters,
            times.contains(wire.certificateNotAfterMs), times.contains(wire.clockOffsetMs)
        else { throw .field("node") }
        self.init(
            software: wire.software,
            certificateNotAfter_ms: wire.hasCertificateNotAfterMs ? wire.certificateNotAfterMs : nil,
            clockOffset_ms: wire.hasClockOffsetMs ? wire.clockOffsetMs : nil)
    }
}
