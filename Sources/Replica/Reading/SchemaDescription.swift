import ChangeSets

/// The synced tables as the engine knows them, in plain values: what `sanji schema` prints.
package struct SchemaDescription: Sendable, Hashable {
    package let version: UInt32
    package let tables: [Table]

    package struct Table: Sendable, Hashable {
        package let name: String
        /// The column that holds the division code.
        package let area: String
        /// The key columns besides the area.
        package let key: [String]
        /// The tiers whose areas may hold rows, the highest first.
        package let areas: [Tier]
        package let audience: Tier
        package let appendOnly: Bool
        /// The engine's own: offices, authors, voided change sets.
        package let isDirectory: Bool
        /// Every column besides area and key.
        package let columns: [Column]
    }

    package struct Column: Sendable, Hashable {
        package let name: String
        package let type: String
        package let notNull: Bool
        package let rule: String
        /// The group it merges with; nil for a column that is a cell by itself.
        package let group: String?
        /// nil where every author of the area may write.
        package let writers: [Tier]?
        package let quiet: Bool
    }

    init(_ schema: SyncedSchema) {
        version = schema.version
        tables = schema.tables.map { table in
            Table(
                name: table.name, area: table.areaColumn, key: table.key.map(\.name), areas: table.areas.sorted(),
                audience: table.audience, appendOnly: table.appendOnly,
                isDirectory: DirectorySchema.names.contains(table.name),
                columns: table.cells.flatMap { cell in
                    cell.columns.map { column in
                        Column(
                            name: column.name, type: column.type.rawValue, notNull: column.notNull,
                            rule: cell.rule.rawValue, group: cell.isGroup ? cell.name : nil,
                            writers: cell.writers?.sorted(), quiet: cell.quiet)
                    }
                })
        }
    }
}

extension DirectorySchema {
    static let names: Set<String> = [offices, authors, voided]
}

extension OfficeReplica {
    package func schemaDescription() -> SchemaDescription { SchemaDescription(history.current) }
}
