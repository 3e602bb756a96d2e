import ChangeSets
import Foundation
import GRDB
import Replica

/// 救助清单: what a household gets in a month, from which department and why (domain 4.5). Only what was frozen or has been given
/// counts; it is read from what was signed, and computes no amount of its own.
package struct AssistanceList: Sendable {
    package struct Line: Hashable, Sendable {
        package enum Status: String, Sendable {
            /// Frozen, given, or paid.
            case counted
            /// Decided, and not on a frozen list yet.
            case awaited
            /// Asked of a department that has not said anything of it.
            case notReported = "not_reported"
            case returned

            package var chinese: String {
                switch self {
                case .counted: ""
                case .awaited: "待发放"
                case .notReported: "部门尚未反馈"
                case .returned: "银行退回"
                }
            }
        }

        /// nil for the whole household.
        package let person: String?
        package let programme: String
        package let department: String
        package let basis: String
        /// The monthly standard by which it was decided; nil where there is none.
        package var standard: Money?
        package let amount: Money
        package let paidOn: CalendarDate?
        package let tail: String
        package let status: Status
        /// In kind: what and how much, and what that is worth, which is not added up.
        package var quantity: String?
        package var value: Money?
        /// Given once: that nothing follows the month after is no change.
        package var isOnce = false
    }

    /// 变化: what is other than the month before.
    package struct Change: Hashable, Sendable {
        package let programme: String
        package let before: Money
        package let now: Money
        package let reason: ChangeReason

        package enum Direction: String, Sendable {
            case new, stopped, up, down

            package var chinese: String {
                switch self {
                case .new: "新增"
                case .stopped: "停发"
                case .up: "增加"
                case .down: "减少"
                }
            }
        }

        package var direction: Direction {
            if before == .zero { return .new }
            if now == .zero { return .stopped }
            return now > before ? .up : .down
        }
        package var difference: Money { now - before }
    }

    package struct Pending: Hashable, Sendable {
        package let what: String
        package let due: CalendarDate?
    }

    package let household: HouseholdID
    package let householdNumber: String
    package let headName: String
    package let month: CalendarMonth
    package let category: Category
    package let people: Int
    /// When it is looked at again; nil where no day is set.
    package let validUntil: CalendarDate?
    package let lines: [Line]
    package let changes: [Change]
    package let pending: [Pending]
    /// Of the village, its town and the district, as far as they are published; each once.
    package let phones: [Phone]

    package struct Phone: Hashable, Sendable {
        package let office: OfficeCode
        package let number: String
    }

    package var total: Money { lines.filter { $0.status == .counted }.reduce(.zero) { $0 + $1.amount } }
    /// Printed on the paper, so that whoever is shown it can compare: it follows from all that the list says.
    package var checkCode: String {
        let text =
            ([household.area.digits, householdNumber, month.description, "\(total)"]
            + lines.map { "\($0.programme)/\($0.department)/\($0.amount)/\($0.status.rawValue)" })
            .joined(separator: "\n")
        return String(Algorithm.ed25519.hash(Array(text.utf8)).hex.prefix(8)).uppercased()
    }
    package var number: String { "QD-\(household.area)-\(householdNumber)-\(month)" }

    /// - Throws: ``FamilyError/unknown(_:)``.
    package init(of household: HouseholdID, _ month: CalendarMonth, today: CalendarDate, _ db: Database) throws {
        let reader = try ListReader(household, db)
        self.household = household
        self.month = month
        householdNumber = reader.number
        headName = reader.headName
        let decision = reader.decisions.holding(in: month)
        validUntil = [reader.reviewDue, decision?.lastMonth?.lastDay, decision?.graceTo?.lastDay].compactMap { $0 }
            .min()
        category = decision?.category ?? .none
        people = decision?.people ?? reader.names.count
        lines = try reader.lines(in: month)
        let earlier = try month.adding(months: -1).map { ($0, try reader.lines(in: $0)) }
        changes = reader.changes(from: earlier, to: (month, lines))
        pending = try reader.pending(on: today)
        phones = try reader.phones(on: today)
    }
}

