/// 渐退: a family that leaves dibao for the edge band keeps what it had for some months (R7).
package struct Grace: Hashable, Sendable {
    package let first: CalendarMonth
    /// Its last month.
    package let last: CalendarMonth
    /// What goes on being paid a month, supplements not included: those are of the living members, worked out anew.
    package let kept: Money

    /// - Parameters:
    ///   - before: What the family had.
    ///   - now: Its new category.
    ///   - heads: Members now; nobody keeps more than the standard of those who live.
    /// - Returns: nil where no grace is due.
    package init?(
        before: Category, base: Money, now: Category, heads: Int, decided: CalendarDate, by book: inout RuleBook
    ) throws(RuleError) {
        guard before == .dibao, now == .edge else { return nil }
        let months = try book.number(.graceMonths)
        guard (1...12).contains(months) else { throw book.malformed(.graceMonths) }
        guard let first = decided.calendarMonth.adding(months: 1), let last = first.adding(months: months - 1) else {
            return nil
        }
        self.first = first
        self.last = last
        kept = min(base, try book.money(.dibaoStandard) * heads)
    }
}
