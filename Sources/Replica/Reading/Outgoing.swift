import ChangeSets
import Foundation
import GRDB

/// One piece of what is sent to a peer, in log order.
package enum OutgoingPiece: Sendable {
    /// Headers of one feed up to a signed one; the bodies of some or all of them follow.
    case run(Run)
    /// The next body of a feed whose run has been sent.
    case body(FeedID, number: UInt64, [UInt8])
}

/// Where a stream to one peer stands.
package struct OutgoingCursor: Sendable {
    /// What the peer has, moved on as pieces are read.
    package private(set) var known: FeedVector
    /// Last header sent of each feed.
    fileprivate var announced: [FeedID: UInt64] = [:]
    fileprivate var seq: Int64 = -1
    /// Feeds of which the peer holds another branch: nothing of them is sent.
    package fileprivate(set) var forked: [FeedID] = []
    /// Only these areas, nil for all on the branch.
    fileprivate let areas: Set<OfficeCode>?
    /// Left out for now.
    package var except: Set<FeedID>
    /// Left out: feeds of the peer's own and of those below it, which come from there.
    package var leavesOutBelow = false

    package init(known: FeedVector, areas: Set<OfficeCode>? = nil, except: Set<FeedID> = []) {
        self.known = known
        self.areas = areas
        self.except = except
    }

    fileprivate mutating func sent(_ feed: FeedID, _ head: FeedHead) { known[feed] = head }
}

extension OfficeReplica {
    /// Heads of all feeds that the other office may have: what the branch rule lets both hold.
    package func vector(with peer: OfficeCode) throws -> FeedVector {
        try read { db in
            let feeds = try FeedReader.all(db).filter { $0.feed.scope.reaches(peer) && $0.stored.number > 0 }
            return Dictionary(uniqueKeysWithValues: feeds.map { ($0.feed, $0.stored) })
        }
    }

    /// The next pieces for a peer, about `bytesMax` of them; empty when it has everything.
    ///
    /// What a peer is served follows from its office, never from what it asks for (I1).
    package func outgoing(to peer: OfficeCode, _ cursor: inout OutgoingCursor, bytesMax: Int) throws -> [OutgoingPiece]
    {
        let (pieces, moved) = try read { db in
            var moved = cursor
            let below = cursor.leavesOutBelow ? try directory(db).authors.values.filter { peer.covers($0.office) } : []
            let reader = OutgoingReader(db: db, peer: peer, own: own, below: Set(below.map(\.id)))
            let pieces = try reader.next(&moved, bytesMax: bytesMax)
            return (pieces, moved)
        }
        cursor = moved
        return pieces
    }
}

/// Feeds as a reader sees them.
enum FeedReader {
    static func all(_ db: Database) throws -> [FeedRow] {
        try Connection(reading: db).statement("SELECT \(FeedRow.columns) FROM sanji_feed")
            .rows(FeedRow.init(reading:))
    }
}

extension Row {
    /// A number of a change set, as this program writes them.
    /// - Throws: ``DamagedReplica/number(_:_:)`` for any other.
    func number(_ column: String) throws -> UInt64 {
        try DamagedReplica.checkedNumber(self[column], as: column)
    }
}

private struct OutgoingReader {
    let db: Database
    let peer: OfficeCode
    let own: OwnAuthor?
    /// Authors whose feeds are left out.
    let below: Set<AuthorID>

