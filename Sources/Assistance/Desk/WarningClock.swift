import ChangeSets

/// What of a warning is due, and who has to see to it (domain 4.3). By the rules of the day on which it became as heavy as it is, so that
/// rules of a later day change no date.
struct WarningClock: Hashable, Sendable {
    enum Duty: String, Sendable { case acknowledge, visit, verdict }

    let deadlines: WarningDeadlines
    /// From this day on it is the district's business, as long as nobody was there: red ones only.
    let districtFrom: Deadline?

    /// - Parameters:
    ///   - issued: The first day of its heaviest colour.
    ///   - delivered: The day its village had it; nil while it has not.
    /// - Returns: nil where no rule says so, or a date is later than any.
    init?(
        _ colour: Colour, in area: OfficeCode, issued: CalendarDate, delivered: CalendarDate?,
        _ rules: [PublishedValue],
        _ calendar: WorkingCalendar
    ) {
        var book = RuleBook(rules, area: area, hukouKind: "", on: issued)
        guard
            let deadlines = try? WarningDeadlines(colour, issued: issued, delivered: delivered, by: &book, calendar)
        else { return nil }
        self.deadlines = deadlines
        let period = colour == .red ? try? book.period(.redDistrict) : nil
        districtFrom = period.flatMap {
            FairDeadline(issued: issued, delivered: delivered, within: $0, calendar)?.due
        }
    }

    func next(_ stage: WarningStage) -> (duty: Duty, until: Deadline)? {
        switch stage {
        case .open: (.acknowledge, deadlines.acknowledge.due)
        case .acknowledged: (.visit, deadlines.visit.due)
        case .visited: (.verdict, deadlines.verdict.due)
        case .judged, .closed: nil
        }
    }
}
