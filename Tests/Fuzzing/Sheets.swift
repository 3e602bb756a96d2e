import Assistance
import ChangeSets

/// Sheets as people hand them over, in whatever encoding they are.
enum Sheets {
    private static let today = CalendarDate(year: 2026, month: 11, day: 26)!

    static func households(_ bytes: [UInt8]) throws {
        let limits = CsvLimits(fileBytes: 1 << 20, recordBytes: 1 << 16, columns: 100)
        let sheet = try HouseholdSheet.read(
            bytes, defaultArea: try OfficeCode("330106009001"), today: today, limits: limits)
        try check(taken: sheet.households.flatMap(\.lines), refused: sheet.refused.map(\.line))
    }

    static func parameters(_ bytes: [UInt8]) throws {
        let area = try OfficeCode("330106")
        let values = try ParameterSheet.read(bytes, area: area).values
        let again = try ParameterSheet.read(
            written(
                ParameterSheet.header,
                values.map {
                    [$0.name, $0.hukouKind, "\($0.validFrom)", $0.validTo.map { "\($0)" } ?? "", $0.text, $0.document]
                }), area: area)
        try check(again.values == values && again.refused.isEmpty)
    }

    static func holidays(_ bytes: [UInt8]) throws {
        let days = try HolidaySheet.read(bytes).days
        let again = try HolidaySheet.read(written(HolidaySheet.header, days.map { ["\($0)", $1.rawValue] }))
        try check(again.days == days && again.refused.isEmpty)
    }

    private static func written(_ header: [String], _ records: [[String]]) -> [UInt8] {
        var writer = CsvWriter()
        for record in [header] + records { writer.append(record) }
        return Array(writer.text.utf8)
    }

    private static func check(_ isSame: Bool) throws {
        guard isSame else { throw FuzzFinding(what: "what was read says something else when it is written again") }
    }

    /// The first byte says of which department.
    static func departmentData(_ bytes: [UInt8]) throws {
        let kinds = SignalKind.allCases
        let kind = kinds[Int(bytes.first ?? 0) % kinds.count]
        let sheet = try SignalSheet.read(Array(bytes.dropFirst()), as: kind, today: today)
        try check(taken: sheet.lines.map(\.line), refused: sheet.refused.map(\.line))
    }

    static func grants(_ bytes: [UInt8]) throws {
        let sheet = try GrantSheet.read(bytes, today: today)
        try check(taken: sheet.lines.map(\.line), refused: sheet.refused.map(\.line))
        let again = try GrantSheet.read(
            written(
                GrantSheet.header,
                sheet.lines.map { _, grant in
                    [
                        grant.number, grant.identity.digits, "\(grant.month)", grant.kind.rawValue, grant.programme,
                        grant.basis, grant.quantity == nil ? "\(grant.amount)" : "", grant.quantity ?? "",
                        grant.value.map { "\($0)" } ?? "", grant.paidOn.map { "\($0)" } ?? "",
                    ]
                }), today: today)
        try check(again.lines.map(\.grant) == sheet.lines.map(\.grant) && again.refused.isEmpty)
    }

    private static func check(taken: [Int], refused: [Int]) throws {
        guard Set(taken).count == taken.count, Set(refused).isDisjoint(with: taken) else {
            throw FuzzFinding(what: "a line is both taken and refused, or taken twice")
        }
    }
}
