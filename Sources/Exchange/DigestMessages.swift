import ChangeSets
import SwiftProtobuf

/// Asks for digests of one scope: of its tables, or of ranges of one table's keys.
package struct DigestQuestion: Sendable, Hashable {
    package var scope: Scope
    /// nil for one digest per table.
    package var table: String?
    package var ranges: [KeyRange]
    /// From the rows as they lie there, not as last computed for the same change sets.
    package var isFresh: Bool

    package init(scope: Scope, table: String? = nil, ranges: [KeyRange] = [], isFresh: Bool = false) {
        self.scope = scope
        self.table = table
        self.ranges = ranges
        self.isFresh = isFresh
    }

    package func encoded() -> [UInt8] {
        var wire = WireDigestRequest()
        wire.format = 1
        wire.area = scope.area.digits
        wire.audience = UInt32(scope.audience.digits)
        wire.table = table ?? ""
        wire.ranges = ranges.map(\.wire)
        wire.fresh = isFresh
        return wire.encodedBytes()
    }

    package init(parsing bytes: [UInt8]) throws {
        let wire = try WireDigestRequest.read(bytes, as: "a question for digests")
        guard wire.format == 1, wire.ranges.count <= 256, let audience = Tier(digits: Int(wire.audience)) else {
            throw InvalidMessage(what: "a question for digests")
        }
        scope = Scope(area: try OfficeCode(wire.area), audience: audience)
        table = wire.table.isEmpty ? nil : wire.table
        isFresh = wire.fresh
        ranges = wire.ranges.map(KeyRange.init)
        // Each key at most once: a question costs no more than one reading of the table.
        for (one, next) in zip(ranges, ranges.dropFirst()) {
            guard let end = one.through, let start = next.after, !start.lexicographicallyPrecedes(end) else {
                throw InvalidMessage(what: "a question for digests")
            }
        }
    }
}

/// Keys after one encoded key and up to another, without the area; nil for either end of the table.
package struct KeyRange: Sendable, Hashable {
    package let after: [UInt8]?
    package let through: [UInt8]?

    package init(after: [UInt8]?, through: [UInt8]?) {
        self.after = after
        self.through = through
    }

    fileprivate init(_ wire: WireRowRange) {
        after = wire.hasAfter ? [UInt8](wire.after) : nil
        through = wire.hasThrough ? [UInt8](wire.through) : nil
    }

    fileprivate var wire: WireRowRange {
        var wire = WireRowRange()
        if let after { wire.after = .init(after) }
        if let through { wire.through = .init(through) }
        return wire
    }
}

package struct DigestAnswer: Sendable, Hashable {
    package struct Table: Sendable, Hashable {
        package let name: String
        package let rows: Int
        package let digest: Digest

        package init(name: String, rows: Int, digest: Digest) {
            self.name = name
            self.rows = rows
            self.digest = digest
        }
    }
    package struct Piece: Sendable, Hashable {
        package let range: KeyRange
        package let rows: Int
        package let digest: Digest

        package init(range: KeyRange, rows: Int, digest: Digest) {
            self.range = range
            self.rows = rows
            self.digest = digest
        }
    }
    package var schema: UInt32
    package var applied: [AuthorID: FeedHead]
    package var tables: [Table]
    package var pieces: [Piece]

    package init(schema: UInt32, applied: [AuthorID: FeedHead], tables: [Table], pieces: [Piece]) {
        self.schema = schema
        self.applied = applied
        self.tables = tables
        self.pieces = pieces
    }

    package func encoded() -> [UInt8] {
        var wire = WireDigestReply()
        wire.schema = schema
        wire.applied = applied.sorted { $0.key < $1.key }.map { author, head in
            var wire = WireHead()
            wire.author = .init(author.bytes)
            wire.number = head.number
            wire.hash = .init(head.hash.bytes)
            return wire
        }
        wire.tables = tables.map { table in
            var wire = WireTableDigest()
            wire.table = table.name
            wire.digest = .init(table.digest.bytes)
            wire.rows = UInt64(table.rows)
            return wire
        }
        wire.pieces = pieces.map { piece in
            var wire = WireRowPiece()
            wire.range = piece.range.wire
            wire.rows = UInt64(piece.rows)
            wire.digest = .init(piece.digest.bytes)
            return wire
        }
        return wire.encodedBytes()
    }

    package init(parsing bytes: [UInt8]) throws {
        let wire = try WireDigestReply.read(bytes, as: "digests")
        schema = wire.schema
        applied = [:]
        for head in wire.applied {
            guard let author = AuthorID(head.author), let hash = Digest(head.hash), head.number <= Limits.numberMax
            else { throw InvalidMessage(what: "digests") }
            applied[author] = FeedHead(number: head.number, hash: hash)
        }
        tables = try wire.tables.map {
            guard let digest = Digest($0.digest) else { throw InvalidMessage(what: "digests") }
            return Table(name: $0.table, rows: Int(clamping: $0.rows), digest: digest)
        }
        pieces = try wire.pieces.map {
            guard let digest = Digest($0.digest) else { throw InvalidMessage(what: "digests") }
            return Piece(range: KeyRange($0.range), rows: Int(clamping: $0.rows), digest: digest)
        }
    }
}
