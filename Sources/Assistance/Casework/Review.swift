import ChangeSets
import Foundation
import GRDB
import Replica

/// 复核: looks at a household again that gets something, and decides anew what the rules of the day say. Amounts change by this
/// signed decision and by nothing else: new rules or facts only put a household on the list (``ReviewReading``).
package struct ReviewEntry {
    private let replica: OfficeReplica
    private let user: ActingUser
    private let today: CalendarDate

    package init(_ replica: OfficeReplica, as user: ActingUser, today: CalendarDate) {
        self.replica = replica
        self.user = user
        self.today = today
    }

    /// Decides what the rules say now: changed, or stopped where nothing is due any more.
    package func decide(_ household: HouseholdID, document: String, reason: String? = nil) throws -> Decision {
        try write(household, document: document) { before, db in
            let assessment = try Assessment(household, on: today, db)
            guard assessment.isSettled else { throw CaseError.unsettled(assessment.family.questions) }
            let outcome: Decision.Outcome = assessment.determination.category == .none ? .stopped : .changed
            return DecisionRow(
                household: household, application: nil, before: before, assessment, outcome, document: document,
                reason: reason)
        }
    }

    /// 停发: without any computation, for a reason that no rule computes (moved away, renounced, everybody has died).
    package func stop(_ household: HouseholdID, document: String, reason: String) throws -> Decision {
        guard !reason.isEmpty else { throw CaseError.empty("reason") }
        return try write(household, document: document) { before, _ in
            DecisionRow(
                household: household, application: nil, before: before, nil, .stopped, document: document,
                reason: reason)
        }
    }

    /// 月份认定: says what a household is due in one month that has begun, where its decisions do not; never more than they give.
    /// - Throws: ``CaseError``, ``FactError``.
    package func decide(
        _ household: HouseholdID, in month: CalendarMonth, _ amount: Money, document: String, reason: String
    ) throws {
        guard !document.isEmpty else { throw CaseError.empty("document number") }
        guard !reason.trimmedCell.isEmpty else { throw CaseError.empty("reason") }
        guard month <= today.calendarMonth else { throw FactError.later("month") }
        try replica.write(as: user) { db in
            try Authority.check(replica.office, in: household.area, on: today, db)
            let decisions = try Decisions(of: household, db)
            let decided = decisions.holding(in: month)?.amount(in: month) ?? .zero
            guard decided > .zero else { throw CaseError.nothingToReview }
            guard amount <= decided else { throw CaseError.moreThanDecided(decided) }
            // Whose going no event tells is known by the person.
            let silent = try MonthlyDue(in: month, decisions, Residents(of: household, db), words: []).open
                .filter { $0.day == nil }.map(\.person)
            // A member's death may have been told under another household.
            let events =
                try MemberEvents.all(of: household, db)
                + (decisions.holding(in: month)?.members.ids ?? []).flatMap {
                    try MemberEvents.all(about: $0, in: household.area, db)
                }
            let known = try Set(events.map(\.id)) + MonthDecision.all(of: household, db).map(\.id) + silent
            try NewRow(
                table: monthDecisionTable, area: household.area,
                values: [
                    ("household", household.id.databaseValue), ("month", month.description.databaseValue),
                    ("amount_fen", amount.fen.databaseValue), ("day", today.description.databaseValue),
                    ("document", document.databaseValue), ("reason", reason.databaseValue),
                    ("settles", Settled(known).databaseValue),
                ]
            ).insert(by: user, db)
        }
    }

    /// Sets when a household is looked at next; only who may decide.
    package func schedule(_ household: HouseholdID, every: ReviewInterval, next: CalendarDate) throws {
        try replica.write(as: user) { db in
            try Authority.check(replica.office, in: household.area, on: today, db)
            try Self.set(every, next, of: household, db)
        }
    }

    /// Says when a household is looked at next that something was decided about: as often as somebody has set, else as its people are.
    static func scheduleNext(
        _ household: HouseholdID, _ assessment: Assessment?, after today: CalendarDate, _ db: Database
    ) throws {
        let chosen = try String.fetchOne(
            db, sql: "SELECT review_every FROM household WHERE area = ? AND id = ?",
            arguments: [household.area.digits, Data(household.id)]
        ).flatMap(ReviewInterval.init)
        var book = try PublishedRules.book(of: household.area, on: today, db)
        guard let every = try chosen ?? assessment.map({ try ReviewInterval(of: $0.family.facts, by: &book) }),
            let next = today.adding(months: try every.months(by: &book))
        else { return }
        // What was worked out is worked out anew the next time; only what somebody has set stays.
        try set(chosen, next, of: household, db)
    }

    static func set(
        _ every: ReviewInterval?, _ next: CalendarDate, of household: HouseholdID, _ db: Database
    ) throws {
        try db.cachedStatement(sql: "UPDATE household SET review_every = ?, review_due = ? WHERE area = ? AND id = ?")
            .execute(arguments: [
                every?.rawValue, next.description, household.area.digits, Data(household.id),
            ])
    }

    private func write(
        _ household: HouseholdID, document: String, _ row: (Decision, Database) throws -> DecisionRow
    ) throws -> Decision {
        guard !document.isEmpty else { throw CaseError.empty("document number") }
        return try replica.write(as: user) { db in
            try Authority.check(replica.office, in: household.area, on: today, db)
            let month = try Decisions.firstMonth(of: household, after: today, db)
            guard let before = try Decisions(of: household, db).last(by: month), before.outcome != .stopped
            else { throw CaseError.nothingToReview }
            let decision = try row(before, db)
            let id = try decision.insert(by: user, today, db)
            try Self.scheduleNext(household, decision.assessment, after: today, db)
            return try Decisions(of: household, db).all.first { $0.id == id }!  // Just written.
        }
    }
}

