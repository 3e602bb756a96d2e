import ChangeSets
import GRDB

/// What a decision rests on (domain 4.2), each looked at by itself: ``CaseEntry/confirm(_:document:withoutNotice:unsigned:)`` refuses at the
/// first that is missing, and ``missing()`` names all of them while there is time.
package struct CaseChecks {
    private let file: CaseFile
    private let today: CalendarDate
    private let db: Database

    package init(_ file: CaseFile, on today: CalendarDate, _ db: Database) {
        (self.file, self.today, self.db) = (file, today, db)
    }

    /// What is missing before the case may be confirmed, each with what mends it, as far as is known here. Nothing of a case that has
    /// ended, or that ends with something else than a monthly amount.
    package func missing() throws -> [String] {
        guard file.state.stage < .confirmed, ApplicationKind(rawValue: file.aidKind)?.isMonthly == true else {
            return []
        }
        let checks: [() throws -> Void] = [
            { _ = try Assessment(file.household, on: today, appliedOn: file.appliedOn, db) },
            { try Consents.check(file, on: today, db) }, published, circumstances, { try visits(by: nil) }, signatures,
            itself,
        ]
        return try checks.compactMap(reason).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    private func reason(_ check: () throws -> Void) throws -> String? {
        do {
            try check()
            return nil
        } catch let error as CaseError {
            return error.description
        } catch let error as FamilyError {
            return error.description
        } catch let error as FactsError {
            return error.description
        } catch let error as RuleError {
            return error.description
        }
    }

    private func published() throws {
        guard file.currentNotices.isEmpty else { return try notice() }
        throw try PublicNotices.isOfMinor(file, on: today, db) ? CaseError.noticeOfMinor : .notPublished
    }

    /// Those that count: by enough people, who saw somebody.
    /// - Parameter tier: Where only visits by such an office count, and none from before somebody objected.
    private func counting(by tier: Tier?) throws -> [CaseFile.Visit] {
        var book = try PublishedRules.book(of: file.area, on: today, db)
        let least = try book.number(.caseVisitors)
        // A day that has not come is nobody's.
        let objected = file.objectedOn.filter { $0 <= today }.max()
        return file.currentVisits.filter { visit in
            visit.day.map { $0 <= today } ?? false && visit.visitors.count >= least && !visit.seen.isEmpty
                && (tier.map { tier in
                    visit.tier == tier && (objected.flatMap { day in visit.day.map { $0 >= day } } ?? true)
                } ?? true)
        }
    }

    func visits(by tier: Tier?) throws {
        guard try counting(by: tier).isEmpty else { return }
        throw tier == nil ? CaseError.noVisit : CaseError.mustVisitItself
    }

    /// The paper of one of them is signed by as many visitors as must go, and by somebody of the family.
    func signatures() throws {
        var book = try PublishedRules.book(of: file.area, on: today, db)
        let least = try book.number(.caseVisitors)
        let visits = try counting(by: nil)
        let isSigned = visits.contains { visit in
            let signed = Set(visit.signedBy)
            return signed.intersection(visit.visitors).count >= least && !signed.subtracting(visit.visitors).isEmpty
        }
        // Without any visit that is what is missing.
        guard isSigned || visits.isEmpty else { throw CaseError.notSigned }
    }

    /// Whoever decides looks itself where somebody doubts it or might be biased.
    var mustBeVisitedByDecider: Bool {
        get throws {
            let isRelated = try file.kin?.isEmpty == false || FileAccess.hasRelatives(file.household, db)
            return isRelated || !file.objections.isEmpty
        }
    }

    /// Whichever office is going to decide.
    private func itself() throws {
        guard try mustBeVisitedByDecider else { return }
        let town = try OfficeCode(file.area.digits.prefix(Tier.town.digits))
        if try Authority.mayDecide(town, in: file.area, on: today, db), try !counting(by: .town).isEmpty { return }
        try visits(by: .district)
    }

    /// What was asked of other departments is answered, and not so long ago that it says nothing any more.
    func circumstances() throws {
        if let open = file.openCheck(on: today) { throw CaseError.unanswered(open.day) }
        guard let answered = file.lastDay(of: .checked) else { return }
        var book = try PublishedRules.book(of: file.area, on: answered, db)
        let end = try PublishedRules.calendar(db).end(of: try book.period(.caseCheckValid), after: answered)?.date
        if let end, end < today { throw CaseError.checkTooOld(end) }
    }

    /// The last day of a notice, by the rules of the day it was hung out; nil where that is later than any.
    func endOfNotice(posted: CalendarDate) throws -> CalendarDate? {
        var book = try PublishedRules.book(of: file.area, on: posted, db)
        return try PublishedRules.calendar(db).end(of: try book.period(.caseNotice), after: posted)?.date
    }

    /// Nothing goes on while a notice hangs: the newest of this round that hangs already. How long, say the rules of its day and not its row.
    func notice() throws {
        let current = file.currentNotices
        guard let notice = current.filter({ $0.posted <= today }).max(by: { $0.posted < $1.posted }) else {
            if let later = current.map(\.ends).min() { throw CaseError.noticeRuns(until: later) }
            return
        }
        let last = try endOfNotice(posted: notice.posted) ?? notice.ends
        if today <= last { throw CaseError.noticeRuns(until: last) }
    }
}
