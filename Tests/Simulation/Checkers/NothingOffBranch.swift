import ChangeSets
import Foundation
import GRDB
import Replica

/// No file holds a row, or a change set, of an area off its office's branch or for another audience.
struct NothingOffBranch: Checker {
    func problems(in world: World) throws -> [String] {
        try world.offices.values.flatMap { office in try office.look(Self.problems) }
    }

    private static func problems(of replica: OfficeReplica) throws -> [String] {
        var places: [(String, String, Tier)] = []
        for table in replica.history.current.tables {
            let areas = try replica.read { db in
                try String.fetchAll(db, sql: "SELECT DISTINCT area FROM \"\(table.name)\"")
            }
            places += areas.map { (table.name, $0, table.audience) }
        }
        for (name, table) in [("the log", "sanji_feed"), ("the statements", "sanji_statement")] {
            let scopes = try replica.read { db in
                try Row.fetchAll(db, sql: "SELECT DISTINCT area, audience FROM \(table)")
            }
            places += scopes.compactMap { row in Tier(digits: row["audience"]).map { (name, row["area"], $0) } }
        }
        // Of rows that are in no table any more, and of conflicts: by the audience of their table.
        let beside = try replica.read { db in
            try Row.fetchAll(db, sql: "SELECT DISTINCT area, tbl FROM sanji_conflict")
        }
        places += beside.compactMap { row in
            replica.history.current.table(named: row["tbl"]).map { ("the conflicts", row["area"], $0.audience) }
        }
        let absent = try replica.read { db in try Row.fetchAll(db, sql: "SELECT tbl, key FROM sanji_absent") }
        places += absent.compactMap { row in
            var reader = ValueReader([UInt8](row["key"] as Data))
            guard case .text(let area)? = reader.value() else { return nil }
            return replica.history.current.table(named: row["tbl"]).map { ("the deleted rows", area, $0.audience) }
        }
        return places.compactMap { name, area, audience in
            Self.mayHold(area, audience, replica.office.digits)
                ? nil : "\(replica.office) has something of \(area)/\(audience) in \(name)"
        }
    }

    /// By the codes alone, not by the engine's own word.
    private static func mayHold(_ area: String, _ audience: Tier, _ office: String) -> Bool {
        (area.hasPrefix(office) || office.hasPrefix(area)) && office.utf8.count <= audience.digits
    }
}
