import ChangeSets
import Foundation
import GRDB

/// A household whose newest account waits for somebody at the town.
package struct WaitingAccount: Sendable {
    package enum Need: String, Sendable, CaseIterable {
        /// The village has taken one down.
        case takeOver = "take_over"
        /// Nobody else has compared it with the paper.
        case check
    }

    package let household: HouseholdID
    package let name: HouseholdName
    package let need: Need
    package let since: CalendarDate?
}

package enum AccountDesk {
    /// Of an area and below it, those that wait longest first. Of a desk that was refreshed.
    package static func page(
        in area: OfficeCode, skip: Int = 0, limit: Int = .max, _ db: Database
    ) throws -> (waiting: [WaitingAccount], count: Int) {
        let query = DeskQuery("desk_account", in: area, orderedBy: "since, area, household")
        let (rows, count) = try query.page(skip: skip, limit: limit, db)
        let waiting = try rows.compactMap { row -> WaitingAccount? in
            guard let id = row.bytes("household"), let need = WaitingAccount.Need(rawValue: row["need"]) else {
                return nil
            }
            let household = HouseholdID(area: try OfficeCode(row["area"] as String), id: id)
            return WaitingAccount(
                household: household, name: try HouseholdName(household, db), need: need, since: row.date("since"))
        }
        return (waiting, count)
    }

    static func put(_ household: HouseholdID, _ db: Database) throws {
        try clear("desk_account", of: household, db)
        let isLive = try Bool.fetchOne(
            db.cachedStatement(sql: "SELECT row_state = 'live' FROM household WHERE area = ? AND id = ?"),
            arguments: [household.area.digits, Data(household.id)])
        guard isLive == true else { return }
        let need: WaitingAccount.Need
        let since: CalendarDate?
        if let told = try Accounts.told(of: household, db).first {
            (need, since) = (.takeOver, told.day)
        } else if let last = try Accounts.all(of: household, db).last, last.checkedBy == nil {
            (need, since) = (.check, last.day)
        } else {
            return
        }
        try Assistance.put(
            [
                ("area", household.area.digits.databaseValue), ("household", household.id.databaseValue),
                ("need", need.rawValue.databaseValue), ("since", since.written),
            ], into: "desk_account", db)
    }
}
