import ChangeSets
import GRDB

/// A page of one table of the desk.
struct DeskQuery {
    private let table: String
    private let order: String
    private var condition = "area >= ? AND area < ?"
    private var arguments: StatementArguments

    /// Rows of an area and below it.
    init(_ table: String, in area: OfficeCode, orderedBy order: String) {
        self.table = table
        self.order = order
        arguments = [area.digits, area.digits + ":"]
    }

    mutating func add(_ condition: String, _ values: StatementArguments = []) {
        self.condition += " AND (\(condition))"
        arguments += values
    }

    /// - Returns: So many rows, and how many there are.
    func page(skip: Int, limit: Int, _ db: Database) throws -> (rows: [Row], count: Int) {
        let count = try Int.fetchOne(
            db.cachedStatement(sql: "SELECT count(*) FROM \(table) WHERE \(condition)"), arguments: arguments)
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: "SELECT * FROM \(table) WHERE \(condition) ORDER BY \(order) LIMIT ? OFFSET ?"),
            arguments: arguments + [limit, skip])
        return (rows, count ?? 0)
    }
}
