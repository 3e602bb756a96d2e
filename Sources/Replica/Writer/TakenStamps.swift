import ChangeSets

/// Stamps of rows that a write block deleted or that lie under another row id now: their old ids may be in use again.
struct TakenStamps {
    private let writer: ReplicaWriter
    private var stamps: [String: [[UInt8]: Stamp]] = [:]

    /// Takes them out of their tables.
    /// - Parameter deleted: Rows deleted in the block, by the row id they had when it began.
    init(_ deleted: [String: [Int64: [UInt8]]], writer: ReplicaWriter) throws {
        self.writer = writer
        for (table, rows) in deleted {
            guard let access = writer.tables[table] else { continue }
            for (rowID, key) in rows {
                guard let stamp = try stamp(access, rowID: rowID) else { continue }
                stamps[table, default: [:]][key] = stamp
                try writer.connection.statement(access.deleteStamp).bind(1, rowID).run()
            }
        }
    }

    /// The stamp of a row that is gone.
    mutating func remove(_ access: TableAccess, key: [CellValue]) -> Stamp? {
        stamps[access.table.name]?.removeValue(forKey: ReplicaWriter.encode(key))
    }

    /// Puts a stamp back where its row, deleted and inserted again in one block, lies now.
    mutating func putBack(_ access: TableAccess, key: [CellValue]) throws {
        try putBack(access, ReplicaWriter.encode(key))
    }

    /// Likewise for rows that no change set mentions: inserted again just as they were, or kept by ROLLBACK TO.
    mutating func putBackRest() throws {
        for (table, keys) in stamps {
            guard let access = writer.tables[table] else { continue }
            for key in keys.keys { try putBack(access, key) }
        }
    }

    private mutating func putBack(_ access: TableAccess, _ key: [UInt8]) throws {
        guard var stamp = stamps[access.table.name]?.removeValue(forKey: key) else { return }
        guard let rowID = try rowID(access, key: key) else { throw DamagedReplica.missingRow(access.table.name) }
        stamp.rowID = rowID
        try writer.save(new: stamp, access)
    }

    private func stamp(_ access: TableAccess, rowID: Int64) throws -> Stamp? {
        let statement = try writer.connection.statement(access.stampByRowID)
        return try statement.bind(1, rowID).first { row in
            try Stamp(
                rowID: row.integer(0), base: Dot(feed: row.integer(1), number: UInt64(bitPattern: row.integer(2))),
                detail: row.blob(3))
        }
    }

    private func rowID(_ access: TableAccess, key: [UInt8]) throws -> Int64? {
        var reader = ValueReader(key)
        let statement = try writer.connection.statement(access.selectRowID)
        for index in 0..<access.keyColumns { statement.bind(Int32(index + 1), reader.value() ?? .null) }
        return try statement.first { $0.integer(0) }
    }
}
