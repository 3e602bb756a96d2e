import ChangeSets
import Testing

@Suite struct `What a change writes, cell by cell` {
    private func judged(
        by tier: Tier, _ table: SyncedTable, cellCount: Int? = nil, _ write: (inout ChangesetWriter) -> Void
    ) throws -> JudgedChange {
        let body = try ParsedChangeset(ChangesetWriter.body(write))
        return JudgedChange(
            body.changes[0], of: body, table, cellCount: cellCount ?? table.cells.count, authorTier: tier)
    }

    private let family = TestTables.schema.table(named: "family")!
    private let stock = TestTables.schema.table(named: "stock")!

    @Test func `an insert writes every cell`() throws {
        let change = try judged(by: .town, family) {
            $0.appendInsert(TestTables.family, values: TestTables.familyRow(1) { $0[5] = .text("A") })
        }
        let cells = try #require(change.inserted)
        #expect(cells == [[.text("123")], [.text("甲"), .null], [.text("A")], [.integer(4)]])
        #expect(change.refusedCells.isEmpty)
    }

    @Test func `an update writes the cells it carries`() throws {
        let (old, new) = TestTables.familyUpdate([3: .text("a"), 4: .null], [3: .text("b"), 4: .text("1")])
        let change = try judged(by: .village, family) { $0.appendUpdate(TestTables.family, old: old, new: new) }
        let cells = try #require(change.updated)
        #expect(cells == [nil, [.text("b"), .text("1")], nil, nil])
    }

    @Test func `a cell of another tier is refused, and the rest stands`() throws {
        let (old, new) = TestTables.familyUpdate([2: .null, 5: .null], [2: .text("1"), 5: .text("A")])
        let change = try judged(by: .village, family) { $0.appendUpdate(TestTables.family, old: old, new: new) }
        let cells = try #require(change.updated)
        #expect(cells == [[.text("1")], nil, nil, nil])
        #expect(change.refusedCells == [2])
    }

    @Test func `an insert that leaves another tier's cell at its default is no write there, and no offence`() throws {
        for (value, refused) in [(CellValue.null, []), (.text("A"), [2])] {
            let change = try judged(by: .village, family) {
                $0.appendInsert(TestTables.family, values: TestTables.familyRow(1) { $0[5] = value })
            }
            let cells = try #require(change.inserted)
            #expect(cells[2] == nil)
            #expect(change.refusedCells == refused)
        }
    }

    @Test func `an update of another tier's cell to its default is refused all the same`() throws {
        let (old, new) = TestTables.familyUpdate([5: .text("A")], [5: .null])
        let change = try judged(by: .village, family) { $0.appendUpdate(TestTables.family, old: old, new: new) }
        #expect(change.refusedCells == [2])
    }

    @Test(
        arguments: [
            (1, 5, 4), (5, 1, -4), (3, 3, 0), (Int64.max, .min, 1), (.min, .max, -1), (0, .min, .min),
        ] as [(Int64, Int64, Int64)])
    func `a counter's update is a difference, modulo 2⁶⁴`(old: Int64, new: Int64, difference: Int64) throws {
        let key: [CellValue?] = [.text(TestTables.area), .text("a"), .integer(1)]
        let change = try judged(by: .village, stock) {
            $0.appendUpdate(
                TestTables.stock, old: key + [.integer(old), nil], new: [nil, nil, nil, .integer(new), nil])
        }
        let cells = try #require(change.updated)
        #expect(cells == [[.integer(difference)], nil])
    }

    @Test func `a counter's insert is its value`() throws {
        let change = try judged(by: .village, stock) {
            $0.appendInsert(TestTables.stock, values: TestTables.stockRow("a", 1, amount: -3))
        }
        let cells = try #require(change.inserted)
        #expect(cells == [[.integer(-3)], [.real(0.5)]])
    }

    @Test func `a delete writes no cell`() throws {
        let change = try judged(by: .village, family) {
            $0.appendDelete(TestTables.family, values: TestTables.familyRow(1))
        }
        #expect(change.inserted == nil && change.updated == nil)
        #expect(change.refusedCells.isEmpty)
    }

    @Test func `cells that were appended to the table since are not written`() throws {
        let change = try judged(by: .village, family, cellCount: 6) {
            $0.appendInsert(TestTables.family, values: TestTables.familyRow(1))
        }
        let cells = try #require(change.inserted)
        #expect(cells.map { $0 == nil } == [false, false, true, false, true, true])
    }
}

extension JudgedChange {
    fileprivate var inserted: [[CellValue]?]? {
        if case .insert(let cells) = effect { cells } else { nil }
    }

    fileprivate var updated: [[CellValue]?]? {
        if case .update(let cells) = effect { cells } else { nil }
    }
}
