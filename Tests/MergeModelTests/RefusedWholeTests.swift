import MergeModel
import Testing

/// A village adds to a table that it may not add to, and does several other things in the same change set.
@Suite struct `What is refused along with an insert` {
    let district = Hand.district, town = Hand.town, village = Hand.village
    let visits = ModelTable(
        name: "visit", cells: [ModelCell(columns: [0], rule: .highest, writers: [6, 9])], defaults: [.null],
        appendOnly: true)
    let notes = ModelTable(
        name: "note", cells: [ModelCell(columns: [0], rule: .nearest)], defaults: [.null], appendOnly: true)
    let households = ModelTable(
        name: "household",
        cells: [
            ModelCell(columns: [0], rule: .nearest), ModelCell(columns: [1], rule: .highest, writers: [6]),
            ModelCell(columns: [2], rule: .counter),
        ],
        defaults: [.null, .null, .integer(0)])

    func state(_ changeSets: [ModelChangeSet]) -> ModelState {
        mergedState(of: changeSets, tables: [visits, notes, households], authors: Hand.authors)
    }

    func insert(_ table: String, key: UInt8, _ values: ModelValue...) -> ModelOperation {
        .insert(table: table, key: [key], values: values)
    }

    /// Two households and a note that two tiers contend for.
    var before: [ModelChangeSet] {
        [
            ModelChangeSet(
                author: district.id, number: 1, context: [:],
                operations: [
                    insert("household", key: 1, .text("d"), .null, .integer(5)),
                    insert("household", key: 2, .text("d"), .null, .integer(5)), insert("note", key: 1, .text("d")),
                ]),
            town.writes(1, insert("note", key: 1, .text("t"))),
        ]
    }

    /// Each of which would have an effect by itself.
    var others: [ModelOperation] {
        let old: [Int: ModelValue] = [0: .text("d"), 1: .null, 2: .integer(5)]
        let new: [Int: ModelValue] = [0: .text("v"), 1: .text("v"), 2: .integer(6)]
        let named: [Int: ModelValue] = [0: .text("t")]
        return [
            .update(table: "household", key: [1], old: old, new: new), .delete(table: "household", key: [2]),
            insert("household", key: 3, .null, .null, .integer(0)), insert("note", key: 2, .text("v")),
            .update(table: "note", key: [1], old: named, new: named),
        ]
    }

    func village(_ operations: [ModelOperation]) -> ModelChangeSet {
        ModelChangeSet(
            author: village.id, number: 1, context: [district.id: 1, town.id: 1], operations: operations)
    }

    @Test func `no operation has any effect, in any table, and no cell is listed`() {
        let trespass = insert("visit", key: 1, .null)
        for other in others {
            #expect(state(before + [village([other])]) != state(before))
            #expect(state(before + [village([other, trespass])]) == state(before))
            #expect(state(before + [village([trespass, other])]) == state(before))
        }
        #expect(state(before + [village(others + [trespass])]) == state(before))
    }

    @Test func `what comes later is as if it had never been`() {
        let later = [
            town.writes(2, insert("note", key: 2, .text("t")), knowing: [district: 1, village: 1]),
            village.writes(2, insert("household", key: 3, .text("v"), .null, .integer(1)), knowing: [district: 1]),
        ]
        let all = state(before + [village(others + [insert("visit", key: 1, .null)])] + later)
        #expect(all == state(before + later))
        #expect(all.rows[ModelRowKey(table: "note", key: [2])]?.shown == [.text("t")])
        #expect(all.rows[ModelRowKey(table: "household", key: [3])]?.shown == [.text("v"), .null, .integer(1)])
    }

    @Test func `the author's other change sets are not refused with it`() {
        let honest = village.writes(2, insert("note", key: 2, .text("v")))
        let state = state([village.writes(1, insert("visit", key: 1, .null)), honest])
        #expect(Array(state.rows.keys) == [ModelRowKey(table: "note", key: [2])])
    }
}
