import ChangeSets
import Foundation
import GRDB

/// What a household is due in a month by all that is known now: it is paid by this, and what was paid is held against it (domain 4.3, 4.6).
struct MonthlyDue {
    /// The one that holds; nil where none does.
    let decision: Decision?
    let parts: AidParts
    /// Why it is not what was decided; empty where it is.
    let reason: String
    /// Somebody whom the decision counts is gone by the end of the month, and nobody has decided without them yet: the amount is worked out
    /// anew first.
    let open: Set<Residents.Departure>
    /// Whether no decision will answer `open`, but only somebody's word on the month: whoever was gone is back, whoever says so, or it was
    /// decided since, by a stop.
    let isForAWord: Bool

    var amount: Money { parts.total }

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
            (parts, reason, open) = (plain.parts, plain.reason, plain.open)
            isForAWord = plain.isForAWord
            return
        }
        // What it rested on: who was gone by what was known then, and whether before the month began.
        let known = try plain.gone(residents, in: month, asKnown: word.settles)
        let fallen = known.filter { person, was in
            plain.gone[person].map { $0.isEarly(in: month) != was.isEarly(in: month) } ?? true
        }
        guard fallen.isEmpty else {
            // Somebody lives after all, or was there. Where an office has said so that may not undo the going, it has to be said anew.
            (parts, reason) = (plain.parts, plain.reason)
            let isDoubted = try fallen.values.contains {
                try plain.gone[$0.person] == nil
                    && residents.isBackByLowerWord($0.person, besides: plain.settles, in: month)
            }
            (open, isForAWord) = isDoubted ? (Set(known.values), true) : (plain.open, plain.isForAWord)
            return
        }
        isForAWord = plain.isForAWord
        // Whoever was told of since takes from the word what they take from the decisions.
        let isNews = plain.gone.contains { person, departure in
            known[person].map { departure.day != nil && $0.isDeath != departure.isDeath } ?? true
        }
        parts = plain.parts.capped(at: min(word.amount, isNews ? plain.parts.total : plain.decided))
        reason = word.document
        open = isNews ? plain.open : []
    }
}

/// What a household is due in a month by its decisions and by who was there.
private struct DueByDecisions {
    let decision: Decision?
    let decided: Money
    let parts: AidParts
    let reason: String
    let open: Set<Residents.Departure>
    let isForAWord: Bool
    /// Of whom the decision counts, by the end of the month.
    let gone: [[UInt8]: Residents.Departure]

    /// A month in which somebody dies or leaves is due as it was decided; the months after it as was decided next, although that takes
    /// effect later. Nobody who goes after the month lowers it, and only a day that somebody has told does.
    init(in month: CalendarMonth, _ decisions: Decisions, _ residents: Residents) throws {
        let holding = decisions.holding(in: month)
        decision = holding
        decided = holding?.amount(in: month) ?? .zero
        let members = holding?.members.ids ?? []
        gone = try Self.gone(of: holding, residents, in: month, asKnown: nil)
        let early = gone.filter { $0.value.day != nil && $0.value.isEarly(in: month) }
        if !members.isEmpty, early.count == members.count, !early.values.contains(where: \.isBack) {
            (parts, reason, open) = (.zero, "nobody of the household lived there any more", [])
            isForAWord = false
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
        isForAWord = isSettled || gone.values.allSatisfy(\.isOver)
        guard let next, next.amount(in: next.fromMonth) < decided else {
            (parts, reason) = (holding?.parts(in: month) ?? .zero, "")
            return
        }
        parts = next.parts(in: next.fromMonth)
        let isDeath = early.values.contains(where: \.isDeath)
        reason = "a member had \(isDeath ? "died" : "left"); \(next.document)"
    }

    /// What the decision knew of.
    var settles: Settled { decision?.settles ?? Settled([]) }

    /// Who was gone by what somebody knew.
    func gone(
        _ residents: Residents, in month: CalendarMonth, asKnown only: Settled
    ) throws -> [[UInt8]: Residents.Departure] {
        try Self.gone(of: decision, residents, in: month, asKnown: only)
    }

    private static func gone(
        of decision: Decision?, _ residents: Residents, in month: CalendarMonth, asKnown only: Settled?
    ) throws -> [[UInt8]: Residents.Departure] {
        try (decision?.members.ids ?? []).reduce(into: [:]) { gone, person in
            gone[person] = try residents.departure(
                of: person, besides: decision?.settles ?? Settled([]), in: month, asKnown: only)
        }
    }

    /// Of those after a decision that count nobody of some people and say something: the first that ever held, a stop among them, or what that
    /// one took the place of, knowing it. Of several the one that gives most: nobody knows which of them was the mistake, and nothing is asked
    /// back by one.
    private static func next(
        after decision: Decision?, without people: Set<[UInt8]>, _ decisions: Decisions, where says: (Decision) -> Bool
    ) -> Decision? {
        guard let place = decisions.all.firstIndex(where: { $0.id == decision?.id }) else { return nil }
        let later = decisions.all[(place + 1)...].filter {
            $0.outcome != .refused && $0.members.ids.isDisjoint(with: people)
        }
        guard let end = later.firstIndex(where: { decisions.holding(in: $0.fromMonth)?.id == $0.id }) else {
            return later.filter(says).max { $0.amount(in: $0.fromMonth) < $1.amount(in: $1.fromMonth) }
        }
        var known: Set<[UInt8]> = [later[end].id]
        // From the last to the first: what was known to what was known.
        for decision in later[...end].reversed() where known.contains(decision.id) {
            known.formUnion(decision.settles.ids)
            if let before = decision.predecessor { known.insert(before) }
        }
        return later[...end].filter { known.contains($0.id) && says($0) }
            .max { $0.amount(in: $0.fromMonth) < $1.amount(in: $1.fromMonth) }
    }
}
