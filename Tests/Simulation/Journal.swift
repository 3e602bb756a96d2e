import ChangeSets
import Foundation
import GRDB
import Replica

/// What was truly written, by whom, as the authors' own logs had it; kept outside of every office.
final class Journal {
    struct Entry {
        let hash: Digest
        /// Whether its writer was told that it is kept.
        var isAcknowledged: Bool
    }
    private(set) var written: [FeedID: [Entry]] = [:]
    /// How much of a feed outlived the disk on which it was written; of feeds whose disk died.
    private(set) var outlived: [FeedID: Int] = [:]

    /// Known from how they were made, not from what the engine said.
    private(set) var refused: [FeedID: Set<UInt64>] = [:]

    /// Reads what is new of an office's own feeds.
    /// - Parameter acknowledged: Whether the write that was just made succeeded.
    func read(own office: Office, _ replica: OfficeReplica, acknowledged: Bool = true) throws {
        let author = office.own.key.author
        let rows = try replica.read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT author, area, audience, stored, id FROM sanji_feed WHERE author = ?
                    """, arguments: [Data(author.bytes)])
        }
        for row in rows {
            let feed = try FeedID(row)
            let known = written[feed]?.count ?? 0
            guard known < row["stored"] as Int else { continue }
            let headers = try replica.read { db in
                try Data.fetchAll(
                    db, sql: "SELECT header FROM sanji_change_set WHERE feed = ? AND number > ? ORDER BY number",
                    arguments: [row["id"] as Int64, known])
            }
            for header in headers {
                written[feed, default: []].append(
                    Entry(hash: try SealedHeader(parsing: [UInt8](header)).hash, isAcknowledged: acknowledged))
            }
        }
    }

    /// One of two change sets of one number.
    func note(branch changeSet: VerifiedChangeSet) { branches.insert(changeSet.sealed.hash) }
    private(set) var branches: Set<Digest> = []

    /// A change set made by hand.
    /// - Parameter isRefused: Whether every receiver must refuse it.
    func note(_ changeSet: VerifiedChangeSet, isRefused: Bool) {
        let header = changeSet.sealed.header
        if isRefused { refused[header.feed, default: []].insert(header.number) }
        written[changeSet.sealed.header.feed, default: []].append(
            Entry(hash: changeSet.sealed.hash, isAcknowledged: false))
    }

    /// The disk of an office is gone: what no other office has of it is gone with it.
    /// - Parameter others: All that have a disk, also those whose program does not run.
    func bury(_ office: Office, others: [Office]) throws {
        let author = office.own.key.author
        let progress = try others.map { try $0.progress() }
        // This disk may have been the last that held what an office wrote whose own was lost before.
        for feed in written.keys where feed.author == author || outlived[feed] != nil {
            let left = progress.map { $0[feed]?.stored ?? 0 }.max() ?? 0
            outlived[feed] = min(outlived[feed] ?? .max, left)
        }
    }
}
