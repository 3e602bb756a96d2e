import ChangeSets

/// Some neighbouring rows of a table, and what they come to.
package struct RowPiece: Sendable, Hashable {
    package let range: RowRange
    package let rows: Int
    /// nil when there is none.
    package let first: RowPosition?
    package let digest: Digest

    package init(range: RowRange, rows: Int, first: RowPosition?, digest: Digest) {
        self.range = range
        self.rows = rows
        self.first = first
        self.digest = digest
    }
}

/// What holding a few pieces of another office against one's own rows tells.
package enum RowComparison: Sendable, Hashable {
    case same
    /// The first difference lies in here: ask the other office for the pieces of this range.
    case within(RowRange)
    /// The first row that differs, or that only one of the two has.
    case differs(RecordID)
}

extension OfficeReplica {
    /// Cuts a range of rows into about `count` pieces of equal size; one at least, and together they are the range.
    package func rowPieces(
        of table: String, in scope: Scope, range: RowRange = .all, count: Int = 16
    ) throws -> [RowPiece] {
        try reading { reader in
            let ranges = try reader.cuts(of: table, in: scope, range, count: count)
            return try reader.pieces(of: table, in: scope, ranges: ranges)
        }
    }

    /// Holds another office's pieces against this replica's rows. Ask for narrower ones until it says `differs`.
    package func compare(_ theirs: [RowPiece], of table: String, in scope: Scope) throws -> RowComparison {
        try reading { try $0.compare(theirs, of: table, in: scope) }
    }
}

extension ReplicaReader {
    private func checkedAccess(_ table: String, in scope: Scope) throws -> TableAccess {
        let known = tables(in: scope).map(\.name)
        guard known.contains(table), let access = access(table) else {
            throw RecordError.noSuchTable(table, known: known)
        }
        return access
    }

    fileprivate func cuts(of table: String, in scope: Scope, _ range: RowRange, count: Int) throws -> [RowRange] {
        let access = try checkedAccess(table, in: scope)
        var rows = 0
        try RowScan(connection, access, area: scope.area, range: range).forEach { _ in rows += 1 }
        let size = max(1, (rows + count - 1) / max(1, count))
        var ranges: [RowRange] = []
        var (after, place) = (range.after, 0)
        try RowScan(connection, access, area: scope.area, range: range).forEach { row in
            place += 1
            guard place.isMultiple(of: size), place < rows else { return }
            let position = RowPosition(bytes: row.key)
            ranges.append(RowRange(after: after, through: position))
            after = position
        }
        return ranges + [RowRange(after: after, through: range.through)]
    }

    func pieces(
        of table: String, in scope: Scope, ranges: [RowRange], _ stamps: CanonicalStamp? = nil
    ) throws -> [RowPiece] {
        let access = try checkedAccess(table, in: scope)
        let stamps = try stamps ?? CanonicalStamp(feeds().filter { $0.feed.scope == scope })
        return try ranges.map { range in
            var running = RunningDigest()
            var rows = 0
            var first: RowPosition?
            try RowScan(connection, access, area: scope.area, range: range).forEach { row in
                guard let stamp = row.stamp else { throw DamagedReplica.missingRow(table) }
                if first == nil { first = RowPosition(bytes: row.key) }
                rows += 1
                try running.append { bytes in
                    bytes += row.key
                    bytes += row.values
                    try stamps.append(stamp, access.table, to: &bytes)
                }
            }
            return RowPiece(range: range, rows: rows, first: first, digest: running.finish())
        }
    }

    fileprivate func compare(_ theirs: [RowPiece], of table: String, in scope: Scope) throws -> RowComparison {
        let access = try checkedAccess(table, in: scope)
        func record(_ position: RowPosition) throws -> RowComparison {
            .differs(RecordID(table: access.table, area: scope.area, key: try position.key()))
        }
        for their in theirs {
            let own = try pieces(of: table, in: scope, ranges: [their.range])[0]
            if own.rows == their.rows, own.digest == their.digest { continue }
            guard their.rows <= 1 else { return .within(their.range) }
            guard let mine = own.first else { return try their.first.map(record) ?? .same }
            guard let first = their.first else { return try record(mine) }
            guard mine == first else { return try record(mine.precedes(first) ? mine : first) }
            // The same row here and there: either it differs, or the one after it is only here.
            let alone = RowRange(after: their.range.after, through: first)
            if try pieces(of: table, in: scope, ranges: [alone])[0].digest != their.digest { return try record(first) }
            let rest = RowRange(after: first, through: their.range.through)
            return try pieces(of: table, in: scope, ranges: [rest])[0].first.map(record) ?? .same
        }
        return .same
    }
}
