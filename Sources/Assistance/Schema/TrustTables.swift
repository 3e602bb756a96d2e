import ChangeSets

// 信任: who has looked at whose file, and which staff are related to whom.

/// 查阅记录: every opening of what is masked otherwise, with purpose and reason (domain 4.9).
let accessLogTable = accessLog("access_log", audience: .village)
/// Openings by a town for a complaint or an audit: not for the village that it may be about.
let accessAboveTable = accessLog("access_log_above", audience: .town)
/// The district's: not for the town either.
let districtAccessTable = accessLog("access_log_district", audience: .district)

/// - Parameter audience: The lowest tier that writes and reads it.
private func accessLog(_ name: String, audience: Tier) -> DomainTable {
    DomainTable(
        name, audience: audience, appendOnly: true, references: ["household": "household"], indexes: [["household"]],
        // Openings by relatives are looked for at every status.
        lookups: ["related"],
        [
            .group(
                "access", .highest, writers: Set([Tier.village, .town, .district].filter { $0 <= audience }),
                [
                    .blob("household"), .text("purpose", default: ""), .text("reason", default: ""), .date("day"),
                    // Whether whoever opened it is related to the family, as far as had been filed.
                    .flag("related"),
                ]),
            .createdBy,
        ])
}

/// 查阅核实: what an office above has found of an opening by somebody who is related to the family. What the district finds is not for the town
/// that it may be about.
let accessReviewTable = accessReview("access_review", audience: .town)
let districtAccessReviewTable = accessReview("access_review_district", audience: .district)

/// - Parameter audience: The lowest tier that writes and reads it.
private func accessReview(_ name: String, audience: Tier) -> DomainTable {
    DomainTable(
        name, audience: audience, appendOnly: true, references: ["household": "household"], indexes: [["household"]],
        lookups: ["access"],
        [
            .group(
                "review", .highest, writers: audience == .town ? [.town, .district] : [.district],
                // The opening, in whichever of the tables it is.
                [.blob("household"), .blob("access"), .date("day"), .text("text", default: "")]),
            .createdBy,
        ])
}

/// 同意书: what somebody has agreed to, and that they agree no longer: a withdrawal ends every agreement that was given unaware of it (domain 3.4 I).
let consentTable = DomainTable(
    "consent", appendOnly: true, references: ["person": "person"], indexes: [["person"]],
    [
        .group(
            "consent", .highest,
            [
                .blob("person"), .choice("kind", ["given", "withdrawn"], default: "given"),
                // check, charity (``Consent/Purpose``)
                .text("purpose", default: ""), .date("from_day"), .date("to_day"),
                // Of a child under fourteen.
                .text("guardian"), .text("text", default: ""),
                // Withdrawals that whoever took this down knew of (``Settled``).
                .text("settles", default: ""),
            ]),
        .createdBy,
    ])

/// 近亲属备案: a member of staff, by the name that is acted under, and a household of relatives.
let kinFilingTable = DomainTable(
    "kin_filing", appendOnly: true, references: ["household": "household"], indexes: [["household"]],
    [
        .group(
            "kin", .highest,
            [.blob("household"), .text("staff", default: ""), .text("relation", default: ""), .date("day")]),
        .createdBy,
    ])

/// 导出记录: files with people's data that have left a village, a town, the district. What one takes is not told below it.
let villageExportTable = exportLog("village_export_log", of: .village)
let townExportTable = exportLog("town_export_log", of: .town)
let districtExportTable = exportLog("district_export_log", of: .district)

private func exportLog(_ name: String, of tier: Tier) -> DomainTable {
    DomainTable(
        name, areas: [tier], audience: tier, appendOnly: true,
        [
            .group(
                "export", .highest,
                [
                    .text("content", default: ""), .text("part", default: ""),
                    .number("lines", 0...10_000_000, default: 0),
                    .text("purpose", default: ""), .text("reason", default: ""), .date("day"),
                    .text("hash", default: ""),
                    // 复核人: who agreed that it is taken, where two are needed.
                    .text("seconded_by", default: ""),
                ]),
            .createdBy,
        ])
}

/// 异议内容: what somebody has said who is not to be named in the village; only that there is an objection is told there.
let objectionToldTable = DomainTable(
    "objection_told", audience: .town, appendOnly: true, references: ["application": "application"],
    indexes: [["application"]],
    [
        .group(
            "objection", .highest, writers: [.town, .district],
            [.blob("application"), .text("objector", default: ""), .text("text", default: ""), .date("day")]),
        .createdBy,
    ])

/// 投诉: about a village, which does not see it (domain 3.5).
let complaintTable = complaint("complaint", about: .village)
/// About a town, which does not see it either.
let townComplaintTable = complaint("town_complaint", about: .town)
let complaintAnswerTable = complaintAnswer("complaint_answer", of: "complaint", about: .village)
let townComplaintAnswerTable = complaintAnswer("town_complaint_answer", of: "town_complaint", about: .town)

/// Kept by the offices above the one that is complained about.
private func complaint(_ name: String, about tier: Tier) -> DomainTable {
    DomainTable(
        name, areas: [tier], audience: tier == .village ? .town : .district, appendOnly: true, lookups: ["id"],
        [
            .group(
                "complaint", .highest, writers: tier == .village ? [.town, .district] : [.district],
                [
                    .text("source", default: ""), .text("complainant", default: ""), .text("text", default: ""),
                    .date("day"),
                ]),
            .createdBy,
        ])
}

private func complaintAnswer(_ name: String, of complaint: String, about tier: Tier) -> DomainTable {
    DomainTable(
        name, areas: [tier], audience: tier == .village ? .town : .district, appendOnly: true,
        references: ["complaint": complaint], indexes: [["complaint"]],
        [
            .group(
                "answer", .highest, writers: tier == .village ? [.town, .district] : [.district],
                [
                    .blob("complaint"), .text("text", default: ""), .choice("satisfied", ["yes", "no"]), .date("day"),
                ]),
            .createdBy,
        ])
}
