import ChangeSets
import GRDB

/// A6: any source says that somebody has died. The next payment waits at once (domain 4.3), until it is judged not to be so, or until
/// the death is entered: a word that it is real stops nothing by itself.
enum DeathWarnings {
    static func isWaiting(_ household: HouseholdID, _ db: Database) throws -> Bool {
        let warnings = try WarningReading.all(of: household, db).filter { $0.kind == .death }
        if warnings.contains(where: { $0.state.stage != .closed }) { return true }
        return try areMore(warnings.count(where: isReal), than: household, db)
    }

    /// Whether one more that is closed as real would stand for nobody who is entered as dead.
    static func lacksDeath(toClose warning: Warning, _ db: Database) throws -> Bool {
        guard isReal(warning) else { return false }
        let others = try WarningReading.all(of: warning.household, db).filter {
            $0.kind == .death && $0.state.stage == .closed && $0.id != warning.id && isReal($0)
        }
        return try areMore(others.count + 1, than: warning.household, db)
    }

    /// Each was raised while its subject was no known dead (``SituationReader``).
    private static func isReal(_ warning: Warning) -> Bool {
        warning.state.verdict == .real || warning.state.verdict == .covered
    }

    private static func areMore(_ real: Int, than household: HouseholdID, _ db: Database) throws -> Bool {
        try real > 0 && real > Residents(of: household, db).deaths.count
    }
}
