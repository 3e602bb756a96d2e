/// R5 and R6: what a category gives a month.
enum Amounts {
    struct Result {
        var base = Money.zero
        var supplements: [Supplement] = []
    }

    static func amounts(
        for found: Eligibility.Computation.Found, _ family: FamilyFacts, _ income: CountableIncome, _ standard: Money,
        _ rules: inout RuleBook, _ trace: inout Trace
    ) throws(RuleError) -> Result {
        let step = try rules.money(.dibaoRounding)
        guard step > .zero else { throw rules.malformed(.dibaoRounding) }
        var result = Result()
        switch found.category {
        case .dibao:
            result.base = try dibao(income, standard, step, &rules)
            result.supplements = try supplements(for: family.members, family.date, standard, step, &rules)
        case .edge where !found.coveredAlone.isEmpty:
            let one = try rules.amount(.singleAmount).money(standard: standard, step: step)
            result.base = one * found.coveredAlone.count
            let alone = family.members.filter { found.coveredAlone.contains($0.id) }
            result.supplements = try supplements(for: alone, family.date, standard, step, &rules)
        case .destituteAtHome, .destituteInInstitution:
            let basic = try rules.amount(.destituteBasic).money(standard: standard, step: step)
            for member in family.members {
                result.base += basic + (try care(for: member, standard, step, &rules))
            }
        case .edge, .rigidExpense, .povertyReturn, .other, .none: break
        }
        trace.result("R5", "A", result.base)
        for supplement in result.supplements {
            trace.result("R6", "supplement \(supplement.reason.rawValue)", supplement.amount)
        }
        return result
    }

    private static func dibao(
        _ income: CountableIncome, _ standard: Money, _ step: Money, _ rules: inout RuleBook
    ) throws(RuleError) -> Money {
        let mode = try rules.words(.dibaoMode)
        switch (mode.count, mode.first?.word) {
        case (1, "difference"):
            // For the whole household and once, never a head at a time: 632 × 3 − 1,894 is 2 yuan, not 3.
            let difference = Int128(12 * income.heads) * Int128(standard.fen) - Int128(income.countable.fen)
            return max(.zero, Money(fen: Money.ceiling(difference, 12, step.fen)))
        case (1, "band"):
            for (word, value) in try rules.words(.dibaoBands) {
                guard let share = Ratio(written: word), let value, let amount = Money(yuan: value) else {
                    throw rules.malformed(.dibaoBands)
                }
                if income.isBelow(share, of: standard) { return amount * income.heads }
            }
            return .zero
        default: throw rules.malformed(.dibaoMode)
        }
    }

    /// The care amount by the level of self-care: none of the six acts fails, one to three, or more (domain 3.2).
    private static func care(
        for member: Member, _ standard: Money, _ step: Money, _ rules: inout RuleBook
    ) throws(RuleError) -> Money {
        guard let failed = member.failedSelfCareActs else { return .zero }
        return try rules.amount(SelfCare(failedActs: failed).parameter).money(standard: standard, step: step)
    }

    /// What supplements of all living members come to: an edge family has none of its own, and keeps them in grace (R7).
    static func graceSupplement(of family: FamilyFacts, by rules: inout RuleBook) throws(RuleError) -> Money {
        let (standard, step) = (try rules.money(.dibaoStandard), try rules.money(.dibaoRounding))
        guard step > .zero else { throw rules.malformed(.dibaoRounding) }
        return try supplements(for: family.members, family.date, standard, step, &rules)
            .reduce(.zero) { $0 + $1.amount }
    }

    /// One a person, the largest of those that it has a reason for.
    private static func supplements(
        for members: [Member], _ date: CalendarDate, _ standard: Money, _ step: Money, _ rules: inout RuleBook
    ) throws(RuleError) -> [Supplement] {
        let elderlyAge = try rules.number(.supplementElderlyAge)
        let minorAge = try rules.number(.supplementMinorAge)
        let disabilities = try rules.disabilities(.supplementDisabilities)
        let amounts: [(Supplement.Reason, Money)] = [
            (.elderly, try rules.amount(.supplementElderly).money(standard: standard, step: step)),
            (.minor, try rules.amount(.supplementMinor).money(standard: standard, step: step)),
            (.ill, try rules.amount(.supplementIll).money(standard: standard, step: step)),
            (.disabled, try rules.amount(.supplementDisabled).money(standard: standard, step: step)),
        ]
        return members.compactMap { member in
            let age = member.birth.age(on: date)
            var reasons: Set<Supplement.Reason> = []
            if age >= elderlyAge { reasons.insert(.elderly) }
            if age < minorAge { reasons.insert(.minor) }
            if member.isSeriouslyIll { reasons.insert(.ill) }
            if member.disabilities.contains(where: disabilities.contains) { reasons.insert(.disabled) }
            // The first of several equal ones, so that every office names the same reason.
            let best = amounts.filter { reasons.contains($0.0) }.reduce(nil as (Supplement.Reason, Money)?) {
                best, next in
                if let best, best.1 >= next.1 { best } else { next }
            }
            guard let best, best.1 > .zero else { return nil }
            return Supplement(member: member.id, reason: best.0, amount: best.1)
        }
    }
}

/// 自理能力, by how many of the six acts fail.
package enum SelfCare: String, Sendable, CaseIterable {
    case full, partial, none

    package init(failedActs: Int) {
        self =
            switch failedActs {
            case ...0: .full
            case 1...3: .partial
            default: .none
            }
    }

    /// Who cares for themselves fully needs the least care.
    var parameter: ParameterName {
        switch self {
        case .full: .careNone
        case .partial: .carePartial
        case .none: .careFull
        }
    }
}
