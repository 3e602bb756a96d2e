import ChangeSets
import Foundation
import GRDB
import Replica

/// 追缴: what a household has to give back, and what it has given back. Never taken off what it gets without its written consent (domain 4.6).
package struct Recovery: Hashable, Sendable {
    package struct Entry: Hashable, Sendable {
        package enum Kind: String, Sendable, CaseIterable {
            /// 退款
            case repaid
            /// 免除
            case waived
            /// 退还: of what was given back, to the family, because it was more than was asked for.
            case returned
        }

        package let kind: Kind
        package let amount: Money
        package let day: CalendarDate?
        package let office: OfficeCode
        package let user: String
        package let text: String
    }

    package let id: [UInt8]
    package let household: HouseholdID
    /// Lines of the lists that were too much, and by how much: never by more than they were by what is known now.
    fileprivate(set) var lines: [[UInt8]: Money]
    package let amount: Money
    package let reason: String
    package let plan: String
    package let document: String
    package let day: CalendarDate?
    package let office: OfficeCode
    package let user: String
    package let entries: [Entry]
    /// What of `amount` no recovery before it asks for.
    package fileprivate(set) var asked = Money.zero
    /// What was given back of that: on this one, or on another of the household beyond what that asks for.
    fileprivate var given = Money.zero
    /// How much more was given back than all that was asked for: two offices took down one repayment, or it has lost its ground.
    package fileprivate(set) var over = Money.zero
    package var isOverpaid: Bool { over > .zero }
    /// How much more went back to the family than there was: two offices took down one return, mostly. A question, and no debt.
    package fileprivate(set) var returnedTooMuch = Money.zero

    /// What is still to be given back.
    package var left: Money { given < asked ? asked - given : .zero }
    /// Whether others, which an office unaware of this one opened, ask for all of it already.
    package var isDouble: Bool { asked == .zero && hasGround }
    /// Whether anything of it was too much by what is known now: somebody may live whom it took for dead.
    package var hasGround: Bool { lines.values.contains { $0 > .zero } }
    fileprivate var entered: Money { sum(of: .repaid) + sum(of: .waived) }

    fileprivate func sum(of kind: Entry.Kind) -> Money {
        entries.reduce(.zero) { $1.kind == kind ? $0 + $1.amount : $0 }
    }
}

extension Recovery {
    /// `LINE:FEN`, with spaces between them: all that was too much of a line, also where an earlier one asks for a part.
    fileprivate static func written(_ found: [Overpayment]) -> String {
        found.map { "\($0.line.hex):\(($0.paid - $0.due).fen)" }.joined(separator: " ")
    }

    /// What is no line with an amount asks for nothing.
    fileprivate static func lines(written text: String) -> [[UInt8]: Money] {
        text.split(separator: " ").reduce(into: [:]) { lines, word in
            let parts = word.split(separator: ":")
            guard parts.count == 2, let line = [UInt8](hex: String(parts[0])), let fen = Int64(parts[1]),
                (0...Money.typedMax.fen).contains(fen)
            else { return }
            lines[line] = Money(fen: fen)
        }
    }
}

