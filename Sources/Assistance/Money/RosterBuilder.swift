import ChangeSets
import Foundation
import GRDB
import Replica

/// Works a month's list out, household by household.
struct RosterBuilder {
    let kind: Roster.AidKind
    let month: CalendarMonth
    let area: OfficeCode
    let db: Database
    /// By whatever kind of aid.
    let paid: [HouseholdID: [(kind: Roster.AidKind, line: PayLine)]]
    /// Of the month before, by this kind of aid.
    let before: [HouseholdID: PayLine]
    let holds: [HouseholdID: String]
    let disputed: DisputedIdentities
    /// Villages read the list aloud, and have no accounts.
    let knowsAccounts: Bool
    /// nil where no rule says it.
    private let change: Ratio?
    /// Of towns with a value of their own.
    private let changeOfTown: [OfficeCode: Ratio]

    init(
        _ kind: Roster.AidKind, _ month: CalendarMonth, _ area: OfficeCode, _ disputed: DisputedIdentities,
        _ db: Database
    ) throws {
        self.kind = kind
        self.disputed = disputed
        self.month = month
        self.area = area
        self.db = db
        paid = try Self.lines(of: month, db)
        before =
            try month.adding(months: -1).map { month in
                try Self.lines(of: month, db).compactMapValues { lines in lines.last { $0.kind == kind }?.line }
            } ?? [:]
        holds = try RosterHolds.open(kind, month, in: area, db)
        let values = try PublishedRules.values(db)
        func share(in area: OfficeCode) -> Ratio? {
            var book = RuleBook(values, area: area, hukouKind: "", on: month.firstDay)
            return try? book.ratio(.rosterChange)
        }
        change = share(in: area)
        let towns = Set(
            values.filter { $0.name == ParameterName.rosterChange.rawValue && $0.area.tier == .town }.map(\.area))
        changeOfTown = Dictionary(
            uniqueKeysWithValues: towns.compactMap { town in share(in: town).map { (town, $0) } })
        knowsAccounts = try String.fetchOne(db, sql: "SELECT office()").map { $0.utf8.count < 12 } ?? false
    }

