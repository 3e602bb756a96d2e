import ChangeSets
import Foundation
import GRDB
import Replica

extension CaseEntry {
    /// Confirms what the rules say of the family today, with every step of the computation.
    /// - Parameters:
    ///   - withoutNotice: Why the case was not on public notice (children, victims); nil where it was.
    ///   - unsigned: Why the paper of the visit is not signed by the visitors and somebody of the family; nil where it is.
    /// - Throws: ``CaseError``, ``CaseStepError``, or why nothing can be computed.
    package func confirm(
        _ name: String, document: String, withoutNotice: String? = nil, unsigned: String? = nil
    ) throws -> CaseFile {
        try decide(name, document: document) { db, file in
            guard ApplicationKind(rawValue: file.aidKind)?.isMonthly == true else {
                throw CaseError.otherAid(file.aidKind)
            }
            let assessment = try assess(file, db)
            guard assessment.isSettled else { throw CaseError.unsettled(assessment.family.questions) }
            guard assessment.determination.category != .none else { throw CaseError.nothingDue(.none) }
            try Consents.check(file, on: today, db)
            if file.currentNotices.isEmpty, withoutNotice?.isEmpty ?? true { throw CaseError.notPublished }
            let checks = CaseChecks(file, on: today, db)
            try checks.circumstances()
            try checks.notice()
            try checks.visits(by: nil)
            if try checks.mustBeVisitedByDecider { try checks.visits(by: replica.office.tier) }
            if unsigned?.trimmedCell.isEmpty ?? true { try checks.signatures() }
            let reasons = [withoutNotice, unsigned].compactMap(\.self).filter { !$0.isEmpty }
            let reason = reasons.isEmpty ? nil : reasons.joined(separator: "; ")
            try write(assessment, .confirmed, file, document: document, reason: reason, db)
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
            return try assess(file, db)
        } catch is FamilyError {
            return nil
        } catch is FactsError {
            return nil
        } catch is RuleError {
            return nil
        }
    }

    private func assess(_ file: CaseFile, _ db: Database) throws -> Assessment {
        try Assessment(file.household, on: today, appliedOn: file.appliedOn, db)
    }

    private func decide(
        _ name: String, document: String, _ body: (Database, CaseFile) throws -> Void
    ) throws -> CaseFile {
        guard !document.isEmpty else { throw CaseError.empty("document number") }
        return try inCase(name) { db, file in
            try Authority.check(replica.office, in: file.area, on: today, db)
            guard file.state.stage == .toDistrict else { throw CaseDecisionError(stage: file.state.stage) }
            try body(db, file)
        }
    }

    private func write(
        _ assessment: Assessment?, _ outcome: Decision.Outcome, _ file: CaseFile, document: String, reason: String?,
        _ db: Database
    ) throws {
        let first = try Decisions.firstMonth(of: file.household, after: today, db)
        let before = try Decisions(of: file.household, db).holding(in: first)
        _ = try DecisionRow(
            household: file.household, application: file.id, before: before, assessment, outcome, document: document,
            reason: reason
        ).insert(by: user, today, db)
        if outcome == .confirmed { try ReviewEntry.scheduleNext(file.household, assessment, after: today, db) }
    }
}

package struct CaseDecisionError: Error, Hashable, CustomStringConvertible {
    let stage: CaseStage
    package var description: String {
        "the case is \(stage.rawValue) \(stage.chinese); it is decided when it is 08 待确认 (‘sanji case step CASE forward’ at the town)"
    }
}
