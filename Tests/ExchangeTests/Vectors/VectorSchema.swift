import ChangeSets

/// The declaration that the golden vectors' bodies keep to or break; `Tests/Vectors/README.md` says it in SQL.
enum VectorSchema {
    static let version1 = SyncedSchema(
        version: 1,
        tables: [
            SyncedTable(
                "family", areas: [.village],
                cells: [
                    .column("phone", .text, .nearest),
                    .group(
                        "identity", .nearest,
                        [SyncedColumn("name", .text, notNull: true, default: .text("")), SyncedColumn("number", .text)]),
                    .column("extra", .any, .maximum),
                ]),
            SyncedTable(
                "stock", key: [SyncedColumn("kind", .text), SyncedColumn("slot", .integer)], areas: [.village],
                cells: [.column("amount", .integer, notNull: true, default: .integer(0), .counter)]),
            SyncedTable("visit", areas: [.village], appendOnly: true, cells: [.column("text", .text, .nearest)]),
            SyncedTable(
                "ruling", areas: [.village], appendOnly: true,
                cells: [.column("text", .text, .highest, writers: [.town, .district])]),
            SyncedTable("complaint", areas: [.village], audience: .town, cells: [.column("text", .text, .nearest)]),
        ])

    static let area = "330106109012"
    static let family = table("family")
    static let stock = table("stock")
    static let visit = table("visit")
    static let ruling = table("ruling")
    static let complaint = table("complaint")

    private static func table(_ name: String) -> ChangesetTable {
        let declared = version1.table(named: name)!
        let count = declared.columns.count
        return ChangesetTable(name: name, columnCount: count, isKey: (0..<count).map { $0 <= declared.key.count })
    }

    /// One family: area, id, phone, name, number, extra.
    static func row(_ id: UInt8, area: String = area, _ change: (inout [CellValue]) -> Void = { _ in }) -> [CellValue] {
        var row: [CellValue] = [
            .text(area), .blob([UInt8](repeating: id, count: 16)), .text("13800000001"), .text("甲"), .null, .integer(1),
        ]
        change(&row)
        return row
    }

    static func insert(_ id: UInt8, area: String = area, _ change: (inout [CellValue]) -> Void = { _ in }) -> [UInt8] {
        body { $0.appendInsert(family, values: row(id, area: area, change)) }
    }

    /// Old and new by column position; the key is filled in.
    static func update(_ id: UInt8, _ old: [Int: CellValue], _ new: [Int: CellValue]) -> [UInt8] {
        let key = row(id).prefix(2)
        return body {
            $0.appendUpdate(family, old: (0..<6).map { $0 < 2 ? key[$0] : old[$0] }, new: (0..<6).map { new[$0] })
        }
    }

    static func body(_ write: (inout ChangesetWriter) -> Void) -> [UInt8] {
        var writer = ChangesetWriter()
        write(&writer)
        return writer.bytes
    }
}
