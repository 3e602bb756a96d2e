import ChangeSets
import Foundation
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
                let isCounter = cell.columns.map { $0.type == .integer && $0.notNull && $0.defaultValue == .integer(0) }
                if isCounter != [true] { problems.append(.counterColumn(table.name, cell.name)) }
            }
            for column in cell.columns {
                // An insert by another tier leaves the default there.
                let isNeeded = cell.writers != nil && column.notNull
                let isUsable = column.defaultValue == .null ? !isNeeded : column.type.holds(column.defaultValue)
                if !isUsable { problems.append(.noUsableDefault(table.name, column.name)) }
            }
        }
        let mayAdd = table.adders?.contains { tier in tier <= table.audience && table.areas.contains { tier <= $0 } }
        if mayAdd == false { problems.append(.nobodyAdds(table.name)) }
        for column in table.key where column.type == .real || column.type == .any {
            problems.append(.keyType(table.name, column.name))
        }
        checkNames(table)
        for reference in table.references {
            let key = schema.table(named: reference.table)?.key.count
            let known = reference.columns.allSatisfy { name in table.columns.contains { $0.name == name } }
            if key != reference.columns.count || !known { problems.append(.reference(table.name, reference.table)) }
        }
    }

    /// Names stand in the engine's own SQL and in every body.
    private mutating func checkNames(_ table: SyncedTable) {
        func isUsable(_ name: String) -> Bool {
            !name.isEmpty && name.utf8.count <= Limits.tableNameBytesMax && !name.contains { "\"'`\0".contains($0) }
        }
        let isReserved = table.name.lowercased().hasPrefix("sanji_") && !DirectorySchema.names.contains(table.name)
        if isReserved || !isUsable(table.name) { problems.append(.name(table.name)) }
        for column in table.columns where !isUsable(column.name) || column.name.lowercased() == "rowid" {
            problems.append(.name("\(table.name).\(column.name)"))
        }
        let count = table.columns.count
        if count > Limits.columnsMax { problems.append(.tooManyColumns(table.name, count)) }
    }

    private mutating func checkFile(_ table: SyncedTable, _ db: Database) throws {
        guard
            let listed = try Row.fetchOne(
                db,
                sql: "SELECT wr, strict FROM pragma_table_list WHERE schema = 'main' AND name = ? AND type = 'table'",
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
        let constraints = CheckConstraints(createTable: sql ?? "")
        problems += constraints.collations.filter { $0 != "binary" }.map { .collation(table.name, $0) }
        for check in constraints.expressions {
            let touched = table.cells.indices.filter { index in
                table.cells[index].columns.contains { check.names.contains($0.name.lowercased()) }
            }
            let key = [table.areaColumn] + table.key.map(\.name) + ["rowid", "oid", "_rowid_"]
            guard touched.count == 1, !key.contains(where: { check.names.contains($0.lowercased()) }) else {
                problems.append(.checkAcrossCells(table.name, check.sql))
                continue
            }
            guard table.cells[touched[0]].rule != .counter else {
                problems.append(.checkOnCounter(table.name, table.cells[touched[0]].name))
                continue
            }
            let cellCheck = CellCheck(cell: touched[0], expression: check.sql, of: table)
            checks[table.name, default: []].append(cellCheck)
            try tryDefault(cellCheck, check.sql, table, db)
        }
    }

    /// A row shows the default of a cell that nobody wrote; merging must never fail on it.
    private mutating func tryDefault(_ check: CellCheck, _ sql: String, _ table: SyncedTable, _ db: Database) throws {
        let cell = table.cells[check.cell]
        let defaults = StatementArguments(cell.columns.map { $0.defaultValue.databaseValue })
        do {
            let broken = try Bool.fetchOne(db, sql: check.query, arguments: defaults)
            if broken == true { problems.append(.defaultBreaksCheck(table.name, cell.name)) }
        } catch is DatabaseError {
            problems.append(.check(table.name, sql))
        }
    }

    /// Any trigger may write: those that name a synced table after INSERT, UPDATE or DELETE are refused.
    private mutating func checkTriggers(_ schema: SyncedSchema, _ db: Database) throws {
        let triggers = try Row.fetchAll(
            db,
            sql:
                "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND name NOT LIKE 'sanji!_guard!_%' ESCAPE '!'"
        )
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
    /// A row when values break it over their cell's columns alone, given as ?1, ?2, …: short-circuits as a CHECK does.
    let query: String

    init(cell: Int, expression: String, of table: SyncedTable) {
        let columns = table.cells[cell].columns.enumerated().map { index, column in
            // A cast changes no value of a STRICT column; it gives comparisons the column's affinity.
            let value = column.type == .any ? "?\(index + 1)" : "CAST(?\(index + 1) AS \(column.type.rawValue))"
            return "\(value) AS \"\(column.name)\""
        }
        self.cell = cell
        query =
            "SELECT 1 FROM (SELECT \(columns.joined(separator: ", "))) AS \"\(table.name)\" WHERE NOT (\(expression))"
    }
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

    var databaseValue: DatabaseValue {
        switch self {
        case .null: .null
        case .integer(let number): number.databaseValue
        case .real(let number): number.databaseValue
        case .text(let text): text.databaseValue
        case .blob(let bytes): Data(bytes).databaseValue
        }
    }
}

extension ColumnType {
    /// Whether a STRICT column of this type keeps the value as it is.
    fileprivate func holds(_ value: CellValue) -> Bool {
        switch (self, value) {
        case (.any, _), (.integer, .integer), (.real, .real), (.text, .text), (.blob, .blob): true
        case (.integer, _), (.real, _), (.text, _), (.blob, _): false
        }
    }
}
