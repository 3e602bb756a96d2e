import ChangeSets
import Foundation
import GRDB
import Replica

/// 银行文件: the only paper with whole account numbers, and with whole identity numbers as some other files. It says what was frozen, whatever is corrected afterwards.
package enum BankSheet {
    static let header = [
        "batch", "line", "village", "household", "payee", "id_number", "holder", "bank", "account", "people", "base",
        "care",
        "supplement", "amount", "month", "kind", "note",
    ]

    /// Keeps whom and where to a batch pays, at the district alone.
    static func freeze(_ lines: [PayLine], by user: ActingUser, _ db: Database) throws {
        var missing = 0
        for line in lines {
            let account = try Row.fetchOne(
                db.cachedStatement(sql: "SELECT holder, bank, number FROM bank_account WHERE area = ? AND id = ?"),
                arguments: [line.household.area.digits, line.account.map { Data($0) }])
            guard let account else {
                missing += 1
                continue
            }
            let now = try numbers(of: line, db)
            try NewRow(
                table: payPayeeTable, area: try OfficeCode(line.household.area.digits.prefix(6)),
                values: [
                    ("batch", line.batch.databaseValue), ("number", line.number.databaseValue),
                    ("household_no", now.household.databaseValue), ("identity", now.identity.databaseValue),
                    ("holder", (account["holder"] as String).databaseValue),
                    ("bank", (account["bank"] as String).databaseValue),
                    ("account", (account["number"] as String).databaseValue),
                ]
            ).insert(by: user, db)
        }
        guard missing == 0 else { throw RosterError.missingAccounts(missing) }
    }

    static func text(of batch: PayBatch, mark: String, _ db: Database) throws -> String {
        let frozen = try payees(of: batch, db)
        var writer = CsvWriter(mark: mark)
        writer.append(header)
        for line in try PayBatches.lines(of: batch.id, db) {
            guard let payee = frozen[line.number] else { throw RosterError.changed }
            writer.append([
                batch.id.hex, "\(line.number)", line.household.area.digits, payee["household_no"], line.payeeName,
                payee["identity"], payee["holder"], payee["bank"], payee["account"], "\(line.people)",
                "\(line.parts.base)", "\(line.parts.care)", "\(line.parts.supplement)", "\(line.total)",
                batch.month.description, batch.kind.rawValue, line.reissues == nil ? "" : "paid again, was returned",
            ])
        }
        return writer.text
    }

    /// Lines whose payee has another identity number by now, or whose household another number or account.
    package static func corrected(since batch: PayBatch, _ db: Database) throws -> [Int] {
        let frozen = try payees(of: batch, db)
        return try PayBatches.lines(of: batch.id, db).filter { line in
            let now = try numbers(of: line, db)
            let isAsFrozen = frozen[line.number].map { payee in
                payee["identity"] == now.identity && payee["household_no"] == now.household
            }
            return try isAsFrozen != true || Accounts.payable(of: line.household, db)?.id != line.account
        }.map(\.number)
    }

    /// By the numbers of their lines.
    /// - Throws: ``RosterError/changed`` where there are not as many as lines.
    static func payees(of batch: PayBatch, _ db: Database) throws -> [Int: Row] {
        let rows = try Row.fetchAll(
            db.cachedStatement(sql: "SELECT * FROM pay_payee WHERE batch = ?"), arguments: [Data(batch.id)])
        let byNumber = Dictionary(rows.map { ($0["number"] as Int, $0) }, uniquingKeysWith: { first, _ in first })
        guard rows.count == batch.lineCount, byNumber.count == rows.count else { throw RosterError.changed }
        return byNumber
    }

    private static func numbers(of line: PayLine, _ db: Database) throws -> (identity: String, household: String) {
        let identity = try String.fetchOne(
            db.cachedStatement(sql: "SELECT id_number FROM person WHERE area = ? AND id = ?"),
            arguments: [line.household.area.digits, line.payee.map { Data($0) }])
        let number = try String.fetchOne(
            db.cachedStatement(sql: "SELECT household_no FROM household WHERE area = ? AND id = ?"),
            arguments: [line.household.area.digits, Data(line.household.id)])
        return (identity ?? "", number ?? "")
    }
}
