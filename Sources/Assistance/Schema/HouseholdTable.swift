import ChangeSets

/// 户: who lives together, where, why they are in need, and what was decided for them.
enum HouseholdTable {
    static let name = "household"

    static let declaration = SyncedTable(
        name,
        // Villages only. Every family lives under some village or residents' committee, which has a code of 12 digits;
        // and a row of a town's area goes down to all its villages (the branch rule), so that a household registered
        // "at the town" would be shown to every one of them.
        areas: [.village],
        cells: [
            // The number on the office's own list; ids derive from it where a sheet is imported (``HouseholdIDs``).
            .column("household_no", .text, notNull: true, default: .text(""), .nearest),
            .column("address", .text, .nearest),
            .column("phone", .text, .nearest, quiet: true),
            // Division codes. NULL for `live_region` means the row's own area.
            .column("live_region", .text, .nearest),
            .column("hukou_region", .text, .nearest),
            // One measurement: half of one and half of another is a place where nobody is. Quiet, as nobody at a desk
            // can tell which is better; `accuracy_m` shows it to whoever stands there.
            .group(
                "location", .nearest, quiet: true,
                [SyncedColumn("lat", .real), SyncedColumn("lon", .real), SyncedColumn("accuracy_m", .real)]),
            .column("dwelling", .text, .nearest),
            .column("cause_main", .text, .nearest),
            .column("cause_more", .text, .nearest),
            // Not quiet: the money is paid to the head.
            .column("head_person", .blob, .nearest),
            .column("remarks", .text, .nearest, quiet: true),
            // An amount holds for the category it was worked out for and from its month on, so they merge as one. What
            // the district confirms stands over the town; a village only proposes, elsewhere. The defaults say
            // "not determined, nothing", which is what an insert by a village must leave there.
            .group(
                "decision", .highest, writers: [.town, .district],
                [
                    SyncedColumn("category", .text, notNull: true, default: .text("NONE")),
                    SyncedColumn("amount_fen", .integer, notNull: true, default: .integer(0)),
                    SyncedColumn("from_month", .text),
                ]),
            .rowState(.nearest),
            .createdBy,
        ])

    // No reference to the head is declared: references say what moves along, and a person who moves out must not take
    // the household to another village. Code lists have no CHECK, because they grow.
    static let sql = """
        CREATE TABLE household (
            area         TEXT NOT NULL,
            id           BLOB NOT NULL,
            household_no TEXT NOT NULL DEFAULT '',
            address      TEXT,
            phone        TEXT,
            live_region  TEXT,
            hukou_region TEXT,
            lat          REAL CHECK (lat BETWEEN -90 AND 90),
            lon          REAL CHECK (lon BETWEEN -180 AND 180),
            accuracy_m   REAL CHECK (accuracy_m >= 0),
            dwelling     TEXT,
            cause_main   TEXT,
            cause_more   TEXT,
            head_person  BLOB,
            remarks      TEXT,
            category     TEXT NOT NULL DEFAULT 'NONE',
            amount_fen   INTEGER NOT NULL DEFAULT 0 CHECK (amount_fen >= 0),
            from_month   TEXT CHECK (from_month GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]'),
            row_state    TEXT NOT NULL DEFAULT 'live' CHECK (row_state IN ('live', 'void', 'merged_into')),
            created_by   TEXT NOT NULL DEFAULT '',
            PRIMARY KEY (area, id)
        ) STRICT
        """
}
