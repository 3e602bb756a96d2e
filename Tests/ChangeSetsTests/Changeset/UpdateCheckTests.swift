import ChangeSets
import Testing

@Suite struct `An update in a body` {
    private func refusal(_ old: [Int: CellValue], _ new: [Int: CellValue]) throws -> RefusedBody? {
        let update = TestTables.familyUpdate(old, new)
        return try refusal { $0.appendUpdate(TestTables.family, old: update.old, new: update.new) }
    }

    private func refusal(_ write: (inout ChangesetWriter) -> Void) throws -> RefusedBody? {
        let body = try ParsedChangeset(ChangesetWriter.body(write))
        do {
            _ = try BodyCheck(schema: TestTables.schema, scope: TestTables.scope, authorTier: .village).check(body)
            return nil
        } catch {
            return error
        }
    }

    @Test func `carries old and new of whole cells`() throws {
        #expect(try refusal([2: .null], [2: .text("1")]) == nil)
        #expect(try refusal([3: .text("a"), 4: .null], [3: .text("b"), 4: .null]) == nil)
        #expect(try refusal([2: .text("1"), 6: .null], [2: .null, 6: .blob([1])]) == nil)
    }

    @Test func `may write what is there already: that is how a conflict is closed`() throws {
        #expect(try refusal([2: .text("1")], [2: .text("1")]) == nil)
        #expect(try refusal([3: .text("a"), 4: .null], [3: .text("a"), 4: .null]) == nil)
    }

    @Test func `with part of a group, or half of a cell, is refused`() throws {
        #expect(try refusal([3: .text("a")], [3: .text("b")]) == .partOfGroup("family", "number"))
        #expect(try refusal([4: .null], [4: .text("1")]) == .partOfGroup("family", "number"))
        #expect(try refusal([3: .text("a"), 4: .null], [3: .text("b")]) == .partOfGroup("family", "number"))
        #expect(try refusal([3: .text("a")], [3: .text("b"), 4: .null]) == .partOfGroup("family", "number"))
        #expect(try refusal([:], [2: .text("1")]) == .partOfGroup("family", "phone"))
        #expect(try refusal([2: .text("1")], [:]) == .partOfGroup("family", "phone"))
    }

    @Test func `that writes nothing is refused`() throws {
        #expect(try refusal([:], [:]) == .emptyUpdate("family"))
    }

    @Test func `that changes a key or the area is refused`() throws {
        #expect(try refusal([2: .null], [1: .blob([2]), 2: .text("1")]) == .value("family", "id"))
        #expect(try refusal([2: .null], [0: .text(TestTables.area), 2: .text("1")]) == .value("family", "area"))
    }

    @Test func `that names no key is refused`() throws {
        let nothing = [CellValue?](repeating: nil, count: 7)
        var old = nothing
        old[1] = .blob([1])
        let new = nothing.prefix(2) + [.text("1")] + nothing.dropFirst(3)
        #expect(
            try refusal { $0.appendUpdate(TestTables.family, old: old, new: Array(new)) }
                == .foreignArea("family", TestTables.scope))
        old = nothing
        old[0] = .text(TestTables.area)
        #expect(try refusal { $0.appendUpdate(TestTables.family, old: old, new: Array(new)) } == .value("family", "id"))
    }

    @Test func `with a value that breaks its column is refused, old or new`() throws {
        #expect(try refusal([2: .null], [2: .integer(1)]) == .value("family", "phone"))
        #expect(try refusal([2: .integer(1)], [2: .null]) == .value("family", "phone"))
        #expect(try refusal([3: .text("a"), 4: .null], [3: .null, 4: .null]) == .value("family", "name"))
        #expect(try refusal([6: .null], [6: .real(.nan)]) == .value("family", "extra"))
    }

    @Test func `of a row that the body writes before is refused, also under another table header`() throws {
        let row = TestTables.familyRow(1)
        let (old, new) = TestTables.familyUpdate([2: .null], [2: .text("1")])
        let bodies: [(inout ChangesetWriter) -> Void] = [
            {
                $0.appendInsert(TestTables.family, values: row); $0.appendInsert(TestTables.family, values: row)
            },
            {
                $0.appendInsert(TestTables.family, values: row); $0.appendUpdate(TestTables.family, old: old, new: new)
            },
            {
                $0.appendDelete(TestTables.family, values: row); $0.appendInsert(TestTables.family, values: row)
            },
            {
                $0.appendInsert(TestTables.family, values: row)
                $0.appendInsert(TestTables.stock, values: TestTables.stockRow("a", 1))
                $0.appendDelete(TestTables.family, values: row)
            },
        ]
        for body in bodies { #expect(try refusal(body) == .repeatedRow("family")) }
    }

    /// The keys have the same bytes one after the other, and so the same quick hash.
    @Test func `of a row that only resembles another is not refused`() throws {
        let pair = SyncedTable(
            "pair", key: [SyncedColumn("one", .text), SyncedColumn("two", .text)], areas: [.village],
            cells: [.column("text", .text, .nearest)])
        let rows = (1..<20).map { place -> [CellValue] in
            let letters = Array(repeating: "x", count: 20)
            let (one, two) = (letters.prefix(place), letters.dropFirst(place))
            return [
                .text(TestTables.area), .text(one.joined(separator: "\u{3}")), .text(two.joined(separator: "\u{3}")),
                .null,
            ]
        }
        let check = BodyCheck(
            schema: SyncedSchema(version: 1, tables: [pair]), scope: TestTables.scope, authorTier: .village)
        func body(_ rows: [[CellValue]]) throws -> ParsedChangeset {
            try ParsedChangeset(
                ChangesetWriter.body { for row in rows { $0.appendInsert(ChangesetTable(pair), values: row) } })
        }
        #expect(try check.check(body(rows)).count == 1)
        #expect(throws: RefusedBody.repeatedRow("pair")) { try check.check(body(rows + [rows[3]])) }
    }
}
