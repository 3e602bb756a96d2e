import ChangeSets
import Foundation
import GRDB
import Replica

/// How one kind of item is told to the office that has to act on it.
struct Undelivered: Sendable {
    struct Item {
        let key: DeskKey
        let delivery: Delivery
    }

    /// Whose rows are delivered.
    let table: DomainTable
    /// Its own table, where items lie, and the column of it that names the row.
    let desk: String
    let row: String
    /// Of an item, in SQL: the office that has to act, and whether it is one of this kind.
    let office: String
    let condition: String
    /// Makes the item anew once it is known to be there.
    let put: @Sendable (DeskKey, DeskRules, Database) throws -> Void

    /// Those whose office has spoken since it was last asked for nothing, or was never asked.
    func items(_ heard: [OfficeCode: Int64], _ db: Database) throws -> [Item] {
        // By office first: there may be thousands about which it has said nothing new.
        let groups = try Row.fetchAll(
            db.cachedStatement(
                sql:
                    "SELECT DISTINCT \(office) AS office, heard_ms FROM \(desk) WHERE delivered_on IS NULL AND \(condition)"
            ))
        return try groups.flatMap { group -> [Item] in
            let code = try OfficeCode(group["office"] as String)
            let known = group["heard_ms"] as Int64?
            guard known != heard[code] ?? 0 else { return [] }
            return try Row.fetchAll(
                db.cachedStatement(
                    sql: """
                        SELECT area, id, \(row) AS row FROM \(desk)
                        WHERE delivered_on IS NULL AND \(condition) AND \(office) = ? AND heard_ms IS ? AND \(row) IS NOT NULL
                        """),
                arguments: [code.digits, known]
            ).map { found in
                let key = try DeskKey(found)
                return Item(key: key, delivery: Delivery(area: key.area, id: found.bytes("row") ?? [], to: code))
            }
        }
    }

    func note(
        _ item: Item, _ day: CalendarDate?, _ heard_ms: Int64, _ rules: DeskRules, _ db: Database
    ) throws {
        try db.cachedStatement(
            sql: "UPDATE \(desk) SET delivered_on = ?, heard_ms = ? WHERE area = ? AND id = ?"
        ).execute(arguments: [day?.description, heard_ms] + item.key.arguments)
        if day != nil { try put(item.key, rules, db) }
    }
}
