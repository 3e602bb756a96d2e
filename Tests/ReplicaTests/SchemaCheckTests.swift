import ChangeSets
import GRDB
import TestReplicas
import Testing

@testable import Replica

@Suite struct `A declaration and its file` {
    private static let longName = String(repeating: "a", count: 101)
    private static let manyColumns = (0..<199).map { "c\($0)" }

    static let tables: [BrokenTable] = [
        .init("a sound table has no problems"),
        .init("a declared table exists", all: "x", end: ")", more: "DROP TABLE t", .missingTable("t")),
        .init("a table is STRICT", end: ")", .notStrict("t")),
        .init("a table has row ids", end: ") STRICT, WITHOUT ROWID", .withoutRowID("t")),
        .init(
            "columns stand as declared", "b TEXT, a TEXT",
            .columns("t", declared: ["area", "id", "a"], file: ["area", "id", "b", "a"])),
        .init("types are as declared", "a BLOB", .columnType("t", "a", declared: "TEXT", file: "BLOB")),
        .init(
            "the key's type is as declared", key: [.init("id", .text)],
            .columnType("t", "id", declared: "TEXT", file: "BLOB")),
        .init("NOT NULL is as declared", "a TEXT NOT NULL", .notNull("t", "a")),
        .init(
            "a default is as declared", "a TEXT DEFAULT 'x'",
            .defaultValue("t", "a", declared: "NULL", file: "'x'")),
        .init(
            "a key begins with the area", all: "area TEXT NOT NULL, id BLOB NOT NULL, a TEXT, PRIMARY KEY (id)",
            .primaryKey("t", expected: ["area", "id"])),
        .init(
            "a table has a key: without one nothing is captured", all: "area TEXT NOT NULL, id BLOB NOT NULL, a TEXT",
            .primaryKey("t", expected: ["area", "id"])),
        .init(
            "a key is never NULL: such rows are not captured",
            all: "area TEXT, id BLOB NOT NULL, a TEXT, PRIMARY KEY (area, id)",
            end: ")", .notStrict("t"), .keyNullable("t", "area")),
        .init(
            "one number is one key", all: "area TEXT NOT NULL, id REAL NOT NULL, a TEXT, PRIMARY KEY (area, id)",
            key: [.init("id", .real)], .keyType("t", "id")),
        .init("nothing else is UNIQUE", "a TEXT UNIQUE", .uniqueIndex("t", "sqlite_autoindex_t_1")),
        .init("no index is UNIQUE", more: "CREATE UNIQUE INDEX i ON t (a)", .uniqueIndex("t", "i")),
        .init(
            "references are told to the engine", "a TEXT REFERENCES other(x) ON DELETE CASCADE",
            .foreignKey("t", "other")),
        .init(
            "a CHECK keeps to one cell", "a TEXT, b TEXT, CHECK (a <> b)",
            cells: [.column("a", .text, .nearest), .column("b", .text, .nearest)], .checkAcrossCells("t", "a <> b")),
        .init(
            "a CHECK within a group is fine", "a TEXT, b TEXT, CHECK (a <> b)",
            cells: [.group("g", .nearest, [.init("a", .text), .init("b", .text)])]),
        .init(
            "a CHECK leaves the key alone", "a TEXT CHECK (length(a) < length(id))",
            .checkAcrossCells("t", "length(a) < length(id)")),
        .init("a CHECK leaves the row id alone", "a TEXT CHECK (a > rowid)", .checkAcrossCells("t", "a > rowid")),
        .init(
            "a CHECK accepts the default", "a TEXT NOT NULL DEFAULT '' CHECK (length(t.a) > 0)",
            cells: [.column("a", .text, notNull: true, default: .text(""), .nearest)], .defaultBreaksCheck("t", "a")),
        .init("a CHECK can be evaluated by itself", "a TEXT CHECK (main.t.a > 0)", .check("t", "main.t.a > 0")),
        .init(
            "values compare by their bytes", "a TEXT COLLATE NOCASE CHECK (a COLLATE RTRIM <> 'x')",
            .collation("t", "nocase")),
        .init("a column is stored", "a TEXT AS (id) STORED", .generatedColumn("t", "a")),
        .init(
            "no trigger writes a synced table",
            more:
                "CREATE TABLE u (x); CREATE TRIGGER sanji_u AFTER INSERT ON u BEGIN UPDATE OR REPLACE t SET a = 1; END",
            .trigger("t", "sanji_u")),
        .init(
            "a trigger may write a local table",
            more: "CREATE TABLE u (x); CREATE TRIGGER v AFTER INSERT ON t BEGIN INSERT INTO u VALUES (1); END"),
        .init(
            "a counter is INTEGER NOT NULL", "a INTEGER DEFAULT 0",
            cells: [.column("a", .integer, default: .integer(0), .counter)], .counterColumn("t", "a")),
        .init(
            "a counter begins at 0", "a INTEGER NOT NULL DEFAULT 1",
            cells: [.column("a", .integer, notNull: true, default: .integer(1), .counter)], .counterColumn("t", "a")),
        .init(
            "a counter is no group", "a INTEGER NOT NULL DEFAULT 0, b TEXT",
            cells: [
                .group("g", .counter, [.init("a", .integer, notNull: true, default: .integer(0)), .init("b", .text)])
            ], .counterColumn("t", "g")),
        .init(
            "what not every tier writes has a default", "a TEXT NOT NULL",
            cells: [.column("a", .text, notNull: true, .nearest, writers: [.town])], .noUsableDefault("t", "a")),
        .init(
            "a default is of the column's type", "a TEXT DEFAULT 1",
            cells: [.column("a", .text, default: .integer(1), .nearest)], .noUsableDefault("t", "a")),
        .init(
            "somebody may add rows to an append-only table", "a TEXT, b TEXT", appendOnly: true,
            cells: [
                .column("a", .text, .highest, writers: [.town]), .column("b", .text, .highest, writers: [.district]),
            ], .nobodyAdds("t")),
        .init(
            "whoever adds rows may write where they lie", appendOnly: true,
            cells: [.column("a", .text, .highest, writers: [.village])], areas: [.district], .nobodyAdds("t")),
        .init("a reference leads to a declared table", references: [.init(["a"], to: "u")], .reference("t", "u")),
        .init("a reference has the key's columns", references: [.init(["a", "id"], to: "t")], .reference("t", "t")),
        .init(
            "a column is declared once", "a TEXT, b TEXT",
            cells: [.column("a", .text, .nearest), .column("A", .text, .nearest)], .duplicate("t.A"),
            .columns("t", declared: ["area", "id", "a", "A"], file: ["area", "id", "a", "b"])),
        .init(
            "a group has columns", cells: [.column("a", .text, .nearest), .group("g", .nearest, [])],
            .emptyCell("t", "g")),
        .init(
            "a name fits into a body", "\(longName) TEXT", cells: [.column(longName, .text, .nearest)],
            .name("t.\(longName)")),
        .init("no column hides the row id", "rowid TEXT", cells: [.column("rowid", .text, .nearest)], .name("t.rowid")),
        .init(
            "a row fits into a body", manyColumns.map { "\($0) TEXT" }.joined(separator: ", "),
            cells: manyColumns.map { .column($0, .text, .nearest) }, .tooManyColumns("t", 201)),
    ]

