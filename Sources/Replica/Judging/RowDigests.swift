import ChangeSets

/// Some neighbouring rows of a table, and what they come to.
package struct RowPiece: Sendable, Hashable {
    package let range: RowRange
    package let rows: Int
    package let digest: Digest
    /// Rows inside at about equal distances, where it could be cut further; none in another office's pieces.
    let cuts: [RowPosition]

    package init(range: RowRange, rows: Int, digest: Digest) {
        self.init(range: range, rows: rows, digest: digest, cuts: [])
    }

    init(range: RowRange, rows: Int, digest: Digest, cuts: [RowPosition]) {
        self.range = range
        self.rows = rows
        self.digest = digest
        self.cuts = cuts
    }
}

extension OfficeReplica {
    /// Cuts a range of rows into about `pieces` pieces of equal size; together they are the whole range.
    package func rowDigests(
        of scope: Scope, table: String, in range: RowRange = .all, pieces: Int
    ) throws -> [RowPiece] {
        try reading { reader in
            let whole = try reader.pieces(of: table, in: scope, ranges: [range])[0]
            let ranges = range.cut(at: CutPositions.thinned(whole.cuts, to: max(0, pieces - 1)))
            return ranges.count == 1 ? [whole] : try reader.pieces(of: table, in: scope, ranges: ranges)
        }
    }

    /// The same for ranges that another office cut.
    package func rowDigests(of scope: Scope, table: String, ranges: [RowRange]) throws -> [RowPiece] {
        try reading { try $0.pieces(of: table, in: scope, ranges: ranges) }
    }
}

extension ReplicaReader {
    /// One piece per range.
    /// - Throws: ``RecordNotFound/noSuchTable(_:known:)`` for a table without rows in this scope, ``InvalidRowPosition``.
    func pieces(
        of table: String, in scope: Scope, ranges: [RowRange], _ stamps: CanonicalStamp? = nil
    ) throws -> [RowPiece] {
        let known = tables(in: scope).map(\.name)
        guard known.contains(table), let access = access(table) else {
            throw RecordNotFound.noSuchTable(table, known: known)
        }
        let stamps = try stamps ?? CanonicalStamp(feeds().filter { $0.feed.scope == scope })
        return try ranges.map { range in
            var running = RunningDigest()
            var cuts = CutPositions()
            try RowScan(connection, access, area: scope.area, range: range).forEach { row in
                guard let stamp = row.stamp else { throw DamagedReplica.missingRow(table) }
                cuts.add(row.key)
                try running.append { bytes in
                    bytes += row.key
                    bytes += row.values
                    try stamps.append(stamp, access.table, to: &bytes)
                }
            }
            return RowPiece(
                range: range, rows: cuts.rows, digest: running.finish(),
                cuts: cuts.positions.filter { $0 != range.through })
        }
    }
}

/// Remembers rows at equal distances without knowing how many will come: when there are too many, every second goes.
private struct CutPositions {
    private static let most = 32
    private(set) var rows = 0
    private(set) var positions: [RowPosition] = []
    private var distance = 1

    mutating func add(_ key: [UInt8]) {
        rows += 1
        guard rows.isMultiple(of: distance) else { return }
        positions.append(RowPosition(bytes: key))
        guard positions.count == Self.most else { return }
        positions = positions.indices.filter { !$0.isMultiple(of: 2) }.map { positions[$0] }
        distance *= 2
    }

    static func thinned(_ positions: [RowPosition], to count: Int) -> [RowPosition] {
        guard positions.count > count else { return positions }
        return (1...max(1, count)).prefix(count).map { positions[$0 * positions.count / (count + 1)] }
    }
}
