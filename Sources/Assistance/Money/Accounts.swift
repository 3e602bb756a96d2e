import ChangeSets
import Foundation
import GRDB
import Replica

/// Where a household's money goes.
package struct BankAccount: Hashable, Sendable {
    package let id: [UInt8]
    package let household: HouseholdID
    package let person: [UInt8]?
    package let holder: String
    package let bank: String
    package let number: String
    package let day: CalendarDate?
    /// By which paper the holder keeps the payee's money; nil where the payee holds it.
    package let guardian: String?
    package let enteredBy: String
    /// What the village had taken down, where it was taken over from that.
    package let told: [UInt8]?
    /// Who has compared it with the paper, and when; nil while nobody else has.
    package let checkedBy: String?
    package let checkedOn: CalendarDate?

    package var tail: String { Self.tail(of: number) }

    fileprivate static func tail(of number: String) -> String { number.count > 4 ? String(number.suffix(4)) : "" }
}

/// One that the village has taken down; nothing is paid to it before the town has taken it over.
package struct ToldAccount: Hashable, Sendable {
    package let id: [UInt8]
    package let person: [UInt8]?
    package let holder: String
    package let bank: String
    package let number: String
    package let day: CalendarDate?
    package let guardian: String?
    package let takenDownBy: String

    package var tail: String { BankAccount.tail(of: number) }
}

package enum Accounts {
    /// Of a household: each after those that it takes the place of, whatever a clock said. Empty at a village, which has none of these rows.
    package static func all(of household: HouseholdID, _ db: Database) throws -> [BankAccount] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT a.*, c.created_by AS checker, c.day AS checked, max(c.day) FROM bank_account AS a
                    LEFT JOIN account_check AS c ON c.area = a.area AND c.account = a.id
                        AND c.created_by <> a.created_by AND c.created_by <> ''
                        AND \(isWritten(accountCheckTable, "c"))
                    WHERE a.area = ? AND a.household = ? AND \(isWritten(bankAccountTable, "a"))
                    GROUP BY a.id
                    ORDER BY (
                        SELECT count(*) FROM bank_account AS b WHERE b.area = a.area AND b.household = a.household
                        AND instr(a.settles, lower(hex(b.id))) > 0), a.day, a.id
                    """),
            arguments: [household.area.digits, Data(household.id)]
        ).map { row in
            BankAccount(
                id: row.bytes("id") ?? [], household: household, person: row.bytes("person"), holder: row["holder"],
                bank: row["bank"], number: row["number"], day: row.date("day"),
                guardian: (row["guardian"] as String?).flatMap { $0.isEmpty ? nil : $0 }, enteredBy: row["created_by"],
                told: row.bytes("told"), checkedBy: row["checker"], checkedOn: row.date("checked"))
        }
    }

    /// What the village has taken down and no account has taken the place of, nor anything that it has taken down since in the knowledge of it.
    /// Several where two machines did, unaware of each other. At a village, which has no accounts, whatever was taken down last.
    package static func told(of household: HouseholdID, _ db: Database) throws -> [ToldAccount] {
        let settled = "lower(hex(t.id))"
        return try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT * FROM account_told AS t WHERE area = ?1 AND household = ?2
                    AND NOT EXISTS (
                        SELECT 1 FROM account_told AS n WHERE n.area = ?1 AND n.household = ?2
                        AND instr(n.settles, \(settled)) > 0)
                    AND NOT EXISTS (
                        SELECT 1 FROM bank_account AS a WHERE a.area = ?1 AND a.household = ?2
                        AND instr(a.settles, \(settled)) > 0 AND \(isWritten(bankAccountTable, "a")))
                    ORDER BY day, id
                    """),
            arguments: [household.area.digits, Data(household.id)]
        ).map { row in
            ToldAccount(
                id: row.bytes("id") ?? [], person: row.bytes("person"), holder: row["holder"], bank: row["bank"],
                number: row["number"], day: row.date("day"), guardian: row["guardian"], takenDownBy: row["created_by"])
        }
    }

    /// What money is paid to: the newest that a second person has checked.
    package static func payable(of household: HouseholdID, _ db: Database) throws -> BankAccount? {
        try all(of: household, db).last { $0.checkedBy != nil }
    }

    private static func isWritten(_ table: DomainTable, _ alias: String) -> String {
        "length(\(RowWriter.office(of: table.name, as: alias))) BETWEEN 1 AND 9"
    }
}

package enum AccountError: Error, Hashable, CustomStringConvertible {
    case number(String)
    case holder
    case unknown(String)
    case sameUser(String)
    case village
    case nothingTold
    case severalTold([String])
    case notTakenOver

    package var description: String {
        switch self {
        case .number(let text): "‘\(text)’ is no account number; it has 8 to 32 digits"
        case .holder: "the holder's name is empty; write it as the bank has it"
        case .unknown(let id): "no one account ‘\(id)’ of this household is here; ‘sanji account list’ shows them"
        case .sameUser(let user): "‘\(user)’ has entered this account; another person compares it with the paper"
        case .village: "a village takes an account down (‘sanji account add’); its town checks it"
        case .nothingTold:
            "the village has taken down no account of this household that waits; ‘sanji account add’ enters one"
        case .severalTold(let ids):
            "several wait that were taken down unaware of each other; name one: "
                + ids.map { "‘sanji account take-over HOUSEHOLD \($0.prefix(12))’" }.joined(separator: ", ")
        case .notTakenOver: "the village has taken this account down; ‘sanji account take-over’ first"
        }
    }
}

