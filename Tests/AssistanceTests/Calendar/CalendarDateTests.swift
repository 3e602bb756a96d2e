import Assistance
import Testing

@Suite struct `A calendar date` {
    @Test(arguments: ["1960-01-31", "1960/1/31", "1960-1-31", "1960/01/31", "19600131"])
    func `is read as people and spreadsheets write it`(text: String) {
        #expect(CalendarDate(written: text)?.description == "1960-01-31")
    }

    @Test(arguments: [
        "", "1960", "1960-01", "1960-01-31-", "-1960-01-31", "1960-01/31", "60-01-31", "1960-001-31", "1960-1-",
        "1960--1",
        "196001310", "1960131", "1960.1.31", "1960年1月31日", "１９６０0131", "1960-01-31 00:00:00", "+1960131",
        "1960-02-30", "1961-02-29", "1900-02-29", "1960-13-01", "1960-00-01", "1960-01-00", "1960-04-31",
        "1799-12-31", "3000-01-01", "1960-+1-31", "//", "--------",
    ])
    func `is refused when written otherwise, and when there is no such day`(text: String) {
        #expect(CalendarDate(written: text) == nil)
    }

    @Test(arguments: ["1960-02-29", "2000-02-29", "1800-01-01", "2999-12-31", "1960-11-30"])
    func `is written as it is stored`(text: String) {
        #expect(CalendarDate(written: text)?.description == text)
    }

    @Test func `the earlier is the smaller`() throws {
        let days = ["1959-12-31", "1960-01-02", "1960-02-01", "1961-01-01"].compactMap { CalendarDate(written: $0) }
        #expect(days.count == 4)
        #expect(days.reversed().sorted() == days)
    }
}
