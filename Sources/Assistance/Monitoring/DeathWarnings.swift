import ChangeSets
import Foundation
import GRDB

/// A6: any source says that somebody has died. The next payment waits at once (domain 4.3), until it is judged not to be so, or until
/// the death is entered: a word that it is real stops nothing by itself.
enum DeathWarnings {
    /// - Parameter day: Deaths that are told of a later day have not happened.
    static func isWaiting(_ household: HouseholdID, on day: CalendarDate?, _ db: Database) throws -> Bool {
        let warnings = try WarningReading.all(of: household, db).filter { $0.kind == .death }
        guard !warnings.isEmpty else { return false }
        if warnings.contains(where: { $0.state.stage != .closed }) { return true }
        return try warnings.contains { try lacksDeath($0, on: day, db) }
    }

    /// Whether it is judged real, and somebody whom it names still lives there by all that is entered.
    static func lacksDeath(_ warning: Warning, on day: CalendarDate?, _ db: Database) throws -> Bool {
        guard warning.state.verdict == .real || warning.state.verdict == .covered else { return false }
        let residents = try Residents(of: warning.household, on: day, db)
        let named = try persons(of: warning, db)
        // One that names nobody, as no program of ours raises it.
        guard !named.isEmpty else { return residents.deadCount == 0 }
        return try named.contains { person in
            if try isTakenBack(warning, person: person, db) { return false }
            let rows = try same(as: person, in: warning.household.area, db)
            let dead = try Set(
                rows.map(\.id).filter {
                    try MemberEvents.standingDeath(of: $0, in: warning.household.area, by: day, db) != nil
                })
            if dead.contains(person) { return false }
            // Who has left, was made void or merged away answers nothing by that; another row of theirs does, unless one of them lives on.
            return dead.isEmpty || rows.contains { $0.isHere && !dead.contains($0.id) }
        }
    }

    /// Rows of the area with the same identity number, or with the same name and birth and no other number; the person's own among them.
    private static func same(
        as person: [UInt8], in area: OfficeCode, _ db: Database
    ) throws -> [(id: [UInt8], isHere: Bool)] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT q.id, q.row_state = 'live' AND q.household IS NOT NULL AS here
                    FROM person AS p JOIN person AS q ON q.area = p.area AND (
                        q.id = p.id OR q.id_number = p.id_number
                        OR q.name = p.name AND q.birth = p.birth AND coalesce(q.id_number = p.id_number, 1))
                    WHERE p.area = ? AND p.id = ? ORDER BY q.id
                    """),
            arguments: [area.digits, Data(person)]
        ).map { ($0.bytes("id") ?? [], $0.isTrue("here")) }
    }

    /// Warnings that say of somebody that they have died.
    static func all(naming person: [UInt8], of household: HouseholdID, _ db: Database) throws -> [Warning] {
        try WarningReading.all(of: household, db).filter {
            try $0.kind == .death && persons(of: $0, db).contains(person)
        }
    }

    /// Whom a warning of the household names, by whole name, identity number or the beginning of the id.
    /// - Returns: nil for nobody, and for more than one.
    static func named(_ name: String, of household: HouseholdID, _ db: Database) throws -> [UInt8]? {
        let found = try Set(
            Data.fetchAll(
                db.cachedStatement(
                    sql: """
                        SELECT p.id FROM alert AS a JOIN alert_fact AS f ON f.area = a.area AND f.alert = a.id
                        JOIN person AS p ON p.area = f.area AND p.id = f.person
                        WHERE a.area = ?1 AND a.household = ?2 AND a.kind = 'A6'
                        AND \(HouseholdLookup.isPerson)
                        """),
                arguments: [household.area.digits, Data(household.id), name, name.uppercased()]))
        return found.count == 1 ? found.first.map { [UInt8]($0) } : nil
    }

    private static func persons(of warning: Warning, _ db: Database) throws -> Set<[UInt8]> {
        Set(
            try Data.fetchAll(
                db.cachedStatement(
                    sql: "SELECT person FROM alert_fact WHERE area = ? AND alert = ? AND person IS NOT NULL"),
                arguments: [warning.household.area.digits, Data(warning.id)]
            ).map { [UInt8]($0) })
    }

    /// Whether a town or the district, knowing of the warning, has said that they live.
    private static func isTakenBack(_ warning: Warning, person: [UInt8], _ db: Database) throws -> Bool {
        try MemberEvents.all(about: person, in: warning.household.area, db).contains { event in
            event.change == .alive && event.office.tier < .village && event.settles.ids.contains(warning.id)
        }
    }
}
