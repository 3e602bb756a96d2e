/// Which days an office works, as the district publishes it: weekdays, but not on holidays, and on weekends that make up
/// for one.
package struct WorkingCalendar: Sendable {
    package enum SpecialDay: String, Sendable, CaseIterable {
        case holiday
        case makeUpWorkday = "make_up_workday"
    }

    package let special: [CalendarDate: SpecialDay]
    /// Years whose holidays are published. The State Council announces those of a year in the autumn before.
    private let years: Set<Int>

    package init(_ special: [CalendarDate: SpecialDay]) {
        self.special = special
        years = Set(special.keys.map(\.year))
    }

    package func isWorkday(_ date: CalendarDate) -> Bool {
        switch special[date] {
        case .holiday: false
        case .makeUpWorkday: true
        case nil: date.weekday <= 5
        }
    }

    /// The day a period ends that begins with an event: the event's own day is day 0, and only the days that the period
    /// counts are counted (domain 4.2).
    /// - Returns: nil when that is later than any date.
    package func end(of period: Period, after event: CalendarDate) -> Deadline? {
        switch period.unit {
        case .calendarDays:
            return event.adding(days: period.count).map { Deadline(date: $0, isProvisional: false) }
        case .workingDays:
            var date = event
            var left = period.count
            while left > 0 {
                guard let next = date.adding(days: 1) else { return nil }
                date = next
                if isWorkday(date) { left -= 1 }
            }
            return Deadline(date: date, isProvisional: !(event.year...date.year).allSatisfy(years.contains))
        }
    }

    /// - Returns: The working days after `event` up to and with `date`; 0 when it is not later.
    package func workingDays(after event: CalendarDate, through date: CalendarDate) -> Int {
        var count = 0
        var day = event
        while day < date, let next = day.adding(days: 1) {
            day = next
            if isWorkday(day) { count += 1 }
        }
        return count
    }
}

/// The end of a period.
package struct Deadline: Hashable, Sendable {
    /// The last day on which the thing is done in time.
    package let date: CalendarDate
    /// Counted over a year whose holidays are not published yet: the true date may be later. Deadlines are never stored, so
    /// it corrects itself once they are.
    package let isProvisional: Bool

    package init(date: CalendarDate, isProvisional: Bool) {
        self.date = date
        self.isProvisional = isProvisional
    }
}

/// A number of days that a rule allows.
package struct Period: Hashable, Sendable, CustomStringConvertible {
    package enum Unit: String, Sendable, CaseIterable {
        case workingDays = "working"
        case calendarDays = "calendar"
    }

    package let count: Int
    package let unit: Unit

    /// Longer periods than ten years are slips of the keyboard.
    package static let countMax = 3653

    /// - Returns: nil unless 0 to ``countMax``.
    package init?(_ count: Int, _ unit: Unit) {
        guard (0...Self.countMax).contains(count) else { return nil }
        self.count = count
        self.unit = unit
    }

    /// Reads `5 working` and `7 calendar`.
    package init?(written text: some StringProtocol) {
        let parts = text.split(separator: " ")
        guard parts.count == 2, parts[0].utf8.allSatisfy({ (0x30...0x39).contains($0) }), let count = Int(parts[0]),
            let unit = Unit(rawValue: String(parts[1]))
        else { return nil }
        self.init(count, unit)
    }

    package var description: String { "\(count) \(unit.rawValue)" }
    /// The same period twice, within which an office that was out of reach must answer.
    package var doubled: Period { Period(min(2 * count, Self.countMax), unit)! }  // Within the limit.
}