package struct AccountEntry {
    private let replica: OfficeReplica
    private let user: ActingUser
    private let today: CalendarDate

    package init(_ replica: OfficeReplica, as user: ActingUser, today: CalendarDate) {
        self.replica = replica
        self.user = user
        self.today = today
    }

    /// At a village takes an account down for the town; elsewhere enters it.
    /// - Parameter guardian: By which paper the holder keeps the payee's money; nil where it is the payee's own.
    /// - Returns: The id.
    package func add(
        _ household: HouseholdID, person: [UInt8]?, holder: String, bank: String, number: String,
        guardian: String? = nil
    ) throws -> [UInt8] {
        let number = number.filter { $0 != " " }
        guard (8...32).contains(number.utf8.count), number.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            throw AccountError.number(number.shortened)
        }
        guard !holder.trimmedCell.isEmpty else { throw AccountError.holder }
        guard guardian?.trimmedCell.isEmpty != true else { throw CaseError.empty("guardian's paper") }
        let new = ToldAccount(
            id: [], person: person, holder: holder.trimmedCell, bank: bank, number: number, day: today,
            guardian: guardian, takenDownBy: user.name)
        return try replica.write(as: user) { db in
            let told = try Accounts.told(of: household, db)
            guard replica.office.tier == .village else {
                // Who types in what the village has taken down has seen that, and nothing else that waits.
                let same = told.filter { ($0.number, $0.holder) == (new.number, new.holder) }
                return try enter(new, for: household, settling: same, db)
            }
            let all = try Data.fetchAll(
                db.cachedStatement(sql: "SELECT id FROM account_told WHERE area = ? AND household = ?"),
                arguments: [household.area.digits, Data(household.id)])
            return try NewRow(
                table: accountToldTable, area: household.area,
                values: values(of: new, household) + [("settles", Settled(all.map { [UInt8]($0) }).databaseValue)]
            ).insert(by: user, db)
        }
    }

    /// Takes over what the village has taken down.
    /// - Parameter name: Which, where several wait: its id or the beginning of it. The others then wait no more.
    package func takeOver(_ household: HouseholdID, _ name: String? = nil) throws -> [UInt8] {
        guard replica.office.tier != .village else { throw AccountError.village }
        return try replica.write(as: user) { db in
            let told = try Accounts.told(of: household, db)
            let named =
                name.map { name in told.filter { !name.isEmpty && $0.id.hex.hasPrefix(name.lowercased()) } } ?? told
            guard let chosen = named.first else { throw AccountError.nothingTold }
            guard named.count == 1 else { throw AccountError.severalTold(told.map(\.id.hex)) }
            return try enter(chosen, for: household, from: chosen.id, settling: told, db)
        }
    }

    private func enter(
        _ account: ToldAccount, for household: HouseholdID, from told: [UInt8]? = nil, settling: [ToldAccount],
        _ db: Database
    ) throws -> [UInt8] {
        let known = try Accounts.all(of: household, db).map(\.id) + settling.map(\.id)
        return try NewRow(
            table: bankAccountTable, area: household.area,
            values: values(of: account, household) + [
                ("told", told.databaseValue), ("settles", Settled(known).databaseValue),
            ]
        ).insert(by: user, db)
    }

    private func values(
        of account: ToldAccount, _ household: HouseholdID
    ) -> [(column: String, value: DatabaseValue)] {
        [
            ("household", household.id.databaseValue), ("person", account.person.databaseValue),
            ("holder", account.holder.databaseValue), ("bank", account.bank.databaseValue),
            ("number", account.number.databaseValue), ("day", today.description.databaseValue),
            ("guardian", account.guardian.databaseValue),
        ]
    }

    /// Says that a second person has compared it with the paper.
    package func check(_ household: HouseholdID, _ id: String) throws -> BankAccount {
        guard replica.office.tier != .village else { throw AccountError.village }
        return try replica.write(as: user) { db in
            // Who wrote down the id that the village's had means what it was taken over to.
            let found = try Accounts.all(of: household, db).filter { account in
                [account.id, account.told].contains { $0?.hex.hasPrefix(id.lowercased()) ?? false }
            }
            guard found.count == 1, !id.isEmpty else {
                let isTold =
                    try !id.isEmpty && found.isEmpty
                    && Accounts.told(of: household, db).contains {
                        $0.id.hex.hasPrefix(id.lowercased())
                    }
                throw isTold ? AccountError.notTakenOver : AccountError.unknown(id.shortened)
            }
            guard found[0].enteredBy != user.name else { throw AccountError.sameUser(user.name) }
            try NewRow(
                table: accountCheckTable, area: household.area,
                values: [("account", found[0].id.databaseValue), ("day", today.description.databaseValue)]
            ).insert(by: user, db)
            return try Accounts.all(of: household, db).first { $0.id == found[0].id }!  // Just read.
        }
    }
}
