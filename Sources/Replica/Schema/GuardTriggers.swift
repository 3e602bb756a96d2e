import ChangeSets

/// Triggers on every synced table. They call functions that only our connections define, so another program that
/// writes such a table fails loudly; they also keep a DELETE without WHERE from bypassing the session (truncation).
enum GuardTriggers {
    /// Names, and what makes them.
    static func create(for table: SyncedTable) -> [(String, String)] {
        let key = ([table.areaColumn] + table.key.map(\.name)).map { "OLD.\"\($0)\"" }.joined(separator: ", ")
        let keyColumns = table.key.map { "\"\($0.name)\"" }
        let newKey = keyColumns.map { "NEW.\($0) IS NOT OLD.\($0)" }.joined(separator: " OR ")
        func trigger(_ event: String, _ definition: String) -> (String, String) {
            let name = "sanji_guard_\(event)_\(table.name)"
            return (name, "CREATE TRIGGER IF NOT EXISTS \"\(name)\" \(definition)")
        }
        // No session records a change from 0.0 to -0.0, which only a column of type ANY keeps.
        let zeros = table.columns.filter { $0.type == .any }.map { column in
            trigger(
                "zero_\(column.name)",
                """
                BEFORE UPDATE OF "\(column.name)" ON "\(table.name)"
                BEGIN SELECT sanji_number(NEW."\(column.name)"); END
                """)
        }
        return zeros + [
            trigger(
                "insert",
                """
                BEFORE INSERT ON "\(table.name)"
                BEGIN SELECT sanji_write_block(); END
                """),
            trigger(
                "update",
                """
                BEFORE UPDATE ON "\(table.name)"
                BEGIN SELECT sanji_write_block(); END
                """),
            trigger(
                "delete",
                """
                BEFORE DELETE ON "\(table.name)"
                BEGIN SELECT sanji_write_block(), sanji_row_deleted('\(table.name)', OLD.rowid, \(key)); END
                """),
            trigger(
                "key",
                """
                BEFORE UPDATE OF \(keyColumns.joined(separator: ", "))
                ON "\(table.name)" WHEN \(newKey)
                BEGIN SELECT sanji_row_deleted('\(table.name)', OLD.rowid, \(key)); END
                """),
            trigger(
                "area",
                """
                BEFORE UPDATE OF "\(table.areaColumn)" ON "\(table.name)"
                WHEN NEW."\(table.areaColumn)" IS NOT OLD."\(table.areaColumn)"
                BEGIN SELECT RAISE(ABORT, 'a row of \(table.name) cannot change its area by UPDATE; delete it and insert it in the other area'); END
                """),
        ]
    }
}
