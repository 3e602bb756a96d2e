import ChangeSets

/// Which operations stand behind one row that is there: the row's part of ``RowState`` that its columns do not hold.
///
/// Most rows have one insert behind every cell; that is all of the stamp then (`base`), and `parts` is empty.
struct Stamp {
    var rowID: Int64
    /// The insert behind every cell that `parts` does not mention.
    var base: Dot
    var parts: [Part: [Entry]] = [:]

    enum Part: Hashable {
        case inserts
        case openDeletes
        case cell(Int)

        var code: UInt64 {
            switch self {
            case .inserts: 0
            case .openDeletes: 1
            case .cell(let index): UInt64(index) + 2
            }
        }

        init?(code: UInt64) {
            switch code {
            case 0: self = .inserts
            case 1: self = .openDeletes
            case 2..<UInt64(Limits.columnsMax) + 2: self = .cell(Int(code - 2))
            default: return nil
            }
        }
    }

    struct Entry: Hashable {
        var dot: Dot
        var covered = false
        /// The values of a sibling that the row does not show; nil for the shown one, counters, inserts and deletes.
        var values: [CellValue]?
    }

    func entries(_ part: Part) -> [Entry] {
        if let listed = parts[part] { return listed }
        return part == .openDeletes ? [] : [Entry(dot: base)]
    }

    mutating func set(_ part: Part, _ entries: [Entry]) {
        let isUsual = part == .openDeletes ? entries.isEmpty : entries == [Entry(dot: base)]
        parts[part] = isUsual ? nil : entries
    }

    // MARK: Bytes

    /// As ``detail`` says that nothing stands behind some cells.
    static func emptyParts(_ parts: [Part]) -> [UInt8] {
        var bytes: [UInt8] = []
        for part in parts {
            bytes.appendVarint(part.code)
            bytes.appendVarint(0)
        }
        return bytes
    }

    var detail: [UInt8]? {
        guard !parts.isEmpty else { return nil }
        var bytes: [UInt8] = []
        for (part, entries) in parts.sorted(by: { $0.key.code < $1.key.code }) {
            bytes.appendVarint(part.code)
            bytes.appendVarint(UInt64(entries.count))
            for entry in entries { entry.append(to: &bytes) }
        }
        return bytes
    }

    init(rowID: Int64, base: Dot, detail: [UInt8]) throws {
        self.rowID = rowID
        self.base = base
        guard base.number <= Limits.numberMax else { throw DamagedReplica.stamp(rowID) }
        guard !detail.isEmpty else { return }
        var reader = ValueReader(detail)
        while !reader.isAtEnd {
            guard let part = reader.varint().flatMap(Part.init), let count = reader.varint(), count < 10_000 else {
                throw DamagedReplica.stamp(rowID)
            }
            var entries: [Entry] = []
            for _ in 0..<count {
                guard let entry = Entry(from: &reader) else { throw DamagedReplica.stamp(rowID) }
                entries.append(entry)
            }
            parts[part] = entries
        }
    }

    init(rowID: Int64, base: Dot) {
        self.rowID = rowID
        self.base = base
    }
}

extension Stamp.Entry {
    fileprivate func append(to bytes: inout [UInt8]) {
        bytes.appendVarint(UInt64(bitPattern: dot.feed))
        bytes.appendVarint(dot.number)
        bytes.appendVarint((covered ? 1 : 0) | UInt64(values.map { $0.count + 1 } ?? 0) << 1)
        for value in values ?? [] { bytes.appendValue(value) }
    }

    fileprivate init?(from reader: inout ValueReader) {
        guard let feed = reader.varint(), let number = reader.varint(), let flags = reader.varint(),
            number <= Limits.numberMax
        else { return nil }
        dot = Dot(feed: Int64(bitPattern: feed), number: number)
        covered = flags & 1 == 1
        guard flags >> 1 > 0 else { return }
        var values: [CellValue] = []
        for _ in 1..<(flags >> 1) {
            guard let value = reader.value() else { return nil }
            values.append(value)
        }
        self.values = values
    }
}

extension Stamp {
    /// The row's whole state, with the values that its columns show.
    func state(_ table: SyncedTable, shown: [CellValue]) -> RowState {
        var state = RowState(table: table)
        state.inserts = entries(.inserts).map { Sibling(dot: $0.dot, values: [], covered: $0.covered) }
        state.openDeletes = entries(.openDeletes).map(\.dot)
        var next = 0
        for (index, cell) in table.cells.enumerated() {
            let values = Array(shown[next..<next + cell.columns.count])
            next += cell.columns.count
            if cell.rule == .counter {
                if case .integer(let sum) = values[0] { state.counters[index] = sum }
                state.cells[index] = entries(.cell(index)).map { Sibling(dot: $0.dot, values: [], covered: $0.covered) }
            } else {
                state.cells[index] = entries(.cell(index)).map {
                    Sibling(dot: $0.dot, values: $0.values ?? values, covered: $0.covered)
                }
            }
        }
        return state
    }

