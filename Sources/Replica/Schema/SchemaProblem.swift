import ChangeSets

/// What is wrong with a declaration, or with the file under it. Each case says what to do.
package enum SchemaProblem: Error, Hashable, CustomStringConvertible {
    case missingTable(String)
    case notStrict(String)
    case withoutRowID(String)
    case columns(String, declared: [String], file: [String])
    case columnType(String, String, declared: String, file: String)
    case notNull(String, String)
    case defaultValue(String, String, declared: String, file: String)
    case primaryKey(String, expected: [String])
    case keyType(String, String)
    case keyNullable(String, String)
    case uniqueIndex(String, String)
    case foreignKey(String, String)
    case checkAcrossCells(String, String)
    case generatedColumn(String, String)
    case trigger(String, String)
    case counterColumn(String, String)
    case noUsableDefault(String, String)
    case nobodyAdds(String)
    case reference(String, String)
    case duplicate(String)
    case emptyCell(String, String)
    case checkOnCounter(String, String)
    case defaultBreaksCheck(String, String)
    case check(String, String)
    case collation(String, String)
    case name(String)
    case tooManyColumns(String, Int)
    case tableRemoved(String, version: UInt32)
    case changed(String, String, version: UInt32)
    case repeatedVersion(UInt32)

    package var description: String { "\(parts.what); \(parts.remedy)" }
    package var remedy: String { parts.remedy }

    private var parts: (what: String, remedy: String) {
        switch self {
        case .missingTable(let table):
            ("\(table) is declared but not in the file", "add a migration that creates it")
        case .notStrict(let table):
            ("\(table) is not STRICT, so a value's type would depend on who wrote it", "create it STRICT")
        case .withoutRowID(let table): ("\(table) is WITHOUT ROWID", "create it as an ordinary rowid table")
        case .columns(let table, let declared, let file):
            (
                "\(table) has the columns \(file.joined(separator: ", ")), declared are "
                    + "\(declared.joined(separator: ", "))",
                "put them in this order in both: area, key, then the cells as in the file; only append columns"
            )
        case .columnType(let table, let column, let declared, let file):
            ("\(table).\(column) is \(file) in the file and \(declared) in the declaration", "make them the same")
        case .notNull(let table, let column):
            ("\(table).\(column) is NOT NULL in one of file and declaration only", "make them the same")
        case .defaultValue(let table, let column, let declared, let file):
            ("\(table).\(column) has the default \(file) in the file and \(declared) declared", "make them the same")
        case .primaryKey(let table, let expected):
            (
                "the primary key of \(table) is not (\(expected.joined(separator: ", "))), and every change must carry its area",
                "create the table with this primary key, or declare the key it has"
            )
        case .keyNullable(let table, let column):
            (
                "\(table).\(column) is in the key without NOT NULL, and rows with a NULL key would not be captured",
                "add NOT NULL"
            )
        case .uniqueIndex(let table, let index):
            (
                "\(index) makes \(table) UNIQUE beyond its key, which two offices could break apart",
                "derive the key from those values (uuid5) instead"
            )
        case .foreignKey(let table, let other):
            ("\(table) has a foreign key to \(other)", "declare the reference to the engine, not to SQLite")
        case .checkAcrossCells(let table, let check):
            (
                "CHECK (\(check)) of \(table) spans different cells, which merge one by one",
                "put the columns into one group"
            )
        case .generatedColumn(let table, let column):
            ("\(table).\(column) is generated", "compute it where it is read, in a view")
        case .trigger(let table, let trigger):
            ("the trigger \(trigger) writes the synced table \(table)", "write it in the transaction itself")
        case .counterColumn(let table, let column):
            ("\(table).\(column) is a counter", "make it a single INTEGER NOT NULL DEFAULT 0 column")
        case .checkOnCounter(let table, let column):
            (
                "\(table).\(column) is a counter with a CHECK, which the sum of several offices' changes could break",
                "drop the CHECK and show what is out of bounds"
            )
        case .nobodyAdds(let table):
            (
                "\(table) is append-only, and no tier may write all of its cells, so that nobody could add a row",
                "name one tier in all of its cells that name writers"
            )
        case .noUsableDefault(let table, let column):
            (
                "\(table).\(column) is NOT NULL and not every tier writes it, or it was added later",
                "give it a default"
            )
        case .reference(let table, let other):
            (
                "\(table) declares a reference to \(other), which is not declared with a matching key",
                "declare \(other), and name one column of \(table) for each of its key columns"
            )
        case .duplicate(let name): ("\(name) is declared twice", "drop one of them or give it another name")
        case .emptyCell(let table, let cell):
            ("the group \(cell) of \(table) has no columns", "name its columns or leave the group out")
        case .keyType(let table, let column):
            ("\(table).\(column) is in the key, where 1 and 1.0 would be one row", "make it INTEGER, TEXT or BLOB")
        case .defaultBreaksCheck(let table, let cell):
            ("the default of \(table).\(cell) breaks its own CHECK", "let the CHECK accept it")
        case .check(let table, let check):
            ("CHECK (\(check)) of \(table) cannot be evaluated by itself", "write it more simply")
        case .collation(let table, let name):
            (
                "\(table) uses the collation \(name), and values merge by their bytes",
                "write COLLATE in the queries instead"
            )
        case .name(let name):
            (
                "the name \(name) cannot be used: no quotes, no more than \(Limits.tableNameBytesMax) bytes, "
                    + "no table sanji_…, no column rowid",
                "choose another"
            )
        case .tooManyColumns(let table, let count):
            ("\(table) has \(count) columns, more than \(Limits.columnsMax)", "split it")
        case .tableRemoved(let table, let version):
            ("\(table) is missing from schema version \(version), and versions only add tables", "keep it declared")
        case .changed(let table, let what, let version):
            (
                "schema version \(version) changes \(what) of \(table), and older change sets depend on it",
                "leave it as it was and append a new column"
            )
        case .repeatedVersion(let version):
            ("schema version \(version) is declared twice", "number the versions upward, each once")
        }
    }
}

/// All problems of one declaration.
package struct SchemaProblems: Error, CustomStringConvertible {
    package let problems: [SchemaProblem]
    package var description: String { problems.map(\.description).joined(separator: "\n") }
}
