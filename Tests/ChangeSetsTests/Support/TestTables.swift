import ChangeSets

/// Synced tables that use every kind of column, key and cell, and rows of them.
enum TestTables {
    static let area = "330106109012"
    static let scope = Scope(area: try! OfficeCode(area), audience: .village)

    static let schema = SyncedSchema(
        version: 1,
        tables: [
            SyncedTable(
                "family", areas: [.village, .town],
                cells: [
                    .column("phone", .text, .nearest),
                    .group(
                        "identity", .nearest,
                        [SyncedColumn("name", .text, notNull: true, default: .text("")), SyncedColumn("number", .text)]),
                    .column("category", .text, .highest, writers: [.town, .district]),
                    .column("extra", .any, .maximum),
                ]),
            SyncedTable(
                "stock", key: [SyncedColumn("kind", .text), SyncedColumn("slot", .integer)], areas: [.village],
                cells: [
                    .column("amount", .integer, notNull: true, default: .integer(0), .counter),
                    .column("ratio", .real, .maximum),
                ]),
            SyncedTable("visit", areas: [.village], appendOnly: true, cells: [.column("text", .text, .nearest)]),
            SyncedTable("complaint", areas: [.village], audience: .town, cells: [.column("text", .text, .nearest)]),
            SyncedTable("law", areas: [.district], cells: [.column("text", .text, .nearest)]),
        ])

    static let family = ChangesetTable(schema.table(named: "family")!)
    static let stock = ChangesetTable(schema.table(named: "stock")!)
    static let visit = ChangesetTable(schema.table(named: "visit")!)

    static func familyRow(_ id: UInt8, _ change: (inout [CellValue]) -> Void = { _ in }) -> [CellValue] {
        var row: [CellValue] = [.text(area), .blob([id]), .text("123"), .text("甲"), .null, .null, .integer(4)]
        change(&row)
        return row
    }

    static func stockRow(_ kind: String, _ slot: Int64, amount: Int64 = 1) -> [CellValue] {
        [.text(area), .text(kind), .integer(slot), .integer(amount), .real(0.5)]
    }

    /// Old and new of an update of one family: values by column position, nil for undefined.
    static func familyUpdate(_ old: [Int: CellValue], _ new: [Int: CellValue]) -> (old: [CellValue?], new: [CellValue?])
    {
        let key: [Int: CellValue] = [0: .text(area), 1: .blob([1])]
        let all = old.merging(key) { one, _ in one }
        return ((0..<7).map { all[$0] }, (0..<7).map { new[$0] })
    }
}

extension ChangesetTable {
    init(_ table: SyncedTable) {
        let count = table.columns.count
        self.init(name: table.name, columnCount: count, isKey: (0..<count).map { $0 <= table.key.count })
    }
}

extension ChangesetWriter {
    static func body(_ write: (inout ChangesetWriter) -> Void) -> [UInt8] {
        var writer = ChangesetWriter()
        write(&writer)
        return writer.bytes
    }
}
