/// "Which sibling is shown is a rule per cell."
package enum ModelRule: Sendable, Hashable {
    /// "The value from the office nearest the area (village before town before district)."
    case nearest
    /// "The value from the highest office."
    case highest
    /// "The smallest among the siblings; NULL loses."
    case minimum
    /// "The largest among the siblings; NULL loses."
    case maximum
    /// "Not a choice: every insert's value plus every update's difference, superseded or not, modulo 2⁶⁴."
    case counter
}

/// "A cell is a column, or a declared group of columns, whose value is the tuple."
package struct ModelCell: Sendable, Hashable {
    /// Positions among the table's columns that are not key.
    package var columns: [Int]
    package var rule: ModelRule
    /// "A cell may name the tiers that may write it": lengths of office codes; nil when every tier may.
    package var writers: Set<Int>?

    package init(columns: [Int], rule: ModelRule, writers: Set<Int>? = nil) {
        self.columns = columns
        self.rule = rule
        self.writers = writers
    }
}

/// What a table declares about its cells and the defaults of its columns that are not key.
package struct ModelTable: Sendable, Hashable {
    package var name: String
    package var cells: [ModelCell]
    package var defaults: [ModelValue]
    /// Whether "a row is what its first insert says", and the tiers that its cells name are the only ones to insert.
    package var appendOnly: Bool

    package init(name: String, cells: [ModelCell], defaults: [ModelValue], appendOnly: Bool = false) {
        self.name = name
        self.cells = cells
        self.defaults = defaults
        self.appendOnly = appendOnly
    }
}

/// "A signing key of an office"; the newer author of an office has the larger ordinal.
package struct ModelAuthor: Sendable, Hashable {
    package var id: String
    /// The division code of the office; its length is the office's tier.
    package var office: String
    package var ordinal: Int

    package init(id: String, office: String, ordinal: Int) {
        self.id = id
        self.office = office
        self.ordinal = ordinal
    }

    /// Village 12, town 9, district 6: the longer the code, the nearer the area.
    package var tier: Int { office.utf8.count }
}
