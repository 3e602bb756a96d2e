import ChangeSets
import Foundation
import GRDB
import Replica

/// What on the desk hangs on some rows.
struct DeskItems {
    private(set) var warnings: Set<DeskKey> = []
    private(set) var cases: Set<DeskKey> = []
    /// Households whose referrals have changed.
    private(set) var referring: Set<HouseholdID> = []
    /// Households of which a fact was told, or somebody's row changed.
    private(set) var told: Set<HouseholdID> = []
    /// Households about which something was decided.
    private(set) var decided: Set<HouseholdID> = []
    /// Households whose accounts have changed.
    private(set) var paid: Set<HouseholdID> = []

    init(of rows: Set<RecordID>, _ db: Database) throws {
        for row in rows {
            guard case .blob(let id)? = row.key.first else { continue }
            try add(row, id, db)
        }
    }

    private mutating func add(_ row: RecordID, _ id: [UInt8], _ db: Database) throws {
        func parent(_ column: String) throws -> [UInt8]? {
            try Data.fetchOne(
                db.cachedStatement(sql: "SELECT \(column) FROM \(row.table) WHERE area = ? AND id = ?"),
                arguments: [row.area.digits, Data(id)]
            ).map { [UInt8]($0) }
        }
        switch row.table {
        case alertTable.name: warnings.insert(DeskKey(area: row.area, id: id))
        case alertFactTable.name, alertActionTable.name:
            if let alert = try parent("alert") { warnings.insert(DeskKey(area: row.area, id: alert)) }
        case householdTable.name:
            let isDecided = try Bool.fetchOne(
                db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM decision WHERE area = ? AND household = ?)"),
                arguments: [row.area.digits, Data(id)])
            if isDecided == true { decided.insert(HouseholdID(area: row.area, id: id)) }
            let hasAccounts = try Bool.fetchOne(
                db.cachedStatement(
                    sql: """
                        SELECT EXISTS (SELECT 1 FROM bank_account WHERE area = ?1 AND household = ?2)
                        OR EXISTS (SELECT 1 FROM account_told WHERE area = ?1 AND household = ?2)
                        """), arguments: [row.area.digits, Data(id)])
            if hasAccounts == true { paid.insert(HouseholdID(area: row.area, id: id)) }
        case personTable.name:
            // Of most households nothing was decided.
            let household = try Data.fetchOne(
                db.cachedStatement(
                    sql: """
                        SELECT household FROM person AS p WHERE area = ? AND id = ? AND EXISTS (
                            SELECT 1 FROM decision AS d WHERE d.area = p.area AND d.household = p.household)
                        """), arguments: [row.area.digits, Data(id)])
            if let household { told.insert(HouseholdID(area: row.area, id: [UInt8](household))) }
        case applicationTable.name: cases.insert(DeskKey(area: row.area, id: id))
        case decisionTable.name, reliefTable.name, reliefWithdrawalTable.name:
            // One decision may change what others of the household are.
            guard let household = try HouseholdLookup.household(of: row, db) else { return }
            if row.table == decisionTable.name { decided.insert(household) }
            let ids = try Data.fetchAll(
                db.cachedStatement(sql: "SELECT id FROM application WHERE area = ? AND household = ?"),
                arguments: [row.area.digits, Data(household.id)])
            for id in ids { cases.insert(DeskKey(area: row.area, id: [UInt8](id))) }
        case referralTable.name, referralReplyTable.name:
            if let household = try HouseholdLookup.household(of: row, db) { referring.insert(household) }
        case bankAccountTable.name, accountCheckTable.name, accountToldTable.name:
            if let household = try HouseholdLookup.household(of: row, db) { paid.insert(household) }
        case let name where ToldFacts.tables.contains { $0.name == name }:
            if let household = try HouseholdLookup.household(of: row, db) { told.insert(household) }
        default:
            if let application = try parent("application") {
                cases.insert(DeskKey(area: row.area, id: application))
            }
        }
    }
}
