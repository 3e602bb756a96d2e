import Assistance
import Testing

@Suite struct `Working days` {
    // Domain 4.2: 1 to 7 October 2026 are holidays, Saturday the 10th makes up for one.
    static let october = WorkingCalendar(
        Dictionary(uniqueKeysWithValues: (1...7).map { (date("2026-10-0\($0)"), WorkingCalendar.SpecialDay.holiday) })
            .merging([date("2026-10-10"): .makeUpWorkday]) { first, _ in first })

    @Test(arguments: [(1, "2026-10-08"), (2, "2026-10-09"), (3, "2026-10-10"), (4, "2026-10-12"), (5, "2026-10-13")])
    func `skip holidays and count make-up Saturdays`(count: Int, end: String) throws {
        let deadline = try #require(Self.october.end(of: Period(count, .workingDays)!, after: date("2026-09-30")))
        #expect(deadline == Deadline(date: date(end), isProvisional: false))
        #expect(Self.october.workingDays(after: date("2026-09-30"), through: date(end)) == count)
    }

    @Test func `a notice of seven days posted on the 7th runs to the 14th`() throws {
        let end = try #require(Self.october.end(of: Period(7, .calendarDays)!, after: date("2026-09-07")))
        #expect(end.date == date("2026-09-14"))
    }

    @Test func `are provisional where no holidays are published`() throws {
        let end = try #require(Self.october.end(of: Period(5, .workingDays)!, after: date("2026-12-30")))
        #expect(end.isProvisional)
    }

    @Test func `of no days end on the day itself, also on a holiday`() throws {
        #expect(Self.october.end(of: Period(0, .workingDays)!, after: date("2026-10-03"))?.date == date("2026-10-03"))
    }

    @Test func `end nowhere after the last date there is`() {
        #expect(Self.october.end(of: Period(5, .calendarDays)!, after: date("2999-12-30")) == nil)
        #expect(Self.october.end(of: Period(5, .workingDays)!, after: date("2999-12-30")) == nil)
    }
}

@Suite struct `An office that was offline` {
    // due = min(max(issued, delivered) + D, issued + 2D), domain 4.2.
    @Test(arguments: [
        ("2026-11-02", "2026-11-02", "2026-11-05"),  // Delivered at once.
        ("2026-11-02", "2026-11-04", "2026-11-07"),  // Two days late: the time runs from then.
        ("2026-11-02", "2026-11-30", "2026-11-08"),  // Weeks late: twice the time from the issue, and no more.
        ("2026-11-02", "2026-10-20", "2026-11-05"),  // A clock that is wrong gives no more time and no less.
    ])
    func `has the time from when it was told, at most twice the time`(
        issued: String, delivered: String, due: String
    ) throws {
        let deadline = try #require(
            FairDeadline(
                issued: date(issued), delivered: date(delivered), within: Period(3, .calendarDays)!,
                WorkingCalendar([:])))
        #expect(deadline.due.date == date(due))
        #expect(deadline.callAfter.date == date("2026-11-05"))
    }

    @Test func `is not late before it was told, except by the outer bound`() throws {
        let deadline = try #require(
            FairDeadline(
                issued: date("2026-11-02"), delivered: nil, within: Period(3, .calendarDays)!, WorkingCalendar([:])))
        #expect(deadline.due.date == date("2026-11-08"))
    }
}

func date(_ text: String) -> CalendarDate { CalendarDate(written: text)! }