    @Test(arguments: tables)
    func `is refused when a rule is broken`(broken: BrokenTable) throws {
        let queue = try DatabaseQueue()
        let problems = try queue.write { db in
            try db.execute(sql: broken.sql)
            return try SchemaCheck(SyncedSchema(version: 1, tables: [broken.table]), in: db).problems
        }
        #expect(Set(problems) == broken.problems)
        #expect(problems.allSatisfy { !$0.remedy.isEmpty && $0.description.hasSuffix($0.remedy) })
    }

    @Test func `a table is declared once, and not with a name of the engine's`() throws {
        let queue = try DatabaseQueue()
        let cells = [SyncedCell.column("a", .text, .nearest)]
        let tables = ["sanji_x", "t", "t"].map { SyncedTable($0, areas: [.village], cells: cells) }
        let problems = try queue.write { db in
            for name in ["sanji_x", "t"] {
                try db.execute(
                    sql:
                        "CREATE TABLE \(name) (area TEXT NOT NULL, id BLOB NOT NULL, a TEXT, PRIMARY KEY (area, id)) STRICT"
                )
            }
            return try SchemaCheck(SyncedSchema(version: 1, tables: tables), in: db).problems
        }
        #expect(problems == [.name("sanji_x"), .duplicate("t")])
    }

    @Test func `a replica with problems does not open, and says all of them`() throws {
        let broken = DomainSchema(
            versions: [SyncedSchema(version: 1, tables: [BrokenTable("", "a BLOB").table])],
            migrations: [("broken", BrokenTable("", "a BLOB UNIQUE").sql)])
        let error = #expect(throws: SchemaProblems.self) { try TestTree(["330106"], domain: broken) }
        #expect(
            error?.problems == [
                .columnType("t", "a", declared: "TEXT", file: "BLOB"), .uniqueIndex("t", "sqlite_autoindex_t_1"),
            ])
    }
}
