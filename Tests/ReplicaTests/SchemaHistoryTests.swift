import ChangeSets
import GRDB
import TestReplicas
import Testing

@testable import Replica

@Suite struct `Released schema versions` {
    private static let phone = SyncedCell.column("phone", .text, .nearest)
    private static let stock = SyncedCell.column("stock", .integer, notNull: true, default: .integer(0), .counter)
    private static let name = SyncedCell.group("name", .nearest, [.init("first", .text), .init("last", .text)])

    private func table(
        _ cells: [SyncedCell] = [phone, stock, name], key: [SyncedColumn] = [.init("id", .blob)], area: String = "area",
        audience: Tier = .village, appendOnly: Bool = false
    ) -> SyncedTable {
        SyncedTable(
            "t", areaColumn: area, key: key, areas: [.village], audience: audience, appendOnly: appendOnly, cells: cells
        )
    }

    /// What the second of two versions does wrong.
    private func problems(_ tables: SyncedTable...) -> [SchemaProblem] {
        SchemaHistory([SyncedSchema(version: 1, tables: [table()]), SyncedSchema(version: 2, tables: tables)]).problems
    }

    @Test func `may add tables, append cells, and change rules and rights`() {
        let appended = SyncedCell.column("note", .text, .highest)
        let needed = SyncedCell.column("level", .integer, notNull: true, default: .integer(3), .maximum)
        let highest = SyncedCell.column("phone", .text, .highest, writers: [.town], quiet: true)
        let other = SyncedTable("u", areas: [.village], cells: [appended])
        #expect(problems(table([highest, Self.stock, Self.name, appended, needed]), other).isEmpty)
    }

    @Test func `keep every table, its key, area and audience`() {
        #expect(problems() == [.tableRemoved("t", version: 2)])
        #expect(problems(table(key: [.init("id", .text)])) == [.changed("t", "the key", version: 2)])
        #expect(
            problems(table(key: [.init("id", .blob), .init("n", .integer)])) == [.changed("t", "the key", version: 2)])
        #expect(problems(table(area: "place")) == [.changed("t", "the key", version: 2)])
        #expect(problems(table(audience: .town)) == [.changed("t", "the audience", version: 2)])
        #expect(problems(table(appendOnly: true)) == [.changed("t", "append-only", version: 2)])
    }

    @Test func `keep every cell in its place, with its type, NOT NULL, default and group`() {
        func changed(_ what: String...) -> [SchemaProblem] { what.map { .changed("t", $0, version: 2) } }
        #expect(problems(table([Self.phone, Self.stock])) == changed("name"))
        #expect(problems(table([Self.stock, Self.phone, Self.name])) == changed("phone", "stock"))
        let number = SyncedCell.column("phone", .integer, .nearest)
        let required = SyncedCell.column("phone", .text, notNull: true, default: .text(""), .nearest)
        let usual = SyncedCell.column("phone", .text, default: .text("-"), .nearest)
        for cell in [number, required, usual] {
            #expect(problems(table([cell, Self.stock, Self.name])) == changed("phone"))
        }
        let larger = SyncedCell.group(
            "name", .nearest, [.init("first", .text), .init("last", .text), .init("x", .text)])
        #expect(problems(table([Self.phone, Self.stock, larger])) == changed("name"))
        let split = [SyncedCell.column("first", .text, .nearest), .column("last", .text, .nearest)]
        #expect(problems(table([Self.phone, Self.stock] + split)) == changed("name"))
    }

    @Test func `keep counters counters, and others not`() {
        let number = SyncedCell.column("stock", .integer, notNull: true, default: .integer(0), .maximum)
        #expect(problems(table([Self.phone, number, Self.name])) == [.changed("t", "counter of stock", version: 2)])
    }

    @Test func `give an added NOT NULL column a default`() {
        let needed = SyncedCell.column("level", .integer, notNull: true, .maximum)
        #expect(problems(table([Self.phone, Self.stock, Self.name, needed])) == [.noUsableDefault("t", "level")])
    }

    @Test func `are numbered once, and a replica holds to all this when it opens`() throws {
        let tables = TestDomain.version1.tables
        let twice = DomainSchema(
            versions: [TestDomain.version1, SyncedSchema(version: 1, tables: tables)],
            migrations: TestDomain.schema.migrations)
        let error = #expect(throws: SchemaProblems.self) { try TestTree(["330106"], domain: twice) }
        #expect(error?.problems == [.repeatedVersion(1)])
    }
}
