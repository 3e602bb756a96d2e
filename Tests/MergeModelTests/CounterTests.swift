import MergeModel
import Testing

@Suite struct `Counters` {
    let district = Hand.district, town = Hand.town, village = Hand.village
    let table = Hand.table(.counter)

    @Test func `a counter sums every insert and every difference, superseded or not`() throws {
        let row = try Hand.row(
            table,
            village.writes(1, Hand.insert(.integer(10))),
            town.writes(1, Hand.insert(.integer(5))),
            village.writes(2, Hand.update(from: .integer(10), to: .integer(7))),
            district.writes(1, Hand.update(from: .integer(12), to: .integer(13)), knowing: [village: 2, town: 1]))
        #expect(row.shown == [.integer(13)])
        #expect(row.siblings == [[]])
        #expect(row.conflicts.isEmpty)
    }

    @Test func `a counter sums modulo two to the sixty-fourth`() throws {
        let row = try Hand.row(
            table,
            village.writes(1, Hand.insert(.integer(.max))),
            town.writes(1, Hand.update(from: .integer(.max), to: .integer(.min)), knowing: [village: 1]),
            district.writes(1, Hand.update(from: .integer(.max), to: .integer(.min)), knowing: [village: 1]))
        #expect(row.shown == [.integer(.min + 1)])
    }

    @Test func `a counter of a row brought back counts what the delete covered`() throws {
        let row = try Hand.row(
            table,
            village.writes(1, Hand.insert(.integer(10))),
            town.writes(1, Hand.delete, knowing: [village: 1]),
            village.writes(2, Hand.update(from: .integer(10), to: .integer(11))))
        #expect(row.shown == [.integer(11)])
        #expect(row.openDeletes == [town.dot(1)])
    }
}
