import ChangeSets
import Foundation
import GRDB
import Replica

/// A decision about to be signed, with how it was arrived at.
struct DecisionRow {
    let household: HouseholdID
    let application: [UInt8]?
    /// The one that it takes the place of.
    let before: Decision?
    /// nil where nothing was computed, and so nothing is given.
    let assessment: Assessment?
    let outcome: Decision.Outcome
    let document: String
    let reason: String?

    init(
        household: HouseholdID, application: [UInt8]?, before: Decision?, _ assessment: Assessment?,
        _ outcome: Decision.Outcome, document: String, reason: String?
    ) {
        self.household = household
        self.application = application
        self.before = before
        self.assessment = assessment
        self.outcome = outcome
        self.document = document
        self.reason = reason
    }

    /// - Returns: Its id.
    func insert(by user: ActingUser, _ today: CalendarDate, _ db: Database) throws -> [UInt8] {
        let first = try Decisions.firstMonth(of: household, after: today, db)
        let month = first.adding(months: -1) ?? first
        let given = outcome == .confirmed || outcome == .changed ? assessment : nil
        let determination = given?.determination
        var last: CalendarMonth?
        var trace = assessment?.determination.trace ?? Trace()
        var grace: Grace?
        var graceSupplement = Money.zero
        if let given {
            var book = try PublishedRules.book(
                of: household.area, registration: given.family.registration, on: today, db)
            if given.determination.category == .rigidExpense {
                let months = try book.number(.rigidMonths)
                guard (1...Decision.rigidMonthsMax).contains(months) else { throw book.malformed(.rigidMonths) }
                last = first.adding(months: months - 1)
                trace.result("R4.5", "holds to", last?.description ?? "")
                trace.add(book.used)
            }
            if let before,
                let found = try Grace(
                    after: before, now: given.determination.category, heads: given.family.members.count,
                    decided: month.firstDay, by: &book)
            {
                grace = found
                graceSupplement = try Amounts.graceSupplement(of: given.family.facts, by: &book, &trace)
                trace.result("R7", "had before", before.parts.base)
                trace.result("R7", "kept: no more than S n", found.kept)
                trace.result("R7", "supplements of all who live", graceSupplement)
                trace.result("R7", "months", "\(found.first) to \(found.last)")
                trace.add(book.used)
            }
        }
        return try NewRow(
            table: decisionTable, area: household.area,
            values: [
                ("household", household.id.databaseValue), ("application", application.databaseValue),
                ("predecessor", (before?.id).databaseValue), ("outcome", outcome.rawValue.databaseValue),
                ("category", (determination?.category ?? .none).rawValue.databaseValue),
                ("people", (assessment?.family.members.count ?? 0).databaseValue),
                ("base_fen", (determination?.base.fen ?? 0).databaseValue),
                ("care_fen", (determination?.care.fen ?? 0).databaseValue),
                ("supplements", try JSONText.of((determination?.supplements ?? []).map(StoredSupplement.init))),
                ("covered_alone", try JSONText.of((determination?.coveredAlone ?? []).map(\.hex))),
                ("total_fen", (determination?.total.fen ?? 0).databaseValue),
                ("from_month", first.description.databaseValue), ("to_month", (last?.description).databaseValue),
                ("grace_fen", (grace?.kept.fen ?? 0).databaseValue),
                ("grace_supplement_fen", graceSupplement.fen.databaseValue),
                ("grace_to", (grace?.last.description).databaseValue), ("reason", reason.databaseValue),
                ("day", today.description.databaseValue), ("document", document.databaseValue),
                ("signer", user.name.databaseValue),
                ("trace", try JSONText.of(trace)),
                ("settles", try known(db).databaseValue),
                ("members", Settled(assessment?.family.members.map(\.id) ?? []).databaseValue),
            ]
        ).insert(by: user, db)
    }
}

extension DecisionRow {
    /// What whoever decides knows of: who came and went, all that was told, what the rows of its people say, and all that was decided.
    private func known(_ db: Database) throws -> Settled {
        let decisions = try Decisions(of: household, db)
        // What was not looked at says nothing of what it was.
        let marks = try assessment.map {
            try JudgedState.marks(of: household, people: Set($0.family.members.map(\.id)), db)
        }
        return Settled(
            try MemberEvents.all(of: household, db).map(\.id) + ToldFacts.all(of: household, db).map(\.id)
                + (decisions.all + decisions.withoutRight).map(\.id) + (marks ?? []).map(\.id))
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
