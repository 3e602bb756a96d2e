import MergeModel
import Testing

@Suite struct `Siblings and conflicts` {
    let district = Hand.district, town = Hand.town, village = Hand.village

    /// A (village) and B (town) unaware of each other, then C (district) that saw only A.
    @Test(arguments: [(ModelRule.nearest, "b"), (.highest, "c"), (.minimum, "b"), (.maximum, "c")])
    func `all siblings are kept until something covers them`(rule: ModelRule, winner: String) throws {
        let row = try Hand.row(
            Hand.table(rule),
            village.writes(1, Hand.insert(.text("old"))),
            village.writes(2, Hand.update(from: .text("old"), to: .text("a"))),
            town.writes(1, Hand.update(from: .text("old"), to: .text("b")), knowing: [village: 1]),
            district.writes(1, Hand.update(from: .text("a"), to: .text("c")), knowing: [village: 2]))
        #expect(Set(row.siblings[0]) == [town.sibling(1, .text("b")), district.sibling(1, .text("c"))])
        #expect(row.shown == [.text(winner)])
        #expect(row.siblings[0].first?.values == row.shown)
        #expect(row.conflicts == [0])
    }

    @Test func `a resolution whose context covers the siblings closes the conflict`() throws {
        let row = try Hand.row(
            Hand.table(.nearest),
            village.writes(1, Hand.insert(.text("a"))),
            town.writes(1, Hand.insert(.text("b"))),
            town.writes(2, Hand.update(from: .text("a"), to: .text("a")), knowing: [village: 1]))
        #expect(row.siblings == [[town.sibling(2, .text("a"))]])
        #expect(row.conflicts.isEmpty)
    }

    @Test func `equal values are no conflict, though both are siblings`() throws {
        let row = try Hand.row(
            Hand.table(.nearest),
            town.writes(1, Hand.insert(.text("a"))), village.writes(1, Hand.insert(.text("a"))))
        #expect(row.siblings == [[village.sibling(1, .text("a")), town.sibling(1, .text("a"))]])
        #expect(row.conflicts.isEmpty)
    }

    @Test func `values are equal when storage class and bytes are`() throws {
        let row = try Hand.row(
            Hand.table(.minimum, .nearest),
            town.writes(1, Hand.insert(.real(1), .text("\u{E9}"))),
            village.writes(1, Hand.insert(.integer(1), .text("e\u{301}"))))
        #expect(row.conflicts == [0, 1])
        #expect(row.shown == [.integer(1), .text("e\u{301}")], "1 and 1.0 tie, so the nearest is shown")
    }

    @Test func `only writes to the same cell cover`() throws {
        let row = try Hand.row(
            Hand.table(.nearest, .nearest),
            village.writes(1, Hand.insert(.text("a"), .text("x"))),
            town.writes(1, Hand.update(1, from: .text("x"), to: .text("y")), knowing: [village: 1]))
        #expect(row.siblings == [[village.sibling(1, .text("a"))], [town.sibling(1, .text("y"))]])
        #expect(row.shown == [.text("a"), .text("y")])
    }

    @Test func `a group of columns is one value`() throws {
        let identity = ModelTable(
            name: "household", cells: [ModelCell(columns: [1, 0], rule: .nearest)], defaults: [.null, .null])
        let row = try Hand.row(
            identity,
            village.writes(1, Hand.insert(.text("Li"), .integer(1))),
            town.writes(1, Hand.insert(.text("Li"), .integer(2))))
        #expect(row.siblings[0].first == village.sibling(1, .integer(1), .text("Li")))
        #expect(row.shown == [.text("Li"), .integer(1)])
        #expect(row.conflicts == [0])
    }

    @Test func `a refused change set writes and covers nothing`() throws {
        let row = try Hand.row(
            Hand.table(.nearest),
            village.writes(1, Hand.insert(.text("a"))),
            town.writes(1, Hand.delete, knowing: [village: 1], refused: true),
            district.writes(1, Hand.update(from: .text("a"), to: .text("c")), knowing: [village: 1, town: 1]))
        #expect(row.isThere)
        #expect(row.siblings == [[district.sibling(1, .text("c"))]])
        #expect(row.openDeletes.isEmpty)
        #expect(Hand.state(Hand.table(.nearest), [town.writes(1, Hand.delete, refused: true)]).rows.isEmpty)
    }
}
