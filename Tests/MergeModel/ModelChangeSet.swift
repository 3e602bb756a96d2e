/// A row of the one area that a model handles: "a row is identified by (table name, key bytes)".
package struct ModelRowKey: Sendable, Hashable {
    package var table: String
    package var key: [UInt8]

    package init(table: String, key: [UInt8]) {
        self.table = table
        self.key = key
    }
}

/// What a change set does to one row. Columns are counted without the key.
package enum ModelOperation: Sendable, Hashable {
    /// All columns.
    case insert(table: String, key: [UInt8], values: [ModelValue])
    /// New values of some columns, and the old values of the same columns.
    case update(table: String, key: [UInt8], old: [Int: ModelValue], new: [Int: ModelValue])
    case delete(table: String, key: [UInt8])

    package var row: ModelRowKey {
        switch self {
        case .insert(let table, let key, _), .update(let table, let key, _, _), .delete(let table, let key):
            ModelRowKey(table: table, key: key)
        }
    }
}

/// The name of a change set, and so of its one operation on a row: author and number.
package struct ModelDot: Sendable, Hashable {
    package var author: String
    package var number: UInt64

    package init(author: String, number: UInt64) {
        self.author = author
        self.number = number
    }
}

/// "What one local transaction changed in one area", with what its author had applied when it wrote.
package struct ModelChangeSet: Sendable, Hashable {
    package var author: String
    package var number: UInt64
    /// The last number applied of each author's feed; the author's own entry may be left out.
    package var context: [String: UInt64]
    package var operations: [ModelOperation]
    /// Whether the model is told that it is refused, for a reason that isn't the model's to judge. Those it judges itself
    /// are in `isRefused(tables:authors:)` as well.
    package var refused: Bool
    /// The tables as the schema version in its header declares them; nil for today's. Its rights are judged by them,
    /// and nothing else is: how its writes are ranked and shown is today's to say.
    package var declared: [ModelTable]?

    package init(
        author: String, number: UInt64, context: [String: UInt64], operations: [ModelOperation],
        refused: Bool = false, declared: [ModelTable]? = nil
    ) {
        self.author = author
        self.number = number
        self.context = context
        self.operations = operations
        self.refused = refused
        self.declared = declared
    }

    package var dot: ModelDot { ModelDot(author: author, number: number) }
}

extension ModelChangeSet {
    /// "A change set *covers* an operation (author a, number s) when `context[a] ≥ s`."
    ///
    /// "An author's context implicitly contains its own entry number − 1", and "a change set never covers its
    /// own operations".
    func covers(_ operation: ModelDot) -> Bool {
        if operation == dot { return false }
        if operation.author == author, operation.number < number { return true }
        return context[operation.author, default: 0] >= operation.number
    }
}
