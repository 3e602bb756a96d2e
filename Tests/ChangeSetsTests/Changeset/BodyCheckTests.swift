import ChangeSets
import Testing

@Suite struct `Checking a body against its declaration` {
    private func refusal(
        _ scope: Scope = TestTables.scope, _ write: (inout ChangesetWriter) -> Void
    ) throws -> RefusedBody? {
        let body = try ParsedChangeset(ChangesetWriter.body(write))
        do {
            let tables = try BodyCheck(schema: TestTables.schema, scope: scope, authorTier: .village).check(body)
            #expect(tables.map(\.name) == body.tables.map(\.name))
            return nil
        } catch {
            return error
        }
    }

    private func refusalOfInsert(_ change: (inout [CellValue]) -> Void) throws -> RefusedBody? {
        try refusal { $0.appendInsert(TestTables.family, values: TestTables.familyRow(1, change)) }
    }

    @Test func `a body that keeps to it is let through`() throws {
        let refusal = try refusal { writer in
            writer.appendInsert(TestTables.family, values: TestTables.familyRow(1))
            writer.appendInsert(TestTables.family, values: TestTables.familyRow(2) { $0[6] = .null })
            writer.appendDelete(TestTables.family, values: TestTables.familyRow(3))
            writer.appendInsert(TestTables.stock, values: TestTables.stockRow("a", 1))
            writer.appendInsert(TestTables.visit, values: [.text(TestTables.area), .blob([1]), .text("")])
        }
        #expect(refusal == nil)
    }

