import ChangeSets
import Foundation
import GRDB
import Replica

/// Every change set of an office is in exactly one of the states of I10, and the office can see which.
struct OneFate: Checker {
    func problems(in world: World) throws -> [String] {
        try world.running.flatMap { office -> [String] in
            guard let replica = office.replica else { return [] }
            let fates = try replica.fates()
            // One that is left out would have no fate at all.
            let told = Set(fates.feeds.map(\.feed))
            var problems = try Self.own(of: office, replica).filter { !told.contains($0) }.map {
                "\(office.code): \($0) has no fate"
            }
            for feed in fates.feeds {
                var next: UInt64 = 1
                for span in feed.spans {
                    if span.first != next || span.last < span.first {
                        problems.append(
                            "\(replica.office): numbers before \(span.first) of \(feed.feed) have no fate, or two")
                    }
                    next = span.last + 1
                }
                let stored = try replica.vector(with: replica.office)[feed.feed]?.number ?? 0
                if next != stored + 1 {
                    problems.append("\(replica.office): \(feed.feed) has fates up to \(next - 1) only")
                }
            }
            return problems
        }
    }

    /// Feeds of the office's author that its own file has.
    static func own(of office: Office, _ replica: OfficeReplica) throws -> [FeedID] {
        try replica.read { db in
            try Row.fetchAll(
                db, sql: "SELECT author, area, audience FROM sanji_feed WHERE author = ? AND stored > 0",
                arguments: [Data(office.own.key.author.bytes)])
        }.map { try FeedID($0) }
    }
}