/// How often a household is looked at again: stable ones yearly, others half-yearly (domain 4.2).
package enum ReviewInterval: String, Sendable, CaseIterable {
    case year
    case halfYear = "half_year"

    /// The word of ``ParameterName/reviewMonths``.
    private var word: String { self == .year ? "stable" : "work" }

    func months(by book: inout RuleBook) throws(RuleError) -> Int {
        let months = try book.words(.reviewMonths).first { $0.word == word }?.value.flatMap { Int($0) }
        guard let months, (1...120).contains(months) else { throw book.malformed(.reviewMonths) }
        return months
    }

    /// Half-yearly where somebody is of working age and neither seriously ill, nor heavily disabled, nor at school (domain 4.2).
    init(of facts: FamilyFacts, by book: inout RuleBook) throws(RuleError) {
        let ages = try book.words(.workAges).first?.word.split(separator: "-").compactMap { Int($0) } ?? []
        guard ages.count == 2, ages[0] <= ages[1] else { throw book.malformed(.workAges) }
        let severe = try book.number(.warnSevereGrade)
        let canWork = facts.members.contains { member in
            (ages[0]...ages[1]).contains(member.birth.age(on: facts.date)) && !member.isSeriouslyIll
                && !member.isInSecondarySchool && !member.disabilities.contains { $0.grade <= severe }
        }
        self = canWork ? .halfYear : .year
    }
}

/// A household that somebody has to look at again, and why.
package struct ReviewDue: Sendable {
    package enum Reason: Hashable, Sendable, CustomStringConvertible {
        case date(CalendarDate)
        /// The rules of today say something else than what was decided: facts or rules have changed.
        case differs(Category, Money)
        case cannotCompute(String)
        /// Who lives there has changed since it was decided.
        case members([MemberEvent])
        /// Something was reported since, of this kind; what it says is in the file.
        case reported([HouseholdFile.Field])

        package var description: String {
            switch self {
            case .date(let day): "due \(day)"
            case .differs(let category, let amount): "the rules say \(category.rawValue) \(amount) now"
            case .cannotCompute(let why): why
            case .members(let events):
                events.map { "\($0.day) \($0.change.rawValue) \($0.change.chinese)" }.joined(separator: ", ")
            case .reported(let fields): "reported since: " + fields.map(\.rawValue).joined(separator: ", ")
            }
        }
    }

    package let household: HouseholdID
    package let name: HouseholdName
    package let decision: Decision
    package let reason: Reason
    /// Until when, where a rule says it: a death is verified by a day of the month after it became known (domain 4.2).
    package let until: CalendarDate?
}

