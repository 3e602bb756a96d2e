import ChangeSets

/// One table of the domain: what the engine is told of it and its SQL, both made from one description, so that neither can say
/// what the other does not.
struct DomainTable: Sendable {
    let declaration: SyncedTable
    /// `CREATE TABLE`, and the indexes by which it is read.
    let sql: String

    var name: String { declaration.name }

    /// - Parameters:
    ///   - key: The primary key besides the area.
    ///   - references: Columns that hold the `id` of a row of another table; such rows move together.
    ///   - indexes: Columns besides the area by which rows are found.
    ///   - lookups: Columns by which rows of all areas are found.
    init(
        _ name: String, areas: Set<Tier> = [.village], audience: Tier = .village,
        key: [DomainColumn] = [.key("id", .blob)], appendOnly: Bool = false,
        references: KeyValuePairs<String, String> = [:], indexes: [[String]] = [], lookups: [String] = [],
        _ cells: [DomainCell]
    ) {
        declaration = SyncedTable(
            name, key: key.map(\.synced), areas: areas, audience: audience, appendOnly: appendOnly,
            references: references.map { SyncedReference([$0.key], to: $0.value) }, cells: cells.map(\.synced))
        let columns = [DomainColumn.key("area", .text)] + key + cells.flatMap(\.columns)
        let primaryKey = (["area"] + key.map(\.synced.name)).joined(separator: ", ")
        let lines = columns.map(\.sql) + ["PRIMARY KEY (\(primaryKey))"]
        let table = "CREATE TABLE \(name) (\n    \(lines.joined(separator: ",\n    "))\n) STRICT"
        let lookups = lookups.map { "CREATE INDEX \(name)_by_\($0) ON \(name) (\($0)) WHERE \($0) IS NOT NULL" }
        let keys = key.map(\.synced.name)
        sql = ([table] + indexes.map { Self.index($0, of: name, key: keys) } + lookups).joined(separator: ";\n")
    }

    /// With the key behind it: else, for rows in the order of their keys, SQLite would read those of a whole area instead of sorting the few
    /// that the index finds.
    private static func index(_ columns: [String], of table: String, key: [String]) -> String {
        let all = (["area"] + columns + key).joined(separator: ", ")
        return "CREATE INDEX \(table)_\(columns.joined(separator: "_")) ON \(table) (\(all))"
    }
}

/// What merges as one in a ``DomainTable``.
struct DomainCell: Sendable {
    let synced: SyncedCell
    let columns: [DomainColumn]

    static func one(
        _ column: DomainColumn, _ rule: MergeRule, writers: Set<Tier>? = nil, quiet: Bool = false
    ) -> DomainCell {
        let synced = column.synced
        return DomainCell(
            synced: .column(
                synced.name, synced.type, notNull: synced.notNull, default: synced.defaultValue, rule, writers: writers,
                quiet: quiet),
            columns: [column])
    }

    static func group(
        _ name: String, _ rule: MergeRule, writers: Set<Tier>? = nil, quiet: Bool = false, _ columns: [DomainColumn]
    ) -> DomainCell {
        DomainCell(
            synced: .group(name, rule, writers: writers, quiet: quiet, columns.map(\.synced)), columns: columns)
    }

    /// `live`, `void` or `merged_into`. Nothing is deleted while a case may be open. Not quiet: whether a family or a
    /// person counts is what money hangs on.
    static func rowState(_ rule: MergeRule) -> DomainCell {
        .one(.choice("row_state", ["live", "void", "merged_into"], default: "live"), rule)
    }

    /// Who typed the row in first, as that office names them. Written once; it differs between offices only where two of
    /// them imported the same sheet unaware of each other, which is nobody's business: quiet.
    static let createdBy = DomainCell.one(.text("created_by", default: ""), .highest, quiet: true)
}

/// A column with its CHECK. Code lists that grow have none.
struct DomainColumn: Sendable {
    let synced: SyncedColumn
    private let check: String?

    private init(
        _ name: String, _ type: ColumnType, default value: CellValue = .null, isKey: Bool = false, check: String? = nil
    ) {
        synced = SyncedColumn(name, type, notNull: isKey || value != .null, default: value)
        self.check = check
    }

    /// Of the primary key. It has no CHECK: a row is there by its key, whatever that says.
    static func key(_ name: String, _ type: ColumnType) -> DomainColumn { DomainColumn(name, type, isKey: true) }

    /// - Parameter value: What an empty one says; without it the column may be NULL.
    static func text(_ name: String, default value: String? = nil) -> DomainColumn {
        DomainColumn(name, .text, default: value.map { .text($0) } ?? .null)
    }

    static func blob(_ name: String) -> DomainColumn { DomainColumn(name, .blob) }

    /// One of a few words that no law will add to.
    static func choice(_ name: String, _ words: [String], default value: String? = nil) -> DomainColumn {
        // Not IN: of three words and more, SQLite would build and drop a table of them for every row that is written.
        let check = words.map { "\(name) = '\($0)'" }.joined(separator: " OR ")
        return DomainColumn(name, .text, default: value.map { .text($0) } ?? .null, check: check)
    }

    /// `YYYY-MM-DD`.
    static func date(_ name: String) -> DomainColumn {
        // Of a date that exists, within the years that this program knows: what SQL compares and what the program reads is the same.
        DomainColumn(
            name, .text,
            check: """
                CASE WHEN \(name) GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' \
                THEN date(\(name), '+0 days') IS \(name) AND \(name) BETWEEN '1800-01-01' AND '2999-12-31' ELSE \(name) IS NULL END
                """)
    }

    /// `YYYY-MM`.
    static func month(_ name: String) -> DomainColumn {
        DomainColumn(name, .text, check: "\(name) GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]'")
    }

    /// Money in fen, never negative, and so bounded that no sum of a household's overflows.
    /// - Parameter sums: Of how many amounts it is the sum at most.
    static func fen(_ name: String, sumOf sums: Int64 = 1) -> DomainColumn {
        DomainColumn(name, .integer, default: .integer(0), check: "\(name) BETWEEN 0 AND \(Money.typedMax.fen * sums)")
    }

    static func flag(_ name: String) -> DomainColumn {
        DomainColumn(name, .integer, default: .integer(0), check: "\(name) IN (0, 1)")
    }

    static func number(_ name: String, _ range: ClosedRange<Int>, default value: Int64? = nil) -> DomainColumn {
        DomainColumn(
            name, .integer, default: value.map { .integer($0) } ?? .null,
            check: "\(name) BETWEEN \(range.lowerBound) AND \(range.upperBound)")
    }

    static func real(_ name: String, check: String) -> DomainColumn {
        DomainColumn(name, .real, check: "\(name) \(check)")
    }

    fileprivate var sql: String {
        var text = "\(synced.name) \(synced.type.rawValue)"
        if synced.notNull { text += " NOT NULL" }
        switch synced.defaultValue {
        case .text(let value): text += " DEFAULT '\(value)'"
        case .integer(let value): text += " DEFAULT \(value)"
        default: break
        }
        return text + (check.map { " CHECK (\($0))" } ?? "")
    }
}
