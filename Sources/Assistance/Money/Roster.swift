import ChangeSets
import Foundation
import GRDB
import Replica

/// 发放名册: who is to be paid what in a month, by the decisions that hold in it, and who is held back for which reason
/// (domain 4.6). Only ever read: ``RosterEntry`` freezes it.
package struct Roster: Sendable {
    package struct Line: Hashable, Sendable {
        package let household: HouseholdID
        package let householdNumber: String
        package let payee: [UInt8]?
        package let payeeName: String
        package let account: [UInt8]?
        package let tail: String
        package let people: Int
        package let category: Category
        package let base: Money
        package let supplement: Money
        package let decision: [UInt8]
        package let decidedOn: CalendarDate?
        /// A line that the bank returned, which this one pays again.
        package let reissues: [UInt8]?
        package let warnings: [Warning]

        package var total: Money { base + supplement }

        func adding(_ warning: Warning) -> Line {
            Line(
                household: household, householdNumber: householdNumber, payee: payee, payeeName: payeeName,
                account: account, tail: tail, people: people, category: category, base: base, supplement: supplement,
                decision: decision, decidedOn: decidedOn, reissues: reissues, warnings: warnings + [warning])
        }
    }

    /// Why a household gets nothing for now: it is paid by a later batch of the month, once that is settled.
    package enum Hold: Hashable, Sendable, CustomStringConvertible {
        case noAccount
        case otherHolder
        case death
        case notLive
        case rivals
        /// Somebody whom the decision counts lives there no more.
        case members
        /// The newest decision is by an office that may not decide, or not any more.
        case withoutRight
        case identity
        case duplicate
        case reported(String)

        package var description: String {
            switch self {
            case .noAccount: "no account that a second person has checked"
            case .otherHolder: "the account is not the payee's"
            case .death: "a death is reported; enter it, or close the warning"
            case .notLive: "the household is void, or nobody of it is left"
            case .rivals: "two decisions were made unaware of each other"
            case .members:
                "somebody whom the decision counts lives there no more; look at the household again (‘sanji review decide’)"
            case .withoutRight: "an office decided that has no right to, or has none any more; decide it anew"
            case .identity: "two offices name two identity numbers of the payee; choose one with ‘sanji conflicts’"
            case .duplicate: "duplicate"
            case .reported(let reason): "held back: \(reason)"
            }
        }
    }

    /// What somebody should look at before it is frozen.
    package enum Warning: Hashable, Sendable, CustomStringConvertible {
        case changed(from: Money)
        case sharedAccount
        case newAccount

        package var description: String {
            switch self {
            case .changed(let before): "\(before) the month before"
            case .sharedAccount: "another household has this account"
            case .newAccount: "the account is new"
            }
        }
    }

    package let kind: AidKind
    package let month: CalendarMonth
    /// In order of area and household number.
    package let lines: [Line]
    package let held: [(household: HouseholdID, number: String, hold: Hold)]
    /// Paid by an earlier batch of the month.
    package let paidBefore: Int

    package var total: Money { lines.reduce(.zero) { $0 + $1.total } }

    /// 按类别发放 (domain 3.2, `aid_kind`): what is paid every month by decision.
    package enum AidKind: String, Sendable, CaseIterable {
        case dibao = "DB"
        case destitute = "TK"

        package var chinese: String {
            switch self {
            case .dibao: "最低生活保障金"
            case .destitute: "特困人员供养金"
            }
        }

        /// By which a family of that category is paid, where it gets anything.
        package init(_ category: Category) {
            switch category {
            case .destituteAtHome, .destituteInInstitution: self = .destitute
            default: self = .dibao
            }
        }
    }
}

extension Roster {
    package static func build(
        _ kind: AidKind, _ month: CalendarMonth, in area: OfficeCode, of replica: OfficeReplica
    ) throws -> Roster {
        let disputed = try DisputedIdentities(replica)
        return try replica.read { try build(kind, month, in: area, disputed, $0) }
    }

