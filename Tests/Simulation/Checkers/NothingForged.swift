import ChangeSets
import Foundation
import GRDB

/// Whatever any log holds was written by the author whose name it bears, exactly so.
struct NothingForged: Checker {
    func problems(in world: World) throws -> [String] {
        try world.running.compactMap(\.replica).flatMap { replica in
            let headers = try replica.read { db in
                try Data.fetchAll(
                    db, sql: "SELECT header FROM sanji_change_set UNION ALL SELECT header FROM sanji_fork")
            }
            return try headers.compactMap { bytes -> String? in
                let sealed = try SealedHeader(parsing: [UInt8](bytes))
                let (feed, number) = (sealed.header.feed, Int(sealed.header.number))
                let written = world.journal.written[feed] ?? []
                if world.journal.branches.contains(sealed.hash) { return nil }
                guard number <= written.count, written[number - 1].hash == sealed.hash else {
                    return "\(replica.office) has number \(number) of \(feed), which its author never wrote"
                }
                return nil
            }
        }
    }
}
