import ChangeSets
import Foundation
import GRDB

/// 票据: a receipt that two households count (domain 3.4 B: one receipt counts once). Told at both, by whoever sees both.
enum SharedReceipts {
    /// Facts of a warning, each with what it says: the receipt, and in whose village the other is; never who.
    static func of(_ household: HouseholdID, _ db: Database) throws -> [String: String] {
        let receipts = Set(try holding(household, db).compactMap { $0["receipt"] as String? }).filter { !$0.isEmpty }
        var found: [String: String] = [:]
        for receipt in receipts.sorted() {
            let others = try households(with: receipt, db).filter { other in
                guard other != household else { return false }
                return try holding(other, db).contains { $0["receipt"] as String? == receipt }
            }
            // ‘无’ and ‘1’ are no numbers of receipts, and what so many have is told once.
            guard others.count <= sharedMost else {
                found["receipt \(receipt) everywhere"] =
                    "receipt \(receipt.shortened) counts in more than \(sharedMost) households as well; is it the number of one?"
                continue
            }
            // A fact for each village: an office that sees fewer of them finds nothing that is new where one that sees all has looked.
            for area in Set(others.map(\.area.digits)) {
                found["receipt \(receipt) \(area)"] = "receipt \(receipt.shortened) counts in \(area) as well"
            }
        }
        return found
    }

    /// Where an expense is told with the receipt of another: those whom the other is told of.
    static func households(like row: (area: OfficeCode, id: [UInt8]), _ db: Database) throws -> [HouseholdID] {
        let receipt = try String.fetchOne(
            db.cachedStatement(sql: "SELECT receipt FROM rigid_item WHERE area = ? AND id = ?"),
            arguments: [row.area.digits, Data(row.id)])
        guard let receipt, !receipt.isEmpty else { return [] }
        return try households(with: receipt, db)
    }

    /// Of living ones, so many that it is told that they are many; without what was replaced or taken back.
    private static func households(with receipt: String, _ db: Database) throws -> [HouseholdID] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT DISTINCT r.area, r.household FROM rigid_item AS r
                    JOIN household AS h ON h.area = r.area AND h.id = r.household AND h.row_state = 'live'
                    WHERE r.receipt IS NOT NULL AND r.receipt = ? AND r.withdrawn = 0 AND NOT EXISTS (
                        SELECT 1 FROM rigid_item AS n WHERE n.area = r.area AND n.replaces = r.id)
                    ORDER BY r.area, r.household LIMIT ?
                    """),
            arguments: [receipt, sharedMost + 2]
        ).map { HouseholdID(area: try OfficeCode($0["area"] as String), id: $0.bytes("household") ?? []) }
    }

    private static let sharedMost = 20

    private static func holding(_ household: HouseholdID, _ db: Database) throws -> [Row] {
        try HoldingFacts(rigidExpenseTable, household.area, ("household", household.id), db).rows
    }
}
