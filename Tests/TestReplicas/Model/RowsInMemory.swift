import ChangeSets
import MergeModel

/// The engine's merge of one row, fed with a model's change sets one after the other, without any file.
package struct RowsInMemory {
    private static let area = CellValue.text("330106109012")
    private let tables: [String: SyncedTable]
    private let authors: [ModelAuthor]
    /// By position: how this replica happens to number the authors' feeds.
    private let feeds: [String]
    private var states: [ModelRowKey: RowState] = [:]
    private var applied: [String: UInt64] = [:]
    private var refusedCells: Set<ModelRefusedCell> = []

    package init(_ world: ModelWorld, using random: inout ModelRandom) {
        tables = Dictionary(uniqueKeysWithValues: world.declarations.map { ($0.name, SyncedTable($0)) })
        authors = world.authors
        feeds = world.authors.map(\.id).shuffled(using: &random)
    }

    package var state: ModelState {
        var rows: [ModelRowKey: ModelRow] = [:]
        for (key, state) in states {
            rows[key] = tables[key.table].flatMap { table in ModelRow(state, table) { feeds[Int($0)] } }
        }
        return ModelState(rows: rows, refusedCells: refusedCells)
    }

    package mutating func apply(_ changeSet: ModelChangeSet) throws {
        guard changeSet.number > applied[changeSet.author, default: 0] else { return }
        applied[changeSet.author] = changeSet.number
        guard !changeSet.refused, let author = authors.first(where: { $0.id == changeSet.author }) else { return }
        let tier = Tier(digits: author.tier)!
        let body = try ParsedChangeset(Self.body(of: changeSet, tables))
        let scope = Scope(area: try OfficeCode(author.office.prefix(6) + "109012"), audience: .village)
        let schema = SyncedSchema(version: 1, tables: tables.values.sorted { $0.name < $1.name })
        guard let declared = try Self.checked(body, BodyCheck(schema: schema, scope: scope, authorTier: tier)) else {
            return
        }
        for (change, operation) in zip(body.changes, changeSet.operations) {
            apply(change, of: body, declared[change.table], operation.row, changeSet, tier)
        }
    }

    /// - Returns: nil where the change set is refused for who adds a row.
    private static func checked(_ body: ParsedChangeset, _ check: BodyCheck) throws -> [SyncedTable]? {
        do { return try check.check(body) } catch {
            guard case .foreignRow = error else { throw error }
            return nil
        }
    }

    private mutating func apply(
        _ change: RowChange, of body: ParsedChangeset, _ table: SyncedTable, _ row: ModelRowKey,
        _ changeSet: ModelChangeSet, _ tier: Tier
    ) {
        let judged = JudgedChange(change, of: body, table, cellCount: table.cells.count, authorTier: tier)
        let dot = Dot(feed: Int64(feeds.firstIndex(of: changeSet.author)!), number: changeSet.number)
        let unwritable = states[row, default: RowState(table: table)].apply(
            RowWrite(dot: dot, effect: judged.effect), to: table,
            covers: { [feeds] known in
                let author = feeds[Int(known.feed)]
                return author == changeSet.author
                    ? known.number < changeSet.number : changeSet.context[author, default: 0] >= known.number
            },
            rank: { [feeds, authors] feed in
                let author = authors.first { $0.id == feeds[Int(feed)] }!
                let id = Array(author.id.utf8)
                return AuthorRank(
                    tier: Tier(digits: author.tier)!, ordinal: UInt32(author.ordinal),
                    author: AuthorID(id + Array(repeating: 0, count: AuthorID.byteCount - id.count))!)
            })
        for cell in judged.refusedCells + unwritable {
            refusedCells.insert(ModelRefusedCell(dot: changeSet.dot, table: row.table, key: row.key, cell: cell))
        }
    }

    private static func body(of changeSet: ModelChangeSet, _ tables: [String: SyncedTable]) -> [UInt8] {
        var writer = ChangesetWriter()
        for operation in changeSet.operations {
            let count = tables[operation.row.table]!.columns.count
            let header = ChangesetTable(
                name: operation.row.table, columnCount: count, isKey: (0..<count).map { $0 < 2 })
            let key = [area, .blob(operation.row.key)]
            func record(_ values: [Int: ModelValue]) -> [CellValue?] {
                (0..<count - 2).map { values[$0].map { CellValue($0) } }
            }
            switch operation {
            case .insert(_, _, let values): writer.appendInsert(header, values: key + values.map { CellValue($0) })
            case .update(_, _, let old, let new):
                writer.appendUpdate(header, old: key + record(old), new: [nil, nil] + record(new))
            case .delete:
                writer.appendDelete(header, values: key + Array(repeating: .null, count: count - 2))
            }
        }
        return writer.bytes
    }
}
