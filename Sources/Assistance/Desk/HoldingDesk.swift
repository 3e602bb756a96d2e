import ChangeSets
import Foundation
import GRDB
import Replica

/// By which decision a household is what it is in each month, so that a district is counted without reading every decision anew.
enum HoldingDesk {
    static func put(_ household: HouseholdID, _ db: Database) throws {
        try clear("desk_holding", of: household, db)
        let isLive = try Bool.fetchOne(
            db.cachedStatement(sql: "SELECT row_state = 'live' FROM household WHERE area = ? AND id = ?"),
            arguments: [household.area.digits, Data(household.id)])
        guard isLive == true else { return }
        let decisions = try Decisions(of: household, db)
        // Something else may hold from each of these months on.
        let months = Set(
            decisions.all.filter { $0.outcome != .refused }.flatMap { decision in
                [decision.fromMonth] + (decision.lastMonth?.adding(months: 1).map { [$0] } ?? [])
            }
        ).sorted()
        for (index, month) in months.enumerated() {
            guard let decision = decisions.holding(in: month), decision.outcome != .stopped else { continue }
            let next = index + 1 < months.count ? months[index + 1].adding(months: -1) : nil
            let values: [(String, DatabaseValue)] = [
                ("area", household.area.digits.databaseValue), ("household", household.id.databaseValue),
                ("from_month", month.description.databaseValue),
                ("to_month", (next?.description ?? "9999-12").databaseValue),
                ("category", decision.category.rawValue.databaseValue), ("people", decision.people.databaseValue),
            ]
            try Assistance.put(values, into: "desk_holding", db)
        }
    }
}
