import MergeModel
import Testing

@Suite struct `Inserts of append-only tables` {
    let district = Hand.district, town = Hand.town, village = Hand.village
    let table = Hand.appendOnly(.nearest)

    @Test func `a row written anew by someone who knows of it shows the first`() throws {
        let state = Hand.state(
            table,
            [
                district.writes(1, Hand.insert(.text("first"))),
                village.writes(1, Hand.insert(.text("anew")), knowing: [district: 1]),
                district.writes(2, Hand.insert(.text("by itself"))),
            ])
        #expect(
            state
                == ModelState(
                    rows: [
                        Hand.row: ModelRow(
                            isThere: true, shown: [.text("first")],
                            siblings: [[district.sibling(1, .text("first"))]], conflicts: [], openDeletes: [])
                    ],
                    refusedCells: [Hand.refused(village, 1), Hand.refused(district, 2)]))
    }

    @Test func `all cells of an insert that does not stand are refused, but for those it is older than`() {
        let table = ModelTable(
            name: "household",
            cells: [
                ModelCell(columns: [0], rule: .nearest), ModelCell(columns: [1], rule: .counter),
                ModelCell(columns: [2], rule: .highest, writers: [6, 12]), ModelCell(columns: [3], rule: .nearest),
            ],
            defaults: [.null, .integer(0), .text("open"), .null], appendOnly: true)
        let first = Hand.insert(.null, .integer(4), .text("open"))
        let anew = Hand.insert(.null, .integer(9), .text("open"))
        let state = Hand.state(
            table, [district.writes(1, first), village.writes(1, anew, knowing: [district: 1])])
        #expect(state.refusedCells == Set([0, 1, 2].map { Hand.refused(village, 1, cell: $0) }))
        #expect(state.rows[Hand.row]?.shown == [.null, .integer(4), .text("open"), .null])
    }

    @Test func `two inserts in ignorance of each other are siblings and in conflict`() {
        let state = Hand.state(
            table, [town.writes(1, Hand.insert(.text("t"))), village.writes(1, Hand.insert(.text("v")))])
        #expect(state.rows[Hand.row]?.siblings == [[village.sibling(1, .text("v")), town.sibling(1, .text("t"))]])
        #expect(state.rows[Hand.row]?.shown == [.text("v")])
        #expect(state.rows[Hand.row]?.conflicts == [0])
        #expect(state.refusedCells.isEmpty)
    }

    @Test func `equal values are no conflict`() throws {
        let row = try Hand.row(
            table, town.writes(1, Hand.insert(.text("a"))), village.writes(1, Hand.insert(.text("a"))))
        #expect(row.siblings[0].count == 2)
        #expect(row.conflicts.isEmpty)
    }

    /// By its context, that is: whose feed goes on without the first insert is no honest author.
    @Test func `an insert that covers only one that does not stand does stand`() {
        let state = Hand.state(
            table,
            [
                village.writes(1, Hand.insert(.text("v"))),
                town.writes(1, Hand.insert(.text("t")), knowing: [village: 1]),
                district.writes(1, Hand.insert(.text("d")), knowing: [town: 1]),
            ])
        #expect(state.rows[Hand.row]?.siblings == [[village.sibling(1, .text("v")), district.sibling(1, .text("d"))]])
        #expect(state.rows[Hand.row]?.conflicts == [0])
        #expect(state.refusedCells == [Hand.refused(town, 1)])
    }

    @Test func `an insert that covers only a refused change set stands`() throws {
        let row = try Hand.row(
            table,
            village.writes(1, Hand.insert(.text("v")), refused: true),
            town.writes(1, Hand.insert(.text("t")), knowing: [village: 1]))
        #expect(row.siblings == [[town.sibling(1, .text("t"))]])
    }

    @Test func `an insert that is older than all cells stands, and none that covers it`() {
        let state = Hand.state(
            table,
            [
                village.writes(1, Hand.insert()),
                district.writes(1, Hand.insert(.text("d")), knowing: [village: 1]),
            ])
        #expect(state.rows[Hand.row]?.isThere == true)
        #expect(state.rows[Hand.row]?.shown == [.null])
        #expect(state.refusedCells == [Hand.refused(district, 1)])
    }

    @Test func `a counter sums the inserts that stand and no update`() {
        let state = Hand.state(
            Hand.appendOnly(.counter),
            [
                village.writes(1, Hand.insert(.integer(10))),
                town.writes(1, Hand.insert(.integer(5))),
                district.writes(1, Hand.insert(.integer(100)), knowing: [village: 1]),
                district.writes(2, Hand.update(from: .integer(10), to: .integer(10)), knowing: [village: 1]),
            ])
        #expect(state.rows[Hand.row]?.shown == [.integer(15)])
        #expect(state.rows[Hand.row]?.siblings == [[]])
        #expect(state.rows[Hand.row]?.conflicts == [])
        #expect(state.refusedCells == [Hand.refused(district, 1)])
    }
}
