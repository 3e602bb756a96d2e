import ChangeSets

/// SQL for one synced table and its stamps, made once when the replica opens.
///
/// A class, because it is handed on for every row and a copy would count every string in it.
final class TableAccess: Sendable {
    let table: SyncedTable
    let checks: [CellCheck]
    let insertRow: String
    let insertRowOrIgnore: String
    /// rowid, feed, number, detail.
    let selectStamp: String
    /// rowid, feed, number, detail, then the value columns.
    let selectRow: String
    let selectRowID: String
    /// rowid, then the value columns: for rows whose stamp lies elsewhere until the block is committed.
    let selectValues: String
    let deleteRow: String
    let insertStamp: String
    let insertStampByKey: String
    /// Stamps all rows behind the last stamped one: rowid order is insertion order.
    let insertStampsBehind: String
    let updateStamp: String
    let deleteStamp: String
    let moveStamp: String
    let stampByRowID: String
    /// Column positions of each cell.
    let cellRanges: [Range<Int>]
    let keyColumns: Int

    init(_ table: SyncedTable, checks: [CellCheck]) {
        self.table = table
        self.checks = checks
        cellRanges = table.cellRanges
        keyColumns = 1 + table.key.count
        let name = "\"\(table.name)\""
        let stamp = "\"\(EngineTables.stampTable(table.name))\""
        let columns = table.columns.map { "\"\($0.name)\"" }
        let places = columns.indices.map { "?\($0 + 1)" }.joined(separator: ", ")
        let key = columns.prefix(keyColumns).enumerated().map { "t.\($1) = ?\($0 + 1)" }.joined(separator: " AND ")
        insertRow = "INSERT INTO \(name) (\(columns.joined(separator: ", "))) VALUES (\(places))"
        insertRowOrIgnore = "INSERT OR IGNORE INTO \(name) (\(columns.joined(separator: ", "))) VALUES (\(places))"
        selectStamp = """
            SELECT s.rid, s.feed, s.number, s.detail FROM \(name) AS t JOIN \(stamp) AS s ON s.rid = t.rowid WHERE \(key)
            """
        let values = columns.dropFirst(keyColumns).map { ", t.\($0)" }.joined()
        selectValues = "SELECT t.rowid\(values) FROM \(name) AS t WHERE \(key)"
        selectRow = """
            SELECT s.rid, s.feed, s.number, s.detail\(values) FROM \(name) AS t JOIN \(stamp) AS s ON s.rid = t.rowid
            WHERE \(key)
            """
        selectRowID = "SELECT t.rowid FROM \(name) AS t WHERE \(key)"
        deleteRow = "DELETE FROM \(name) WHERE rowid = ?1"
        insertStamp = "INSERT OR REPLACE INTO \(stamp) (rid, feed, number, detail) VALUES (?1, ?2, ?3, ?4)"
        let next = keyColumns
        insertStampByKey = """
            INSERT OR REPLACE INTO \(stamp) (rid, feed, number, detail)
            SELECT t.rowid, ?\(next + 1), ?\(next + 2), ?\(next + 3) FROM \(name) AS t WHERE \(key)
            """
        insertStampsBehind = """
            INSERT INTO \(stamp) (rid, feed, number, detail)
            SELECT t.rowid, ?1, ?2, ?3 FROM \(name) AS t
            WHERE t.rowid > coalesce((SELECT max(rid) FROM \(stamp)), 0)
            """
        updateStamp = "UPDATE \(stamp) SET feed = ?2, number = ?3, detail = ?4 WHERE rid = ?1"
        deleteStamp = "DELETE FROM \(stamp) WHERE rid = ?1"
        moveStamp = "UPDATE \(stamp) SET rid = ?2 WHERE rid = ?1"
        stampByRowID = "SELECT rid, feed, number, detail FROM \(stamp) WHERE rid = ?1"
    }

    /// Sets the columns of some cells: their values from ?2 on, in column order, the rowid as ?1.
    func updateCells(_ cells: [Int]) -> String {
        let columns = table.columns
        var place = 1
        let sets = cells.flatMap { cellRanges[$0] }.map { column -> String in
            place += 1
            return "\"\(columns[column].name)\" = ?\(place)"
        }
        return "UPDATE \"\(table.name)\" SET \(sets.joined(separator: ", ")) WHERE rowid = ?1"
    }

    /// The stamp detail of a plain insert by an office of `tier`: cells it may not write have no sibling.
    /// - Parameter declared: The table as the header's schema version declares it.
    func insertDetail(by tier: Tier, declared: SyncedTable) -> (detail: [UInt8]?, unwritten: [Int]) {
        var stamp = Stamp(rowID: 0, base: Dot(feed: 0, number: 0))
        var unwritten: [Int] = []
        for index in table.cells.indices {
            let writers = index < declared.cells.count ? declared.cells[index].writers : []
            if let writers, !writers.contains(tier) {
                stamp.set(.cell(index), [])
                unwritten.append(index)
            }
        }
        return (stamp.detail, unwritten)
    }
}
