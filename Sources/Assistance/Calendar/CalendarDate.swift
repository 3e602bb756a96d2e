/// A day of the Gregorian calendar, without time or zone.
package struct CalendarDate: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let year: Int
    package let month: Int
    package let day: Int

    /// Nobody alive was born earlier, and no paper runs later: outside lie slips of the keyboard.
    package static let years = 1800...2999

    /// - Returns: nil when there is no such day in ``years``.
    package init?(year: Int, month: Int, day: Int) {
        guard Self.years.contains(year), (1...12).contains(month),
            (1...Self.days(in: month, of: year)).contains(day)
        else { return nil }
        self.year = year
        self.month = month
        self.day = day
    }

    /// Reads `YYYY-MM-DD`, `YYYY/M/D` (either mark with one or two digits) and `YYYYMMDD`.
    /// - Returns: nil for anything else, and when there is no such day.
    package init?(written text: some StringProtocol) {
        guard text.utf8.allSatisfy({ $0 == 0x2D || $0 == 0x2F || (0x30...0x39).contains($0) }) else { return nil }
        let digits = Array(text.utf8)
        let parts =
            digits.count == 8 && !digits.contains(0x2D) && !digits.contains(0x2F)
            ? [digits[0..<4], digits[4..<6], digits[6..<8]]
            : digits.split(separator: digits.contains(0x2D) ? 0x2D : 0x2F, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].count == 4, (1...2).contains(parts[1].count), (1...2).contains(parts[2].count),
            let year = Self.number(parts[0]), let month = Self.number(parts[1]), let day = Self.number(parts[2])
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    /// `YYYY-MM-DD`, as it is stored.
    package var description: String { "\(year)-\(Self.twoDigits(month))-\(Self.twoDigits(day))" }

    package static func < (a: Self, b: Self) -> Bool {
        (a.year, a.month, a.day) < (b.year, b.month, b.day)
    }

    private static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        default: 31
        }
    }

    /// - Returns: nil when a mark stands among the digits.
    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        Int(String(decoding: digits, as: UTF8.self))
    }

    private static func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
