import ChangeSets

/// The engine's own tables as such: numbers that no number can be, rows of no feed, feeds that nobody can read.
///
/// What stands in them is nothing that anyone signed, so it is computed again, or forgotten where it is only a memory.
struct Bookkeeping {
    let reader: ReplicaReader

    /// A column and the largest number that this program writes into it; the smallest is 0.
    private struct Column {
        let table: String
        let name: String
        var largest = Int64(Limits.numberMax)
    }

    private static let columns = [
        Column(table: "sanji_change_set", name: "number"), Column(table: "sanji_signature", name: "number"),
        Column(table: "sanji_tail", name: "last"), Column(table: "sanji_refusal", name: "number"),
        Column(table: "sanji_refused_cells", name: "number"), Column(table: "sanji_refused_cells", name: "cells"),
        Column(table: "sanji_refused_cell", name: "number"), Column(table: "sanji_fork", name: "number"),
        Column(table: "sanji_not_taken", name: "number"),
        Column(table: "sanji_statement", name: "ordinal", largest: .max - 1),
        Column(table: "sanji_statement", name: "given", largest: .max - 1),
        Column(table: "sanji_attempt", name: "deaths"), Column(table: "sanji_peer", name: "refused"),
        Column(table: "sanji_peer", name: "schema", largest: Int64(UInt32.max)),
    ]

    /// Those whose rows are of a feed, besides the log itself. All of it is computed again, comes again, or may be lost.
    private static let besideTheLog = [
        "sanji_signature", "sanji_tail", "sanji_refusal", "sanji_refused_cells", "sanji_refused_cell", "sanji_fork",
        "sanji_not_taken",
    ]

    func problems() throws -> [VerificationProblem] {
        var problems: [VerificationProblem] = []
        for column in Self.columns {
            let wrong = try reader.connection.statement(
                "SELECT \(column.name) FROM \(column.table) WHERE \(Self.isWrong(column)) LIMIT 1")
            guard let value = try wrong.first({ $0.integer(0) }) else { continue }
            problems.append(.number(column.table, column: column.name, value))
        }
        for table in ["sanji_change_set"] + Self.besideTheLog {
            let lost = try reader.connection.statement(
                "SELECT feed FROM \(table) WHERE feed NOT IN (SELECT id FROM sanji_feed) LIMIT 1")
            if let feed = try lost.first({ $0.integer(0) }) { problems.append(.noFeed(table, feed)) }
        }
        for one in try reader.lostOwn() where try reader.feed(one.feed) == nil {
            problems.append(.missing(one.feed, one.number))
        }
        problems += try ForkCheck.unreadable(reader).map { .fork($0.number) }
        // The root needs none: it has the key itself.
        if reader.office != reader.root, try !reader.hasPinnedRoot() { problems.append(.notPinned(reader.root)) }
        return problems
    }

    /// Mends what can be told from the log, and forgets the rest. Inside a transaction of the writer.
    /// - Returns: What was done.
    func mend() throws -> [String] {
        var done = try FeedMending(reader).run()
        func count(_ what: String, _ sql: String) throws {
            try reader.connection.execute(sql)
            let changes = reader.connection.changes
            if changes > 0 { done.append("\(changes) rows of \(what)") }
        }
        for table in Self.besideTheLog {
            let wrong = Self.columns.filter { $0.table == table }.map(Self.isWrong)
            let isLost = (["feed NOT IN (SELECT id FROM sanji_feed)"] + wrong).joined(separator: " OR ")
            try count(table, "DELETE FROM \(table) WHERE \(isLost)")
        }
        for fork in try ForkCheck.unreadable(reader) {
            try count("sanji_fork", "DELETE FROM sanji_fork WHERE rowid = \(fork.rowID)")
        }
        try count("sanji_statement", "UPDATE sanji_statement SET given = 0 WHERE given < 0 OR given > ordinal")
        for column in Self.columns where column.table == "sanji_peer" {
            let value = column.name == "refused" ? "0" : "NULL"
            try count(
                column.table, "UPDATE sanji_peer SET \(column.name) = \(value) WHERE \(Self.isWrong(column))")
        }
        return done
    }

    private static func isWrong(_ column: Column) -> String {
        "(\(column.name) < 0 OR \(column.name) > \(column.largest))"
    }
}

/// Other branches of feeds, as they are held beside the log.
enum ForkCheck {
    /// Rows that are not what their hash and their feed say: nothing can be shown or proved with them.
    static func unreadable(_ reader: ReplicaReader) throws -> [(rowID: Int64, number: Int64)] {
        let statement = try reader.connection.statement(
            "SELECT rowid, feed, number, hash, header, body FROM sanji_fork ORDER BY rowid")
        return try statement.rows { row in
            let sealed = try? SealedHeader(parsing: row.blob(4))
            let isGood =
                sealed.map { sealed in
                    sealed.hash.bytes == row.blob(3) && Int64(sealed.header.number) == row.integer(2)
                        && sealed.vouches(for: row.blob(5))
                } ?? false
            let isOfFeed = try isGood && reader.feed(row.integer(1))?.feed == sealed?.header.feed
            return isOfFeed ? nil : (row.integer(0), row.integer(2))
        }.compactMap { $0 }
    }
}
