import ChangeSets
import Foundation
import GRDB
import Replica

/// What a work list calls a household: its number, and whom it is known by, in full (domain 4.9, M2).
package struct HouseholdName: Hashable, Sendable {
    package let number: String
    /// The head's, or of whoever is the eldest where the head is none of the household's.
    package let head: String

    /// Of a household that is not here, or not yet: both empty.
    package init(_ household: HouseholdID, _ db: Database) throws {
        let row = try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT h.household_no, p.name FROM household AS h LEFT JOIN person AS p
                    ON p.area = h.area AND p.household = h.id AND p.row_state = 'live'
                    WHERE h.area = ? AND h.id = ? ORDER BY p.id IS NOT h.head_person, p.birth, p.id LIMIT 1
                    """),
            arguments: [household.area.digits, Data(household.id)])
        number = row?["household_no"] ?? ""
        head = row?["name"] ?? ""
    }
}
