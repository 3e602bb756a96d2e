import Assistance
import ChangeSets

/// A sheet of households as a clerk hands it over, in whatever encoding it is.
enum Sheets {
    static func read(_ bytes: [UInt8]) throws {
        let today = CalendarDate(year: 2026, month: 11, day: 26)!
        let limits = CsvLimits(fileBytes: 1 << 20, recordBytes: 1 << 16, columns: 100)
        let sheet = try HouseholdSheet.read(
            bytes, defaultArea: try OfficeCode("330106009001"), today: today, limits: limits)
        let taken = sheet.households.flatMap(\.lines)
        let refused = Set(sheet.refused.map(\.line))
        guard Set(taken).count == taken.count, refused.isDisjoint(with: taken) else {
            throw FuzzFinding(what: "a line is both taken and refused, or taken twice")
        }
    }
}