    /// What batches pay in a month, by household: of each kind one line, which the bank has returned only where there is no other.
    private static func lines(
        of month: CalendarMonth, _ db: Database
    ) throws -> [HouseholdID: [(kind: Roster.AidKind, line: PayLine)]] {
        let lines = try PayBatches.all(nil, month, db).filter { $0.stage != .cancelled }.flatMap { batch in
            try PayBatches.lines(of: batch.id, db).map { (kind: batch.kind, line: $0) }
        }
        return Dictionary(grouping: lines, by: \.line.household).mapValues { lines in
            Roster.AidKind.allCases.compactMap { kind in
                let same = lines.filter { $0.kind == kind }
                return same.first { $0.line.returned == nil } ?? same.first
            }
        }
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
            let residents = try Residents(of: household, on: month.lastDay, db)
            let due = try MonthlyDue(
                in: month, decisions, residents, words: try MonthDecision.all(of: household, db))
            guard let decision = due.decision, Roster.AidKind(decision.category) == kind,
                decision.amount(in: month) > .zero
            else { continue }
            let known = paid[household] ?? []
            if let (earlier, line) = known.first(where: { $0.line.returned == nil }) {
                if earlier == kind { paidBefore += 1 }
                if earlier != kind || line.total < due.amount {
                    let hold = Roster.Hold.paidOtherwise(earlier, paid: line.total, due: due.amount)
                    held.append((household, number, hold))
                }
                continue
            }
            let returned = known.first { $0.kind == kind }?.line
            switch try line(household, number, isLive ? residents.living : [], decision, due, decisions, returned) {
            case .success(let line): lines.append(line)
            case .failure(let hold): held.append((household, number, hold.hold))
            }
        }
        let payable = try RosterDuplicates(month, db).leaveOut(&held, from: lines)
        return Roster(
            kind: kind, month: month, lines: try sharing(payable),
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
        _ household: HouseholdID, _ number: String, _ living: [Residents.Person], _ decision: Decision,
        _ due: MonthlyDue,
        _ decisions: Decisions, _ earlier: PayLine?
    ) throws -> Result<Roster.Line, Held> {
        func hold(_ hold: Roster.Hold) -> Result<Roster.Line, Held> { .failure(Held(hold: hold)) }
        guard !living.isEmpty else { return hold(.notLive) }
        if due.amount == .zero { return hold(.nothingDue(due.reason)) }
        guard due.amount <= Money.typedMax else { return hold(.beyond) }
        if let reason = holds[household] { return hold(.reported(reason)) }
        // Whoever has died, left or was merged away since it was decided: somebody decides without them first. Whoever came does not hold
        // up the others.
        if !due.open.isEmpty {
            if due.isForAWord { return hold(.unsaid) }
            return hold(due.open.allSatisfy(\.isDeath) ? .death : .members)
        }
        if try DeathWarnings.isWaiting(household, on: month.lastDay, db) { return hold(.deathWarning) }
        if !decisions.rivals.isEmpty { return hold(.rivals) }
        let account = knowsAccounts ? try Accounts.payable(of: household, db) : nil
        let head = try head(of: household)
        let payee =
            account?.person.flatMap { id in living.first { $0.id == id } }
            ?? living.first { $0.id == head } ?? living[0]
        if disputed.contains(payee.id, in: household.area) { return hold(.identity) }
        if knowsAccounts {
            guard let account else { return hold(.noAccount) }
            // The bank sent it back: only to an account that was checked since, or to another.
            if let returned = earlier?.returned, account.id == earlier?.account,
                account.checkedOn.map({ $0 < returned }) ?? true
            {
                return hold(.noAccount)
            }
            guard account.holder == payee.name || account.guardian != nil else { return hold(.otherHolder) }
        }
        var warnings: [Roster.Warning] = []
        if let before = before[household], isMuchMore(due.amount, before.total, in: household.area) {
            warnings.append(.changed(from: before.total))
        }
        if let account, try isNew(account, of: household) { warnings.append(.newAccount) }
        return .success(
            Roster.Line(
                household: household, householdNumber: number, payee: payee.id, payeeName: payee.name,
                account: account?.id, tail: account?.tail ?? "", people: decision.people, category: decision.category,
                parts: due.parts, decision: decision.id,
                decidedOn: decision.day,
                reissues: earlier?.id,
                warnings: warnings))
    }

    /// By more than the rules' share, up or down; where no rule says it, by anything.
    private func isMuchMore(_ now: Money, _ before: Money, in village: OfficeCode) -> Bool {
        let change = village.parent.flatMap { changeOfTown[$0] } ?? change
        let difference = Money(fen: abs(now.fen - before.fen))
        return change.map { difference.exceeds($0, of: before) } ?? (difference > .zero)
    }

    /// Whether the list before this went to an account with another number: whoever changes where money goes is looked at.
    private func isNew(_ account: BankAccount, of household: HouseholdID) throws -> Bool {
        let last = try before[household] ?? PayBatches.payments(of: household, db).last { $0.batch.month < month }?.line
        guard let last, let known = last.account, known != account.id else { return false }
        return try number(of: known, in: household.area) != account.number
    }

    private func number(of account: [UInt8], in area: OfficeCode) throws -> String? {
        try String.fetchOne(
            db.cachedStatement(sql: "SELECT number FROM bank_account WHERE area = ? AND id = ?"),
            arguments: [area.digits, Data(account)])
    }

    private func head(of household: HouseholdID) throws -> [UInt8]? {
        try Data.fetchOne(
            db.cachedStatement(sql: "SELECT head_person FROM household WHERE area = ? AND id = ?"),
            arguments: [household.area.digits, Data(household.id)]
        ).map { [UInt8]($0) }
    }

    /// By the account's number: each household's entry of it is a row of its own.
    private func sharing(_ lines: [Roster.Line]) throws -> [Roster.Line] {
        let numbers = try lines.map { line in
            try line.account.flatMap { try number(of: $0, in: line.household.area) }
        }
        let users = Dictionary(numbers.map { ($0, 1) }, uniquingKeysWith: +)
        return zip(lines, numbers).map { line, number in
            number != nil && users[number, default: 0] > 1 ? line.adding(.sharedAccount) : line
        }
    }
}