package enum Recoveries {
    /// By offices that may decide: the higher office's first, of one tier in order of their ids.
    package static func all(of household: HouseholdID, _ db: Database) throws -> [Recovery] {
        var all = try rows("area = ? AND household = ?", [household.area.digits, Data(household.id)], db).sorted {
            a, b in
            (a.office.tier, a.id.hex) < (b.office.tier, b.id.hex)
        }
        guard !all.isEmpty else { return [] }
        let tooMuch = Dictionary(
            try PaidLine.all(of: household, db).map { ($0.line, $0.paid - $0.due) },
            uniquingKeysWith: { first, _ in first })
        // A line is asked for once, by the most that anybody asks of it.
        var lines: [[UInt8]: Money] = [:]
        for index in all.indices {
            all[index].lines = all[index].lines.reduce(into: [:]) {
                $0[$1.key] = min($1.value, tooMuch[$1.key] ?? .zero)
            }
            for (line, amount) in all[index].lines {
                let known = lines[line] ?? .zero
                guard known < amount else { continue }
                all[index].asked = all[index].asked + (amount - known)
                lines[line] = amount
            }
        }
        // What was given back on one beyond what it asks for is given back for the others.
        var surplus = Money.zero
        for index in all.indices {
            all[index].given = min(all[index].entered, all[index].asked)
            surplus = surplus + (all[index].entered - all[index].given)
        }
        for index in all.indices {
            let more = min(surplus, all[index].left)
            all[index].given = all[index].given + more
            surplus = surplus - more
        }
        // Only money goes back, and no more of it than was given.
        let back = all.reduce(Money.zero) { $0 + $1.sum(of: .returned) }
        let owed = min(surplus, all.reduce(.zero) { $0 + $1.sum(of: .repaid) })
        if let last = all.lastIndex(where: { !$0.entries.isEmpty }) {
            all[last].over = max(.zero, owed - back)
            all[last].returnedTooMuch = max(.zero, back - owed)
        }
        return all
    }

    /// Of an area and below it.
    package static func all(in area: OfficeCode, settled: Bool, _ db: Database) throws -> [Recovery] {
        try related(to: rows("area >= ? AND area < ?", [area.digits, area.digits + ":"], db), db)
            .filter { settled || $0.left > .zero || $0.isOverpaid || $0.returnedTooMuch > .zero }
    }

    /// - Parameter text: The id or the beginning of it, at least eight digits.
    package static func one(_ text: String, _ db: Database) throws -> Recovery {
        try IDBeginning.only(text, unknown: RecoveryError.unknown(text.shortened)) {
            try related(to: try rows($0, $1, db), db)
        }
    }

    /// The same rows, with what others of their households say of them.
    private static func related(to rows: [Recovery], _ db: Database) throws -> [Recovery] {
        let known = try Set(rows.map(\.household)).reduce(into: [[UInt8]: Recovery]()) { known, household in
            for recovery in try all(of: household, db) { known[recovery.id] = recovery }
        }
        return rows.compactMap { known[$0.id] }
    }

    private static func rows(
        _ condition: String, _ arguments: StatementArguments, _ db: Database
    ) throws -> [Recovery] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT *, \(RowWriter.office(of: recoveryTable.name, as: "t")) AS writer FROM recovery AS t
                    WHERE \(condition) ORDER BY area, id
                    """),
            arguments: arguments
        ).compactMap { row in
            guard let office = try? OfficeCode(row["writer"] as String), let household = row.bytes("household") else {
                return nil
            }
            let area = try OfficeCode(row["area"] as String)
            let day = row.date("day")
            guard try Authority.mayDecide(office, in: area, on: day, db) else { return nil }
            let id = row.bytes("id") ?? []
            return Recovery(
                id: id, household: HouseholdID(area: area, id: household), lines: Recovery.lines(written: row["lines"]),
                amount: row.money("amount_fen"), reason: row["reason"], plan: row["plan"], document: row["document"],
                day: day, office: office, user: row["created_by"], entries: try entries(of: id, in: area, db))
        }
    }

    private static func entries(of id: [UInt8], in area: OfficeCode, _ db: Database) throws -> [Recovery.Entry] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT *, \(RowWriter.office(of: recoveryEntryTable.name, as: "t")) AS writer
                    FROM recovery_entry AS t WHERE area = ? AND recovery = ? ORDER BY id
                    """),
            arguments: [area.digits, Data(id)]
        ).compactMap { row in
            guard let office = try? OfficeCode(row["writer"] as String),
                let kind = (row["kind"] as String?).flatMap(Recovery.Entry.Kind.init)
            else { return nil }
            // To give up a claim is for whoever may raise one.
            if kind == .waived, try !Authority.mayDecide(office, in: area, on: row.date("day"), db) { return nil }
            return Recovery.Entry(
                kind: kind, amount: row.money("amount_fen"), day: row.date("day"), office: office,
                user: row["created_by"], text: row["text"])
        }
    }
}

