import ChangeSets
import Testing

@testable import Replica

/// A table, as made and as declared, and what is wrong with it.
struct BrokenTable: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let sql: String
    let table: SyncedTable
    let problems: Set<SchemaProblem>

    /// - Parameters:
    ///   - columns: Those after area and id, or all of them.
    ///   - end: What follows the columns.
    init(
        _ rule: String, _ columns: String = "a TEXT", all: String? = nil, end: String = ") STRICT", more: String = "",
        key: [SyncedColumn] = [.init("id", .blob)], appendOnly: Bool = false, references: [SyncedReference] = [],
        cells: [SyncedCell] = [.column("a", .text, .nearest)], areas: Set<Tier> = [.village],
        _ problems: SchemaProblem...
    ) {
        testDescription = rule
        let list = all ?? "area TEXT NOT NULL, id BLOB NOT NULL, \(columns), PRIMARY KEY (area, id)"
        sql = "CREATE TABLE t (\(list) \(end); \(more)"
        table = SyncedTable(
            "t", key: key, areas: areas, appendOnly: appendOnly, references: references, cells: cells)
        self.problems = Set(problems)
    }
}