    @Test func `an empty body is let through`() throws { #expect(try refusal { _ in } == nil) }

    @Test func `a table that is not declared is refused`() throws {
        let table = ChangesetTable(name: "sqlite_master", columnCount: 2, isKey: [true, true])
        #expect(try refusal { $0.appendInsert(table, values: [.null, .null]) } == .unknownTable("sqlite_master"))
    }

    @Test func `a table of another audience or of areas of another tier is refused`() throws {
        for name in ["complaint", "law"] {
            let table = ChangesetTable(TestTables.schema.table(named: name)!)
            let refused = try refusal { $0.appendInsert(table, values: [.text(TestTables.area), .blob([1]), .null]) }
            #expect(refused == .foreignTable(name, TestTables.scope))
        }
        let town = Scope(area: try OfficeCode("330106109"), audience: .village)
        let refused = try refusal(town) { $0.appendInsert(TestTables.stock, values: TestTables.stockRow("a", 1)) }
        #expect(refused == .foreignTable("stock", town))
    }

    @Test func `another number of columns, or another key, is refused`() throws {
        let row = TestTables.familyRow(1)
        let flags = TestTables.family.isKey
        let wrong = [
            ChangesetTable(name: "family", columnCount: 6, isKey: Array(flags.dropLast())),
            ChangesetTable(name: "family", columnCount: 8, isKey: flags + [false]),
            ChangesetTable(name: "family", columnCount: 7, isKey: [true] + [Bool](repeating: false, count: 6)),
            ChangesetTable(name: "family", columnCount: 7, isKey: [Bool](repeating: true, count: 7)),
        ]
        for table in wrong {
            let values = (row + [.null]).prefix(table.columnCount)
            #expect(try refusal { $0.appendInsert(table, values: Array(values)) } == .columns("family"))
        }
    }

    @Test func `a row outside the header's area is refused, whatever names it`() throws {
        let foreign = RefusedBody.foreignArea("family", TestTables.scope)
        for area in [
            .text("330106109013"), .text("330106109"), .text("330106109012 "), .text(""), .null,
            .integer(330_106_109_012),
            .blob(Array(TestTables.area.utf8)),
        ] as [CellValue] {
            let row = TestTables.familyRow(1) { $0[0] = area }
            #expect(try refusal { $0.appendInsert(TestTables.family, values: row) } == foreign)
            #expect(try refusal { $0.appendDelete(TestTables.family, values: row) } == foreign)
        }
    }

    @Test func `a key of another type, or NULL, is refused`() throws {
        for key in [.null, .text("x"), .integer(1)] as [CellValue] {
            #expect(try refusalOfInsert { $0[1] = key } == .value("family", "id"))
        }
        var row = TestTables.stockRow("a", 1)
        row[2] = .text("1")
        #expect(try refusal { $0.appendInsert(TestTables.stock, values: row) } == .value("stock", "slot"))
    }

    @Test func `a value that breaks its column's type or NOT NULL is refused`() throws {
        #expect(try refusalOfInsert { $0[2] = .integer(1) } == .value("family", "phone"))
        #expect(try refusalOfInsert { $0[2] = .blob([]) } == .value("family", "phone"))
        #expect(try refusalOfInsert { $0[2] = .null } == nil)
        #expect(try refusalOfInsert { $0[3] = .null } == .value("family", "name"))
        var row = TestTables.stockRow("a", 1)
        row[3] = .real(1)
        #expect(try refusal { $0.appendInsert(TestTables.stock, values: row) } == .value("stock", "amount"))
        row = TestTables.stockRow("a", 1)
        row[4] = .integer(1)
        #expect(try refusal { $0.appendInsert(TestTables.stock, values: row) } == .value("stock", "ratio"))
    }

    @Test func `a number that SQLite would not give back is refused`() throws {
        for number in [Double.nan, -.nan, .signalingNaN, .infinity, -0.0] {
            #expect(try refusalOfInsert { $0[6] = .real(number) } == .value("family", "extra"))
            var row = TestTables.stockRow("a", 1)
            row[4] = .real(number)
            #expect(try refusal { $0.appendInsert(TestTables.stock, values: row) } == .value("stock", "ratio"))
        }
        #expect(try refusalOfInsert { $0[6] = .real(-1) } == nil)
    }

    @Test func `an append-only table takes inserts alone`() throws {
        let row: [CellValue] = [.text(TestTables.area), .blob([1]), .text("a")]
        #expect(try refusal { $0.appendDelete(TestTables.visit, values: row) } == .appendOnly("visit"))
        let refused = try refusal {
            $0.appendUpdate(TestTables.visit, old: row.map { $0 }, new: [nil, nil, .text("b")])
        }
        #expect(refused == .appendOnly("visit"))
    }

    @Test func `who may not write every cell of an append-only table adds no row to it, not even an empty one`() throws
    {
        let table = SyncedTable(
            "ruling", areas: [.village], appendOnly: true,
            cells: [
                .column("amount", .integer, .highest, writers: [.town, .district]), .column("note", .text, .nearest),
                .column("seal", .text, .highest, writers: [.district]),
            ])
        let schema = SyncedSchema(version: 1, tables: [table])
        let key: [CellValue] = [.text(TestTables.area), .blob([1])]
        let row = ChangesetTable(table)
        let insert = try ParsedChangeset(
            ChangesetWriter.body { $0.appendInsert(row, values: key + [.null, .null, .null]) })
        let word = try ParsedChangeset(
            ChangesetWriter.body {
                $0.appendUpdate(row, old: key + [.null, nil, nil], new: [nil, nil, .null, nil, nil])
            })
        let refused = RefusedBody.foreignRow("ruling", adders: [.district])
        for tier in [Tier.village, .town] {
            let check = BodyCheck(schema: schema, scope: TestTables.scope, authorTier: tier)
            #expect(throws: refused) { try check.check(insert) }
            // A word that a value stands is judged cell by cell.
            #expect(try check.check(word).map(\.name) == ["ruling"])
        }
        let district = BodyCheck(schema: schema, scope: TestTables.scope, authorTier: .district)
        #expect(try district.check(insert).map(\.name) == ["ruling"])
        #expect(refused.description == "only the district may add rows to ruling")
    }
}