/// Reads what a list is made of.
private struct ListReader {
    let household: HouseholdID
    let db: Database
    let number: String
    let reviewDue: CalendarDate?
    let headName: String
    /// Of everybody who is or was a member.
    let names: [[UInt8]: String]
    let decisions: Decisions
    private let payments: [(line: PayLine, batch: PayBatch)]

    init(_ household: HouseholdID, _ db: Database) throws {
        self.household = household
        self.db = db
        let key: StatementArguments = [household.area.digits, Data(household.id)]
        let row = try Row.fetchOne(
            db.cachedStatement(
                sql: "SELECT household_no, head_person, review_due FROM household WHERE area = ? AND id = ?"),
            arguments: key)
        guard let row else { throw FamilyError.unknown("\(household.area)/\(household.id.hex)") }
        number = row["household_no"]
        reviewDue = row.date("review_due")
        let people = try Row.fetchAll(
            db.cachedStatement(sql: "SELECT id, name FROM person WHERE area = ? AND household = ? ORDER BY id"),
            arguments: key)
        names = Dictionary(
            people.map { ($0.bytes("id") ?? [], $0["name"] as String) }, uniquingKeysWith: { first, _ in first })
        headName = row.bytes("head_person").flatMap { [names] in names[$0] } ?? people.first?["name"] ?? ""
        decisions = try Decisions(of: household, db)
        payments = try PayBatches.payments(of: household, db)
    }

    func lines(in month: CalendarMonth) throws -> [AssistanceList.Line] {
        let all = try Grants.all(of: household, db)
        let granted = all.filter { $0.month == month }
        return try monthly(month) + relief(month) + granted.map(line) + late(month, all)
            + referred(month, besides: granted)
    }

    /// What a department gave the month before, whose list of this month has not come yet: nothing is known of it, and nothing has stopped.
    private func late(_ month: CalendarMonth, _ all: [Grant]) throws -> [AssistanceList.Line] {
        let before = month.adding(months: -1)
        let given = all.filter { grant in
            grant.month == before && grant.kind.isMonthly
                && !all.contains {
                    $0.month == month && ($0.programme, $0.department) == (grant.programme, grant.department)
                }
        }
        let silent = try given.filter { grant in
            try Bool.fetchOne(
                db.cachedStatement(
                    sql:
                        "SELECT EXISTS (SELECT 1 FROM department_grant WHERE area = ? AND department = ? AND month = ?)"
                ),
                arguments: [household.area.digits, grant.department, month.description]) == false
        }
        return silent.map { grant in
            AssistanceList.Line(
                person: grant.person.flatMap { names[$0] }, programme: grant.programme,
                department: Department(rawValue: grant.department)?.chinese ?? grant.department, basis: "",
                amount: .zero, paidOn: nil, tail: "", status: .notReported)
        }
    }

    private func line(_ grant: Grant) -> AssistanceList.Line {
        AssistanceList.Line(
            person: grant.person.flatMap { names[$0] }, programme: grant.programme,
            department: Department(rawValue: grant.department)?.chinese ?? grant.department, basis: grant.basis,
            amount: grant.amount, paidOn: grant.paidOn, tail: "", status: .counted, quantity: grant.quantity,
            value: grant.value, isOnce: !grant.kind.isMonthly)
    }

