import MergeModel

/// The pieces of a case worked by hand: one author per tier, a second one for the town, and one row.
enum Hand {
    static let district = ModelAuthor(id: "district", office: "330106", ordinal: 1)
    static let town = ModelAuthor(id: "town", office: "330106109", ordinal: 1)
    static let newerTown = ModelAuthor(id: "a newer town", office: "330106109", ordinal: 2)
    static let village = ModelAuthor(id: "village", office: "330106109012", ordinal: 1)
    static let authors = [district, town, newerTown, village]
    static let row = ModelRowKey(table: "household", key: [1])

    /// One table whose cells follow the given rules, column by column, with NULL as default.
    static func table(_ rules: ModelRule...) -> ModelTable {
        let cells = rules.enumerated().map { ModelCell(columns: [$0.offset], rule: $0.element) }
        return ModelTable(name: row.table, cells: cells, defaults: rules.map { _ in .null })
    }

    static func appendOnly(_ rules: ModelRule...) -> ModelTable {
        let cells = rules.enumerated().map { ModelCell(columns: [$0.offset], rule: $0.element) }
        return ModelTable(name: row.table, cells: cells, defaults: rules.map { _ in .null }, appendOnly: true)
    }

    static func insert(_ values: ModelValue...) -> ModelOperation {
        .insert(table: row.table, key: row.key, values: values)
    }

    static func update(_ column: Int = 0, from old: ModelValue, to new: ModelValue) -> ModelOperation {
        .update(table: row.table, key: row.key, old: [column: old], new: [column: new])
    }

    static func refused(_ author: ModelAuthor, _ number: UInt64, cell: Int = 0) -> ModelRefusedCell {
        ModelRefusedCell(dot: author.dot(number), table: row.table, key: row.key, cell: cell)
    }

    static let delete = ModelOperation.delete(table: row.table, key: row.key)

    static func state(_ table: ModelTable, _ changeSets: [ModelChangeSet]) -> ModelState {
        mergedState(of: changeSets, tables: [table], authors: authors)
    }

    /// The row, which has been operated on in every case that asks for it.
    static func row(_ table: ModelTable, _ changeSets: ModelChangeSet...) throws -> ModelRow {
        guard let row = state(table, changeSets).rows[row] else { throw Missing() }
        return row
    }

    struct Missing: Error {}
}

extension ModelAuthor {
    /// A change set of this author with one operation.
    func writes(
        _ number: UInt64, _ operation: ModelOperation, knowing context: [ModelAuthor: UInt64] = [:],
        refused: Bool = false, declared: ModelTable? = nil
    ) -> ModelChangeSet {
        var named: [String: UInt64] = [:]
        for (author, number) in context { named[author.id] = number }
        return ModelChangeSet(
            author: id, number: number, context: named, operations: [operation], refused: refused,
            declared: declared.map { [$0] })
    }

    func sibling(_ number: UInt64, _ values: ModelValue...) -> ModelSibling {
        ModelSibling(dot: dot(number), values: values)
    }

    func dot(_ number: UInt64) -> ModelDot {
        ModelDot(author: id, number: number)
    }
}