    /// - Parameter area: Of the whole district where it is to be frozen.
    static func build(
        _ kind: AidKind, _ month: CalendarMonth, in area: OfficeCode, _ disputed: DisputedIdentities, _ db: Database
    ) throws -> Roster {
        let builder = try RosterBuilder(kind, month, area, disputed, db)
        return try builder.roster()
    }
}

private struct RosterBuilder {
    let kind: Roster.AidKind
    let month: CalendarMonth
    let area: OfficeCode
    let db: Database
    let paid: [HouseholdID: PayLine]
    let before: [HouseholdID: Money]
    let holds: [HouseholdID: String]
    let disputed: DisputedIdentities
    /// Villages read the list aloud, and have no accounts.
    let knowsAccounts: Bool

    init(
        _ kind: Roster.AidKind, _ month: CalendarMonth, _ area: OfficeCode, _ disputed: DisputedIdentities,
        _ db: Database
    ) throws {
        self.kind = kind
        self.disputed = disputed
        self.month = month
        self.area = area
        self.db = db
        paid = try Self.lines(of: kind, month, db)
        before = try month.adding(months: -1).map { try Self.lines(of: kind, $0, db).mapValues(\.total) } ?? [:]
        holds = try RosterHolds.open(kind, month, in: area, db)
        knowsAccounts = try String.fetchOne(db, sql: "SELECT office()").map { $0.utf8.count < 12 } ?? false
    }

    /// The line of each household that a batch of this month pays; one that the bank has returned where there is no other.
    private static func lines(
        of kind: Roster.AidKind, _ month: CalendarMonth, _ db: Database
    ) throws -> [HouseholdID: PayLine] {
        let lines = try PayBatches.all(kind, month, db).filter { $0.stage != .cancelled }.flatMap {
            try PayBatches.lines(of: $0.id, db)
        }
        // One that was paid goes before one that was returned: ids of one moment have no order.
        return Dictionary(
            lines.map { ($0.household, $0) }, uniquingKeysWith: { a, b in a.returned == nil ? a : b })
    }

    func roster() throws -> Roster {
        var lines: [Roster.Line] = []
        var held: [(HouseholdID, String, Roster.Hold)] = []
        var paidBefore = 0
        for (household, number, isLive) in try households() {
            let decisions = try Decisions(of: household, db)
            if let odd = decisions.withoutRight.last(where: { $0.fromMonth <= month && $0.amount(in: month) > .zero }),
                Roster.AidKind(odd.category) == kind, decisions.isNewer(odd)
            {
                held.append((household, number, .withoutRight))
                continue
            }
            guard let decision = decisions.holding(in: month), Roster.AidKind(decision.category) == kind else {
                continue
            }
            let amount = decision.amount(in: month)
            guard amount > .zero else { continue }
            let earlier = paid[household]
            if let earlier, earlier.returned == nil {
                paidBefore += 1
                continue
            }
            switch try line(household, number, isLive, decision, decisions, earlier) {
            case .success(let line): lines.append(line)
            case .failure(let hold): held.append((household, number, hold.hold))
            }
        }
        let payable = try RosterDuplicates(month, db).leaveOut(&held, from: lines)
        return Roster(
            kind: kind, month: month, lines: payable.map(sharing(payable)),
            held: held.map { (household: $0.0, number: $0.1, hold: $0.2) }, paidBefore: paidBefore)
    }

