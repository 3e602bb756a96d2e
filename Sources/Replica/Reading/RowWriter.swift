import ChangeSets

/// Who wrote a row, for plain SQL on append-only tables whose first cell is what they say.
package enum RowWriter {
    /// An SQL expression: the digits of the office that signed what the row shows; empty where nobody wrote it (a cell that its
    /// writer may not write, or a bare key).
    /// - Parameter alias: How the query names the table.
    package static func office(of table: String, as alias: String) -> String {
        // Only this office's own author may be missing in the directory: until its row has come down. And a row without a stamp is
        // being written here and now.
        """
        coalesce((
            SELECT CASE WHEN w.feed IS NULL THEN '' ELSE coalesce((
                SELECT a.office FROM sanji_feed AS f JOIN \(DirectorySchema.authors) AS a ON a.author = f.author
                WHERE f.id = w.feed AND a.area = (SELECT area FROM \(DirectorySchema.authors) LIMIT 1)), office()) END
            FROM (
                SELECT iif(stamp.detail IS NULL, stamp.feed, shown_feed(stamp.feed, stamp.number, stamp.detail)) AS feed
                FROM "\(EngineTables.stampTable(table))" AS stamp WHERE stamp.rid = \(alias).rowid) AS w), office())
        """
    }

    /// - Returns: The feed of the write that a row's first cell shows; nil where there is none, or the stamp cannot be read.
    static func shownFeed(_ base: Dot, _ detail: [UInt8]) -> Int64? {
        guard let stamp = try? Stamp(rowID: 0, base: base, detail: detail) else { return nil }
        return stamp.entries(.cell(0)).first?.dot.feed
    }
}
