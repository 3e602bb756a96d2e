import ChangeSets
import Foundation
import GRDB
import Replica

extension CaseEntry {
    /// Confirms what the rules say of the family today, with every step of the computation.
    /// - Parameters:
    ///   - withoutNotice: Why the case was not on public notice (children, victims); nil where it was.
    /// - Throws: ``CaseError``, ``CaseStepError``, or why nothing can be computed.
    package func confirm(_ name: String, document: String, withoutNotice: String? = nil) throws -> CaseFile {
        try decide(name, document: document) { db, file in
            guard Self.monthlyAid.contains(file.aidKind) else { throw CaseError.otherAid(file.aidKind) }
            let assessment = try Assessment(file.household, on: today, db)
            guard assessment.isSettled else { throw CaseError.unsettled(assessment.family.questions) }
            guard assessment.determination.category != .none else { throw CaseError.nothingDue(.none) }
            guard file.hasConsent else { throw CaseError.noConsent }
            if file.notices.isEmpty, withoutNotice?.isEmpty ?? true { throw CaseError.notPublished }
            try checkNotice(of: file)
            try checkVisits(of: file, by: nil, db)
            // Whoever decides looks itself where somebody doubts it or might be biased (domain 4.2).
            if !file.objections.isEmpty || file.kin?.isEmpty == false {
                try checkVisits(of: file, by: replica.office.tier, db)
            }
            try write(assessment, .confirmed, file, document: document, reason: withoutNotice, db)
        }
    }

    /// - Parameter reason: Given to the family in writing.
    package func refuse(_ name: String, document: String, reason: String) throws -> CaseFile {
        guard !reason.isEmpty else { throw CaseError.empty("reason") }
        return try decide(name, document: document) { db, file in
            try write(try possibleAssessment(of: file, db), .refused, file, document: document, reason: reason, db)
        }
    }

    /// - Returns: nil for a family of which, or of whose rules, too little is known to compute anything.
    private func possibleAssessment(of file: CaseFile, _ db: Database) throws -> Assessment? {
        do {
            return try Assessment(file.household, on: today, db)
        } catch is FamilyError {
            return nil
        } catch is FactsError {
            return nil
        } catch is RuleError {
            return nil
        }
    }

    /// What is confirmed as a category with an amount a month.
    private static let monthlyAid: Set<String> = ["DB", "TK", "BY", "GX"]

    private func decide(
        _ name: String, document: String, _ body: (Database, CaseFile) throws -> Void
    ) throws -> CaseFile {
        guard !document.isEmpty else { throw CaseError.empty("document number") }
        return try inCase(name) { db, file in
            guard try Authority.mayDecide(replica.office, in: file.area, on: today, db) else {
                throw CaseError.notYours(replica.office.tier)
            }
            guard file.state.stage == .toDistrict else { throw CaseDecisionError(stage: file.state.stage) }
            try body(db, file)
        }
    }

    /// - Parameter assessment: nil where nothing could be computed, and so nothing is given.
    private func write(
        _ assessment: Assessment?, _ outcome: Decision.Outcome, _ file: CaseFile, document: String, reason: String?,
        _ db: Database
    ) throws {
        guard let first = today.calendarMonth.adding(months: 1) else { throw FactError.later("first month") }
        let before = try Decisions(of: file.household, db).holding(in: first)
        let given = outcome == .confirmed ? assessment : nil
        let determination = given?.determination
        var grace: Grace?
        if let before, let given {
            var book = try PublishedRules.book(
                of: file.area, registration: given.family.registration, on: today, db)
            grace = try Grace(
                before: before.category, base: before.base, now: given.determination.category,
                heads: given.family.members.count, decided: today, by: &book)
        }
        try NewRow(
            table: decisionTable, area: file.area,
            values: [
                ("household", file.household.id.databaseValue), ("application", file.id.databaseValue),
                ("predecessor", (before?.id).databaseValue), ("outcome", outcome.rawValue.databaseValue),
                ("category", (determination?.category ?? .none).rawValue.databaseValue),
                ("people", (assessment?.family.members.count ?? 0).databaseValue),
                ("base_fen", (determination?.base.fen ?? 0).databaseValue),
                ("supplements", try JSONText.of((determination?.supplements ?? []).map(StoredSupplement.init))),
                ("covered_alone", try JSONText.of((determination?.coveredAlone ?? []).map(\.hex))),
                ("total_fen", (determination?.total.fen ?? 0).databaseValue),
                ("from_month", first.description.databaseValue),
                ("grace_fen", (grace?.kept.fen ?? 0).databaseValue),
                ("grace_to", (grace?.last.description).databaseValue), ("reason", reason.databaseValue),
                ("day", today.description.databaseValue), ("document", document.databaseValue),
                ("signer", user.name.databaseValue),
                ("trace", try JSONText.of(assessment?.determination.trace ?? Trace())),
            ]
        ).insert(by: user, db)
    }
}

private struct StoredSupplement: Encodable {
    let person: String, reason: String, fen: Int64

    init(_ supplement: Supplement) {
        person = supplement.member.hex
        reason = supplement.reason.rawValue
        fen = supplement.amount.fen
    }
}

private enum JSONText {
    /// The same value gives the same text everywhere.
    static func of(_ value: some Encodable) throws -> DatabaseValue {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self).databaseValue
    }
}

package struct CaseDecisionError: Error, Hashable, CustomStringConvertible {
    let stage: CaseStage
    package var description: String {
        "the case is \(stage.rawValue) \(stage.chinese); it is decided when it is 08 待确认 (‘sanji case step CASE forward’ at the town)"
    }
}
