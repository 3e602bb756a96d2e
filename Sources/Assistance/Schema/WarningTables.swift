// 监测预警: what other departments know stays where it was imported; what follows from it goes to the family's village.

/// 预警: one a household, kind and episode, whichever offices found it (``WarningIDs``). How urgent it is follows from its facts, where it
/// stands from its actions (``WarningState``).
let alertTable = DomainTable(
    "alert", appendOnly: true, references: ["household": "household"], indexes: [["household"]], lookups: ["id"],
    [
        // No village can raise, lower or hide one. Quiet: two offices that raise it on different days write two days, and that needs
        // nobody's judgement.
        .group(
            "warning", .highest, writers: [.town, .district], quiet: true,
            [
                .blob("household"), .text("kind", default: ""), .number("episode", 1...9999, default: 1),
                .date("issued_on"),
            ]),
        .createdBy,
    ])

/// 触发事实: what raised it, without amounts or names of illnesses: those stay with whoever imported them (domain 6). The heaviest
/// colour of them is the warning's, so that it never sinks (MAXSEV).
let alertFactTable = DomainTable(
    "alert_fact", appendOnly: true, references: ["alert": "alert"], indexes: [["alert"]],
    [
        // Its id follows from the alert and from the line that said it: two offices that were told the same write one row.
        .group(
            "fact", .highest, writers: [.town, .district], quiet: true,
            [
                .blob("alert"), .number("colour", 1...3, default: 1), .date("day"), .text("says", default: ""),
                // Who is meant, where it is one: whoever is sent there knows whom to ask for, and after a death the payment waits.
                .blob("person"),
            ]),
        .createdBy,
    ])

/// 处置: what was done about a warning.
let alertActionTable = DomainTable(
    "alert_action", appendOnly: true, references: ["alert": "alert"], indexes: [["alert"]],
    [
        .group(
            "action", .highest,
            [
                .blob("alert"), .text("action", default: ""),
                // real, covered, false, not_found
                .text("verdict"), .date("day"), .text("text", default: ""),
                // What a real one led to: an application or a referral.
                .blob("led_to"),
                // What whoever wrote this knew of: by a verdict the verdicts before it, by a closing the facts (``Settled``).
                .text("settles", default: ""),
            ]),
        .createdBy,
    ])

/// 部门数据: lines of other departments, as this office has imported them. Not synced: raw data stay where they were given to.
enum SignalTable {
    static let migration = (
        name: "assistance 1 signal",
        sql: """
        CREATE TABLE signal (
            source     TEXT PRIMARY KEY, -- the department's name and its own number of the line
            kind       TEXT NOT NULL,
            identity   TEXT NOT NULL,
            day        TEXT NOT NULL,
            fen        INTEGER,
            before_fen INTEGER,
            word       TEXT,
            number     INTEGER,
            batch      TEXT NOT NULL,
            imported   TEXT NOT NULL
        ) STRICT;
        CREATE INDEX signal_identity ON signal (identity, day);
        -- Households that have to be looked at, because something about them has changed.
        CREATE TABLE to_monitor (area TEXT NOT NULL, household BLOB NOT NULL, PRIMARY KEY (area, household)) STRICT, WITHOUT ROWID
        """
    )
}