    /// Those about whom something was decided.
    private func households() throws -> [(HouseholdID, String, Bool)] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT h.area, h.id, h.household_no, h.row_state = 'live' AS live FROM household AS h
                WHERE h.area >= ? AND h.area < ?
                AND EXISTS (SELECT 1 FROM decision AS d WHERE d.area = h.area AND d.household = h.id)
                ORDER BY h.area, h.household_no, h.id
                """, arguments: [area.digits, area.digits + ":"]
        ).map { row in
            (
                HouseholdID(area: try OfficeCode(row["area"] as String), id: row.bytes("id") ?? []),
                row["household_no"], row.isTrue("live")
            )
        }
    }

    private struct Held: Error { let hold: Roster.Hold }

    private func line(
        _ household: HouseholdID, _ number: String, _ isLive: Bool, _ decision: Decision, _ decisions: Decisions,
        _ earlier: PayLine?
    ) throws -> Result<Roster.Line, Held> {
        func hold(_ hold: Roster.Hold) -> Result<Roster.Line, Held> { .failure(Held(hold: hold)) }
        let people = try people(of: household)
        let living = people.filter { $0.date("death_date") == nil }
        guard isLive, !living.isEmpty else { return hold(.notLive) }
        if let reason = holds[household] { return hold(.reported(reason)) }
        // Whoever has died, left or was merged away since it was decided: somebody works out the amount anew first. Whoever came does not
        // hold up the others.
        let left = decision.members.ids.subtracting(living.compactMap { $0.bytes("id") })
        if !left.isEmpty {
            return hold(left.isSubset(of: people.compactMap { $0.bytes("id") }) ? .death : .members)
        }
        if try hasOpenDeathWarning(household) { return hold(.death) }
        if !decisions.rivals.isEmpty { return hold(.rivals) }
        let account = knowsAccounts ? try Accounts.payable(of: household, db) : nil
        let head = try head(of: household)
        let payee =
            account?.person.flatMap { id in living.first { $0.bytes("id") == id } }
            ?? living.first { $0.bytes("id") == head } ?? living[0]
        if disputed.contains(payee.bytes("id") ?? [], in: household.area) { return hold(.identity) }
        let name: String = payee["name"]
        if knowsAccounts {
            guard let account else { return hold(.noAccount) }
            // The bank sent it back: only to an account that was checked since, or to another.
            if let returned = earlier?.returned, account.id == earlier?.account,
                account.checkedOn.map({ $0 < returned }) ?? true
            {
                return hold(.noAccount)
            }
            guard account.holder == name else { return hold(.otherHolder) }
        }
        let amount = decision.amount(in: month)
        let supplement = decision.total - decision.base
        var warnings: [Roster.Warning] = []
        if let before = before[household], isMuchMore(amount, before) { warnings.append(.changed(from: before)) }
        if before[household] != nil, let checked = account?.checkedOn, checked.calendarMonth >= month {
            warnings.append(.newAccount)
        }
        return .success(
            Roster.Line(
                household: household, householdNumber: number, payee: payee.bytes("id"), payeeName: name,
                account: account?.id, tail: account?.tail ?? "", people: decision.people, category: decision.category,
                base: amount - supplement, supplement: supplement, decision: decision.id, decidedOn: decision.day,
                reissues: earlier?.id,
                warnings: warnings))
    }

    /// By more than 30 %, up or down.
    private func isMuchMore(_ now: Money, _ before: Money) -> Bool { 10 * abs(now.fen - before.fen) > 3 * before.fen }

    private func people(of household: HouseholdID) throws -> [Row] {
        try Row.fetchAll(
            db.cachedStatement(
                sql:
                    "SELECT id, name, death_date FROM person WHERE area = ? AND household = ? AND row_state = 'live' ORDER BY id"
            ),
            arguments: [household.area.digits, Data(household.id)])
    }

    private func head(of household: HouseholdID) throws -> [UInt8]? {
        try Data.fetchOne(
            db.cachedStatement(sql: "SELECT head_person FROM household WHERE area = ? AND id = ?"),
            arguments: [household.area.digits, Data(household.id)]
        ).map { [UInt8]($0) }
    }

    /// Any source says that somebody has died: the next payment waits at once (domain 4.3, A6).
    private func hasOpenDeathWarning(_ household: HouseholdID) throws -> Bool {
        try WarningReading.all(of: household, db).contains { $0.kind == .death && $0.state.stage != .closed }
    }

    private func sharing(_ lines: [Roster.Line]) -> (Roster.Line) -> Roster.Line {
        let accounts = Dictionary(lines.map { ($0.account, 1) }, uniquingKeysWith: +)
        return { line in
            guard line.account != nil, accounts[line.account, default: 0] > 1 else { return line }
            return line.adding(.sharedAccount)
        }
    }
}
