// 转介: whoever cannot help hands a family on, and hears what became of it.

/// 转介. Who writes it asks for it, or sends it where its tier may (``Department/sender``). Rows of one household, department, need
/// and episode are one referral (``ReferralState``).
let referralTable = DomainTable(
    "referral", appendOnly: true, references: ["household": "household"], indexes: [["household"]], lookups: ["id"],
    [
        .group(
            "referral", .highest,
            [
                .blob("household"), .blob("person"), .text("department", default: ""), .text("need", default: ""),
                .number("episode", 1...9999, default: 1),
                // What it came from: a case, a warning.
                .blob("application"), .blob("alert"),
                .date("day"), .text("text", default: ""),
                // 本人同意: whether the family agrees to be named, where the department is none of the state's.
                .flag("agreed"),
                // 缺口: what is missing, as whoever asks knows it; 0 where nobody has said.
                .fen("gap_fen"),
            ]),
        .createdBy,
    ])

/// 转介回复: what the department has answered, as the office that deals with it records it.
let referralReplyTable = DomainTable(
    "referral_reply", appendOnly: true, references: ["referral": "referral"], indexes: [["referral"]],
    [
        .group(
            "reply", .highest, writers: [.town, .district],
            [
                .blob("referral"), .text("reply", default: ""), .date("day"),
                // Of what is given: the programme, how much, for which month.
                .text("programme"), .text("basis"), .fen("amount_fen"), .month("month"), .text("text", default: ""),
            ]),
        .createdBy,
    ])
