import ChangeSets
import Foundation
import GRDB

/// What a household is due in a month by all that is known now: it is paid by this, and what was paid is held against it (domain 4.3, 4.6).
struct MonthlyDue {
    /// The one that holds; nil where none does.
    let decision: Decision?
    let amount: Money
    /// Part of `amount`.
    let supplement: Money
    /// Why it is not what was decided; empty where it is.
    let reason: String
    /// Somebody whom the decision counts is gone by the end of the month, and nobody has decided without them yet: the amount is worked out
    /// anew first.
    let open: Set<Residents.Departure>

    init(of household: HouseholdID, in month: CalendarMonth, _ decisions: Decisions, _ db: Database) throws {
        try self.init(
            in: month, decisions, try Residents(of: household, on: month.lastDay, db),
            words: try MonthDecision.all(of: household, db))
    }

    /// What decisions make of it, unless whoever may decide has said otherwise of the month, knowing who had come and gone.
    /// - Parameter words: Of the household, on whatever month.
    init(in month: CalendarMonth, _ decisions: Decisions, _ residents: Residents, words: [MonthDecision]) throws {
        let plain = try DueByDecisions(in: month, decisions, residents)
        decision = plain.decision
        guard let word = MonthDecision.standing(in: month, of: words) else {
            (amount, supplement, reason, open) = (plain.amount, plain.supplement, plain.reason, plain.open)
            return
        }
        // Whoever was told of since takes from the word what they take from the decisions.
        let isNews = try plain.gone.values.contains { try residents.isNews($0, besides: word.settles) }
        amount = min(word.amount, isNews ? plain.amount : plain.decided)
        supplement = min(amount, plain.supplement)
        reason = word.document
        open = isNews ? plain.open : []
    }
}

/// What a household is due in a month by its decisions and by who was there.
private struct DueByDecisions {
    let decision: Decision?
    let decided: Money
    let amount: Money
    let supplement: Money
    let reason: String
    let open: Set<Residents.Departure>
    /// Of whom the decision counts, by the end of the month.
    let gone: [[UInt8]: Residents.Departure]

    /// A month in which somebody dies or leaves is due as it was decided; the months after it as was decided next, although that takes
    /// effect later. Nobody who goes after the month lowers it, and only a day that somebody has told does.
    init(in month: CalendarMonth, _ decisions: Decisions, _ residents: Residents) throws {
        let holding = decisions.holding(in: month)
        decision = holding
        decided = holding?.amount(in: month) ?? .zero
        let members = holding?.members.ids ?? []
        gone = try members.reduce(into: [[UInt8]: Residents.Departure]()) { gone, person in
            gone[person] = try residents.departure(of: person, besides: holding?.settles ?? Settled([]), in: month)
        }
        let early = gone.filter { $0.value.day.map { $0 < month.firstDay } ?? false }
        if !members.isEmpty, early.count == members.count, !early.values.contains(where: \.isBack) {
            (amount, supplement, reason, open) = (.zero, .zero, "nobody of the household lived there any more", [])
            return
        }
        // Whoever stops a household says nothing of what it was due before; whoever counts those who stayed and gives them something does.
        let next =
            early.isEmpty
            ? nil
            : Self.next(after: holding, without: Set(early.keys), decisions) {
                $0.outcome != .stopped && !$0.members.ids.isEmpty
            }
        let isSettled =
            gone.isEmpty || Self.next(after: holding, without: Set(gone.keys), decisions) { _ in true } != nil
        open = isSettled && (early.isEmpty || next != nil) ? [] : Set(gone.values)
        guard let next, next.amount(in: next.fromMonth) < decided else {
            (amount, supplement, reason) = (decided, min(decided, Self.supplement(of: holding)), "")
            return
        }
        amount = next.amount(in: next.fromMonth)
        supplement = min(amount, Self.supplement(of: next))
        let isDeath = early.values.contains(where: \.isDeath)
        reason = "a member had \(isDeath ? "died" : "left"); \(next.document)"
    }

    private static func supplement(of decision: Decision?) -> Money {
        decision.map { $0.total - $0.base } ?? .zero
    }

    /// The first of those after a decision that ever held and counts nobody of some people.
    private static func next(
        after decision: Decision?, without people: Set<[UInt8]>, _ decisions: Decisions, where says: (Decision) -> Bool
    ) -> Decision? {
        guard let place = decisions.all.firstIndex(where: { $0.id == decision?.id }) else { return nil }
        return decisions.all[(place + 1)...].first {
            $0.outcome != .refused && $0.members.ids.isDisjoint(with: people) && says($0)
                && decisions.holding(in: $0.fromMonth)?.id == $0.id
        }
    }
}
