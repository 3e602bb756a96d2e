import ChangeSets

/// Writes stamps and row states as bytes that are the same at every office: authors instead of local feed numbers.
struct CanonicalStamp {
    private let authors: [Int64: [UInt8]]

    init(_ feeds: [FeedRow]) {
        authors = Dictionary(uniqueKeysWithValues: feeds.map { ($0.id, $0.feed.author.bytes) })
    }

    /// The siblings of every cell in order, then the open deletes. The shown sibling's values are the row's own.
    func append(_ stamp: Stamp, _ table: SyncedTable, to bytes: inout [UInt8]) throws {
        for index in table.cells.indices {
            let siblings = stamp.entries(.cell(index))
            bytes.appendVarint(UInt64(siblings.count))
            for sibling in siblings { try append(sibling, stamp.rowID, to: &bytes) }
        }
        let deletes = stamp.entries(.openDeletes)
        bytes.appendVarint(UInt64(deletes.count))
        for delete in deletes { try append(delete, stamp.rowID, to: &bytes) }
    }

    /// All of the stamp: also the inserts in effect, which have no order among themselves.
    func appendWhole(_ stamp: Stamp, _ table: SyncedTable, to bytes: inout [UInt8]) throws {
        try append(stamp, table, to: &bytes)
        let inserts = try stamp.entries(.inserts).map { try encoded($0, stamp.rowID) }
        for insert in inserts.sorted(by: { $0.lexicographicallyPrecedes($1) }) { bytes += insert }
    }

    /// The kept state of a row that is not there.
    func appendWhole(_ state: RowState, to bytes: inout [UInt8]) throws {
        func entry(_ sibling: Sibling) -> Stamp.Entry {
            Stamp.Entry(dot: sibling.dot, covered: sibling.covered, values: sibling.values)
        }
        let inserts = try state.inserts.map { try encoded(entry($0), 0) }
        bytes.appendVarint(UInt64(inserts.count))
        for insert in inserts.sorted(by: { $0.lexicographicallyPrecedes($1) }) { bytes += insert }
        bytes.appendVarint(UInt64(state.openDeletes.count))
        for delete in state.openDeletes { try append(Stamp.Entry(dot: delete), 0, to: &bytes) }
        for cell in state.cells {
            bytes.appendVarint(UInt64(cell.count))
            for sibling in cell { try append(entry(sibling), 0, to: &bytes) }
        }
        for sum in state.counters { bytes.appendValue(sum.map(CellValue.integer) ?? .null) }
    }

    private func encoded(_ entry: Stamp.Entry, _ rowID: Int64) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try append(entry, rowID, to: &bytes)
        return bytes
    }

    private func append(_ entry: Stamp.Entry, _ rowID: Int64, to bytes: inout [UInt8]) throws {
        guard let author = authors[entry.dot.feed] else { throw DamagedReplica.stamp(rowID) }
        bytes += author
        bytes.appendVarint(entry.dot.number)
        bytes.append(entry.covered ? 1 : 0)
        bytes.appendVarint(UInt64(entry.values.map { $0.count + 1 } ?? 0))
        for value in entry.values ?? [] { bytes.appendValue(value) }
    }
}
