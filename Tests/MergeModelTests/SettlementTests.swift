import MergeModel
import Testing

@Suite struct `Updates of append-only tables` {
    let district = Hand.district, town = Hand.town, village = Hand.village
    let table = Hand.appendOnly(.nearest)

    /// A village's and a town's insert, of which the village's is shown.
    var apart: [ModelChangeSet] {
        [village.writes(1, Hand.insert(.text("v"))), town.writes(1, Hand.insert(.text("t")))]
    }

    func confirms(_ text: String) -> ModelOperation { Hand.update(from: .text(text), to: .text(text)) }

    /// Whichever of the values seen it names: it chooses none.
    @Test(arguments: ["v", "t"])
    func `one that names a sibling it covers closes the conflict and changes no value`(named: String) {
        let before = Hand.state(table, apart)
        let state = Hand.state(table, apart + [district.writes(1, confirms(named), knowing: [village: 1, town: 1])])
        #expect(before.rows[Hand.row]?.conflicts == [0])
        #expect(state.rows[Hand.row]?.conflicts == [])
        #expect(state.rows[Hand.row]?.shown == [.text("v")])
        #expect(state.rows[Hand.row]?.siblings == before.rows[Hand.row]?.siblings)
        #expect(state.refusedCells.isEmpty)
    }

    @Test(arguments: ["foreign", "v"])
    func `one that names no sibling it covers is refused and settles nothing`(named: String) {
        let state = Hand.state(table, apart + [district.writes(1, confirms(named), knowing: [town: 1])])
        #expect(state.rows[Hand.row] == Hand.state(table, apart).rows[Hand.row])
        #expect(state.refusedCells == [Hand.refused(district, 1)])
    }

    @Test func `one that covers a single sibling leaves the conflict open`() throws {
        let state = Hand.state(table, apart + [district.writes(1, confirms("t"), knowing: [town: 1])])
        #expect(state.rows[Hand.row]?.conflicts == [0])
        #expect(state.refusedCells.isEmpty)
    }

    @Test func `one that names a value which does not stand is refused`() {
        let state = Hand.state(
            table,
            [
                village.writes(1, Hand.insert(.text("v"))),
                town.writes(1, Hand.insert(.text("t")), knowing: [village: 1]),
                town.writes(2, confirms("t"), knowing: [village: 1]),
            ])
        #expect(state.refusedCells == [Hand.refused(town, 1), Hand.refused(town, 2)])
    }

    /// The district's insert comes after the town has closed the conflict between "v" and "t", for "v".
    @Test(arguments: [("d", [0]), ("t", [0]), ("v", [])])
    func `a newcomer after a closing is compared with what stood alone`(newcomer: String, conflicts: [Int]) throws {
        let closed = apart + [town.writes(2, confirms("v"), knowing: [village: 1])]
        let newcomer = district.writes(1, Hand.insert(.text(newcomer)))
        let closedAgain = town.writes(3, confirms("v"), knowing: [village: 1, district: 1])
        #expect(Hand.state(table, closed).rows[Hand.row]?.conflicts == [])
        #expect(Hand.state(table, closed + [newcomer]).rows[Hand.row]?.conflicts == conflicts)
        #expect(Hand.state(table, closed + [newcomer, closedAgain]).rows[Hand.row]?.conflicts == [])
    }

    @Test func `a newcomer that is preferred is shown and in conflict with what stood`() throws {
        let row = try Hand.row(
            table,
            town.writes(1, Hand.insert(.text("t"))),
            district.writes(1, Hand.insert(.text("d"))),
            district.writes(2, confirms("t"), knowing: [town: 1]),
            village.writes(1, Hand.insert(.text("v"))))
        #expect(row.shown == [.text("v")])
        #expect(row.siblings[0].map(\.dot) == [village.dot(1), town.dot(1), district.dot(1)])
        #expect(row.conflicts == [0])
    }

    /// The definition taken at its word, though nobody compared the two.
    @Test func `siblings settled by updates in ignorance of each other are in conflict no more`() throws {
        let row = try Hand.row(
            table,
            village.writes(1, Hand.insert(.text("v"))), village.writes(2, confirms("v")),
            town.writes(1, Hand.insert(.text("t"))), town.writes(2, confirms("t")))
        #expect(row.conflicts.isEmpty)
    }

    @Test func `each cell is settled by itself, and a counter not at all`() {
        let table = Hand.appendOnly(.nearest, .nearest, .counter)
        let named: [Int: ModelValue] = [0: .text("v"), 1: .text("foreign"), 2: .integer(9)]
        let state = Hand.state(
            table,
            [
                village.writes(1, Hand.insert(.text("v"), .text("v"), .integer(1))),
                town.writes(1, Hand.insert(.text("t"), .text("t"), .integer(1))),
                district.writes(
                    1, .update(table: "household", key: [1], old: named, new: named),
                    knowing: [village: 1, town: 1]),
            ])
        #expect(state.rows[Hand.row]?.conflicts == [1])
        #expect(state.rows[Hand.row]?.shown == [.text("v"), .text("v"), .integer(2)])
        #expect(state.refusedCells == [Hand.refused(district, 1, cell: 1)])
    }

    @Test func `a cell from another tier is refused and not settled`() {
        let table = ModelTable(
            name: "household",
            cells: [
                ModelCell(columns: [0], rule: .highest, writers: [6, 9]),
                ModelCell(columns: [1], rule: .counter, writers: [6, 9]),
            ],
            defaults: [.null, .integer(0)], appendOnly: true)
        let named: [Int: ModelValue] = [0: .text("d"), 1: .integer(0)]
        let state = Hand.state(
            table,
            [
                district.writes(1, Hand.insert(.text("d"), .integer(0))),
                town.writes(1, Hand.insert(.text("t"), .integer(0))),
                village.writes(
                    1, .update(table: "household", key: [1], old: named, new: named),
                    knowing: [district: 1, town: 1]),
            ])
        #expect(state.rows[Hand.row]?.conflicts == [0])
        #expect(state.refusedCells == [Hand.refused(village, 1), Hand.refused(village, 1, cell: 1)])
    }

    @Test func `one of a row that nobody inserted is refused and makes no row`() {
        #expect(
            Hand.state(table, [town.writes(1, confirms("t"))])
                == ModelState(rows: [:], refusedCells: [Hand.refused(town, 1)]))
    }

    @Test func `the order of change sets means nothing`() {
        let changeSets =
            apart + [
                district.writes(1, confirms("v"), knowing: [village: 1, town: 1]),
                town.writes(2, Hand.insert(.text("anew"))),
                Hand.newerTown.writes(1, Hand.insert(.text("newer"))),
                village.writes(2, confirms("newer"), knowing: [Hand.newerTown: 1]),
            ]
        let state = Hand.state(table, changeSets)
        var random = ModelRandom(seed: 1)
        for _ in 1...100 { #expect(Hand.state(table, changeSets.shuffled(using: &random)) == state) }
    }
}
