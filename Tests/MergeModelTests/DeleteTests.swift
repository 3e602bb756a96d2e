import MergeModel
import Testing

@Suite struct `Rows that are deleted` {
    let district = Hand.district, town = Hand.town, village = Hand.village
    let table = Hand.table(.nearest, .highest)

    @Test func `a row is gone when deletes cover all writes to it`() throws {
        let row = try Hand.row(
            table,
            village.writes(1, Hand.insert(.text("a"), .text("x"))),
            town.writes(1, Hand.delete, knowing: [village: 1]))
        #expect(!row.isThere)
        #expect(row.shown.isEmpty)
        #expect(row.openDeletes.isEmpty)
    }

    @Test func `an edit in ignorance of a delete brings the row back whole, the delete listed as open`() throws {
        let row = try Hand.row(
            table,
            village.writes(1, Hand.insert(.text("a"), .text("x"))),
            town.writes(1, Hand.delete, knowing: [village: 1]),
            village.writes(2, Hand.update(from: .text("a"), to: .text("b"))))
        #expect(row.isThere)
        #expect(row.shown == [.text("b"), .text("x")])
        #expect(row.conflicts.isEmpty)
        #expect(row.openDeletes == [town.dot(1)])
    }

    @Test func `a later operation on the row closes an open delete`() throws {
        let row = try Hand.row(
            table,
            village.writes(1, Hand.insert(.text("a"), .text("x"))),
            town.writes(1, Hand.delete, knowing: [village: 1]),
            village.writes(2, Hand.update(from: .text("a"), to: .text("b"))),
            town.writes(2, Hand.update(from: .text("b"), to: .text("b")), knowing: [village: 2]))
        #expect(row.isThere)
        #expect(row.openDeletes.isEmpty)
    }

    @Test func `a later delete closes an open delete and may be open itself`() throws {
        let row = try Hand.row(
            table,
            village.writes(1, Hand.insert(.text("a"), .text("x"))),
            town.writes(1, Hand.delete, knowing: [village: 1]),
            village.writes(2, Hand.update(from: .text("a"), to: .text("b"))),
            district.writes(1, Hand.delete, knowing: [village: 1, town: 1]))
        #expect(row.openDeletes == [district.dot(1)])
    }

    @Test func `open deletes are listed by author, then number`() throws {
        let row = try Hand.row(
            table,
            village.writes(1, Hand.insert(.text("a"), .text("x"))),
            town.writes(1, Hand.delete, knowing: [village: 1]),
            district.writes(1, Hand.delete, knowing: [village: 1]),
            village.writes(2, Hand.update(from: .text("a"), to: .text("b"))))
        #expect(row.openDeletes == [district.dot(1), town.dot(1)])
    }

    @Test func `a row inserted again shows what was inserted`() throws {
        let row = try Hand.row(
            table,
            village.writes(1, Hand.insert(.text("a"), .text("x"))),
            town.writes(1, Hand.delete, knowing: [village: 1]),
            town.writes(2, Hand.insert(.text("b"), .text("y")), knowing: [village: 1]))
        #expect(row.shown == [.text("b"), .text("y")])
        #expect(row.conflicts.isEmpty)
        #expect(row.openDeletes.isEmpty)
    }

    @Test func `a row without an insert in effect is not there`() throws {
        let row = try Hand.row(
            table,
            village.writes(1, Hand.insert(.text("a"), .text("x")), refused: true),
            town.writes(1, Hand.update(from: .text("a"), to: .text("b")), knowing: [village: 1]))
        #expect(!row.isThere)
        #expect(row.siblings == [[town.sibling(1, .text("b"))], []])
    }
}
