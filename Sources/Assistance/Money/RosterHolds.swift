import ChangeSets
import Foundation
import GRDB
import Replica

/// What villages and towns have said about a month's list.
package enum RosterHolds {
    /// Households that are held back, with the reason: until somebody of the same or a higher tier who knew of it lets them go.
    package static func open(
        _ kind: Roster.AidKind, _ month: CalendarMonth, in area: OfficeCode, _ db: Database
    ) throws -> [HouseholdID: String] {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT *, \(RowWriter.office(of: rosterCheckTable.name, as: "t")) AS writer FROM roster_check AS t
                WHERE area >= ? AND area < ? AND month = ? AND aid_kind = ? AND household IS NOT NULL ORDER BY area, id
                """, arguments: [area.digits, area.digits + ":", month.description, kind.rawValue])
        struct Word { let id: [UInt8], tier: Tier, reason: String?, settles: Set<[UInt8]> }
        var words: [HouseholdID: [Word]] = [:]
        for row in rows {
            guard let writer = try? OfficeCode(row["writer"] as String), let id = row.bytes("household") else {
                continue
            }
            let household = HouseholdID(area: try OfficeCode(row["area"] as String), id: id)
            words[household, default: []].append(
                Word(
                    id: row.bytes("id") ?? [], tier: writer.tier, reason: row.isTrue("held") ? row["reason"] : nil,
                    settles: Settled(written: row["settles"]).ids))
        }
        return words.compactMapValues { words in
            let releases = words.filter { $0.reason == nil }
            return words.last { word in
                word.reason != nil && !releases.contains { $0.settles.contains(word.id) && $0.tier <= word.tier }
            }?.reason
        }
    }

    /// Ids of words that hold a household back.
    static func words(
        on household: HouseholdID, _ kind: Roster.AidKind, _ month: CalendarMonth, _ db: Database
    ) throws -> Settled {
        Settled(
            try Data.fetchAll(
                db,
                sql:
                    "SELECT id FROM roster_check WHERE area = ? AND month = ? AND aid_kind = ? AND household = ? AND held = 1",
                arguments: [household.area.digits, month.description, kind.rawValue, Data(household.id)]
            ).map { [UInt8]($0) })
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

/// Whoever is registered in two households is paid in one of them, whatever the kind of aid: the one that was paid in that month already, else
/// where it was decided first (domain 4.4, 4.6). Where somebody has judged that they are two people, in both.
struct RosterDuplicates {
    private let households: [String: Set<HouseholdID>]
    private let month: CalendarMonth
    private let db: Database

    init(_ month: CalendarMonth, _ db: Database) throws {
        self.month = month
        self.db = db
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT id_number, area, id, household FROM person
                WHERE row_state = 'live' AND death_date IS NULL AND household IS NOT NULL AND id_number IN (
                    SELECT id_number FROM person WHERE row_state = 'live' AND death_date IS NULL AND id_number IS NOT NULL
                    GROUP BY id_number HAVING count(*) > 1)
                ORDER BY area, id
                """)
        var households: [String: Set<HouseholdID>] = [:]
        for (number, same) in Dictionary(grouping: rows, by: { $0["id_number"] as String }) {
            let sides = try same.map { row in
                DuplicatePair.Side(area: try OfficeCode(row["area"] as String), person: row.bytes("id") ?? [])
            }
            for (index, row) in same.enumerated() {
                let areAllOthers = try sides.indices.filter { $0 != index }.allSatisfy { other in
                    try DuplicateReading.isJudgedDifferent(
                        DuplicatePair.id(sides[index], sides[other]), in: sides[index].area, db)
                }
                if areAllOthers { continue }
                households[number, default: []].insert(
                    HouseholdID(area: sides[index].area, id: row.bytes("household") ?? []))
            }
        }
        self.households = households.filter { $0.value.count > 1 }
    }

    /// Whether a batch of any kind of aid has paid it in the month.
    private func isPaid(_ household: HouseholdID) throws -> Bool {
        try PayBatches.payments(of: household, db).contains { $0.batch.month == month && $0.line.returned == nil }
    }

    /// By the first decision about the household, which no later one changes.
    private func isEarlier(_ a: Roster.Line, _ b: Roster.Line) throws -> Bool {
        func key(_ line: Roster.Line) throws -> (String, String, String) {
            let first = try Decisions(of: line.household, db).all.first
            return (first?.fromMonth.description ?? "", line.household.area.digits, line.household.id.hex)
        }
        return try key(a) < key(b)
    }

    func leaveOut(
        _ held: inout [(HouseholdID, String, Roster.Hold)], from lines: [Roster.Line]
    ) throws -> [Roster.Line] {
        var out: Set<HouseholdID> = []
        // By the number, so that every office leaves out the same.
        for (_, both) in households.sorted(by: { $0.key < $1.key }) {
            let waiting = try lines.filter { both.contains($0.household) && !out.contains($0.household) }
                .sorted(by: isEarlier)
            for line in waiting.dropFirst(try both.contains(where: isPaid) ? 0 : 1) {
                out.insert(line.household)
                held.append((line.household, line.householdNumber, .duplicate))
            }
        }
        return lines.filter { !out.contains($0.household) }
    }
}
