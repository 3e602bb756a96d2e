import Assistance
import ChangeSets

/// Changeset bodies made by hand.
enum Bodies {
    static func household(area: OfficeCode, _ values: [String: CellValue] = [:]) -> [UInt8] {
        insert("household", area: area, key: .blob(Array(repeating: 9, count: 16)), values)
    }

    static func announcement(area: OfficeCode) -> [UInt8] {
        insert("announcement", area: area, key: .blob(Array(repeating: 9, count: 16)), ["title": .text("假")])
    }

    /// A row that would make a key of one's own choice an author of the district.
    static func author(_ key: SigningKey) -> [UInt8] {
        var writer = ChangesetWriter()
        writer.appendInsert(
            ChangesetTable(name: "sanji_author", columnCount: 9, isKey: (0..<9).map { $0 < 2 }),
            values: [
                .text("330106"), .blob(key.author.bytes), .text("330106"), .integer(9), .integer(1),
                .blob(key.publicKey.bytes), .blob([]), .blob([]), .integer(0),
            ])
        return writer.bytes
    }

    static func undeclared() -> [UInt8] {
        var writer = ChangesetWriter()
        writer.appendInsert(
            ChangesetTable(name: "secret", columnCount: 2, isKey: [true, true]),
            values: [.text("330106009001"), .integer(1)])
        return writer.bytes
    }

    private static func insert(_ name: String, area: OfficeCode, key: CellValue, _ values: [String: CellValue])
        -> [UInt8]
    {
        let table = AssistanceSchema.version1.table(named: name)!
        var writer = ChangesetWriter()
        writer.appendInsert(
            ChangesetTable(
                name: name, columnCount: table.columns.count, isKey: table.columns.indices.map { $0 <= table.key.count }
            ),
            values: [.text(area.digits), key] + table.columns.dropFirst(2).map { values[$0.name] ?? $0.defaultValue })
        return writer.bytes
    }
}
