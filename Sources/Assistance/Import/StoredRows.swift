import ChangeSets
import Foundation
import GRDB

/// A row that the replica has, with the columns that a sheet tells.
struct StoredRow<Cell: CaseIterable & RawRepresentable<String> & Hashable>: Sendable
where Cell.AllCases == [Cell], Cell: Sendable {
    let id: [UInt8]
    /// Neither void nor merged into another.
    let isLive: Bool
    /// In the order of `Cell`.
    let values: [CellValue]

    subscript(cell: Cell) -> CellValue { values[Cell.allCases.firstIndex(of: cell)!] }  // A case is among all cases.
}

/// The households and people of one area, as the replica has them.
struct StoredRows {
    let households: [StoredRow<HouseholdCell>]
    let persons: [StoredRow<PersonCell>]

    /// In order of their ids: where two rows serve, every office takes the same.
    init(area: OfficeCode, _ db: Database) throws {
        households = try Self.rows(of: householdTable.name, area, db)
        persons = try Self.rows(of: personTable.name, area, db)
    }

    private static func rows<Cell>(of table: String, _ area: OfficeCode, _ db: Database) throws -> [StoredRow<Cell>] {
        let columns = Cell.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
        let rows = try Row.fetchCursor(
            db, sql: "SELECT id, row_state = 'live', \(columns) FROM \(table) WHERE area = ? ORDER BY id",
            arguments: [area.digits])
        var stored: [StoredRow<Cell>] = []
        while let row = try rows.next() {
            let values = (0..<Cell.allCases.count).map { CellValue(row[2 + $0] as DatabaseValue) }
            stored.append(StoredRow(id: [UInt8](row[0] as Data), isLive: row[1], values: values))
        }
        return stored
    }
}
