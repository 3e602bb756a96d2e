import ChangeSets
import Foundation
import GRDB

/// Every feed in every log runs from number 1 to its head without a gap, each header naming the hash of the one before,
/// each body having the hash and length that its header says.
struct FeedsWhole: Checker {
    func problems(in world: World) throws -> [String] {
        try world.running.compactMap(\.replica).flatMap { replica in
            let rows = try replica.read { db in
                try Row.fetchAll(
                    db,
                    sql: """
                        SELECT f.id, f.stored, f.stored_hash, f.applied, c.number, c.header, c.body
                        FROM sanji_feed AS f JOIN sanji_change_set AS c ON c.feed = f.id ORDER BY f.id, c.number
                        """)
            }
            let empty = try replica.read { db in
                try Int64.fetchAll(
                    db,
                    sql: "SELECT id FROM sanji_feed WHERE stored > 0 AND id NOT IN (SELECT feed FROM sanji_change_set)")
            }
            var problems = empty.map { "\(replica.office): nothing is there of feed \($0)" }
            for (id, feed) in Dictionary(grouping: rows, by: { $0["id"] as Int64 }).sorted(by: { $0.key < $1.key }) {
                var head = FeedHead.start
                for row in feed {
                    let sealed = try SealedHeader(parsing: [UInt8](row["header"] as Data))
                    let isNext = sealed.header.number == head.number + 1 && row["number"] == Int64(head.number) + 1
                    if !isNext || sealed.header.previous != head.hash {
                        problems.append("\(replica.office): feed \(id) breaks at number \(sealed.header.number)")
                    }
                    let (header, body) = (sealed.header, [UInt8](row["body"] as Data))
                    if body.count != header.bodyLength || header.algorithm.digest(body) != header.bodyHash {
                        problems.append("\(replica.office): feed \(id) has another body at \(sealed.header.number)")
                    }
                    head = sealed.head
                }
                let (stored, applied) = (feed[0]["stored"] as Int64, feed[0]["applied"] as Int64)
                let hash = [UInt8](feed[0]["stored_hash"] as Data)
                if stored != Int64(head.number) || hash != head.hash.bytes || applied > stored {
                    problems.append("\(replica.office): feed \(id) says \(stored) stored and \(applied) applied")
                }
            }
            return problems
        }
    }
}
