import ChangeSets

/// 人: a member of a household. Has the same area as the household.
enum PersonTable {
    static let name = "person"

    static let declaration = SyncedTable(
        name, areas: [.village],
        references: [SyncedReference(["household"], to: HouseholdTable.name)],
        cells: [
            // The relation is one to the head of that household; with another household it would say something false.
            .group("membership", .nearest, [SyncedColumn("household", .blob), SyncedColumn("relation", .text)]),
            // The number contains sex and birth date, and a wrong one pays the wrong person. Never quiet.
            .group(
                "identity", .nearest,
                [
                    SyncedColumn("name", .text, notNull: true, default: .text("")),
                    SyncedColumn("id_number", .text),
                    SyncedColumn("sex", .text),
                    SyncedColumn("birth", .text),
                ]),
            .column("ethnicity", .text, .nearest),
            .column("hukou_kind", .text, .nearest),
            .column("marriage", .text, .nearest),
            .column("education", .text, .nearest),
            .column("employment", .text, .nearest),
            .column("health", .text, .nearest),
            .column("phone", .text, .nearest, quiet: true),
            // Not quiet: payments stop on it, so two dates, or a date and none, are for the town to settle.
            .column("death_date", .text, .nearest),
            .rowState(.nearest),
            .createdBy,
        ])

    // The number has no CHECK: old papers hold wrong ones, and relief does not wait for a corrected card.
    static let sql = """
        CREATE TABLE person (
            area       TEXT NOT NULL,
            id         BLOB NOT NULL,
            household  BLOB,
            relation   TEXT,
            name       TEXT NOT NULL DEFAULT '',
            id_number  TEXT,
            sex        TEXT CHECK (sex IN ('male', 'female')),
            birth      TEXT CHECK (birth GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
            ethnicity  TEXT,
            hukou_kind TEXT,
            marriage   TEXT,
            education  TEXT,
            employment TEXT,
            health     TEXT,
            phone      TEXT,
            death_date TEXT CHECK (death_date GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
            row_state  TEXT NOT NULL DEFAULT 'live' CHECK (row_state IN ('live', 'void', 'merged_into')),
            created_by TEXT NOT NULL DEFAULT '',
            PRIMARY KEY (area, id)
        ) STRICT
        """
}
