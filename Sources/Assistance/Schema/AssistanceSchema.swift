import ChangeSets
import Replica

/// The offices' synced tables, as the engine is told of them.
///
/// Frozen once shipped: a later version is a second value beside ``version1``, with its own migrations, and only adds
/// tables and appends columns.
package enum AssistanceSchema {
    package static let domain = DomainSchema(
        versions: [version1],
        migrations: [
            ("assistance 1 household", HouseholdTable.sql),
            ("assistance 1 person", PersonTable.sql),
            ("assistance 1 announcement", AnnouncementTable.sql),
        ])

    package static let version1 = SyncedSchema(
        version: 1, tables: [HouseholdTable.declaration, PersonTable.declaration, AnnouncementTable.declaration])
}

// Columns that every table of the domain has, in this order, at its end.
extension SyncedCell {
    /// `live`, `void` or `merged_into`. Nothing is deleted while a case may be open. Not quiet: whether a family or a
    /// person counts is what money hangs on.
    static func rowState(_ rule: MergeRule) -> SyncedCell {
        .column("row_state", .text, notNull: true, default: .text("live"), rule)
    }

    /// Who typed the row in first, as that office names them. Written once; it differs between offices only where two of
    /// them imported the same sheet unaware of each other, which is nobody's business: quiet.
    static let createdBy = SyncedCell.column(
        "created_by", .text, notNull: true, default: .text(""), .nearest, quiet: true)
}
