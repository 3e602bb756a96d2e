import ChangeSets

// 经济状况: what the rules look at. Two true observations are both true, so facts are only ever added; who corrects one
// adds another that names it in `replaces`, and to take one back its `withdrawn` is 1.

extension DomainTable {
    /// - Parameter columns: What is said. As one: a fact is nothing one could have half of.
    fileprivate static func facts(
        _ name: String, of subject: String, _ table: String, writers: Set<Tier>? = nil, lookups: [String] = [],
        _ columns: [DomainColumn]
    ) -> DomainTable {
        DomainTable(
            name, appendOnly: true, references: [subject: table], indexes: [[subject], ["replaces"]],
            lookups: lookups,
            [
                .group(
                    "fact", .highest, writers: writers,
                    [.blob(subject)] + columns + [.blob("replaces"), .flag("withdrawn")]),
                .createdBy,
            ])
    }
}

/// 收入: money that comes in, or what it costs to earn it.
let incomeTable = DomainTable.facts(
    "income_item", of: "household", "household",
    [
        .blob("person"),
        // wage, business, property, transfer, other
        .text("kind", default: ""),
        .choice("basis", ["monthly", "annual", "employment_cost"], default: "monthly"),
        .number("year", 1900...2999),
        .fen("amount_fen"),
        // Some is not counted (preferential pensions, scholarships, relief itself), for a reason that is written down.
        .number("counted", 0...1, default: 1),
        .text("reason"),
        .choice("source", ["declared", "checked", "estimated"], default: "declared"),
    ])

/// 刚性支出: what a family could not avoid to spend.
let rigidExpenseTable = DomainTable.facts(
    "rigid_item", of: "household", "household", lookups: ["receipt"],
    [
        .blob("person"), .text("kind", default: ""), .date("day"), .fen("gross_fen"), .fen("reimbursed_fen"),
        // Number or hash of the receipt: one receipt counts once.
        .text("receipt"),
    ])

/// 财产
let assetTable = DomainTable.facts(
    "asset_item", of: "household", "household",
    [.text("kind", default: ""), .fen("value_fen"), .flag("exempt"), .text("reason")])

/// 赡养(抚养、扶养)义务人: owes support, and is no member.
let obligorTable = DomainTable.facts(
    "obligor", of: "household", "household",
    [
        .text("name", default: ""), .text("relation"), .flag("able"), .fen("support_fen"),
    ])

/// 残疾证. The current one is the one issued last.
let disabilityTable = DomainTable.facts(
    "disability", of: "person", "person",
    [
        .text("certificate_no"), .number("kind", 1...7), .number("grade", 1...4), .date("issued"),
        .date("valid_to"),
    ])

/// 自理能力评估: which of the six acts of self-care fail.
let careAssessmentTable = DomainTable.facts(
    "care_assessment", of: "person", "person",
    [
        .date("day"), .flag("eating"), .flag("dressing"), .flag("bed"), .flag("toilet"), .flag("walking"),
        .flag("bathing"), .text("assessors", default: ""),
    ])

/// 认定事项: what a town has found of a family that no figure says: monitored against a return to poverty, a recognised
/// hardship, conduct.
let findingTable = DomainTable.facts(
    "finding", of: "household", "household", writers: [.town, .district],
    [
        .choice("kind", ["poverty_return", "hardship", "misconduct"]), .text("value", default: ""), .date("day"),
        .text("document"),
    ])

/// 疾病: of a member. Which illness it is stays in words; `serious` is what the rules look at.
let illnessTable = DomainTable.facts(
    "illness", of: "person", "person",
    [.text("class", default: ""), .flag("serious"), .date("since"), .date("until"), .text("proof")])

/// 住房安全鉴定: A safe to D dangerous. The newest holds.
let dwellingCheckTable = DomainTable.facts(
    "dwelling_check", of: "household", "household",
    [.choice("grade", ["A", "B", "C", "D"]), .date("day"), .text("document")])

/// 发现上报: what somebody at an office has seen of a family, and no department has told. A warning comes of it at the town, whose monitoring
/// raises all of them: no village can raise, lower or hide one.
let sightingTable = DomainTable.facts(
    "sighting", of: "household", "household",
    [
        .blob("person"), .text("kind", default: ""), .number("colour", 1...3, default: 1), .date("day"),
        .text("text", default: ""),
    ])