    func next(_ cursor: inout OutgoingCursor, bytesMax: Int) throws -> [OutgoingPiece] {
        var wanted: [Int64: FeedRow] = [:]
        var start = Int64.max
        for feed in try FeedReader.all(db) where feed.feed.scope.reaches(peer) {
            guard cursor.areas?.contains(feed.feed.scope.area) ?? true, !cursor.forked.contains(feed.feed),
                !cursor.except.contains(feed.feed), !below.contains(feed.feed.author)
            else {
                continue
            }
            let known = cursor.known[feed.feed] ?? .start
            guard known.number < feed.stored.number else { continue }
            guard try isOnOurBranch(known, feed) else {
                cursor.forked.append(feed.feed)
                continue
            }
            guard let seq = try seq(feed.id, known.number + 1) else { continue }
            wanted[feed.id] = feed
            start = min(start, seq)
        }
        guard !wanted.isEmpty else { return [] }
        var pieces: [OutgoingPiece] = []
        var size = 0
        let log = try Row.fetchCursor(
            db.cachedStatement(
                sql: "SELECT seq, feed, number, header, body FROM sanji_change_set WHERE seq >= ? ORDER BY seq"),
            arguments: [start])
        while size < bytesMax, !wanted.isEmpty, let row = try log.next() {
            guard let feed = wanted[row["feed"]] else { continue }
            let number = try row.number("number")
            guard number == (cursor.known[feed.feed]?.number ?? 0) + 1 else { continue }
            if number > cursor.announced[feed.feed] ?? 0 {
                guard let run = try run(of: feed, from: number) else {
                    // No signature vouches for it yet: it is on its way here with the rest of its run.
                    wanted[feed.id] = nil
                    continue
                }
                cursor.announced[feed.feed] = run.headers[run.headers.count - 1].header.number
                size += run.headers.reduce(0) { $0 + $1.bytes.count }
                pieces.append(.run(run))
            }
            let body = [UInt8](row["body"] as Data)
            let sealed = try SealedHeader(inLog: [UInt8](row["header"] as Data), feed.feed, number)
            pieces.append(.body(feed.feed, number: number, body))
            cursor.sent(feed.feed, sealed.head)
            size += body.count
        }
        return pieces
    }

    /// Whether the peer's head is one of ours: the hash tells a fork that numbers alone would paper over.
    private func isOnOurBranch(_ known: FeedHead, _ feed: FeedRow) throws -> Bool {
        guard known.number > 0 else { return true }
        let header = try Data.fetchOne(
            db.cachedStatement(sql: "SELECT header FROM sanji_change_set WHERE feed = ? AND number = ?"),
            arguments: [feed.id, Int64(known.number)])
        return try header.map { try SealedHeader(inLog: [UInt8]($0), feed.feed, known.number).hash == known.hash }
            ?? false
    }

    private func seq(_ feed: Int64, _ number: UInt64) throws -> Int64? {
        try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT seq FROM sanji_change_set WHERE feed = ? AND number = ?"),
            arguments: [feed, Int64(number)])
    }

    /// Headers from `number` up to the farthest signed one within the limit. Own heads are signed here, when they
    /// are first sent, instead of at every commit.
    private func run(of feed: FeedRow, from number: UInt64) throws -> Run? {
        let last = Limits.runEnd(from: number)
        if feed.feed.author == own?.key.author, let own {
            let headers = try headers(feed, number, min(last, feed.stored.number))
            guard let head = headers.last else { return nil }
            return Run(feed: feed.feed, headers: headers, signature: try own.key.sign(SignedMessage.header(head.hash)))
        }
        if let tail = try Row.fetchOne(
            db.cachedStatement(sql: "SELECT headers, signature FROM sanji_tail WHERE feed = ?"), arguments: [feed.id])
        {
            let rest = try HeaderList.decode([UInt8](tail["headers"] as Data)).filter {
                $0.header.number > feed.stored.number
            }
            if let end = rest.last?.header.number, end <= last {
                let headers = try headers(feed, number, feed.stored.number) + rest
                return Run(feed: feed.feed, headers: headers, signature: [UInt8](tail["signature"] as Data))
            }
        }
        let signed = try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT number, signature FROM sanji_signature WHERE feed = ? AND number BETWEEN ? AND ?
                    ORDER BY number DESC LIMIT 1
                    """), arguments: [feed.id, Int64(number), Int64(min(last, feed.stored.number))])
        guard let signed else { return nil }
        return Run(
            feed: feed.feed, headers: try headers(feed, number, signed.number("number")),
            signature: [UInt8](signed["signature"] as Data))
    }

    private func headers(_ feed: FeedRow, _ first: UInt64, _ last: UInt64) throws -> [SealedHeader] {
        try Data.fetchAll(
            db.cachedStatement(
                sql: "SELECT header FROM sanji_change_set WHERE feed = ? AND number BETWEEN ? AND ? ORDER BY number"),
            arguments: [feed.id, Int64(first), Int64(last)]
        ).enumerated().map { try SealedHeader(inLog: [UInt8]($1), feed.feed, first + UInt64($0)) }
    }
}
