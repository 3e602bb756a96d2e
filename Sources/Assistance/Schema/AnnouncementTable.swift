import ChangeSets

/// 通知: what a district or a town tells every office below it.
///
/// Not append-only: a notice that was wrong is corrected or ended where people read it.
enum AnnouncementTable {
    static let name = "announcement"

    static let declaration = SyncedTable(
        name,
        // A row of a district's or a town's area goes down its whole branch; a village has nobody below to tell.
        areas: [.district, .town],
        cells: [
            // As one, so that no title stands over another text; and the district's correction stands over the town's.
            // Dates; no `valid_to` means until further notice.
            .group(
                "notice", .highest,
                [
                    SyncedColumn("title", .text, notNull: true, default: .text("")),
                    SyncedColumn("body", .text, notNull: true, default: .text("")),
                    SyncedColumn("published_at", .text),
                    SyncedColumn("valid_to", .text),
                ]),
            .rowState(.highest),
            .createdBy,
        ])

    static let sql = """
        CREATE TABLE announcement (
            area         TEXT NOT NULL,
            id           BLOB NOT NULL,
            title        TEXT NOT NULL DEFAULT '',
            body         TEXT NOT NULL DEFAULT '',
            published_at TEXT CHECK (published_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
            valid_to     TEXT CHECK (valid_to GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
            row_state    TEXT NOT NULL DEFAULT 'live' CHECK (row_state IN ('live', 'void', 'merged_into')),
            created_by   TEXT NOT NULL DEFAULT '',
            PRIMARY KEY (area, id)
        ) STRICT
        """
}
