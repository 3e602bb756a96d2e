import ChangeSets

/// Triggers on every synced table. They call functions that only our connections define, so another program that
/// writes such a table fails loudly; they also keep a DELETE without WHERE from bypassing the session (truncation).
enum GuardTriggers {
    static func create(for table: SyncedTable) -> [String] {
        let key = ([table.areaColumn] + table.key.map(\.name)).map { "OLD.\"\($0)\"" }.joined(separator: ", ")
        let keyColumns = table.key.map { "\"\($0.name)\"" }
        let newKey = keyColumns.map { "NEW.\($0) IS NOT OLD.\($0)" }.joined(separator: " OR ")
        func name(_ event: String) -> String { "\"sanji_guard_\(event)_\(table.name)\"" }
        // No session records a change from 0.0 to -0.0, which only a column of type ANY keeps.
        let zeros = table.columns.filter { $0.type == .any }.map { column in
            """
            CREATE TRIGGER IF NOT EXISTS \(name("zero_\(column.name)")) BEFORE UPDATE OF "\(column.name)" ON "\(table.name)"
            BEGIN SELECT sanji_number(NEW."\(column.name)"); END
            """
        }
        return zeros + [
            """
            CREATE TRIGGER IF NOT EXISTS \(name("insert")) BEFORE INSERT ON "\(table.name)"
            BEGIN SELECT sanji_write_block(); END
            """,
            """
            CREATE TRIGGER IF NOT EXISTS \(name("update")) BEFORE UPDATE ON "\(table.name)"
            BEGIN SELECT sanji_write_block(); END
            """,
            """
            CREATE TRIGGER IF NOT EXISTS \(name("delete")) BEFORE DELETE ON "\(table.name)"
            BEGIN SELECT sanji_write_block(), sanji_row_deleted('\(table.name)', OLD.rowid, \(key)); END
            """,
            """
            CREATE TRIGGER IF NOT EXISTS \(name("key")) BEFORE UPDATE OF \(keyColumns.joined(separator: ", "))
            ON "\(table.name)" WHEN \(newKey)
            BEGIN SELECT sanji_row_deleted('\(table.name)', OLD.rowid, \(key)); END
            """,
            """
            CREATE TRIGGER IF NOT EXISTS \(name("area")) BEFORE UPDATE OF "\(table.areaColumn)" ON "\(table.name)"
            WHEN NEW."\(table.areaColumn)" IS NOT OLD."\(table.areaColumn)"
            BEGIN SELECT RAISE(ABORT, 'a row of \(table.name) cannot change its area by UPDATE'); END
            """,
        ]
    }
}
