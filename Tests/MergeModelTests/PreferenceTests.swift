import MergeModel
import Testing

@Suite struct `The sibling that is shown` {
    let district = Hand.district, town = Hand.town, newerTown = Hand.newerTown, village = Hand.village

    @Test(arguments: [
        (ModelRule.nearest, ["village", "town", "district"]), (.highest, ["district", "town", "village"]),
    ])
    func `goes by the office, from the nearest or from the highest`(rule: ModelRule, order: [String]) throws {
        let row = try Hand.row(
            Hand.table(rule),
            town.writes(1, Hand.insert(.text("t"))),
            district.writes(1, Hand.insert(.text("d"))),
            village.writes(1, Hand.insert(.text("v"))))
        #expect(row.siblings[0].map(\.dot.author) == order)
    }

    @Test(arguments: [ModelRule.nearest, .highest, .minimum, .maximum])
    func `of one office is the newer author's, whatever the numbers`(rule: ModelRule) throws {
        let row = try Hand.row(
            Hand.table(rule, .nearest),
            town.writes(9, Hand.insert(.integer(1), .text("old"))),
            newerTown.writes(1, Hand.insert(.integer(1), .text("new"))))
        #expect(row.siblings[0].map(\.dot) == [newerTown.dot(1), town.dot(9)])
        #expect(row.shown == [.integer(1), .text("new")])
    }

    @Test func `is the larger number's, then the larger author id's, when all else ties`() {
        let twins = [
            ModelAuthor(id: "a", office: "330106109", ordinal: 1),
            ModelAuthor(id: "b", office: "330106109", ordinal: 1),
            ModelAuthor(id: "c", office: "330106109", ordinal: 1),
        ]
        let changeSets = zip(twins, [4, 3, 3]).map { $0.writes($1, Hand.insert(.text($0.id))) }
        let state = mergedState(of: changeSets, tables: [Hand.table(.nearest)], authors: twins)
        #expect(state.rows[Hand.row]?.siblings[0].map(\.dot.author) == ["a", "c", "b"])
    }

    @Test(arguments: [
        (ModelValue.integer(2), ModelValue.real(2.5)),
        (.real(-0.5), .integer(0)),
        (.real(9_007_199_254_740_992), .integer(9_007_199_254_740_993)),
        (.integer(.max), .real(0x1p63)),
        (.integer(9), .text("1")),
        (.text("B"), .text("a")),
        (.text("a"), .text("a\u{0}")),
        (.text("zz"), .blob([])),
        (.blob([1]), .blob([1, 0])),
    ])
    func `is by minimum the first, by maximum the last in SQLite's BINARY order`(
        smaller: ModelValue, larger: ModelValue
    ) throws {
        let row = try Hand.row(
            Hand.table(.minimum, .maximum),
            village.writes(1, Hand.insert(smaller, smaller)), town.writes(1, Hand.insert(larger, larger)))
        #expect(row.shown == [smaller, larger])
        let mirrored = try Hand.row(
            Hand.table(.minimum, .maximum),
            town.writes(1, Hand.insert(smaller, smaller)), village.writes(1, Hand.insert(larger, larger)))
        #expect(mirrored.shown == [smaller, larger])
    }

    @Test func `is NULL under minimum and maximum only when there is nothing else`() throws {
        let row = try Hand.row(
            Hand.table(.minimum, .maximum),
            village.writes(1, Hand.insert(.null, .null)),
            district.writes(1, Hand.insert(.blob([9]), .integer(-9))))
        #expect(row.shown == [.blob([9]), .integer(-9)])
        #expect(row.conflicts == [0, 1])
    }

    @Test func `of a group under minimum or maximum goes column by column, NULL losing in each`() throws {
        let table = ModelTable(
            name: "household",
            cells: [ModelCell(columns: [0, 1], rule: .minimum), ModelCell(columns: [2, 3], rule: .maximum)],
            defaults: [.null, .null, .null, .null])
        let row = try Hand.row(
            table,
            village.writes(1, Hand.insert(.integer(1), .null, .integer(2), .null)),
            town.writes(1, Hand.insert(.integer(1), .integer(8), .integer(2), .integer(8))),
            district.writes(1, Hand.insert(.null, .integer(0), .integer(1), .integer(9))))
        #expect(
            row.siblings.map { $0.map(\.dot.author) } == [
                ["town", "village", "district"], ["town", "village", "district"],
            ])
        #expect(row.shown == [.integer(1), .integer(8), .integer(2), .integer(8)])
    }
}
