/// When an office that may have been offline must have done something (domain 4.2, "offline fairness"):
/// `due = min(max(issued, delivered) + D, issued + 2D)`.
package struct FairDeadline: Hashable, Sendable {
    package let due: Deadline
    /// The town reaches the office by telephone after this day, as long as nothing is delivered.
    package let callAfter: Deadline

    /// - Parameters:
    ///   - issued: The day the work arose.
    ///   - delivered: The day the office had applied the change set that told it; nil while it has not.
    /// - Returns: nil when a date would be later than any.
    package init?(issued: CalendarDate, delivered: CalendarDate?, within period: Period, _ calendar: WorkingCalendar) {
        guard let call = calendar.end(of: period, after: issued),
            let latest = calendar.end(of: period.doubled, after: issued)
        else { return nil }
        callAfter = call
        // Not delivered: only the outer bound runs, as nobody can be late with what nobody told them.
        guard let delivered else {
            due = latest
            return
        }
        guard let fair = calendar.end(of: period, after: max(issued, delivered)) else { return nil }
        due = fair.date < latest.date ? fair : latest
    }
}
