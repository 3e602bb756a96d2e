import GRDB

/// 过渡期救助 (domain 4.10): after a disaster, until a home is a home again, so much a day for each who is there.
struct TransitionHelp {
    let amount: Money
    /// How it was worked out, as it is kept with what was given.
    let shown: String

    /// - Parameter day: Whoever lives in the household on it counts, by the rates that are published then.
    /// - Throws: ``ReliefError``, ``RuleError``.
    init(
        days: Int, after cause: String, to household: HouseholdID, on day: CalendarDate, by rules: inout RuleBook,
        _ db: Database
    ) throws {
        guard cause == "disaster" else { throw ReliefError.transitionCause(cause) }
        let most = try rules.number(.reliefTransitionDays)
        guard days > 0, days <= most else { throw ReliefError.transitionDays(days, most: most) }
        let people = try Residents(of: household, on: day, db).living.count
        guard people > 0 else { throw ReliefError.nobody }
        let rate = try rules.money(.reliefTransition)
        let (fen, isBeyond) = rate.fen.multipliedReportingOverflow(by: Int64(people * days))
        guard !isBeyond, fen <= Money.typedMax.fen else { throw rules.malformed(.reliefTransition) }
        amount = Money(fen: fen)
        let document = rules.used[.reliefTransition]?.document ?? ""
        shown = "过渡期 \(people) 人 × \(days) 天 × \(rate) 元 = \(amount) 元 (\(document))"
    }
}
