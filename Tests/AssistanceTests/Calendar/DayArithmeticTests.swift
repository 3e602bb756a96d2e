import Assistance
import Foundation
import Testing

@Suite struct `Counting days` {
    @Test func `agrees with Foundation's calendar over all years`() throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(secondsFromGMT: 0)!
        let first = try #require(CalendarDate(year: 1800, month: 1, day: 1)).dayNumber
        for number in stride(from: first, through: first + 1199 * 365, by: 97) {
            let day = try #require(CalendarDate(dayNumber: number))
            let parts = calendar.dateComponents(
                [.year, .month, .day, .weekday], from: Date(timeIntervalSince1970: Double(number) * 86_400))
            #expect(day == CalendarDate(year: parts.year!, month: parts.month!, day: parts.day!))
            #expect(day.dayNumber == number)
            #expect(day.weekday == (parts.weekday! + 5) % 7 + 1)
        }
    }

    @Test(arguments: [
        ("2000-02-29", "2026-02-28", 25), ("2000-02-29", "2026-03-01", 26), ("1960-01-01", "2026-01-01", 66),
        ("1960-01-02", "2026-01-01", 65),
    ])
    func `age changes on the birthday`(birth: String, day: String, age: Int) {
        #expect(date(birth).age(on: date(day)) == age)
    }

    @Test func `months go over the year`() {
        #expect(CalendarMonth(written: "2026-11")?.adding(months: 2)?.description == "2027-01")
        #expect(CalendarMonth(written: "2026-01")?.adding(months: -1)?.description == "2025-12")
        #expect(CalendarMonth(written: "2024-02")?.lastDay == date("2024-02-29"))
        #expect(CalendarMonth(written: "2026-13") == nil)
    }
}
