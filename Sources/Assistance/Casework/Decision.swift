import ChangeSets
import Foundation
import GRDB
import Replica

/// 认定决定, as it was signed.
package struct Decision: Hashable, Sendable {
    package enum Outcome: String, Sendable, CaseIterable {
        case confirmed, refused, changed, stopped

        package var chinese: String {
            switch self {
            case .confirmed: "认定"
            case .refused: "不予认定"
            case .changed: "变更"
            case .stopped: "停止"
            }
        }
    }

    package let id: [UInt8]
    package let office: OfficeCode
    package let application: [UInt8]?
    package let predecessor: [UInt8]?
    package let outcome: Outcome
    package let category: Category
    package let people: Int
    /// Of a month without grace.
    package let parts: AidParts
    package var total: Money { parts.total }
    package let fromMonth: CalendarMonth
    package let graceKept: Money
    /// In months of grace, of all living members.
    package let graceSupplement: Money
    package let graceTo: CalendarMonth?
    package let day: CalendarDate?
    package let document: String
    package let reason: String?
    /// JSON, as it was stored.
    package let trace: String
    package let supplements: String
    /// Ids of ``MemberEvent`` and of decisions.
    let settles: Settled
    /// Ids of the people it counts.
    let members: Settled

    /// Its last month, of a rigid-expense family; nil for what holds until something else is decided.
    package let lastMonth: CalendarMonth?
    /// 刚性支出困难家庭: valid for twelve months at most (民发〔2024〕57号; domain R4.5), whatever a district publishes.
    static let rigidMonthsMax = 12

    /// What it does to the case that it ends.
    var caseOutcome: CaseState.Outcome? {
        switch outcome {
        case .confirmed: .confirmed
        case .refused: .refused
        case .changed, .stopped: nil
        }
    }

    /// What is paid in a month by this decision.
    package func amount(in month: CalendarMonth) -> Money { parts(in: month).total }

    package func parts(in month: CalendarMonth) -> AidParts {
        guard month >= fromMonth, outcome == .confirmed || outcome == .changed else { return .zero }
        // What was kept takes the place of the base; who is covered alone by more than that loses nothing by it.
        guard let graceTo, month <= graceTo else { return parts }
        return AidParts(
            base: max(graceKept, parts.base), care: parts.care, supplement: max(graceSupplement, parts.supplement))
    }
}

/// A household's decisions.
package struct Decisions: Sendable {
    /// By offices that may decide, in the order in which they take each other's place: by the first month, or that of whoever knew of it where
    /// that is earlier; of one month the one that knew of the other is later, else the higher office's, else the later day's.
    package let all: [Decision]
    /// By offices that may not decide: they have no effect.
    package let withoutRight: [Decision]
    /// The newest, where they were made unaware of each other; the last of them holds, and somebody has to look.
    package let rivals: [Decision]

    package init(of household: HouseholdID, _ db: Database) throws {
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT *, \(RowWriter.office(of: decisionTable.name, as: "t")) AS writer FROM decision AS t
                    WHERE area = ? AND household = ? ORDER BY from_month, day, id
                    """),
            arguments: [household.area.digits, Data(household.id)])
        let read = try rows.compactMap(Decision.init).map { decision in
            (decision, isValid: try Authority.mayDecide(decision.office, in: household.area, on: decision.day, db))
        }
        withoutRight = read.filter { !$0.isValid }.map(\.0)
        let order = DecisionOrder(read.filter(\.isValid).map(\.0))
        (all, rivals) = (order.sorted, order.rivals)
    }

    /// From which month on what is decided today holds: the next that no list has paid, so that it changes nothing of what was frozen before.
    static func firstMonth(
        of household: HouseholdID, after today: CalendarDate, _ db: Database
    ) throws -> CalendarMonth {
        let paid = try PayBatches.payments(of: household, db).filter { $0.line.returned == nil }.map(\.batch.month)
            .max()
        guard let first = max(today.calendarMonth, paid ?? today.calendarMonth).adding(months: 1) else {
            throw FactError.later("first month")
        }
        return first
    }

    /// Whether one that has no effect would be newer than all that have.
    func isNewer(_ decision: Decision) -> Bool {
        if all.contains(where: { $0.settles.ids.contains(decision.id) }) { return false }
        guard let last = all.last(where: { $0.outcome != .refused }) else { return true }
        return decision.predecessor == last.id
    }

    /// The last that began by a month, also where it has lapsed since: what a review looks at.
    package func last(by month: CalendarMonth) -> Decision? {
        all.last { $0.fromMonth <= month && $0.outcome != .refused }
    }

    /// The one that holds in a month: a refusal changes nothing of what was decided before, and what lapses leaves nothing behind it.
    package func holding(in month: CalendarMonth) -> Decision? {
        last(by: month).flatMap { last in last.lastMonth.map { $0 < month } ?? false ? nil : last }
    }
}

/// 谁决定: by the tier of whoever signed (domain 3.3).
enum Authority {
    /// - Parameter day: What was delegated on that day.
    static func mayDecide(
        _ office: OfficeCode, in area: OfficeCode, on day: CalendarDate?, _ db: Database
    ) throws -> Bool {
        switch office.tier {
        case .village: return false
        case .town:
            guard let day, office.covers(area) else { return false }
            var book = try PublishedRules.book(of: area, on: day, db)
            // Nothing published delegates nothing.
            return (try? book.flag(.decisionDelegated)) ?? false
        default: return true
        }
    }

    /// - Throws: ``CaseError/notYours(_:)``.
    static func check(_ office: OfficeCode, in area: OfficeCode, on day: CalendarDate?, _ db: Database) throws {
        guard try mayDecide(office, in: area, on: day, db) else { throw CaseError.notYours(office.tier) }
    }
}

extension Decision {
    /// - Returns: nil for one that this program cannot read: it decides nothing.
    fileprivate init?(_ row: Row) {
        guard let office = try? OfficeCode(row["writer"] as String),
            let outcome = (row["outcome"] as String?).flatMap(Outcome.init),
            let category = Category(rawValue: row["category"]),
            let month = (row["from_month"] as String?).flatMap({ CalendarMonth(written: $0) })
        else { return nil }
        id = row.bytes("id") ?? []
        self.office = office
        application = row.bytes("application")
        predecessor = row.bytes("predecessor")
        self.outcome = outcome
        self.category = category
        people = row["people"]
        // The total is what was signed: what base and care leave of it are supplements, and where they say more it is the total all the same.
        let (total, care) = (row.money("total_fen"), row.money("care_fen"))
        let base = row.money("base_fen")
        parts = AidParts(base: base, care: care, supplement: max(.zero, total - base - care)).capped(at: total)
        // No office decides the past: only an altered program writes an earlier month.
        let next = row.date("day").flatMap { $0.calendarMonth.adding(months: 1) }
        fromMonth = max(month, next ?? month)
        let toMonth = (row["to_month"] as String?).flatMap { CalendarMonth(written: $0) }
        let lastAtMost = fromMonth.adding(months: Self.rigidMonthsMax - 1)
        lastMonth =
            category == .rigidExpense && outcome != .stopped
            ? [toMonth, lastAtMost].compactMap { $0 }.min() : nil
        graceKept = row.money("grace_fen")
        graceSupplement = row.money("grace_supplement_fen")
        graceTo = (row["grace_to"] as String?).flatMap { CalendarMonth(written: $0) }
        day = row.date("day")
        document = row["document"]
        reason = row["reason"]
        trace = row["trace"]
        supplements = row["supplements"]
        settles = Settled(written: row["settles"])
        members = Settled(written: row["members"])
    }
}
