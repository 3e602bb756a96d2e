import SwiftProtobuf

/// What an author signs of one change set. The bytes it was parsed from are kept beside it: they are what is hashed,
/// signed and relayed (I4); this value is a view.
package struct ChangeSetHeader: Sendable, Hashable {
    package static let formatVersion: UInt32 = 1

    package var algorithm: Algorithm
    package var feed: FeedID
    /// Number in the feed; the first is 1.
    package var number: UInt64
    /// Hash of the header before; zero at number 1.
    package var previous: Digest
    package var bodyHash: Digest
    package var bodyLength: Int
    /// Everything the writer had applied of other authors. Its own entry, number − 1, is not written down.
    package var context: CausalContext
    package var schema: UInt32
    /// Milliseconds since 1970 by the writer's clock: a label for people, never a judge.
    package var wallClock_ms: Int64
    package var wallCounter: UInt32
    package var user: String
    package var userVerified: Bool
    /// 16 bytes that the parts of one local transaction share.
    package var transaction: [UInt8]
    package var part: UInt32
    package var parts: UInt32

    package init(
        algorithm: Algorithm, feed: FeedID, number: UInt64, previous: Digest, bodyHash: Digest, bodyLength: Int,
        context: CausalContext, schema: UInt32, wallClock_ms: Int64, wallCounter: UInt32, user: String,
        userVerified: Bool, transaction: [UInt8], part: UInt32, parts: UInt32
    ) {
        self.algorithm = algorithm
        self.feed = feed
        self.number = number
        self.previous = previous
        self.bodyHash = bodyHash
        self.bodyLength = bodyLength
        self.context = context
        self.schema = schema
        self.wallClock_ms = wallClock_ms
        self.wallCounter = wallCounter
        self.user = user
        self.userVerified = userVerified
        self.transaction = transaction
        self.part = part
        self.parts = parts
    }

    /// Whether a header may name this user: no longer than the limit, and without control characters or ones that turn
    /// the direction of what follows, which could make a terminal show something else than what was signed.
    package static func isUser(_ name: String) -> Bool {
        name.utf8.count <= Limits.userBytesMax && !name.hasControlCharacters
    }

    /// Whether this change set knows of number `number` of `author` (§5).
    package func covers(_ author: AuthorID, _ number: UInt64) -> Bool {
        author == feed.author ? number < self.number : context[author] >= number
    }
}

/// Why bytes are no header that this program can follow. The sender is at fault, or newer.
package enum InvalidHeader: Error, Hashable, CustomStringConvertible {
    case tooLong(Int)
    case notProtobuf
    case unknownFormat(UInt32)
    case field(String)

    package var description: String {
        switch self {
        case .tooLong(let count):
            "a header of \(count) bytes, more than \(Limits.headerBytesMax); the sender is broken or hostile"
        case .notProtobuf: "a header that is no protobuf message; the sender is broken or hostile"
        case .unknownFormat(let format): "header format \(format), this program knows 1; upgrade this office"
        case .field(let name): "a header whose \(name) is impossible; the sender is broken or hostile"
        }
    }
}

extension ChangeSetHeader {
    package func encoded() -> [UInt8] {
        var wire = WireChangeSetHeader()
        wire.format = Self.formatVersion
        wire.algorithm = algorithm.rawValue
        wire.author = .init(feed.author.bytes)
        wire.area = feed.scope.area.digits
        wire.audience = UInt32(feed.scope.audience.digits)
        wire.number = number
        wire.previous = .init(previous.bytes)
        wire.bodyHash = .init(bodyHash.bytes)
        wire.bodyLength = UInt32(bodyLength)
        wire.context = context.entries.map { entry in
            var wire = WireContextEntry()
            wire.author = .init(entry.author.bytes)
            wire.number = entry.number
            return wire
        }
        wire.schema = schema
        wire.wallClockMs = wallClock_ms
        wire.wallCounter = wallCounter
        wire.user = user
        wire.userVerified = userVerified
        wire.transaction = .init(transaction)
        wire.part = part
        wire.parts = parts
        do {
            return try wire.serializedBytes()
        } catch {
            preconditionFailure("a proto3 message of plain fields cannot fail to encode: \(error)")
        }
    }

    /// Reads a header from a peer's or our own log's bytes. Nothing is verified but its form.
    package init(parsing bytes: [UInt8]) throws(InvalidHeader) {
        guard bytes.count <= Limits.headerBytesMax else { throw .tooLong(bytes.count) }
        let wire: WireChangeSetHeader
        do {
            wire = try WireChangeSetHeader(serializedBytes: bytes)
        } catch {
            throw .notProtobuf
        }
        guard wire.format == Self.formatVersion else { throw .unknownFormat(wire.format) }
        guard let algorithm = Algorithm(rawValue: wire.algorithm) else { throw .field("algorithm") }
        guard let author = AuthorID(wire.author) else { throw .field("author") }
        guard let area = try? OfficeCode(wire.area) else { throw .field("area") }
        guard let audience = Tier(digits: Int(wire.audience)) else { throw .field("audience") }
        guard (1...Limits.numberMax).contains(wire.number) else { throw .field("number") }
        guard let previous = Digest(wire.previous) else { throw .field("previous hash") }
        guard (wire.number == 1) == (previous == .zero) else { throw .field("previous hash") }
        guard let bodyHash = Digest(wire.bodyHash) else { throw .field("body hash") }
        guard wire.bodyLength <= Limits.bodyBytesMax else { throw .field("body length") }
        guard wire.context.count <= Limits.contextEntriesMax else { throw .field("context") }
        var entries: [CausalContext.Entry] = []
        for entry in wire.context {
            guard let other = AuthorID(entry.author), other != author, entry.number <= Limits.numberMax else {
                throw .field("context")
            }
            entries.append(.init(author: other, number: entry.number))
        }
        guard let context = CausalContext(ordered: entries) else { throw .field("context") }
        guard Limits.clockRange_ms.contains(wire.wallClockMs) else { throw .field("wall clock") }
        guard Self.isUser(wire.user) else { throw .field("user") }
        guard wire.transaction.count == 16 else { throw .field("transaction") }
        guard wire.parts > 0, wire.parts <= Limits.partsMax, wire.part < wire.parts else { throw .field("parts") }
        self.init(
            algorithm: algorithm, feed: FeedID(author: author, scope: Scope(area: area, audience: audience)),
            number: wire.number, previous: previous, bodyHash: bodyHash, bodyLength: Int(wire.bodyLength),
            context: context, schema: wire.schema, wallClock_ms: wire.wallClockMs, wallCounter: wire.wallCounter,
            user: wire.user, userVerified: wire.userVerified, transaction: [UInt8](wire.transaction),
            part: wire.part, parts: wire.parts)
    }
}
