/// R5 and R6: what a category gives a month.
enum Amounts {
    struct Result {
        var base = Money.zero
        var care = Money.zero
        var supplements: [Supplement] = []
    }

    static func amounts(
        for found: Eligibility.Computation.Found, _ family: FamilyFacts, _ income: CountableIncome, _ standard: Money,
        _ rules: inout RuleBook, _ trace: inout Trace
    ) throws(RuleError) -> Result {
        let step = try rules.money(.dibaoRounding)
        guard step > .zero else { throw rules.malformed(.dibaoRounding) }
        var shares = Shares(standard: standard, step: step)
        var result = Result()
        switch found.category {
        case .dibao:
            result.base = try dibao(income, standard, step, &rules, &trace)
            result.supplements = try shares.supplements(for: family.members, family.date, &rules)
        case .edge where !found.coveredAlone.isEmpty:
            let one = try shares.amount(.singleAmount, "R4.3", &rules)
            result.base = one * found.coveredAlone.count
            let alone = family.members.filter { found.coveredAlone.contains($0.id) }
            result.supplements = try shares.supplements(for: alone, family.date, &rules)
        case .destituteAtHome, .destituteInInstitution:
            let basic = try shares.amount(.destituteBasic, "R5", &rules)
            result.base = basic * family.members.count
            for member in family.members {
                // None of the six acts of self-care fails, one to three, or more (domain 3.2).
                guard let failed = member.failedSelfCareActs else { continue }
                result.care += try shares.amount(SelfCare(failedActs: failed).parameter, "R5", &rules)
            }
        case .edge, .rigidExpense, .povertyReturn, .other, .none: break
        }
        for share in shares.worked { trace.result(share.rule, share.what, share.amount) }
        trace.result("R5", "A", result.base)
        if result.care > .zero { trace.result("R5", "care", result.care) }
        for supplement in result.supplements {
            trace.result("R6", "supplement \(supplement.reason.rawValue)", supplement.amount)
        }
        return result
    }

    private static func dibao(
        _ income: CountableIncome, _ standard: Money, _ step: Money, _ rules: inout RuleBook, _ trace: inout Trace
    ) throws(RuleError) -> Money {
        let mode = try rules.words(.dibaoMode)
        switch (mode.count, mode.first?.word) {
        case (1, "difference"):
            // For the whole household and once, never a head at a time: 632 × 3 − 1,894 is 2 yuan, not 3.
            let difference = Int128(12 * income.heads) * Int128(standard.fen) - Int128(income.countable.fen)
            trace.result("R5", "(12 n S - C) / 12", Shown.exact(Int64(difference), over: 12))
            trace.result("R5", "rounded up, once, to", step)
            return max(.zero, Money(fen: Money.ceiling(difference, 12, step.fen)))
        case (1, "band"):
            for (word, value) in try rules.words(.dibaoBands) {
                guard let share = Ratio(written: word), let value, let amount = Money(yuan: value) else {
                    throw rules.malformed(.dibaoBands)
                }
                let isBelow = income.isBelow(share, of: standard)
                if trace.comparison(
                    "R5", "band \(word)", income.perHead, "<", Shown.product(share, standard), isBelow)
                {
                    return amount * income.heads
                }
            }
            return .zero
        default: throw rules.malformed(.dibaoMode)
        }
    }

    /// What supplements of all living members come to: an edge family has none of its own, and keeps them in grace (R7).
    static func graceSupplement(
        of family: FamilyFacts, by rules: inout RuleBook, _ trace: inout Trace
    ) throws(RuleError) -> Money {
        var shares = Shares(standard: try rules.money(.dibaoStandard), step: try rules.money(.dibaoRounding))
        guard shares.step > .zero else { throw rules.malformed(.dibaoRounding) }
        let supplements = try shares.supplements(for: family.members, family.date, &rules)
        for share in shares.worked { trace.result("R7", share.what, share.amount) }
        return supplements.reduce(.zero) { $0 + $1.amount }
    }
}

/// Amounts that are shares of the standard, with what each was before it was rounded.
private struct Shares {
    let standard: Money
    let step: Money
    /// Each once, however many people get it.
    private(set) var worked: [(name: ParameterName, rule: String, what: String, amount: Money)] = []

    init(standard: Money, step: Money) { (self.standard, self.step) = (standard, step) }

    mutating func amount(_ name: ParameterName, _ rule: String, _ rules: inout RuleBook) throws(RuleError) -> Money {
        let amount = try rules.amount(name)
        let money = amount.money(standard: standard, step: step)
        if !worked.contains(where: { $0.name == name }) {
            worked.append((name, rule, "\(name.rawValue): \(amount.shown(of: standard)) rounded up to \(step)", money))
        }
        return money
    }

    /// One a person, the largest of those that it has a reason for.
    mutating func supplements(
        for members: [Member], _ date: CalendarDate, _ rules: inout RuleBook
    ) throws(RuleError) -> [Supplement] {
        let elderlyAge = try rules.number(.supplementElderlyAge)
        let minorAge = try rules.number(.supplementMinorAge)
        let disabilities = try rules.disabilities(.supplementDisabilities)
        let amounts: [(Supplement.Reason, Money)] = [
            (.elderly, try amount(.supplementElderly, "R6", &rules)),
            (.minor, try amount(.supplementMinor, "R6", &rules)),
            (.ill, try amount(.supplementIll, "R6", &rules)),
            (.disabled, try amount(.supplementDisabled, "R6", &rules)),
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
