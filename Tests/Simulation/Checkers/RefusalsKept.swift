import ChangeSets
import Foundation
import GRDB
import Replica

/// Every office that has passed a change set which all must refuse has kept it as refused, with a reason; and refuses no
/// other.
struct RefusalsKept: Checker {
    func problems(in world: World) throws -> [String] {
        try world.running.flatMap { office -> [String] in
            guard let replica = office.replica else { return [] }
            var refused: [FeedID: Set<UInt64>] = [:]
            let rows = try replica.read { db in
                try Row.fetchAll(
                    db,
                    sql: """
                        SELECT f.author, f.area, f.audience, r.number, r.reason
                        FROM sanji_refusal AS r JOIN sanji_feed AS f ON f.id = r.feed
                        """)
            }
            var problems: [String] = []
            for row in rows {
                refused[try FeedID(row), default: []].insert(UInt64(row["number"] as Int64))
                if (row["reason"] as String).isEmpty { problems.append("\(office.code) refuses without a reason") }
            }
            let progress = try office.progress()
            for (feed, numbers) in world.journal.refused where feed != world.forked {
                let passed = numbers.filter { Int($0) <= progress[feed]?.applied ?? 0 }
                let missing = passed.subtracting(refused[feed] ?? [])
                if !missing.isEmpty { problems.append("\(office.code) does not refuse \(missing.sorted()) of \(feed)") }
            }
            for (feed, numbers) in refused where feed != world.forked {
                let wrong = numbers.subtracting(world.journal.refused[feed] ?? [])
                if !wrong.isEmpty {
                    problems.append("\(office.code) refuses \(wrong.sorted()) of \(feed), which are good")
                }
            }
            return problems
        }
    }
}

extension FeedID {
    /// A row with the columns that name a feed.
    init(_ row: Row) throws {
        guard let author = AuthorID([UInt8](row["author"] as Data)), let audience = Tier(digits: row["audience"]) else {
            throw Broken("a feed without an author or an audience")
        }
        self.init(author: author, scope: Scope(area: try OfficeCode(row["area"] as String), audience: audience))
    }
}
