import ChangeSets
import GRDB

/// Holds a declaration against the file, when a replica opens.
struct SchemaCheck {
    private(set) var problems: [SchemaProblem] = []
    /// CHECK constraints by table, for bodies that come from elsewhere.
    private(set) var checks: [String: [CellCheck]] = [:]

    init(_ schema: SyncedSchema, in db: Database) throws {
        var names: Set<String> = []
        for table in schema.tables {
            if !names.insert(table.name.lowercased()).inserted { problems.append(.duplicate(table.name)) }
            checkDeclaration(table, schema)
            try checkFile(table, db)
        }
        try checkTriggers(schema, db)
    }

    private mutating func checkDeclaration(_ table: SyncedTable, _ schema: SyncedSchema) {
        var names: Set<String> = []
        for column in table.columns where !names.insert(column.name.lowercased()).inserted {
            problems.append(.duplicate("\(table.name).\(column.name)"))
        }
        for cell in table.cells {
            if cell.columns.isEmpty { problems.append(.emptyCell(table.name, cell.name)) }
            if cell.rule == .counter {
                let isCounter = cell.columns.map { $0.type == .integer && $0.notNull } == [true]
                if !isCounter { problems.append(.counterColumn(table.name, cell.name)) }
            }
            // An insert by another tier leaves the default there, and so does a row older than the column.
            for column in cell.columns where cell.writers != nil && column.notNull && column.defaultValue == .null {
                problems.append(.noUsableDefault(table.name, column.name))
            }
        }
        for reference in table.references {
            let key = schema.table(named: reference.table)?.key.count
            let known = reference.columns.allSatisfy { name in table.columns.contains { $0.name == name } }
            if key != reference.columns.count || !known { problems.append(.reference(table.name, reference.table)) }
        }
    }

    private mutating func checkFile(_ table: SyncedTable, _ db: Database) throws {
        guard
            let listed = try Row.fetchOne(
                db, sql: "SELECT wr, strict FROM pragma_table_list WHERE schema = 'main' AND name = ? AND type = 'table'",
                arguments: [table.name])
        else { return problems.append(.missingTable(table.name)) }
        if listed["wr"] == 1 { problems.append(.withoutRowID(table.name)) }
        if listed["strict"] == 0 { problems.append(.notStrict(table.name)) }
        let columns = try Row.fetchAll(db, sql: "SELECT * FROM pragma_table_xinfo(?)", arguments: [table.name])
        for column in columns where column["hidden"] != 0 {
            problems.append(.generatedColumn(table.name, column["name"]))
        }
        let names = columns.map { $0["name"] as String }
        let declared = table.columns
        guard names == declared.map(\.name) else {
            return problems.append(.columns(table.name, declared: declared.map(\.name), file: names))
        }
        let keyNames = [table.areaColumn] + table.key.map(\.name)
        let inKey = columns.filter { $0["pk"] > 0 }.sorted { ($0["pk"] as Int) < $1["pk"] }.map { $0["name"] as String }
        if inKey != keyNames { problems.append(.primaryKey(table.name, expected: keyNames)) }
        for (column, declared) in zip(columns, declared) { try checkColumn(column, declared, table, keyNames, db) }
        try checkIndexes(table, db)
        try readChecks(table, db)
    }

    private mutating func checkColumn(
        _ column: Row, _ declared: SyncedColumn, _ table: SyncedTable, _ key: [String], _ db: Database
    ) throws {
        let type: String = column["type"]
        if type.uppercased() != declared.type.rawValue {
            problems.append(.columnType(table.name, declared.name, declared: declared.type.rawValue, file: type))
        }
        let notNull = column["notnull"] == 1
        if key.contains(declared.name) {
            if !notNull { problems.append(.keyNullable(table.name, declared.name)) }
            return
        }
        if notNull != declared.notNull { problems.append(.notNull(table.name, declared.name)) }
        let written: String? = column["dflt_value"]
        let value = try written.flatMap { try DatabaseValue.fetchOne(db, sql: "SELECT \($0)") } ?? .null
        if CellValue(value) != declared.defaultValue {
            problems.append(
                .defaultValue(
                    table.name, declared.name, declared: declared.defaultValue.description, file: written ?? "none"))
        }
    }

    private mutating func checkIndexes(_ table: SyncedTable, _ db: Database) throws {
        let unique = try String.fetchAll(
            db, sql: #"SELECT name FROM pragma_index_list(?) WHERE "unique" = 1 AND origin <> 'pk'"#,
            arguments: [table.name])
        problems += unique.map { .uniqueIndex(table.name, $0) }
        let foreign = try String.fetchAll(
            db, sql: #"SELECT DISTINCT "table" FROM pragma_foreign_key_list(?)"#, arguments: [table.name])
        problems += foreign.map { .foreignKey(table.name, $0) }
    }

    private mutating func readChecks(_ table: SyncedTable, _ db: Database) throws {
        let sql = try String.fetchOne(
            db, sql: "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?", arguments: [table.name])
        for check in CheckConstraints(createTable: sql ?? "").expressions {
            let touched = table.cells.indices.filter { index in
                table.cells[index].columns.contains { check.names.contains($0.name.lowercased()) }
            }
            let touchesKey = ([table.areaColumn] + table.key.map(\.name)).contains { check.names.contains($0.lowercased()) }
            guard touched.count == 1, !touchesKey else {
                problems.append(.checkAcrossCells(table.name, check.sql))
                continue
            }
            checks[table.name, default: []].append(CellCheck(cell: touched[0], expression: check.sql))
        }
    }

    /// Any trigger may write: those that name a synced table after INSERT, UPDATE or DELETE are refused.
    private mutating func checkTriggers(_ schema: SyncedSchema, _ db: Database) throws {
        let triggers = try Row.fetchAll(
            db, sql: "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND name NOT LIKE 'sanji!_%' ESCAPE '!'")
        for trigger in triggers {
            let written = SQLTokens(trigger["sql"]).writtenTables
            for table in schema.tables where written.contains(table.name.lowercased()) {
                problems.append(.trigger(table.name, trigger["name"]))
            }
        }
    }
}

/// A CHECK constraint over the columns of one cell.
struct CellCheck: Sendable, Hashable {
    let cell: Int
    let expression: String
}

extension CellValue {
    package init(_ value: DatabaseValue) {
        switch value.storage {
        case .null: self = .null
        case .int64(let number): self = .integer(number)
        case .double(let number): self = .real(number)
        case .string(let text): self = .text(text)
        case .blob(let data): self = .blob([UInt8](data))
        }
    }
}
