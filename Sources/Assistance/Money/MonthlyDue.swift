import Foundation

/// What a household is due in a month by all that is known now: it is paid by this, and what was paid is held against it (domain 4.3, 4.6).
struct MonthlyDue {
    /// The one that holds; nil where none does.
    let decision: Decision?
    let amount: Money
    /// Part of `amount`.
    let supplement: Money
    /// Why it is not what was decided; empty where it is.
    let reason: String
    /// Somebody whom the decision counts is gone, and nobody has decided without them yet: the amount is worked out anew first.
    let open: Set<Residents.Departure>

    /// A month in which somebody dies or leaves is due as it was decided; the months after it as was decided next, although that takes
    /// effect later.
    init(in month: CalendarMonth, _ decisions: Decisions, _ residents: Residents) {
        let holding = decisions.holding(in: month)
        decision = holding
        let decided = holding?.amount(in: month) ?? .zero
        let gone = (holding?.members.ids ?? []).reduce(into: [[UInt8]: Residents.Departure]()) {
            $0[$1] = residents.departure(of: $1)
        }
        let first = CalendarDate(year: month.year, month: month.month, day: 1)
        if let first, residents.isEmpty(before: first) {
            (amount, supplement, reason, open) = (.zero, .zero, "nobody of the household lived there any more", [])
            return
        }
        let next = gone.isEmpty ? nil : Self.next(after: holding, without: Set(gone.keys), decisions)
        open = next == nil ? Set(gone.values) : []
        let isEarly = gone.values.contains { departure in
            departure.day.flatMap { day in first.map { day < $0 } } ?? false
        }
        guard isEarly, let next, next.amount(in: next.fromMonth) < decided else {
            (amount, supplement, reason) = (decided, min(decided, Self.supplement(of: holding)), "")
            return
        }
        amount = next.amount(in: next.fromMonth)
        supplement = min(amount, Self.supplement(of: next))
        let isDeath = gone.values.contains(where: \.isDeath)
        reason = "a member had \(isDeath ? "died" : "left"); \(next.document)"
    }

    private static func supplement(of decision: Decision?) -> Money {
        decision.map { $0.total - $0.base } ?? .zero
    }

    /// The first of those after a decision that counts nobody of some people.
    private static func next(
        after decision: Decision?, without people: Set<[UInt8]>, _ decisions: Decisions
    ) -> Decision? {
        guard let place = decisions.all.firstIndex(where: { $0.id == decision?.id }) else { return nil }
        return decisions.all[(place + 1)...].first { $0.outcome != .refused && $0.members.ids.isDisjoint(with: people) }
    }
}
