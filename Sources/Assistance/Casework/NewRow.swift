import ChangeSets
import Foundation
import GRDB
import Replica

/// One row to be added to a table whose rows stay as they are.
struct NewRow {
    let table: DomainTable
    let area: OfficeCode
    let values: [(column: String, value: DatabaseValue)]

    /// - Returns: Its id.
    @discardableResult
    func insert(by user: ActingUser, _ db: Database) throws -> [UInt8] {
        // A function of the engine's own: it gives an id.
        let id = [UInt8](try Data.fetchOne(db.cachedStatement(sql: "SELECT uuid7()"))!)
        try insert(id: id, by: user, db)
        return id
    }

    func insert(id: [UInt8], by user: ActingUser, _ db: Database) throws {
        let all =
            [
                ("area", area.digits.databaseValue), ("id", Data(id).databaseValue),
                ("created_by", user.name.databaseValue),
            ]
            + values.map { ($0.column, $0.value) }
        let names = all.map(\.0).joined(separator: ", ")
        let places = all.map { _ in "?" }.joined(separator: ", ")
        try db.cachedStatement(sql: "INSERT INTO \(table.name) (\(names)) VALUES (\(places))")
            .execute(arguments: StatementArguments(all.map(\.1)))
    }
}

extension [UInt8] {
    var databaseValue: DatabaseValue { Data(self).databaseValue }
}

extension [UInt8]? {
    var databaseValue: DatabaseValue { self?.databaseValue ?? .null }
}
