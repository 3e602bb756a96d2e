/// The synced tables of one schema version, as one value: all that the engine is told of the domain.
///
/// Checked by itself (``problems``) and against the file when a replica opens. Versions only add tables and append
/// columns; groups, `counter` and defaults never change between versions.
package struct SyncedSchema: Sendable {
    package let version: UInt32
    package let tables: [SyncedTable]
    private let indexByName: [String: Int]

    package init(version: UInt32, tables: [SyncedTable]) {
        self.version = version
        self.tables = tables
        indexByName = Dictionary(tables.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    package func table(named name: String) -> SyncedTable? { indexByName[name].map { tables[$0] } }
    package func tableIndex(named name: String) -> Int? { indexByName[name] }

    /// All audiences that some table has, lowest tier last.
    package var audiences: [Tier] { Set(tables.map(\.audience)).sorted() }
}

/// All released versions of a schema, oldest first: rights and columns of an older change set are judged by its own.
package struct SchemaHistory: Sendable {
    package let versions: [SyncedSchema]

    package init(_ versions: [SyncedSchema]) { self.versions = versions.sorted { $0.version < $1.version } }

    package var current: SyncedSchema { versions.last! }  // A program has at least one.

    /// - Returns: nil when this program does not know the version (it is newer: an upgrade is needed).
    package func version(_ number: UInt32) -> SyncedSchema? { versions.first { $0.version == number } }

    /// The tables that may have rows of a scope.
    package func tables(in scope: Scope) -> [SyncedTable] {
        current.tables.filter { $0.audience == scope.audience && $0.areas.contains(scope.area.tier) }
    }
}

/// One synced table. In the file its columns stand in this order: area, key, then `cells` in their order.
package struct SyncedTable: Sendable {
    package let name: String
    /// Column that holds the division code; the first part of the primary key.
    package let areaColumn: String
    /// The primary key besides the area.
    package let key: [SyncedColumn]
    /// The tiers whose areas may hold rows.
    package let areas: Set<Tier>
    /// The lowest tier that receives rows; tiers below neither receive nor write them.
    package let audience: Tier
    /// Rows are inserted, never updated or deleted.
    package let appendOnly: Bool
    /// Every column besides area and key, as the cells they merge by.
    package let cells: [SyncedCell]
    package let references: [SyncedReference]
    /// All columns besides area and key, in file order.
    package let valueColumns: [SyncedColumn]
    /// All columns in file order: the area, the key, the rest.
    package let columns: [SyncedColumn]

    package init(
        _ name: String, areaColumn: String = "area", key: [SyncedColumn] = [.init("id", .blob)],
        areas: Set<Tier>, audience: Tier = .village, appendOnly: Bool = false,
        references: [SyncedReference] = [], cells: [SyncedCell]
    ) {
        self.name = name
        self.areaColumn = areaColumn
        self.key = key
        self.areas = areas
        self.audience = audience
        self.appendOnly = appendOnly
        self.references = references
        self.cells = cells
        valueColumns = cells.flatMap(\.columns)
        columns = [SyncedColumn(areaColumn, .text)] + key + valueColumns
    }

    package var hasCounter: Bool { cells.contains { $0.rule == .counter } }
    /// The tiers that may insert into an append-only table: those that may write every cell, because a cell left empty there
    /// stays empty. Nil where every author of the area may.
    package var adders: Set<Tier>? {
        guard appendOnly else { return nil }
        return cells.compactMap(\.writers).reduce(nil) { $0?.intersection($1) ?? $1 }
    }
}

/// What merges as one: a column, or a group of columns whose value is the tuple.
package struct SyncedCell: Sendable {
    /// The column's name, or the group's.
    package let name: String
    package let columns: [SyncedColumn]
    package let rule: MergeRule
    /// The tiers that may write it; nil where every author of the area may.
    package let writers: Set<Tier>?
    /// Conflicts are kept and shown with the record, but call for nobody's attention.
    package let quiet: Bool

    package static func column(
        _ name: String, _ type: ColumnType, notNull: Bool = false, default value: CellValue = .null,
        _ rule: MergeRule, writers: Set<Tier>? = nil, quiet: Bool = false
    ) -> SyncedCell {
        SyncedCell(
            name: name, columns: [SyncedColumn(name, type, notNull: notNull, default: value)],
            rule: rule, writers: writers, quiet: quiet)
    }

    package static func group(
        _ name: String, _ rule: MergeRule, writers: Set<Tier>? = nil, quiet: Bool = false, _ columns: [SyncedColumn]
    ) -> SyncedCell {
        SyncedCell(name: name, columns: columns, rule: rule, writers: writers, quiet: quiet)
    }

    package var isGroup: Bool { columns.count > 1 }
}

package struct SyncedColumn: Sendable, Hashable {
    package let name: String
    package let type: ColumnType
    package let notNull: Bool
    /// What a row has that was written before the column existed, or by a tier that may not write it.
    package let defaultValue: CellValue

    package init(_ name: String, _ type: ColumnType, notNull: Bool = false, default value: CellValue = .null) {
        self.name = name
        self.type = type
        self.notNull = notNull
        defaultValue = value
    }
}

/// The column types of SQLite's STRICT tables, which alone may be synced.
package enum ColumnType: String, Sendable {
    case integer = "INTEGER"
    case real = "REAL"
    case text = "TEXT"
    case blob = "BLOB"
    case any = "ANY"
}

/// Which sibling of a cell is shown (design §5).
package enum MergeRule: String, Sendable {
    /// From the office nearest the area: facts about the household.
    case nearest
    /// From the highest office: decisions.
    case highest
    /// The smallest value; NULL loses.
    case minimum
    /// The largest value; NULL loses.
    case maximum
    /// The sum of every insert's value and every update's difference, modulo 2⁶⁴.
    case counter
}

/// A reference between synced tables: legal while its row is not there (yet), and listed then.
package struct SyncedReference: Sendable, Hashable {
    package let columns: [String]
    package let table: String

    /// - Parameter columns: Columns that hold the key, besides the area, of a row of `table` in the same area.
    package init(_ columns: [String], to table: String) {
        self.columns = columns
        self.table = table
    }
}
