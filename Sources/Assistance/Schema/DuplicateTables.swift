// 查重: one person in two households. Each side has a row of its own in its own area, so that each office hears of it and none sees
// more of the other than its code.

/// 疑似重复: somebody of this area, and somebody elsewhere who may be the same. Its id follows from both.
let duplicateTable = DomainTable(
    "duplicate", appendOnly: true, references: ["person": "person"], indexes: [["person"]],
    lookups: ["pair", "points"],
    [
        // Quiet: two offices that find it on two days write two days.
        .group(
            "pair", .highest, writers: [.town, .district], quiet: true,
            [
                // The same on both sides.
                .blob("pair"), .blob("person"), .text("other_area", default: ""), .blob("other_person"),
                .number("points", 0...1000, default: 0), .text("reasons", default: ""), .date("day"),
            ]),
        .createdBy,
    ])

/// 查重结论: by the lowest office that sees both. A merge is a word that can be taken back: nobody is deleted.
let duplicateVerdictTable = DomainTable(
    "duplicate_verdict", appendOnly: true, indexes: [["pair"]],
    [
        .group(
            "verdict", .highest, writers: [.town, .district],
            [
                .blob("pair"), .choice("verdict", ["same", "different"]),
                // Of the two, who stays.
                .blob("survivor"), .text("survivor_area"), .date("day"), .text("reason", default: ""),
                // The words on this pair that it takes the place of (``Settled``).
                .text("settles", default: ""),
            ]),
        .createdBy,
    ])
