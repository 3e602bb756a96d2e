import ChangeSets
import Foundation
import GRDB

/// 银行文件: the only paper with whole account and identity numbers.
enum BankSheet {
    static let header = [
        "line", "village", "household", "payee", "id_number", "bank", "account", "amount", "month", "kind",
    ]

    static func text(of batch: PayBatch, mark: String, _ db: Database) throws -> String {
        let lines = try PayBatches.lines(of: batch.id, db)
        return try text(of: lines, batch.month, batch.kind, mark: mark, db)
    }

    /// SHA-256, hexadecimal: over so many numbers at once that nobody finds one out from it.
    static func hash(
        of lines: [PayLine], _ month: CalendarMonth, _ kind: Roster.AidKind, _ db: Database
    ) throws -> String {
        Algorithm.ed25519.hash(Array(try text(of: lines, month, kind, mark: "", db).utf8)).hex
    }

    private static func text(
        of lines: [PayLine], _ month: CalendarMonth, _ kind: Roster.AidKind, mark: String, _ db: Database
    ) throws -> String {
        var writer = CsvWriter(mark: mark)
        writer.append(header)
        var missing = 0
        for line in lines {
            let key: StatementArguments = [line.household.area.digits, line.account.map { Data($0) }]
            let account = try Row.fetchOne(
                db.cachedStatement(sql: "SELECT bank, number FROM bank_account WHERE area = ? AND id = ?"),
                arguments: key)
            guard let account else {
                missing += 1
                continue
            }
            let identity = try String.fetchOne(
                db.cachedStatement(sql: "SELECT id_number FROM person WHERE area = ? AND id = ?"),
                arguments: [line.household.area.digits, line.payee.map { Data($0) }])
            let number = try String.fetchOne(
                db.cachedStatement(sql: "SELECT household_no FROM household WHERE area = ? AND id = ?"),
                arguments: [line.household.area.digits, Data(line.household.id)])
            writer.append([
                "\(line.number)", line.household.area.digits, number ?? "", line.payeeName, identity ?? "",
                account["bank"], account["number"], "\(line.total)", month.description, kind.rawValue,
            ])
        }
        guard missing == 0 else { throw RosterError.missingAccounts(missing) }
        return writer.text
    }
}
