import MergeModel
import Testing

@Suite struct `Append-only tables of several schema versions` {
    let district = Hand.district, town = Hand.town, village = Hand.village

    /// A visit, in a cell of everybody's beside one that these tiers enter.
    static func visit(writers: Set<Int>?) -> ModelTable {
        ModelTable(
            name: "household",
            cells: [
                ModelCell(columns: [0], rule: .nearest), ModelCell(columns: [1], rule: .highest, writers: writers),
            ],
            defaults: [.null, .text("open")], appendOnly: true)
    }

    /// Of district and town, of everybody, and before there was a second cell.
    let narrow = visit(writers: [6, 9]), wide = visit(writers: nil), first = Hand.appendOnly(.nearest)

    let full = Hand.insert(.text("v"), .text("open"))

    @Test func `an older version's insert by a tier that today's declaration keeps out stands`() {
        let narrowed = village.writes(1, full, declared: wide)
        #expect(!narrowed.isRefused(tables: [narrow], authors: Hand.authors))
        #expect(Hand.state(narrow, [narrowed]) == Hand.state(wide, [village.writes(1, full)]))
        let appended = village.writes(1, Hand.insert(.text("v")), declared: first)
        #expect(!appended.isRefused(tables: [narrow], authors: Hand.authors))
        let state = Hand.state(narrow, [appended])
        #expect(state.rows[Hand.row]?.shown == [.text("v"), .text("open")])
        #expect(state.rows[Hand.row]?.siblings == [[village.sibling(1, .text("v"))], []])
        #expect(state.refusedCells.isEmpty)
    }

    @Test func `a newer version's insert by that tier is refused`() {
        for declared in [nil, narrow] {
            let newer = village.writes(2, full, declared: declared)
            #expect(newer.isRefused(tables: [narrow], authors: Hand.authors))
            #expect(Hand.state(narrow, [newer]) == ModelState(rows: [:], refusedCells: []))
            let older = village.writes(1, Hand.insert(.text("v")), declared: first)
            #expect(Hand.state(narrow, [older, newer]) == Hand.state(narrow, [older]))
        }
    }

    @Test func `an insert by a tier that was kept out stays refused, though today's declaration takes it`() {
        let older = village.writes(1, full, declared: narrow)
        #expect(older.isRefused(tables: [wide], authors: Hand.authors))
        let newer = village.writes(2, full, declared: wide)
        #expect(!newer.isRefused(tables: [wide], authors: Hand.authors))
        #expect(Hand.state(wide, [older, newer]) == Hand.state(wide, [newer]))
    }

    @Test func `an older version's insert is a row's first like any other`() {
        let state = Hand.state(
            narrow,
            [
                village.writes(1, Hand.insert(.text("v")), declared: first),
                town.writes(1, Hand.insert(.text("t"), .text("granted")), knowing: [village: 1]),
                district.writes(1, Hand.insert(.text("d"), .text("declined"))),
            ])
        let phones = [village.sibling(1, .text("v")), district.sibling(1, .text("d"))]
        #expect(state.rows[Hand.row]?.siblings == [phones, [district.sibling(1, .text("declined"))]])
        #expect(state.rows[Hand.row]?.conflicts == [0])
        #expect(state.refusedCells == [Hand.refused(town, 1, cell: 0), Hand.refused(town, 1, cell: 1)])
    }

    @Test func `an older version's insert that does not stand is refused in the cells it has`() {
        let state = Hand.state(
            narrow,
            [
                town.writes(1, Hand.insert(.text("t"), .text("granted"))),
                village.writes(1, Hand.insert(.text("v")), knowing: [town: 1], declared: first),
            ])
        #expect(state.refusedCells == [Hand.refused(village, 1, cell: 0)])
        #expect(state.rows[Hand.row]?.shown == [.text("t"), .text("granted")])
    }

    @Test func `an update settles where its version let its tier, whatever today's declaration`() {
        let inserts = [
            town.writes(1, Hand.insert(.null, .text("granted"))),
            district.writes(1, Hand.insert(.null, .text("declined"))),
        ]
        func settles(today: ModelTable, atWriting declared: ModelTable) -> Bool {
            let update = village.writes(
                1, Hand.update(1, from: .text("granted"), to: .text("granted")), knowing: [town: 1, district: 1],
                declared: declared)
            let state = Hand.state(today, inserts + [update])
            #expect(state.rows[Hand.row]?.conflicts == (state.refusedCells.isEmpty ? [] : [1]))
            return state.refusedCells.isEmpty
        }
        #expect(settles(today: narrow, atWriting: wide))
        #expect(!settles(today: wide, atWriting: narrow))
    }

    /// Both kinds of table, and every rule.
    @Test(arguments: UInt64(1)...20)
    func `in a random history, today's writers say nothing of what an older version wrote`(seed: UInt64) {
        var random = ModelRandom(seed: seed)
        let tables = ModelWorldTable.examples + [.visit, .note]
        let world = ModelWorld(tables: tables, steps: 50, using: &random)
        var older = world.changeSets
        for index in older.indices { older[index].declared = world.declarations }
        for tiers in [nil, [], [6], [9, 12]] as [Set<Int>?] {
            var today = world.declarations
            for table in today.indices {
                for cell in today[table].cells.indices { today[table].cells[cell].writers = tiers }
            }
            #expect(
                mergedState(of: older, tables: today, authors: world.authors)
                    == mergedState(of: world.changeSets, tables: world.declarations, authors: world.authors))
        }
    }
}
