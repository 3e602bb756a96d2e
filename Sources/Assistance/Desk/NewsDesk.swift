import ChangeSets
import Foundation
import GRDB

/// Households that get something, and of which a fact was told that the decision did not know of.
enum NewsDesk {
    static func put(_ household: HouseholdID, _ db: Database) throws {
        try clear("desk_news", of: household, db)
        guard let decision = try Decisions(of: household, db).all.last(where: { $0.outcome != .refused }),
            decision.outcome != .stopped, try !ToldFacts.unknown(to: decision, of: household, db).isEmpty
        else { return }
        try Assistance.put(
            [("area", household.area.digits.databaseValue), ("household", household.id.databaseValue)],
            into: "desk_news", db)
    }
}
