import ChangeSets

/// The replicated tables that say which offices and authors exist: rows of the root's area, written at the root only.
enum DirectorySchema {
    static let offices = "sanji_office"
    static let authors = "sanji_author"
    static let voided = "sanji_voided"

    static func tables(rootTier: Tier) -> [SyncedTable] {
        let root: Set<Tier> = [rootTier]
        return [
            SyncedTable(
                offices, key: [SyncedColumn("code", .text)], areas: root,
                cells: [
                    .column("name", .text, notNull: true, default: .text(""), .highest, writers: root),
                    // By the operator; and as the office itself last reported it.
                    .column("address", .text, .highest, writers: root),
                    .column("reported", .text, .highest, writers: root),
                    // Codes on the office's own branch, separated by spaces, tried in order.
                    .column("alternates", .text, notNull: true, default: .text(""), .highest, writers: root),
                ]),
            SyncedTable(
                authors, key: [SyncedColumn("author", .blob)], areas: root,
                cells: [
                    .group(
                        "keys", .highest, writers: root,
                        [
                            SyncedColumn("office", .text, notNull: true, default: .text("")),
                            SyncedColumn("ordinal", .integer, notNull: true, default: .integer(0)),
                            SyncedColumn("algorithm", .integer, notNull: true, default: .integer(0)),
                            SyncedColumn("public_key", .blob, notNull: true, default: .blob([])),
                            SyncedColumn("tls_key", .blob, notNull: true, default: .blob([])),
                            SyncedColumn("sealing_key", .blob, notNull: true, default: .blob([])),
                        ]),
                    .column("opened_ms", .integer, notNull: true, default: .integer(0), .highest, writers: root),
                ]),
            // A change set that no node may apply; frees what waits for it.
            SyncedTable(
                voided, key: [SyncedColumn("id", .blob)], areas: root, appendOnly: true,
                cells: [
                    .group(
                        "change_set", .highest, writers: root,
                        [
                            SyncedColumn("author", .blob, notNull: true, default: .blob([])),
                            SyncedColumn("voided_area", .text, notNull: true, default: .text("")),
                            SyncedColumn("voided_audience", .integer, notNull: true, default: .integer(0)),
                            SyncedColumn("number", .integer, notNull: true, default: .integer(0)),
                            SyncedColumn("header_hash", .blob, notNull: true, default: .blob([])),
                        ]),
                    .column("reason", .text, notNull: true, default: .text(""), .highest, writers: root),
                ]),
        ]
    }

    static let migrations: [(name: String, sql: String)] = [
        (
            "directory 1",
            """
            CREATE TABLE sanji_office (
                area       TEXT NOT NULL,
                code       TEXT NOT NULL,
                name       TEXT NOT NULL DEFAULT '',
                address    TEXT,
                reported   TEXT,
                alternates TEXT NOT NULL DEFAULT '',
                PRIMARY KEY (area, code)
            ) STRICT;
            CREATE TABLE sanji_author (
                area        TEXT    NOT NULL,
                author      BLOB    NOT NULL,
                office      TEXT    NOT NULL DEFAULT '',
                ordinal     INTEGER NOT NULL DEFAULT 0,
                algorithm   INTEGER NOT NULL DEFAULT 0,
                public_key  BLOB    NOT NULL DEFAULT x'',
                tls_key     BLOB    NOT NULL DEFAULT x'',
                sealing_key BLOB    NOT NULL DEFAULT x'',
                opened_ms   INTEGER NOT NULL DEFAULT 0,
                PRIMARY KEY (area, author)
            ) STRICT;
            CREATE TABLE sanji_voided (
                area            TEXT    NOT NULL,
                id              BLOB    NOT NULL,
                author          BLOB    NOT NULL DEFAULT x'',
                voided_area     TEXT    NOT NULL DEFAULT '',
                voided_audience INTEGER NOT NULL DEFAULT 0,
                number          INTEGER NOT NULL DEFAULT 0,
                header_hash     BLOB    NOT NULL DEFAULT x'',
                reason          TEXT    NOT NULL DEFAULT '',
                PRIMARY KEY (area, id)
            ) STRICT;
            """
        )
    ]
}
