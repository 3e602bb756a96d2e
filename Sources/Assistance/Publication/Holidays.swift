import ChangeSets
import GRDB
import Replica

/// A year's holidays and make-up workdays as CSV: one day a line.
package enum HolidaySheet {
    package static let header = ["date", "kind"]
    /// Both as the table has them and as the State Council's notice does.
    private static let kinds: [String: WorkingCalendar.SpecialDay] = [
        "holiday": .holiday, "make_up_workday": .makeUpWorkday, "休": .holiday, "班": .makeUpWorkday,
    ]

    /// - Parameter file: CSV in any encoding that spreadsheets write: ``header``, then one day a line.
    /// - Returns: The days, and every line that is none.
    /// - Throws: `TextEncodingError`, `CsvError`, ``HolidayFault/header``.
    package static func read(
        _ file: [UInt8]
    ) throws -> (days: [CalendarDate: WorkingCalendar.SpecialDay], refused: [RefusedRow<HolidayFault>]) {
        var days: [CalendarDate: WorkingCalendar.SpecialDay] = [:]
        let refused = try FixedSheet.read(file, header: header, otherwise: HolidayFault.header) {
            cells, _ throws(HolidayFault) in
            guard cells.count == header.count else { throw .cells(cells.count) }
            guard let day = CalendarDate(written: cells[0]) else { throw .date(cells[0].shortened) }
            guard let kind = kinds[cells[1]] else { throw .kind(cells[1].shortened) }
            guard days.updateValue(kind, forKey: day) == nil else { throw .twice(day) }
        }
        return (days, refused)
    }
}

package enum HolidayFault: Error, Hashable, CustomStringConvertible {
    case header
    case cells(Int)
    case date(String)
    case kind(String)
    case twice(CalendarDate)

    package var description: String {
        switch self {
        case .header: "the first line names the columns: " + HolidaySheet.header.joined(separator: ",")
        case .cells(let count): "has \(count) cells instead of \(HolidaySheet.header.count)"
        case .date(let text): "‘\(text)’ is no date; write 2026-01-31"
        case .kind(let text): "‘\(text)’ is neither holiday (休) nor make_up_workday (班)"
        case .twice(let day): "\(day) comes twice; keep one"
        }
    }
}

extension Publishing {
    /// Publishes the special days of whole years: whatever else was published for these years is taken back.
    /// - Returns: How many days have changed.
    /// - Throws: ``PublishError/notYours(root:)`` below the district, or what the replica throws; then nothing has changed.
    package static func holidays(
        _ days: [CalendarDate: WorkingCalendar.SpecialDay], in replica: OfficeReplica, as user: ActingUser
    ) throws -> Int {
        guard replica.office == replica.root else { throw PublishError.notYours(root: replica.root) }
        return try replica.write(as: user) { db in
            let known = try PublishedRules.calendar(db).special
            let years = Set(days.keys.map(\.year))
            let dropped = known.keys.filter { years.contains($0.year) && days[$0] == nil }.sorted()
            for day in dropped { try write(day, nil, replica.root, user, db) }
            let changed = days.filter { known[$0.key] != $0.value }.sorted { $0.key < $1.key }
            for (day, kind) in changed { try write(day, kind, replica.root, user, db) }
            return dropped.count + changed.count
        }
    }

    private static func write(
        _ day: CalendarDate, _ kind: WorkingCalendar.SpecialDay?, _ area: OfficeCode, _ user: ActingUser, _ db: Database
    ) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO holiday (area, day, kind, created_by) VALUES (?1, ?2, ?3, ?4)
                ON CONFLICT (area, day) DO UPDATE SET kind = ?3, row_state = 'live'
                """
        ).execute(arguments: [area.digits, day.description, kind?.rawValue, user.name])
    }
}
