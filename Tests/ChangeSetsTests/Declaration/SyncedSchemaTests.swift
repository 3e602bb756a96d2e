import ChangeSets
import Testing

@Suite struct `A declared schema` {
    let schema = TestTables.schema

    @Test func `finds its tables by name`() {
        #expect(schema.table(named: "visit")?.name == "visit")
        #expect(schema.tableIndex(named: "visit") == 2)
        #expect(schema.table(named: "Visit") == nil)
        #expect(schema.tableIndex(named: "") == nil)
    }

    @Test func `of two tables of one name has the first`() {
        let twice = SyncedSchema(
            version: 1,
            tables: [
                SyncedTable("t", areas: [.village], cells: []), SyncedTable("t", areas: [.town], cells: []),
            ])
        #expect(twice.table(named: "t")?.areas == [.village])
    }

    @Test func `knows its audiences, the lowest tier last`() {
        #expect(schema.audiences == [.town, .village])
    }

    @Test func `has its columns in file order: area, key, cells`() throws {
        let family = try #require(schema.table(named: "family"))
        #expect(family.columns.map(\.name) == ["area", "id", "phone", "name", "number", "category", "extra"])
        #expect(family.valueColumns.map(\.name) == ["phone", "name", "number", "category", "extra"])
        #expect(family.columns[0].type == .text)
        #expect(family.cellRanges == [2..<3, 3..<5, 5..<6, 6..<7])
        let stock = try #require(schema.table(named: "stock"))
        #expect(stock.columns.map(\.name) == ["area", "kind", "slot", "amount", "ratio"])
        #expect(stock.cellRanges == [3..<4, 4..<5])
    }

    @Test func `tells groups and counters`() throws {
        let family = try #require(schema.table(named: "family"))
        #expect(family.cells.map(\.isGroup) == [false, true, false, false])
        #expect(!family.hasCounter)
        #expect(try #require(schema.table(named: "stock")).hasCounter)
    }

    @Test func `a history is sorted by version; the newest is the current one`() {
        let history = SchemaHistory([3, 1, 2].map { SyncedSchema(version: $0, tables: []) })
        #expect(history.versions.map(\.version) == [1, 2, 3])
        #expect(history.current.version == 3)
        #expect(history.version(2)?.version == 2)
        #expect(history.version(4) == nil)
        #expect(history.version(0) == nil)
    }
}
