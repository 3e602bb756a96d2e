import MergeModel
import Testing

@Suite struct `Cells whose writers a schema version changed` {
    let district = Hand.district, town = Hand.town, village = Hand.village

    /// A phone that all may write, and a determination that these tiers may.
    func table(writers: Set<Int>?) -> ModelTable {
        ModelTable(
            name: "household",
            cells: [
                ModelCell(columns: [0], rule: .nearest), ModelCell(columns: [1], rule: .highest, writers: writers),
            ],
            defaults: [.null, .text("open")])
    }

    /// The district's alone, and everybody's.
    var narrow: ModelTable { table(writers: [6]) }
    var wide: ModelTable { table(writers: nil) }

    /// A version before the determination.
    var first: ModelTable { Hand.table(.nearest) }

    let determination = Hand.update(1, from: .text("open"), to: .text("granted"))

    @Test func `what was written before its tier lost the cell is a write, and what came after is refused`() {
        let before = [
            village.writes(1, Hand.insert(.null, .text("declined")), declared: wide),
            town.writes(1, determination, knowing: [village: 1], declared: wide),
        ]
        let state = Hand.state(narrow, before)
        #expect(state.refusedCells.isEmpty)
        #expect(state.rows[Hand.row]?.siblings[1] == [town.sibling(1, .text("granted"))])
        let after = [nil, narrow].enumerated().map { index, declared in
            village.writes(UInt64(index + 2), determination, knowing: [town: 1], declared: declared)
        }
        let both = Hand.state(narrow, before + after)
        #expect(both.refusedCells == [Hand.refused(village, 2, cell: 1), Hand.refused(village, 3, cell: 1)])
        #expect(both.rows == state.rows)
    }

    @Test func `what was refused before its tier got the cell stays refused, and what comes after is a write`() {
        let before = [
            village.writes(1, Hand.insert(.null, .text("declined")), declared: narrow),
            town.writes(1, determination, knowing: [village: 1], declared: narrow),
        ]
        let refused: Set = [Hand.refused(village, 1, cell: 1), Hand.refused(town, 1, cell: 1)]
        let state = Hand.state(wide, before)
        #expect(state.refusedCells == refused)
        #expect(state.rows[Hand.row]?.shown == [.null, .text("open")])
        #expect(state.rows[Hand.row]?.siblings[1] == [])
        for declared in [nil, wide] {
            let after = village.writes(2, determination, knowing: [town: 1], declared: declared)
            let both = Hand.state(wide, before + [after])
            #expect(both.refusedCells == refused)
            #expect(both.rows[Hand.row]?.siblings[1] == [village.sibling(2, .text("granted"))])
        }
    }

    @Test func `a default in an insert is a write where its version named its tier, and no write where it did not`() {
        let insert = Hand.insert(.null, .text("open"))
        let written = Hand.state(narrow, [village.writes(1, insert, declared: wide)])
        #expect(written.rows[Hand.row]?.siblings[1] == [village.sibling(1, .text("open"))])
        let left = Hand.state(wide, [village.writes(1, insert, declared: narrow)])
        #expect(left.rows[Hand.row]?.siblings[1] == [])
        #expect(written.refusedCells.isEmpty && left.refusedCells.isEmpty)
    }

    /// Else an update by an office that has not upgraded would bring a deleted row back, or not, by when it is judged.
    @Test func `whether an update is an operation is judged by its version`() {
        let before = [
            village.writes(1, Hand.insert(.null, .text("open"))),
            district.writes(1, Hand.delete, knowing: [village: 1]),
        ]
        let allowed = Hand.state(narrow, before + [village.writes(2, determination, declared: wide)])
        #expect(allowed.rows[Hand.row]?.isThere == true)
        let refused = Hand.state(wide, before + [village.writes(2, determination, declared: narrow)])
        #expect(refused.rows[Hand.row]?.isThere == false)
    }

    @Test(arguments: [nil, [6]] as [Set<Int>?])
    func `a cell that its version does not have is not written, and none is refused`(writers: Set<Int>?) {
        let older = village.writes(1, Hand.insert(.text("v")), declared: first)
        let state = Hand.state(table(writers: writers), [older])
        #expect(state.rows[Hand.row]?.shown == [.text("v"), .text("open")])
        #expect(state.rows[Hand.row]?.siblings == [[village.sibling(1, .text("v"))], []])
        #expect(state.refusedCells.isEmpty)
    }

    /// It covers the other's write to the cell that both have.
    @Test func `a cell that its version does not have keeps what others wrote to it`() throws {
        let row = try Hand.row(
            wide,
            district.writes(1, Hand.insert(.text("d"), .text("granted")), declared: wide),
            village.writes(1, Hand.delete, knowing: [district: 1], declared: first),
            village.writes(2, Hand.insert(.text("v")), knowing: [district: 1], declared: first))
        #expect(row.shown == [.text("v"), .text("granted")])
        #expect(row.siblings == [[village.sibling(2, .text("v"))], [district.sibling(1, .text("granted"))]])
    }

    @Test func `siblings are ranked by today's rule, whatever the rule of the versions that wrote them`() throws {
        let row = try Hand.row(
            Hand.table(.highest),
            village.writes(1, Hand.insert(.text("v")), declared: Hand.table(.nearest)),
            district.writes(1, Hand.insert(.text("d")), declared: Hand.table(.minimum)),
            town.writes(1, Hand.insert(.text("t"))))
        #expect(row.shown == [.text("d")])
        #expect(row.siblings[0].map(\.dot) == [district.dot(1), town.dot(1), village.dot(1)])
    }

    @Test func `each table's own declaration counts`() {
        let notes = ModelTable(
            name: "note", cells: [ModelCell(columns: [0], rule: .nearest, writers: [6])], defaults: [.null])
        let older = ModelChangeSet(
            author: village.id, number: 1, context: [:],
            operations: [
                .insert(table: "note", key: [1], values: [.text("v")]), Hand.insert(.text("v"), .text("granted")),
            ],
            declared: [wide, notes])
        let state = mergedState(of: [older], tables: [notes, narrow], authors: Hand.authors)
        #expect(
            state.refusedCells == [ModelRefusedCell(dot: village.dot(1), table: "note", key: [1], cell: 0)])
        #expect(state.rows[Hand.row]?.shown == [.text("v"), .text("granted")])
    }
}
