/// 渐退: a family that leaves dibao for the edge band keeps what it had for some months (R7).
package struct Grace: Hashable, Sendable {
    package let first: CalendarMonth
    /// Its last month.
    package let last: CalendarMonth
    /// What goes on being paid a month, supplements not included: those are of the living members, worked out anew.
    package let kept: Money

    private init(first: CalendarMonth, last: CalendarMonth, kept: Money) {
        self.first = first
        self.last = last
        self.kept = kept
    }

    /// After a decision: the grace that it begins, or what is left of the one that it is in. Who is looked at again during grace
    /// and still is an edge family loses nothing by that.
    package init?(
        after decision: Decision, now: Category, heads: Int, decided: CalendarDate, by book: inout RuleBook
    ) throws(RuleError) {
        if let last = decision.graceTo, decision.category == .edge, now == .edge {
            guard let first = decided.calendarMonth.adding(months: 1), first <= last else { return nil }
            self.init(first: first, last: last, kept: min(decision.graceKept, try book.money(.dibaoStandard) * heads))
        } else {
            try self.init(
                before: decision.category, base: decision.parts.base, now: now, heads: heads, decided: decided,
                by: &book)
        }
    }

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
        self.init(first: first, last: last, kept: min(base, try book.money(.dibaoStandard) * heads))
    }
}
