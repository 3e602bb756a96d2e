import ChangeSets
import Foundation
import GRDB
import Replica

/// One row to insert, or the columns of one that differ.
struct RowWrite {
    let table: String
    let area: OfficeCode
    let id: [UInt8]
    let isInsert: Bool
    private let columns: [String]
    private let values: [CellValue]

    /// - Returns: nil when the stored row says all that the sheet says.
    init?<Cell: CaseIterable & RawRepresentable<String>>(
        table: String, area: OfficeCode, id: [UInt8], cells: Cell.Type, values: [CellValue], stored: StoredRow<Cell>?
    ) {
        var columns: [String] = []
        var written: [CellValue] = []
        for (index, (cell, value)) in zip(Cell.allCases, values).enumerated() {
            if let stored, value == .null || value == stored.values[index] { continue }
            columns.append(cell.rawValue)
            written.append(value)
        }
        if columns.isEmpty { return nil }
        self.table = table
        self.area = area
        self.id = id
        isInsert = stored == nil
        self.columns = columns
        self.values = written
    }

    /// - Parameter user: Whose row it is, if it is a new one.
    func execute(by user: ActingUser, _ db: Database) throws {
        let key = [area.digits.databaseValue, Data(id).databaseValue]
        let own = isInsert ? [user.name.databaseValue] : []
        try db.cachedStatement(sql: sql).execute(
            arguments: StatementArguments(values.map(\.databaseValue) + own + key))
    }

    /// Its places are the values, on an insert the user, and the key.
    private var sql: String {
        guard isInsert else {
            let assignments = columns.map { "\($0) = ?" }.joined(separator: ", ")
            return "UPDATE \(table) SET \(assignments) WHERE area = ? AND id = ?"
        }
        let names = (columns + ["created_by", "area", "id"]).joined(separator: ", ")
        let places = columns.map { _ in "?, " }.joined()
        return "INSERT INTO \(table) (\(names)) VALUES (\(places)?, ?, ?)"
    }
}
