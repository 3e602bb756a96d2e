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
            let death = try MemberEvents.standingDeath(of: person, in: warning.household.area, db)
            if let death, day.map({ death.day <= $0 }) ?? true { return false }
            if try isTakenBack(warning, person: person, db) { return false }
            // Under whatever row: one that was made void or merged away is no answer.
            let rows = try same(as: person, in: warning.household.area, db)
            return residents.living.contains { rows.contains($0.id) }
        }
    }

    /// Rows of the area with the same identity number, or that one alone.
    private static func same(as person: [UInt8], in area: OfficeCode, _ db: Database) throws -> Set<[UInt8]> {
        Set(
            try Data.fetchAll(
                db.cachedStatement(
                    sql: """
                        SELECT id FROM person WHERE area = ?1 AND (id = ?2 OR id_number = (
                            SELECT id_number FROM person WHERE area = ?1 AND id = ?2))
                        """),
                arguments: [area.digits, Data(person)]
            ).map { [UInt8]($0) })
    }

    /// Warnings that say of somebody that they have died.
    static func all(naming person: [UInt8], of household: HouseholdID, _ db: Database) throws -> [Warning] {
        try WarningReading.all(of: household, db).filter {
            try $0.kind == .death && persons(of: $0, db).contains(person)
        }
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
