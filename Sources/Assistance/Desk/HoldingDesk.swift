import ChangeSets
import Foundation
import GRDB
import Replica

/// By which decision a household is what it is in each month, so that a district is counted without reading every decision anew.
enum HoldingDesk {
    static func put(_ household: HouseholdID, _ db: Database) throws {
        try db.cachedStatement(sql: "DELETE FROM desk_holding WHERE area = ? AND household = ?")
            .execute(arguments: [household.area.digits, Data(household.id)])
        let decisions = try Decisions(of: household, db).all.filter { $0.outcome != .refused }
        // Of several from one month on the last holds.
        let firsts = Dictionary(decisions.map { ($0.fromMonth, $0) }, uniquingKeysWith: { $1 })
        let holding = firsts.values.sorted { $0.fromMonth < $1.fromMonth }
        for (index, decision) in holding.enumerated() where decision.outcome != .stopped {
            let next = index + 1 < holding.count ? holding[index + 1].fromMonth.adding(months: -1) : nil
            let values: [(String, DatabaseValue)] = [
                ("area", household.area.digits.databaseValue), ("household", household.id.databaseValue),
                ("from_month", decision.fromMonth.description.databaseValue),
                ("to_month", (next?.description ?? "9999-12").databaseValue),
                ("category", decision.category.rawValue.databaseValue), ("people", decision.people.databaseValue),
            ]
            try Assistance.put(values, into: "desk_holding", db)
        }
    }
}
