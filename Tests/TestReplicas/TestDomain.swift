import ChangeSets
import Replica

/// A small made-up domain that uses every feature of a declaration once.
package enum TestDomain {
    package static let schema = DomainSchema(versions: [version1], migrations: [("test 1", sql)])

    package static let version1 = SyncedSchema(
        version: 1,
        tables: [
            SyncedTable(
                "family", areas: [.village, .town, .district],
                cells: [
                    .column("phone", .text, .nearest, quiet: true),
                    .group(
                        "identity", .nearest,
                        [SyncedColumn("name", .text, notNull: true, default: .text("")), SyncedColumn("number", .text)]),
                    .column("category", .text, .highest, writers: [.town, .district]),
                    .column("deadline", .integer, .minimum),
                    .column("colour", .integer, .maximum),
                ]),
            SyncedTable(
                "stock", areas: [.village, .town, .district],
                cells: [
                    .column("amount", .integer, notNull: true, default: .integer(0), .counter),
                    .column("note", .text, .nearest),
                ]),
            SyncedTable(
                "visit", areas: [.village], appendOnly: true, references: [SyncedReference(["family"], to: "family")],
                cells: [.column("family", .blob, .nearest), .column("text", .text, .nearest)]),
            SyncedTable(
                "ruling", areas: [.village], appendOnly: true,
                cells: [
                    .column("text", .text, .highest, writers: [.town, .district]), .column("note", .text, .nearest),
                ]),
            SyncedTable(
                "account", areas: [.village, .town], audience: .town, cells: [.column("number", .text, .highest)]),
        ])

    private static let sql = """
        CREATE TABLE family (
            area     TEXT NOT NULL,
            id       BLOB NOT NULL,
            phone    TEXT,
            name     TEXT NOT NULL DEFAULT '',
            number   TEXT,
            category TEXT,
            deadline INTEGER,
            colour   INTEGER CHECK (colour BETWEEN 1 AND 3),
            PRIMARY KEY (area, id)
        ) STRICT;
        CREATE TABLE stock (
            area   TEXT NOT NULL,
            id     BLOB NOT NULL,
            amount INTEGER NOT NULL DEFAULT 0,
            note   TEXT,
            PRIMARY KEY (area, id)
        ) STRICT;
        CREATE TABLE visit (
            area   TEXT NOT NULL,
            id     BLOB NOT NULL,
            family BLOB,
            text   TEXT,
            PRIMARY KEY (area, id)
        ) STRICT;
        CREATE TABLE ruling (
            area   TEXT NOT NULL,
            id     BLOB NOT NULL,
            text   TEXT,
            note   TEXT,
            PRIMARY KEY (area, id)
        ) STRICT;
        CREATE TABLE account (
            area   TEXT NOT NULL,
            id     BLOB NOT NULL,
            number TEXT,
            PRIMARY KEY (area, id)
        ) STRICT;
        CREATE TABLE local_note (id INTEGER PRIMARY KEY, text TEXT) STRICT;
        """
}
