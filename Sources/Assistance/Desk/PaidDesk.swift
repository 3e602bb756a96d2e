import ChangeSets
import Foundation
import GRDB
import Replica

/// What was paid although less was due, by all that is known now: kept, since it is worked out anew of every month that was paid
/// (``Overpayments``). What it comes to depends on rows alone, not on the day on which it is read.
struct PaidDesk {
    private let replica: OfficeReplica
    private let user = ActingUser("desk")

    init(_ replica: OfficeReplica) { self.replica = replica }

    /// All that ``PaidLine`` and what recoveries ask rest on.
    private static let tables: Set<String> = [
        payBatchTable.name, payStepTable.name, payLineTable.name, payReturnTable.name, decisionTable.name,
        monthDecisionTable.name, personTable.name, memberEventTable.name, recoveryTable.name, parameterTable.name,
    ]
    /// Of these one row may concern every household.
    private static let common: Set<String> = [payBatchTable.name, payStepTable.name, parameterTable.name]
    /// Looking at every household that may be concerned is quicker than at so many rows.
    private static let rowsMax = 500

    func refresh() throws {
        let follower = LogFollower(replica: replica, user: user, key: "paid 1", tables: Self.tables)
        try follower.follow(first: fill) { rows, db in
            if rows.count > Self.rowsMax || rows.contains(where: { Self.common.contains($0.table) }) {
                return try fill(db)
            }
            for household in try Self.households(of: rows, db) { try put(household, db) }
        }
    }

    private func fill(_ db: Database) throws {
        try db.execute(sql: "DELETE FROM desk_overpaid")
        for household in try Overpayments.candidates(db) { try put(household, db) }
    }

    private func put(_ household: HouseholdID, _ db: Database) throws {
        try clear("desk_overpaid", of: household, db)
        let found = try Overpayments.all(of: household, db)
        func put(
            _ month: CalendarMonth, line: [UInt8], _ paid: Money, due: Money?, asked: Money, _ reason: String
        ) throws {
            let values: [(String, DatabaseValue)] = [
                ("area", household.area.digits.databaseValue), ("household", household.id.databaseValue),
                ("month", month.description.databaseValue), ("line", line.databaseValue),
                ("paid_fen", paid.fen.databaseValue), ("due_fen", (due?.fen).databaseValue),
                ("asked_fen", asked.fen.databaseValue), ("reason", reason.databaseValue),
            ]
            try Assistance.put(values, into: "desk_overpaid", db)
        }
        for one in found.overpaid {
            try put(one.month, line: one.line, one.paid, due: one.due, asked: one.asked, one.reason)
        }
        for one in found.unsettled { try put(one.month, line: [], one.paid, due: nil, asked: .zero, one.reason) }
    }

    /// Whose paid months may come to something else by some rows.
    private static func households(of rows: Set<RecordID>, _ db: Database) throws -> Set<HouseholdID> {
        var found: Set<HouseholdID> = []
        for row in rows {
            guard let sql = sql(of: row.table), case .blob(let id)? = row.key.first else {
                if let household = try HouseholdLookup.household(of: row, db) { found.insert(household) }
                continue
            }
            let concerned = try Data?.fetchAll(
                db.cachedStatement(sql: sql), arguments: [row.area.digits, Data(id)])
            for household in concerned.compactMap({ $0 }) {
                found.insert(HouseholdID(area: row.area, id: [UInt8](household)))
            }
        }
        return found
    }

    /// Where one row concerns several.
    private static func sql(of table: String) -> String? {
        switch table {
        // What is told of somebody counts wherever they are now, and wherever they were.
        case memberEventTable.name:
            """
            SELECT household FROM member_event WHERE area = ?1 AND id = ?2
            UNION SELECT other_household FROM member_event WHERE area = ?1 AND id = ?2
            UNION SELECT p.household FROM member_event AS e JOIN person AS p ON p.area = e.area AND p.id = e.person
            WHERE e.area = ?1 AND e.id = ?2
            """
        case personTable.name:
            """
            SELECT household FROM person WHERE area = ?1 AND id = ?2
            UNION SELECT household FROM member_event WHERE area = ?1 AND person = ?2
            UNION SELECT other_household FROM member_event WHERE area = ?1 AND person = ?2
            """
        default: nil
        }
    }
}
