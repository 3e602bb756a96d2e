// 办理: from an application to a decision. Nothing of it is changed afterwards: what was wrong is followed by what is right.

/// 申请
let applicationTable = DomainTable(
    "application", appendOnly: true, references: ["household": "household"], indexes: [["household"]],
    lookups: ["id"],
    [
        .group(
            "application", .highest,
            [
                .blob("household"), .text("aid_kind", default: ""), .blob("applicant"), .text("proxy"),
                .date("applied_on"),
                // self, village, alert, hotline, referral, charity, neighbour: who found the family (domain 4.12)
                .text("channel", default: "self"), .text("finder"),
                // Whether every adult has agreed that their data are checked.
                .flag("consent"),
                // 近亲属备案: staff who are related, in words.
                .text("kin"),
                // The disaster or accident it goes back to.
                .text("event"),
            ]),
        .createdBy,
    ])

/// 办理步骤. Where a case stands follows from all of its steps and decisions (``CaseState``).
let caseStepTable = DomainTable(
    "case_step", appendOnly: true, references: ["application": "application"], indexes: [["application"]],
    lookups: ["number"],
    [
        .group(
            "step", .highest,
            [
                .blob("application"), .text("step", default: ""),
                // How often the case had been sent back when this was done.
                .number("round", 0...999, default: 0),
                .date("day"), .text("number"), .text("opinion"), .text("reason"),
            ]),
        .createdBy,
    ])

/// 入户走访. Two visits of one day are two visits.
let homeVisitTable = DomainTable(
    "home_visit", appendOnly: true, references: ["household": "household"],
    indexes: [["household"], ["application"]],
    [
        .group(
            "visit", .highest,
            [
                // Of a case, because of a warning, or neither.
                .blob("household"), .blob("application"), .blob("alert"), .date("day"), .text("visitors", default: ""),
                // Empty where nobody was at home, which is no visit.
                .text("seen", default: ""), .text("findings", default: ""),
                // Who signed the paper; photographs of it and of the house (``PaperHash``).
                .text("signed_by", default: ""), .text("papers", default: ""),
            ]),
        .createdBy,
    ])

/// 公示
let noticeTable = DomainTable(
    "notice", appendOnly: true, references: ["application": "application"], indexes: [["application"]],
    [
        .group(
            "notice", .highest, writers: [.town, .district],
            [
                .blob("application"),
                // How often the case had been sent back: what was sent back is published anew.
                .number("round", 0...999, default: 0), .date("posted_on"), .date("ends_on"),
                .text("place", default: ""), .text("papers", default: ""),
            ]),
        .createdBy,
    ])

/// 异议
let objectionTable = DomainTable(
    "objection", appendOnly: true, references: ["application": "application"], indexes: [["application"]],
    [
        .group(
            "objection", .highest, [.blob("application"), .date("day"), .text("text", default: "")]),
        .createdBy,
    ])

/// 民主评议
let appraisalTable = DomainTable(
    "appraisal", appendOnly: true, references: ["application": "application"], indexes: [["application"]],
    [
        .group(
            "appraisal", .highest, writers: [.town, .district],
            [
                .blob("application"), .date("day"), .text("place", default: ""), .text("present", default: ""),
                .number("votes_for", 0...9999, default: 0), .number("votes_against", 0...9999, default: 0),
                .number("votes_abstain", 0...9999, default: 0), .text("conclusion", default: ""),
                // The minutes and the list of who was there.
                .text("papers", default: ""),
            ]),
        .createdBy,
    ])

/// 认定决定: what a household is from a month on and what it gets, with how that was worked out. The next one takes its place.
let decisionTable = DomainTable(
    "decision", appendOnly: true, references: ["household": "household"], indexes: [["household"], ["application"]],
    [
        // A town decides only where the district has delegated it (a parameter); whose row counts is read from its signature.
        .group(
            "decision", .highest, writers: [.town, .district],
            [
                .blob("household"), .blob("application"), .blob("predecessor"),
                .choice("outcome", ["confirmed", "refused", "changed", "stopped"]),
                .text("category", default: "NONE"), .number("people", 0...100, default: 0), .fen("base_fen"),
                // 照料护理 of the destitute.
                .fen("care_fen"),
                // JSON: who gets a supplement, for what, how much.
                .text("supplements", default: "[]"), .text("covered_alone", default: "[]"), .fen("total_fen"),
                // The last month where it ends by itself.
                .month("from_month"), .month("to_month"),
                // 渐退: what is kept, and the last month of it.
                .fen("grace_fen"), .fen("grace_supplement_fen"), .month("grace_to"),
                .text("reason"), .date("day"), .text("document", default: ""), .text("signer", default: ""),
                // JSON: ``Trace``.
                .text("trace", default: "{}"),
                // Decisions, and changes of who lives there, that whoever decided knew of (``Settled``); and who was counted.
                .text("settles", default: ""), .text("members", default: ""),
            ]),
        .createdBy,
    ])