    /// The stamp of a row that is there and shows the state's winners.
    init(rowID: Int64, _ state: RowState, _ table: SyncedTable) {
        self.init(rowID: rowID, base: state.inserts[0].dot)  // A row that is there has an insert.
        set(.inserts, state.inserts.map { Entry(dot: $0.dot, covered: $0.covered) })
        set(.openDeletes, state.openDeletes.map { Entry(dot: $0) })
        for (index, siblings) in state.cells.enumerated() {
            let isCounter = table.cells[index].rule == .counter
            set(
                .cell(index),
                siblings.enumerated().map { place, sibling in
                    Entry(
                        dot: sibling.dot, covered: sibling.covered,
                        values: place == 0 || isCounter ? nil : sibling.values)
                })
        }
    }
}

/// The state of a row that is not there, as bytes: every sibling with its values, and the counters' sums.
enum AbsentRow {
    static func encode(_ state: RowState) -> [UInt8] {
        var bytes: [UInt8] = []
        func append(_ siblings: [Sibling]) {
            bytes.appendVarint(UInt64(siblings.count))
            for sibling in siblings {
                Stamp.Entry(dot: sibling.dot, covered: sibling.covered, values: sibling.values).append(to: &bytes)
            }
        }
        append(state.inserts)
        append(state.openDeletes.map { Sibling(dot: $0, values: []) })
        bytes.appendVarint(UInt64(state.cells.count))
        for cell in state.cells { append(cell) }
        for sum in state.counters { bytes.appendValue(sum.map(CellValue.integer) ?? .null) }
        return bytes
    }

    static func decode(_ bytes: [UInt8], _ table: SyncedTable) throws -> RowState {
        var reader = ValueReader(bytes)
        func siblings() throws -> [Sibling] {
            guard let count = reader.varint(), count < 10_000 else { throw DamagedReplica.absentRow(table.name) }
            return try (0..<count).map { _ in
                guard let entry = Stamp.Entry(from: &reader) else { throw DamagedReplica.absentRow(table.name) }
                return Sibling(dot: entry.dot, values: entry.values ?? [], covered: entry.covered)
            }
        }
        var state = RowState(table: table)
        state.inserts = try siblings()
        state.openDeletes = try siblings().map(\.dot)
        // Written under an older schema it has fewer cells; those appended since have no writes.
        guard let count = reader.varint(), count <= table.cells.count else {
            throw DamagedReplica.absentRow(table.name)
        }
        for index in 0..<Int(count) { state.cells[index] = try siblings() }
        for index in 0..<Int(count) {
            if case .integer(let sum)? = reader.value() { state.counters[index] = sum }
        }
        return state
    }
}

/// The replica's own bookkeeping is not what this program wrote.
package enum DamagedReplica: Error, Hashable, CustomStringConvertible {
    case stamp(Int64)
    case absentRow(String)
    case missingRow(String)
    case log(String)
    /// The last change set that this office wrote, or what it builds on.
    case ownHead(FeedID, UInt64)
    /// A column of the engine's own tables, and what stands in it.
    case number(String, Int64)

    package var description: String {
        let what =
            switch self {
            case .stamp(let rowID): "the stamp of row \(rowID) is damaged"
            case .absentRow(let table): "the kept state of a deleted row of \(table) is damaged"
            case .missingRow(let table): "a row of \(table) has no stamp"
            case .log(let what): "the change log is damaged: \(what)"
            case .ownHead(let feed, let number):
                "number \(number) of \(feed), the last that this office wrote, is damaged on this disk, so nothing can be "
                    + "written after it (`sanji sync` asks the parent for it)"
            case .number(let column, let value): "the database is damaged: ‘\(column)’ is \(value), which it cannot be"
            }
        return what + "; run `sanji verify`, then `sanji repair`"
    }
}

extension DamagedReplica {
    /// A number of a change set as this program writes them, from 0 to ``Limits/numberMax``.
    static func checkedNumber(_ value: Int64, as column: @autoclosure () -> String) throws -> UInt64 {
        guard let number = UInt64(exactly: value), number <= Limits.numberMax else {
            throw DamagedReplica.number(column(), value)
        }
        return number
    }

    /// The ordinal of a statement, likewise; none has the largest integer of all.
    static func checkedOrdinal(_ value: Int64, as column: @autoclosure () -> String) throws -> UInt64 {
        guard value < .max, let ordinal = UInt64(exactly: value) else { throw DamagedReplica.number(column(), value) }
        return ordinal
    }
}
