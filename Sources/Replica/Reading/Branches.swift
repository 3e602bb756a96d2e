import ChangeSets
import Foundation
import GRDB

/// One piece of another branch of a feed, to be shown to the office above: headers up to a signed one, with bodies.
package struct BranchRun: Sendable {
    package let run: Run
    package let bodies: [[UInt8]]
}

extension OfficeReplica {
    /// Signed heads of the other branches that this office holds, of feeds that a peer may have.
    package func branchHeads(for peer: OfficeCode) throws -> [Digest] {
        try read { db in
            let feeds = try FeedReader.all(db).filter { $0.feed.scope.reaches(peer) }
            return try feeds.flatMap { feed in
                try Data.fetchAll(
                    db.cachedStatement(
                        sql: "SELECT hash FROM sanji_fork WHERE feed = ? AND signature IS NOT NULL ORDER BY number"),
                    arguments: [feed.id]
                ).compactMap { Digest($0) }
            }
        }
    }

    /// What proves to a peer that a key was used twice: branches held here, and the end of this office's own log where the
    /// peer has another (§4).
    /// - Parameters:
    ///   - known: What the peer has.
    ///   - shown: Heads of branches that it holds already.
    package func branches(for peer: OfficeCode, known: FeedVector, shown: Set<Digest>) throws -> [BranchRun] {
        try read { db in
            let reader = BranchReader(db: db, own: own)
            let holdsAny =
                try Bool.fetchOne(db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM sanji_fork)")) ?? false
            var runs: [BranchRun] = []
            for feed in try FeedReader.all(db) where feed.feed.scope.reaches(peer) {
                if holdsAny { runs += try reader.held(feed, shown) }
                if let head = known[feed.feed], let run = try reader.ours(feed, theirs: head, shown) {
                    runs.append(run)
                }
            }
            return runs
        }
    }
}

private struct BranchReader {
    let db: Database
    let own: OwnAuthor?

    /// Chains of `sanji_fork`, each back to where nothing of it is held any more.
    func held(_ feed: FeedRow, _ shown: Set<Digest>) throws -> [BranchRun] {
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: "SELECT hash, header, body, signature FROM sanji_fork WHERE feed = ? ORDER BY number"),
            arguments: [feed.id])
        guard !rows.isEmpty else { return [] }
        var byHash: [Digest: (sealed: SealedHeader, body: [UInt8])] = [:]
        for row in rows {
            // What is damaged proves nothing; `sanji repair` removes it.
            guard let sealed = try? SealedHeader(parsing: [UInt8](row["header"] as Data)) else { continue }
            byHash[sealed.hash] = (sealed, [UInt8](row["body"] as Data))
        }
        return rows.compactMap { row in
            guard let signature = row["signature"] as Data?, let tip = Digest(row["hash"] as Data), !shown.contains(tip)
            else { return nil }
            var chain: [(sealed: SealedHeader, body: [UInt8])] = []
            var next = byHash[tip]
            while let link = next, chain.count < Limits.runHeadersMax {
                chain.append(link)
                next = byHash[link.sealed.header.previous]
            }
            guard !chain.isEmpty else { return nil }
            chain.reverse()
            return BranchRun(
                run: Run(feed: feed.feed, headers: chain.map(\.sealed), signature: [UInt8](signature)),
                bodies: chain.map(\.body))
        }
    }

    /// The last run of our log, where the peer's head is not in it.
    func ours(_ feed: FeedRow, theirs head: FeedHead, _ shown: Set<Digest>) throws -> BranchRun? {
        guard head != feed.stored, head.number > 0, feed.stored.number > 0, !shown.contains(feed.stored.hash),
            try isOnAnother(feed, head)
        else { return nil }
        let end = min(head.number, feed.stored.number)
        let log = try Row.fetchAll(
            db.cachedStatement(
                sql:
                    "SELECT number, header, body FROM sanji_change_set WHERE feed = ? AND number BETWEEN ? AND ? ORDER BY number"
            ),
            arguments: [
                feed.id, Int64(end - min(end, UInt64(Limits.runHeadersMax)) + 1), Int64(feed.stored.number),
            ])
        let links = try log.map {
            (
                try SealedHeader(inLog: [UInt8]($0["header"] as Data), feed.feed, $0.number("number")),
                [UInt8]($0["body"] as Data)
            )
        }
        let last = links.suffix(Limits.runHeadersMax)
        guard let end = last.last?.0, let signature = try signature(of: feed, end) else { return nil }
        return BranchRun(
            run: Run(feed: feed.feed, headers: last.map(\.0), signature: signature), bodies: last.map(\.1))
    }

    /// Whether the peer's head is on another branch than this log. One beyond its end is, where another branch
    /// is held here.
    private func isOnAnother(_ feed: FeedRow, _ head: FeedHead) throws -> Bool {
        guard head.number > feed.stored.number else {
            let known = try Data.fetchOne(
                db.cachedStatement(sql: "SELECT header FROM sanji_change_set WHERE feed = ? AND number = ?"),
                arguments: [feed.id, Int64(head.number)])
            return try known.map { try SealedHeader(inLog: [UInt8]($0), feed.feed, head.number).hash } != head.hash
        }
        return try Bool.fetchOne(
            db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM sanji_fork WHERE feed = ?)"), arguments: [feed.id])
            ?? false
    }

    private func signature(of feed: FeedRow, _ head: SealedHeader) throws -> [UInt8]? {
        if let own, feed.feed.author == own.key.author { return try own.key.sign(SignedMessage.header(head.hash)) }
        return try Data.fetchOne(
            db.cachedStatement(sql: "SELECT signature FROM sanji_signature WHERE feed = ? AND number = ?"),
            arguments: [feed.id, Int64(head.header.number)]
        ).map { [UInt8]($0) }
    }
}