    /// By decision of civil affairs.
    private func monthly(_ month: CalendarMonth) throws -> [AssistanceList.Line] {
        let paid = payments.filter { $0.batch.month == month }
        let lines = paid.map { line, batch in
            AssistanceList.Line(
                person: nil, programme: batch.kind.chinese, department: Department.civilAffairs.chinese,
                basis: basis(line.decision), standard: standard(line.decision), amount: line.total,
                paidOn: batch.steps.first { $0.stage == .settled }?.day, tail: line.tail,
                status: line.returned == nil ? .counted : .returned)
        }
        guard paid.allSatisfy({ $0.line.returned != nil }) else { return lines }
        let due = try MonthlyDue(of: household, in: month, decisions, db)
        guard let decision = due.decision, due.amount > .zero else { return lines }
        return lines + [
            AssistanceList.Line(
                person: nil, programme: Roster.AidKind(decision.category).chinese,
                department: Department.civilAffairs.chinese, basis: basis(decision.id),
                standard: standard(decision.id), amount: due.amount, paidOn: nil, tail: "", status: .awaited)
        ]
    }

    /// By the trace of the decision: what its computation was told.
    private func standard(_ id: [UInt8]?) -> Money? {
        guard let decision = decisions.all.first(where: { $0.id == id }),
            let trace = try? JSONDecoder().decode(Trace.self, from: Data(decision.trace.utf8))
        else { return nil }
        return trace.parameters.first { $0.name == ParameterName.dibaoStandard.rawValue }.flatMap {
            Money(yuan: $0.value)
        }
    }

    func phones(on today: CalendarDate) throws -> [AssistanceList.Phone] {
        let offices = [household.area, household.area.parent, household.area.parent?.parent].compactMap { $0 }
        var phones: [AssistanceList.Phone] = []
        for office in offices.reversed() {
            var book = try PublishedRules.book(of: office, on: today, db)
            // As it was written, spaces and all.
            guard
                let number = try? book.words(.contactPhone).map({ $0.word + ($0.value.map { ":\($0)" } ?? "") })
                    .joined(separator: " "),
                !phones.contains(where: { $0.number == number })
            else { continue }
            phones.append(AssistanceList.Phone(office: office, number: number))
        }
        return phones.reversed()
    }

    private func basis(_ id: [UInt8]?) -> String { decisions.all.first { $0.id == id }?.document ?? "" }

    private func relief(_ month: CalendarMonth) throws -> [AssistanceList.Line] {
        try Reliefs.all(of: household, db).filter { $0.month == month && $0.isValid }.map { relief in
            AssistanceList.Line(
                person: nil, programme: "临时救助", department: Department.civilAffairs.chinese, basis: relief.document,
                amount: relief.amount, paidOn: relief.day, tail: "", status: .counted, isOnce: true)
        }
    }

    /// What departments have answered, and what they were asked in that month and have not.
    private func referred(_ month: CalendarMonth, besides granted: [Grant]) throws -> [AssistanceList.Line] {
        let gifts = try ReferralReading.gifts(of: household, besides: granted, db).filter { $0.answer.month == month }
        let given = gifts.map { referral, answer in
            AssistanceList.Line(
                person: referral.person.flatMap { names[$0] }, programme: answer.programme ?? referral.need,
                department: referral.department.chinese, basis: answer.basis ?? "", amount: answer.amount,
                paidOn: answer.day, tail: "", status: .counted, isOnce: true)
        }
        let awaited = try ReferralReading.all(of: household, db).filter { referral in
            !referral.state.stage.isEnd && (referral.state.sentOn.map { $0.calendarMonth <= month } ?? false)
        }.map { referral in
            AssistanceList.Line(
                person: referral.person.flatMap { names[$0] }, programme: referral.need,
                department: referral.department.chinese, basis: "", amount: .zero, paidOn: nil, tail: "",
                status: .notReported)
        }
        return given + awaited
    }

