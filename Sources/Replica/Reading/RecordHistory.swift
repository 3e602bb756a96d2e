import ChangeSets

/// Everything this replica knows of one record: what `sanji why` prints.
package struct RecordHistory: Sendable, Hashable {
    package let record: RecordID
    package let isThere: Bool
    /// What the row shows; empty when it is not there.
    package let values: [NamedValue]
    /// Every change set in the log that touches it, in log order.
    package let changes: [RecordChange]
    /// Open ones, quiet ones as well.
    package let conflicts: [Conflict]
    /// Rows that this one refers to and that are not there (yet).
    package let missingReferences: [MissingReference]
}

package struct NamedValue: Sendable, Hashable {
    package let column: String
    package let value: CellValue
}

/// What one change set does to one record.
package struct RecordChange: Sendable, Hashable {
    package let seq: Int64
    package let feed: FeedID
    package let number: UInt64
    /// nil where the directory does not name the author.
    package let office: OfficeCode?
    package let user: String
    package let userVerified: Bool
    /// By the author's clock.
    package let time_ms: Int64
    /// By this replica's clock.
    package let received_ms: Int64
    package let operation: RowOperation
    /// For an insert every column, for an update those it writes, for a delete what the row showed.
    package let columns: [ColumnChange]
    package let state: ChangeSetState
    /// Cells that this change set may not write; the rest of it stands.
    package let refusedCells: [RefusedCellReason]
    /// Offices known to have applied it, the highest first, this one included.
    package let reached: [OfficeCode]
    /// Of this office's own change sets only.
    package let fate: Fate?
    /// Of this office's own change sets only: cells that offices above refuse, wherever in the change set they are.
    package let cellVerdicts: [CellVerdict]
}

package struct ColumnChange: Sendable, Hashable {
    package let column: String
    /// nil for an insert.
    package let old: CellValue?
    /// nil for a delete.
    package let new: CellValue?
}

package struct RefusedCellReason: Sendable, Hashable {
    package let cell: String
    package let reason: String
}
