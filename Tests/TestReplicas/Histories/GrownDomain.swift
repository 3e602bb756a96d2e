import ChangeSets
import Replica

/// The test domain's next version: cells appended, rules changed, rights given to every office and taken from villages.
package enum GrownDomain {
    package static let schema = DomainSchema(
        versions: [TestDomain.version1, version2],
        migrations: TestDomain.schema.migrations + [
            (
                "test 2",
                """
                ALTER TABLE family ADD COLUMN note TEXT;
                ALTER TABLE family ADD COLUMN level INTEGER NOT NULL DEFAULT 3;
                ALTER TABLE stock ADD COLUMN reserved INTEGER NOT NULL DEFAULT 0;
                """
            )
        ])

    package static let version2 = SyncedSchema(version: 2, tables: TestDomain.version1.tables.map(grown))

    private static func grown(_ table: SyncedTable) -> SyncedTable {
        let cells: [SyncedCell] =
            switch table.name {
            case "family":
                [
                    .column("phone", .text, .highest), table.cells[1], .column("category", .text, .highest),
                    .column("deadline", .integer, .minimum, writers: [.town, .district]),
                    .column("colour", .integer, .minimum), .column("note", .text, .nearest),
                    .column("level", .integer, notNull: true, default: .integer(3), .maximum),
                ]
            case "stock":
                table.cells + [.column("reserved", .integer, notNull: true, default: .integer(0), .counter)]
            case "ruling": [.column("text", .text, .highest), .column("note", .text, .nearest)]
            default: table.cells
            }
        return SyncedTable(
            table.name, areas: table.areas, audience: table.audience, appendOnly: table.appendOnly,
            references: table.references, cells: cells)
    }
}
