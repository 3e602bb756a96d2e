import MergeModel
import Testing

@Suite struct `Tiers that append-only tables are added to by` {
    let district = Hand.district, town = Hand.town, village = Hand.village
    /// A visit that district and town enter, in a cell of theirs beside one of everybody's.
    let table = ModelTable(
        name: "household",
        cells: [ModelCell(columns: [0], rule: .nearest), ModelCell(columns: [1], rule: .highest, writers: [6, 9])],
        defaults: [.null, .text("open")], appendOnly: true)

    /// The default is a value like any other here.
    @Test(arguments: ["granted", "open"])
    func `an insert by a tier not named writes no cell, and none is listed as refused`(determined: String) {
        let changeSet = village.writes(1, Hand.insert(.text("v"), .text(determined)))
        #expect(Hand.state(table, [changeSet]) == ModelState(rows: [:], refusedCells: []))
        #expect(changeSet.isRefused(tables: [table], authors: Hand.authors))
        #expect(!changeSet.refused, "nobody told")
    }

    @Test(arguments: ["granted", "open"])
    func `an insert that knows of such a one stands`(determined: String) {
        let state = Hand.state(
            table,
            [
                village.writes(1, Hand.insert(.text("v"), .text(determined))),
                town.writes(1, Hand.insert(.text("t"), .text("open")), knowing: [village: 1]),
            ])
        #expect(state.rows[Hand.row]?.siblings == [[town.sibling(1, .text("t"))], [town.sibling(1, .text("open"))]])
        #expect(state.refusedCells.isEmpty)
    }

    @Test func `such an insert is no value that an update can say stands`() {
        let state = Hand.state(
            table,
            [
                village.writes(1, Hand.insert(.text("v"), .text("open"))),
                town.writes(1, Hand.insert(.text("t"), .text("open"))),
                district.writes(1, Hand.update(from: .text("v"), to: .text("v")), knowing: [village: 1, town: 1]),
            ])
        #expect(state.rows[Hand.row]?.conflicts == [])
        #expect(state.refusedCells == [Hand.refused(district, 1)])
    }

    @Test func `an update by a tier not named is still a refused cell, beside which the others settle`() {
        let named: [Int: ModelValue] = [0: .text("t"), 1: .text("granted")]
        let update = village.writes(
            1, .update(table: "household", key: [1], old: named, new: named), knowing: [district: 1, town: 1])
        let state = Hand.state(
            table,
            [
                district.writes(1, Hand.insert(.text("d"), .text("granted"))),
                town.writes(1, Hand.insert(.text("t"), .text("open"))),
                update,
            ])
        #expect(state.refusedCells == [Hand.refused(village, 1, cell: 1)])
        #expect(state.rows[Hand.row]?.conflicts == [1])
        #expect(!update.isRefused(tables: [table], authors: Hand.authors))
    }

    /// "Of which some cell names writers, and its author's tier is not among them."
    @Test func `a tier has to be named by every cell that names any`() {
        var table = table
        table.cells[0].writers = [6, 12]
        let inserts = [district, town, village].map { $0.writes(1, Hand.insert(.text($0.id), .text("open"))) }
        #expect(inserts.map { $0.isRefused(tables: [table], authors: Hand.authors) } == [false, true, true])
        #expect(Hand.state(table, inserts) == Hand.state(table, [inserts[0]]))
        #expect(Hand.state(table, inserts).rows[Hand.row]?.shown == [.text("district"), .text("open")])
    }

    @Test func `a table of which no cell names writers is added to by every tier`() throws {
        var table = table
        table.cells[1].writers = nil
        let authors = [village, town, district]
        let inserts = authors.map { $0.writes(1, Hand.insert(.text($0.id), .text("open"))) }
        #expect(
            Hand.state(table, inserts).rows[Hand.row]?.siblings[1].map(\.dot) == authors.reversed().map { $0.dot(1) })
        #expect(inserts.allSatisfy { !$0.isRefused(tables: [table], authors: Hand.authors) })
    }

    /// Fewer values than columns tell what it writes; only its version tells its rights.
    @Test func `today's declaration counts for an insert without the cell that names writers and without a version`() {
        let inserts = [village, town].map { $0.writes(1, Hand.insert(.text($0.id))) }
        #expect(Hand.state(table, inserts).rows[Hand.row]?.siblings == [[town.sibling(1, .text("town"))], []])
        #expect(Hand.state(table, [inserts[0]]).rows.isEmpty)
    }

    @Test func `a table that is not append-only takes the insert and refuses the cell`() {
        var table = table
        table.appendOnly = false
        let changeSet = village.writes(1, Hand.insert(.text("v"), .text("granted")))
        #expect(Hand.state(table, [changeSet]).rows[Hand.row]?.shown == [.text("v"), .text("open")])
        #expect(Hand.state(table, [changeSet]).refusedCells == [Hand.refused(village, 1, cell: 1)])
        #expect(!changeSet.isRefused(tables: [table], authors: Hand.authors))
    }
}
