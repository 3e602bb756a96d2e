import ChangeSets
import Foundation
import GRDB

/// A6: any source says that somebody has died. The next payment waits at once (domain 4.3), until it is judged not to be so, or until
/// the death is entered: a word that it is real stops nothing by itself.
enum DeathWarnings {
    static func isWaiting(_ household: HouseholdID, _ db: Database) throws -> Bool {
        let warnings = try WarningReading.all(of: household, db).filter { $0.kind == .death }
        guard !warnings.isEmpty else { return false }
        if warnings.contains(where: { $0.state.stage != .closed }) { return true }
        return try warnings.contains { try lacksDeath($0, db) }
    }

    /// Whether it is judged real, and somebody whom it names still lives there by all that is entered.
    static func lacksDeath(_ warning: Warning, _ db: Database) throws -> Bool {
        guard warning.state.verdict == .real || warning.state.verdict == .covered else { return false }
        let residents = try Residents(of: warning.household, db)
        let named = try persons(of: warning, db)
        // One that names nobody, as no program of ours raises it.
        guard !named.isEmpty else { return residents.deadCount == 0 }
        let living = named.filter { person in residents.living.contains { $0.id == person } }
        return try living.contains { try !isTakenBack(warning, person: $0, db) }
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
