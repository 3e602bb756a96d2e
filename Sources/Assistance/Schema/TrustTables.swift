// 信任: who has looked at whose file, and which staff are related to whom.

/// 查阅记录: every opening of what is masked otherwise, with purpose and reason (domain 4.9).
let accessLogTable = DomainTable(
    "access_log", appendOnly: true, references: ["household": "household"], indexes: [["household"]],
    [
        .group(
            "access", .nearest,
            [
                .blob("household"), .text("purpose", default: ""), .text("reason", default: ""), .date("day"),
                // Whether whoever opened it is related to the family, as far as had been filed.
                .flag("related"),
            ]),
        .createdBy,
    ])

/// 近亲属备案: a member of staff, by the name that is acted under, and a household of relatives.
let kinFilingTable = DomainTable(
    "kin_filing", appendOnly: true, references: ["household": "household"], indexes: [["household"]],
    [
        .group(
            "kin", .nearest,
            [.blob("household"), .text("staff", default: ""), .text("relation", default: ""), .date("day")]),
        .createdBy,
    ])
