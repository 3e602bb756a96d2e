import ChangeSets
import GRDB

/// No file holds a row, or a change set, of an area off its office's branch or for another audience.
struct NothingOffBranch: Checker {
    func problems(in world: World) throws -> [String] {
        try world.running.compactMap(\.replica).flatMap { replica in
            var places: [(String, String, Tier)] = []
            for table in replica.history.current.tables {
                let areas = try replica.read { db in
                    try String.fetchAll(db, sql: "SELECT DISTINCT area FROM \"\(table.name)\"")
                }
                places += areas.map { (table.name, $0, table.audience) }
            }
            let feeds = try replica.read { db in
                try Row.fetchAll(db, sql: "SELECT DISTINCT area, audience FROM sanji_feed")
            }
            places += feeds.compactMap { row in
                Tier(digits: row["audience"]).map { ("the log", row["area"], $0) }
            }
            return places.compactMap { name, area, audience in
                Self.mayHold(area, audience, replica.office.digits)
                    ? nil : "\(replica.office) has something of \(area)/\(audience) in \(name)"
            }
        }
    }

    /// By the codes alone, not by the engine's own word.
    private static func mayHold(_ area: String, _ audience: Tier, _ office: String) -> Bool {
        (area.hasPrefix(office) || office.hasPrefix(area)) && office.utf8.count <= audience.digits
    }
}
