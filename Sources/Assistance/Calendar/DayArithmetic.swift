// Counting days. Written out, because Foundation's calendars have zones and times of day, which a deadline has not.

extension CalendarDate {
    /// Days since 1970-01-01; before it negative.
    package var dayNumber: Int {
        // Years begin in March, so that the leap day is the last of its year (Hinnant, "chrono-compatible low-level date
        // algorithms").
        let shifted = month > 2 ? year : year - 1
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// - Returns: nil outside of ``years``.
    package init?(dayNumber: Int) {
        let (shifted, overflows) = dayNumber.addingReportingOverflow(719_468)
        guard !overflows, shifted >= 0 else { return nil }
        let era = shifted / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let march = (5 * dayOfYear + 2) / 153
        let month = march < 10 ? march + 3 : march - 9
        self.init(
            year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month: month, day: dayOfYear - (153 * march + 2) / 5 + 1
        )
    }

    /// The day it is in the offices' time zone, which has been eight hours before UTC since 1991.
    /// - Parameter shanghai_ms: Milliseconds since 1970-01-01 UTC.
    package init?(shanghai_ms: Int64) {
        let (shifted, overflows) = shanghai_ms.addingReportingOverflow(8 * 3_600_000)
        guard !overflows, shifted >= 0 else { return nil }
        self.init(dayNumber: Int(shifted / 86_400_000))
    }

    /// The moment at which it begins there, in milliseconds since 1970-01-01 UTC.
    var shanghai_ms: Int64 { Int64(dayNumber) * 86_400_000 - 8 * 3_600_000 }

    /// The day on which an id was made, by the time in it.
    /// - Returns: nil for one that is not of version 7.
    package init?(madeWith id: [UInt8]) {
        guard id.count == 16, id[6] >> 4 == 7 else { return nil }
        self.init(shanghai_ms: id.prefix(6).reduce(0) { $0 << 8 | Int64($1) })
    }

    /// - Returns: nil outside of ``years``.
    package func adding(days: Int) -> CalendarDate? { CalendarDate(dayNumber: dayNumber + days) }

    /// 1 for Monday to 7 for Sunday.
    package var weekday: Int { ((dayNumber + 3) % 7 + 7) % 7 + 1 }

    package var calendarMonth: CalendarMonth { CalendarMonth(year: year, month: month)! }  // A date has a month.

    /// Full years of life on a day: a person born on 29 February is a year older on 1 March.
    package func age(on day: CalendarDate) -> Int {
        day.year - year - ((day.month, day.day) < (month, self.day) ? 1 : 0)
    }

    /// The same day of a later month, or that month's last.
    /// - Returns: nil when that is later than any date.
    func adding(months: Int) -> CalendarDate? {
        guard let month = calendarMonth.adding(months: months) else { return nil }
        return CalendarDate(year: month.year, month: month.month, day: day) ?? month.lastDay
    }

    /// The same day a year before; 28 February for a leap day. What is paid later lies within the twelve months.
    var twelveMonthsBefore: CalendarDate {
        CalendarDate(year: year - 1, month: month, day: day) ?? CalendarDate(year: year - 1, month: month, day: 28)
            ?? self
    }
}

/// A month of the Gregorian calendar; money is paid by the month.
package struct CalendarMonth: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let year: Int
    package let month: Int

    /// - Returns: nil when there is no such month in ``CalendarDate/years``.
    package init?(year: Int, month: Int) {
        guard CalendarDate.years.contains(year), (1...12).contains(month) else { return nil }
        self.year = year
        self.month = month
    }

    /// Reads `YYYY-MM`.
    package init?(written text: some StringProtocol) {
        guard text.utf8.count == 7, let first = CalendarDate(written: "\(text)-01") else { return nil }
        self = first.calendarMonth
    }

    /// `YYYY-MM`, as it is stored.
    package var description: String { "\(year)-\(month < 10 ? "0" : "")\(month)" }

    package var firstDay: CalendarDate { CalendarDate(year: year, month: month, day: 1)! }  // Every month has one.
    /// - Returns: nil for the last day that there is.
    package var lastDay: CalendarDate? { adding(months: 1)?.firstDay.adding(days: -1) }

    /// - Returns: nil outside of ``CalendarDate/years``.
    package func adding(months: Int) -> CalendarMonth? {
        let count = year * 12 + month - 1 + months
        return count < 0 ? nil : CalendarMonth(year: count / 12, month: count % 12 + 1)
    }

    package static func < (a: Self, b: Self) -> Bool { (a.year, a.month) < (b.year, b.month) }
}