package enum ReviewReading {
    /// Those whose day has come by `date`, and those of whom something was reported since it was decided, or somebody came or went: at once
    /// (domain 4.2). Of a desk that was refreshed.
    package static func due(in area: OfficeCode, by date: CalendarDate, _ db: Database) throws -> [ReviewDue] {
        try page(in: area, by: date, db).reviews
    }

    /// - Returns: So many of them, and how many there are; where decisions were made unaware of each other it is known only once they are read.
    package static func page(
        in area: OfficeCode, by date: CalendarDate, skip: Int = 0, limit: Int = .max, _ db: Database
    ) throws -> (reviews: [ReviewDue], count: Int) {
        let key: StatementArguments = [area.digits, area.digits + ":", date.description]
        let count = try Int.fetchOne(db, sql: "SELECT count(*) FROM (\(candidates))", arguments: key)
        let reviews = try rows("rowid IN (\(candidates)) \(order) LIMIT ?4 OFFSET ?5", key + [limit, skip], date, db) {
            household, row, decision in
            let events = try MemberEvents.unknown(to: decision, of: household, db)
            if !events.isEmpty { return .members(events) }
            let told = try ToldFacts.unknown(to: decision, of: household, db)
            if !told.isEmpty { return .reported(told.sorted { $0.rawValue < $1.rawValue }) }
            return row.date("review_due").flatMap { $0 <= date ? .date($0) : nil }
        }
        return (reviews, count ?? 0)
    }

    /// At least all between `?1` and `?2` that are due by `?3`: without those that the district has stopped, and without events that a later
    /// decision of the district's knew of. Whatever else is known of either is read. CROSS JOIN: the few first.
    private static let candidates = """
        SELECT h.rowid FROM (
            SELECT d.area, d.household FROM household AS q
            CROSS JOIN decision AS d ON d.area = q.area AND d.household = q.id
            WHERE q.review_due <= ?3 AND d.outcome IN ('confirmed', 'changed')
            AND NOT EXISTS (\(laterDecisions) AND n.outcome = 'stopped')
            UNION SELECT d.area, d.household FROM (
                SELECT area, id, household FROM member_event
                UNION ALL SELECT area, id, other_household FROM member_event WHERE other_household IS NOT NULL) AS e
            CROSS JOIN decision AS d ON d.area = e.area AND d.household = e.household
            WHERE d.outcome <> 'refused' AND instr(d.settles, lower(hex(e.id))) = 0
            AND NOT EXISTS (\(laterDecisions) AND n.outcome <> 'refused' AND instr(n.settles, lower(hex(e.id))) > 0)
            UNION SELECT area, household FROM desk_news
        ) AS c CROSS JOIN household AS h ON h.area = c.area AND h.id = c.household
        WHERE h.row_state = 'live' AND h.area >= ?1 AND h.area < ?2
        """

    /// Decisions `n` of the district's that knew of `d`.
    private static let laterDecisions = """
        SELECT 1 FROM decision AS n WHERE n.area = d.area AND n.household = d.household
        AND (n.predecessor = d.id OR instr(n.settles, lower(hex(d.id))) > 0)
        AND length(\(RowWriter.office(of: decisionTable.name, as: "n"))) = 6
        """

    private static let order = "ORDER BY review_due, area, household_no, id"

    /// Works out anew what everybody would get who gets something, and names those for whom it is something else.
    package static func differing(in area: OfficeCode, on date: CalendarDate, _ db: Database) throws -> [ReviewDue] {
        try rows(
            """
            row_state = 'live' AND area >= ? AND area < ? AND EXISTS (
                SELECT 1 FROM decision AS d WHERE d.area = household.area AND d.household = household.id) \(order)
            """, [area.digits, area.digits + ":"], date, db
        ) { household, _, decision in
            do {
                let now = try Assessment(household, on: date, db).determination
                let isSame = now.category == decision.category && now.total == decision.total
                return isSame ? nil : .differs(now.category, now.total)
            } catch let error as any Error & CustomStringConvertible {
                return .cannotCompute(error.description)
            }
        }
    }

    private static func until(
        _ reason: ReviewDue.Reason, in area: OfficeCode, _ db: Database
    ) throws -> CalendarDate? {
        guard case .members(let events) = reason,
            let told = events.filter({ $0.change == .death }).map(\.knownOn).min(),
            let next = told.calendarMonth.adding(months: 1)
        else { return nil }
        var book = try PublishedRules.book(of: area, on: told, db)
        guard let day = try? book.number(.deathVerifyDay) else { return nil }
        return CalendarDate(year: next.year, month: next.month, day: day)
    }

    private static func rows(
        _ condition: String, _ arguments: StatementArguments, _ date: CalendarDate, _ db: Database,
        _ reason: (HouseholdID, Row, Decision) throws -> ReviewDue.Reason?
    ) throws -> [ReviewDue] {
        try Row.fetchAll(
            db,
            sql: "SELECT area, id, review_due FROM household WHERE \(condition)", arguments: arguments
        ).compactMap { row in
            let household = HouseholdID(area: try OfficeCode(row["area"] as String), id: row.bytes("id") ?? [])
            // What is decided takes effect from there on.
            let decisions = try Decisions(of: household, db)
            var month = date.calendarMonth.adding(months: 1) ?? date.calendarMonth
            // Never earlier than that, and what was paid is asked only where it matters.
            if decisions.all.contains(where: { $0.fromMonth > month }) {
                month = try Decisions.firstMonth(of: household, after: date, db)
            }
            guard let decision = decisions.last(by: month),
                decision.outcome != .stopped, let reason = try reason(household, row, decision)
            else { return nil }
            return ReviewDue(
                household: household, name: try HouseholdName(household, db), decision: decision, reason: reason,
                until: try until(reason, in: household.area, db))
        }
    }
}
