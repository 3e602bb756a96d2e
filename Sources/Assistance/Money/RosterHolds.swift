import ChangeSets
import Foundation
import GRDB
import Replica

/// What villages and towns have said about a month's list.
package enum RosterHolds {
    /// Households that are held back, with the reason: of several words on one household the last of the highest tier holds.
    package static func open(
        _ kind: Roster.AidKind, _ month: CalendarMonth, in area: OfficeCode, _ db: Database
    ) throws -> [HouseholdID: String] {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT *, \(RowWriter.office(of: rosterCheckTable.name, as: "t")) AS writer FROM roster_check AS t
                WHERE area >= ? AND area < ? AND month = ? AND aid_kind = ? AND household IS NOT NULL ORDER BY area, id
                """, arguments: [area.digits, area.digits + ":", month.description, kind.rawValue])
        var last: [HouseholdID: (tier: Tier, reason: String?)] = [:]
        for row in rows {
            guard let writer = try? OfficeCode(row["writer"] as String), let id = row.bytes("household") else {
                continue
            }
            let household = HouseholdID(area: try OfficeCode(row["area"] as String), id: id)
            if let known = last[household], known.tier < writer.tier { continue }
            last[household] = (writer.tier, row.isTrue("held") ? row["reason"] : nil)
        }
        return last.compactMapValues(\.reason)
    }

    /// Offices that have agreed to the whole list.
    package static func agreed(_ kind: Roster.AidKind, _ month: CalendarMonth, _ db: Database) throws -> Set<OfficeCode>
    {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT area, \(RowWriter.office(of: rosterCheckTable.name, as: "t")) AS writer FROM roster_check AS t
                WHERE month = ? AND aid_kind = ? AND household IS NULL AND held = 0
                """, arguments: [month.description, kind.rawValue])
        return Set(
            rows.compactMap { row in
                (row["area"] as String) == row["writer"] ? try? OfficeCode(row["area"] as String) : nil
            })
    }
}

/// Whoever is registered in two households is paid in one of them: where it was decided first (domain 4.4).
struct RosterDuplicates {
    private let households: [String: Set<HouseholdID>]

    init(_ db: Database) throws {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT id_number, area, household FROM person
                WHERE row_state = 'live' AND death_date IS NULL AND household IS NOT NULL AND id_number IN (
                    SELECT id_number FROM person WHERE row_state = 'live' AND death_date IS NULL AND id_number IS NOT NULL
                    GROUP BY id_number HAVING count(*) > 1)
                """)
        var households: [String: Set<HouseholdID>] = [:]
        for row in rows {
            let household = HouseholdID(area: try OfficeCode(row["area"] as String), id: row.bytes("household") ?? [])
            households[row["id_number"], default: []].insert(household)
        }
        self.households = households.filter { $0.value.count > 1 }
    }

    private static func isEarlier(_ a: Roster.Line, _ b: Roster.Line) -> Bool {
        func key(_ line: Roster.Line) -> (String, String, String) {
            (line.decidedOn?.description ?? "", line.household.area.digits, line.household.id.hex)
        }
        return key(a) < key(b)
    }

    func leaveOut(
        _ held: inout [(HouseholdID, String, Roster.Hold)], from lines: [Roster.Line]
    ) -> [Roster.Line] {
        var out: Set<HouseholdID> = []
        // By the number, so that every office leaves out the same.
        for (_, both) in households.sorted(by: { $0.key < $1.key }) {
            let paid = lines.filter { both.contains($0.household) && !out.contains($0.household) }
                .sorted(by: Self.isEarlier)
            for line in paid.dropFirst() {
                out.insert(line.household)
                held.append((line.household, line.householdNumber, .duplicate))
            }
        }
        return lines.filter { !out.contains($0.household) }
    }
}
