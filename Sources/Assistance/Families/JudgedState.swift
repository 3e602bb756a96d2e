import ChangeSets
import Foundation
import GRDB

/// What the rules look at in the rows of a household and its people themselves, which keep no versions: a decision keeps marks of it among
/// what it knew of, so that a later change is news as a fact is.
enum JudgedState {
    typealias Mark = (field: HouseholdFile.Field, id: [UInt8])

    private static let ofPersons: [(field: HouseholdFile.Field, columns: [String])] = [
        (.health, ["health", "in_institution"]), (.identity, ["birth", "hukou_kind", "school_stage", "school_ends"]),
    ]

    private static let columns = ofPersons.flatMap(\.columns).joined(separator: ", ")

    /// Of the household, and of those of its people whom a decision was about.
    static func marks(of household: HouseholdID, people: Set<[UInt8]>, _ db: Database) throws -> [Mark] {
        let key: StatementArguments = [household.area.digits, Data(household.id)]
        let home = try Row.fetchOne(
            db.cachedStatement(sql: "SELECT id, hukou_region FROM household WHERE area = ? AND id = ?"), arguments: key)
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT id, id_number, \(columns)
                    FROM person WHERE area = ? AND household = ? AND row_state = 'live'
                    """), arguments: key)
        return (home.map { [mark(.address, $0, ["hukou_region"])] } ?? [])
            + rows.filter { people.contains($0.bytes("id") ?? []) }.flatMap { row in
                ofPersons.map { mark($0.field, row, $0.columns) }
            }
    }

    private static func mark(_ field: HouseholdFile.Field, _ row: Row, _ columns: [String]) -> Mark {
        let cells = columns.map { column in
            // A birth date that the number says is the same whether it is written down or not.
            column == "birth" ? row.birth?.description ?? "" : (row[column] as DatabaseValue).description
        }
        var id = UUIDs.version5((["state", (row.bytes("id") ?? []).hex] + cells).joined(separator: "\u{1f}"))
        // Version 8, which no row's id has.
        id[6] = id[6] & 0x0f | 0x80
        return (field, id)
    }

    static func isMark(_ id: [UInt8]) -> Bool { id.count == 16 && id[6] >> 4 == 8 }
}