    func changes(
        from earlier: (month: CalendarMonth, lines: [AssistanceList.Line])?,
        to now: (month: CalendarMonth, lines: [AssistanceList.Line])
    ) -> [AssistanceList.Change] {
        func sums(_ lines: [AssistanceList.Line]) -> [String: Money] {
            // What was decided and is not paid yet is no change.
            Dictionary(
                lines.filter { $0.status == .counted || $0.status == .awaited }.map { ($0.programme, $0.amount) },
                uniquingKeysWith: { $0 + $1 })
        }
        let (before, after) = (sums(earlier?.lines ?? []), sums(now.lines))
        let lasting = Set((earlier?.lines ?? []).filter { !$0.isOnce }.map(\.programme))
        let unknown = Set(now.lines.filter { $0.status == .notReported }.map(\.programme))
        return Set(before.keys).union(after.keys).sorted().compactMap { programme in
            let (old, new) = (before[programme] ?? .zero, after[programme] ?? .zero)
            let isEnd = new == .zero && (unknown.contains(programme) || !lasting.contains(programme))
            guard old != new, !isEnd else { return nil }
            return AssistanceList.Change(
                programme: programme, before: old, now: new,
                reason: reason(programme, earlier?.month, now.month)
                    ?? reason(programme, now.lines, earlier?.lines ?? []))
        }
    }

    /// Of what no decision on a monthly kind of aid says: by the paper of the line, else by whose it is.
    private func reason(
        _ programme: String, _ now: [AssistanceList.Line], _ before: [AssistanceList.Line]
    ) -> ChangeReason {
        let here = now.filter { $0.programme == programme && $0.status == .counted }
        guard let line = here.first else {
            return .noLine(department: before.first { $0.programme == programme }?.department ?? "")
        }
        return .paper(department: line.department, basis: line.basis)
    }

    /// Why a monthly amount is another: by the decisions that held.
    private func reason(_ programme: String, _ before: CalendarMonth?, _ now: CalendarMonth) -> ChangeReason? {
        guard Roster.AidKind.allCases.contains(where: { $0.chinese == programme }) else { return nil }
        let old = before.flatMap { decisions.holding(in: $0) }
        guard let new = decisions.holding(in: now) else { return nil }
        if new.id == old?.id {
            guard let last = new.graceTo, let before, before <= last, now > last else { return nil }
            return .graceEnded(last, document: new.document)
        }
        if new.outcome == .stopped, new.reason?.isEmpty == false {
            return .decided(.stopped, why: new.reason, document: new.document)
        }
        // The one that it took the place of, though that may have held for no month.
        let category = (decisions.all.first { $0.id == new.predecessor } ?? old)?.category ?? .none
        guard new.category != category else { return .decided(new.outcome, why: new.reason, document: new.document) }
        return .category(from: category, to: new.category, document: new.document)
    }

    /// Referrals, applications, papers and the review. No warnings: what somebody has told of a family is not for its own paper.
    func pending(on today: CalendarDate) throws -> [AssistanceList.Pending] {
        var pending = try ReferralReading.all(of: household, db).filter { !$0.state.stage.isEnd }.map { referral in
            AssistanceList.Pending(
                what: "\(referral.department.chinese): \(referral.need)", due: try? referral.due(db)?.date)
        }
        // A year ahead it is nobody's matter yet; where no rule says how far, it is named.
        let rules = try PublishedRules.values(db)
        var book = RuleBook(rules, area: household.area, hukouKind: "", on: today)
        let soon = (try? book.number(.listPendingDays)).flatMap { today.adding(days: $0) }
        if let reviewDue, soon.map({ reviewDue <= $0 }) ?? true {
            pending.append(AssistanceList.Pending(what: "复核", due: reviewDue))
        }
        let calendar = try PublishedRules.calendar(db)
        for file in try CaseReading.all(of: household, db) where file.state.stage < .confirmed {
            let clock = CaseClock(file, isKnown: false, delivered: nil, rules, calendar)
            pending.append(
                AssistanceList.Pending(
                    what: "申请 \(file.aidKind) \(file.state.stage.chinese)", due: clock.whole?.date))
        }
        for relief in try Reliefs.all(of: household, db)
        where relief.isPaidFirst && relief.papersOn == nil && relief.isValid {
            pending.append(AssistanceList.Pending(what: "补齐手续 \(relief.document)", due: relief.papersDue))
        }
        return pending
    }
}
