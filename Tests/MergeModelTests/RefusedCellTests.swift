import MergeModel
import Testing

@Suite struct `Cells that name their writers` {
    let district = Hand.district, town = Hand.town, village = Hand.village
    /// A phone that all may write, and a determination that is the district's.
    let table = ModelTable(
        name: "household",
        cells: [ModelCell(columns: [0], rule: .nearest), ModelCell(columns: [1], rule: .highest, writers: [6])],
        defaults: [.null, .text("open")])

    func refused(_ author: ModelAuthor, _ number: UInt64) -> ModelRefusedCell {
        ModelRefusedCell(dot: author.dot(number), table: "household", key: [1], cell: 1)
    }

    @Test func `a cell from another tier is refused and the rest of the change set stands`() {
        let state = Hand.state(
            table,
            [
                village.writes(1, Hand.insert(.text("1"), .text("granted"))),
                town.writes(
                    1,
                    .update(
                        table: "household", key: [1], old: [0: .text("1"), 1: .text("open")],
                        new: [0: .text("2"), 1: .text("declined")]), knowing: [village: 1]),
            ])
        #expect(state.refusedCells == [refused(village, 1), refused(town, 1)])
        #expect(state.rows[Hand.row]?.shown == [.text("2"), .text("open")])
        #expect(state.rows[Hand.row]?.siblings == [[town.sibling(1, .text("2"))], []])
    }

    @Test func `an insert's cell that equals the declared default counts as no write`() {
        let state = Hand.state(
            table,
            [
                village.writes(1, Hand.insert(.null, .text("open"))),
                district.writes(1, Hand.insert(.null, .text("granted"))),
            ])
        #expect(state.refusedCells.isEmpty)
        #expect(state.rows[Hand.row]?.siblings[1] == [district.sibling(1, .text("granted"))])
        #expect(state.rows[Hand.row]?.conflicts.isEmpty == true)
    }

    @Test func `an update back to the default is refused like any other`() {
        let state = Hand.state(
            table,
            [
                district.writes(1, Hand.insert(.null, .text("granted"))),
                village.writes(1, Hand.update(1, from: .text("granted"), to: .text("open")), knowing: [district: 1]),
            ])
        #expect(state.refusedCells == [refused(village, 1)])
        #expect(state.rows[Hand.row]?.shown == [.null, .text("granted")])
    }

    @Test func `an update none of whose cells is a write is no operation`() {
        let trespass = Hand.update(1, from: .text("open"), to: .text("granted"))
        #expect(Hand.state(table, [village.writes(1, trespass)]).rows.isEmpty)
        let state = Hand.state(
            table,
            [
                village.writes(1, Hand.insert(.text("1"), .text("open"))),
                district.writes(1, Hand.delete, knowing: [village: 1]),
                village.writes(2, trespass),
            ])
        #expect(state.rows[Hand.row]?.isThere == false)
        let broughtBack = Hand.state(
            table,
            [
                village.writes(1, Hand.insert(.text("1"), .text("open"))),
                district.writes(1, Hand.delete, knowing: [village: 1]),
                village.writes(2, Hand.update(from: .text("1"), to: .text("2"))),
                village.writes(3, trespass, knowing: [district: 1]),
            ])
        #expect(broughtBack.rows[Hand.row]?.openDeletes == [district.dot(1)])
    }

    @Test func `a row inserted again by another tier still shows the cell's last write`() {
        let state = Hand.state(
            table,
            [
                district.writes(1, Hand.insert(.text("1"), .text("granted"))),
                village.writes(1, Hand.delete, knowing: [district: 1]),
                village.writes(2, Hand.insert(.text("2"), .text("open")), knowing: [district: 1]),
            ])
        #expect(state.rows[Hand.row]?.shown == [.text("2"), .text("granted")])
    }

    @Test func `an insert that writes no cell is a write to the row`() {
        let restricted = ModelTable(
            name: "household", cells: [ModelCell(columns: [0], rule: .highest, writers: [6])], defaults: [.null])
        let state = Hand.state(restricted, [village.writes(1, Hand.insert(.null))])
        #expect(state.rows[Hand.row]?.isThere == true)
        #expect(state.rows[Hand.row]?.shown == [.null])
    }
}