package enum RecoveryError: Error, Hashable, CustomStringConvertible {
    case unknown(String)
    case nothing
    case notYours(Tier)
    case tooMuch(Money)
    case noGround
    case notOver(Money)
    case empty(String)

    package var description: String {
        switch self {
        case .unknown(let id): "no one recovery ‘\(id)’ is here; ‘sanji recovery list’ shows all"
        case .nothing: "nothing was paid too much to this household, as far as is known here"
        case .notYours(let tier): "a \(tier) records no repayment; its town or the district does"
        case .noGround:
            "nothing of it was too much by what is known now; what was given back is the family's (‘sanji recovery return’)"
        case .notOver(let over): "only \(over) yuan of what was given back are more than was asked for"
        case .tooMuch(let left): "only \(left) yuan are left to give back"
        case .empty(let what): "the \(what) is empty; say it"
        }
    }
}

package struct RecoveryEntry {
    private let replica: OfficeReplica
    private let user: ActingUser
    private let today: CalendarDate

    package init(_ replica: OfficeReplica, as user: ActingUser, today: CalendarDate) {
        self.replica = replica
        self.user = user
        self.today = today
    }

    /// Asks back all that was paid too much and that nobody has asked back yet.
    package func open(_ household: HouseholdID, document: String, plan: String = "") throws -> Recovery {
        guard !document.isEmpty else { throw RecoveryError.empty("document number") }
        return try replica.write(as: user) { db in
            try Authority.check(replica.office, in: household.area, on: today, db)
            let found = try Overpayments.all(of: household, db).overpaid
            guard !found.isEmpty else { throw RecoveryError.nothing }
            let reasons = Set(found.map { "\($0.month): \($0.reason)" }).sorted()
            let id = try NewRow(
                table: recoveryTable, area: household.area,
                values: [
                    ("household", household.id.databaseValue), ("lines", Recovery.written(found).databaseValue),
                    ("amount_fen", found.reduce(Money.zero) { $0 + $1.amount }.fen.databaseValue),
                    ("reason", reasons.joined(separator: "; ").databaseValue), ("plan", plan.databaseValue),
                    ("document", document.databaseValue), ("day", today.written),
                ]
            ).insert(by: user, db)
            return try Recoveries.one(id.hex, db)
        }
    }

    /// Records what was given back, that a part of it is given up, or that what was too much of it went back to the family.
    package func record(_ kind: Recovery.Entry.Kind, _ amount: Money, on name: String, text: String = "") throws
        -> Recovery
    {
        guard replica.office.tier != .village else { throw RecoveryError.notYours(replica.office.tier) }
        guard amount > .zero else { throw RecoveryError.empty("amount") }
        return try replica.write(as: user) { db in
            let recovery = try Recoveries.one(name, db)
            if kind == .waived {
                guard !text.isEmpty else { throw RecoveryError.empty("reason") }
                try Authority.check(replica.office, in: recovery.household.area, on: today, db)
            }
            if kind == .returned {
                guard amount <= recovery.over else { throw RecoveryError.notOver(recovery.over) }
            } else {
                // What went back to the family without a reason can be given back once more, whatever is asked for by now.
                let most = recovery.left + (kind == .repaid ? recovery.returnedTooMuch : .zero)
                guard recovery.hasGround || most > .zero else { throw RecoveryError.noGround }
                guard amount <= most else { throw RecoveryError.tooMuch(most) }
            }
            try NewRow(
                table: recoveryEntryTable, area: recovery.household.area,
                values: [
                    ("recovery", recovery.id.databaseValue), ("kind", kind.rawValue.databaseValue),
                    ("amount_fen", amount.fen.databaseValue), ("day", today.written), ("text", text.databaseValue),
                ]
            ).insert(by: user, db)
            return try Recoveries.one(recovery.id.hex, db)
        }
    }
}
