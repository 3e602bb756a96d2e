/// R1 to R3: what counts of a family's income, a year.
struct CountableIncome {
    /// Y: income less the costs of earning it, before any deduction.
    let income: Money
    /// R: what rigid expense of the last twelve months counts.
    let rigid: Money
    /// C: what is compared with the standards.
    let countable: Money
    let heads: Int

    init(_ family: FamilyFacts, _ rules: inout RuleBook, _ trace: inout Trace) throws(RuleError) {
        heads = family.members.count
        trace.input("members", heads)
        income = Self.income(family.incomes, &trace)
        rigid = try Self.rigid(family, &rules, &trace)
        let isDeducted = try rules.flag(.rigidDeducted)
        countable = max(.zero, isDeducted ? income - rigid : income)
        trace.result("R3", isDeducted ? "C = max(0, Y - R)" : "C = max(0, Y)", countable)
        trace.result("R3", "c = C / 12 / n", Shown.exact(countable.fen, over: 12 * Int64(heads)))
    }

    /// R1: monthly figures are taken times twelve and nothing is rounded on the way.
    private static func income(_ items: [IncomeItem], _ trace: inout Trace) -> Money {
        var year = Money.zero
        for item in items {
            trace.input("income \(item.basis.rawValue)" + (item.isCounted ? "" : " (not counted)"), item.amount)
            guard item.isCounted else { continue }
            switch item.basis {
            case .monthly: year += item.amount * 12
            case .annual: year += item.amount
            case .employmentCost: year = year - item.amount
            }
        }
        // Costs above the income are no negative income of the others.
        year = max(.zero, year)
        trace.result("R1", "Y", year)
        return year
    }

    /// R2: what the family paid itself, of the kinds that count, each receipt once and each kind up to its cap.
    private static func rigid(
        _ family: FamilyFacts, _ rules: inout RuleBook, _ trace: inout Trace
    ) throws(RuleError) -> Money {
        let kinds = try rules.words(.rigidKinds)
        let first = family.appliedOn.twelveMonthsBefore
        var receipts: Set<String> = []
        var sums: [String: Money] = [:]
        for expense in family.rigidExpenses {
            let isNew = expense.receipt.isEmpty || receipts.insert(expense.receipt).inserted
            let isCounted = isNew && first < expense.date && expense.date <= family.appliedOn
            let paid = expense.gross - expense.reimbursed
            trace.input("rigid \(expense.kind) \(expense.date)" + (isCounted ? "" : " (not counted)"), paid)
            if isCounted { sums[expense.kind, default: .zero] += paid }
        }
        var rigid = Money.zero
        for (kind, cap) in kinds {
            let sum = sums[kind] ?? .zero
            if let cap {
                guard let limit = Money(yuan: cap) else { throw rules.malformed(.rigidKinds) }
                rigid += min(sum, limit)
            } else {
                rigid += sum
            }
        }
        trace.result("R2", "R", rigid)
        return rigid
    }

    /// Compares the income a head and month with a share of an amount a head and month, both times 12 n, so exactly.
    /// - Returns: Whether `C < share × 12 n × amount`, or `<=` where equality is included.
    func isBelow(_ share: Ratio, of amount: Money, including equal: Bool = false, whole: Money? = nil) -> Bool {
        let left = Int128((whole ?? countable).fen) * Int128(share.denominator)
        let right = Int128(share.numerator) * Int128(12 * heads) * Int128(amount.fen)
        return equal ? left <= right : left < right
    }

    /// c, for the trace.
    var perHead: String { Shown.exact(countable.fen, over: 12 * Int64(heads)) }
}

/// Figures as a trace shows them.
enum Shown {
    /// Fen divided by a whole number, in yuan: exact where two decimals hold it, else the fraction.
    static func exact(_ fen: Int64, over divisor: Int64) -> String {
        fen % divisor == 0
            ? Money(fen: fen / divisor).description
            : "\(Money(fen: fen))/\(divisor) (about \(Money(fen: (2 * fen + divisor) / (2 * divisor))))"
    }

    static func product(_ share: Ratio, _ amount: Money) -> String {
        let numerator = Int128(amount.fen) * Int128(share.numerator)
        guard numerator % Int128(share.denominator) == 0,
            let whole = Int64(exactly: numerator / Int128(share.denominator))
        else { return "\(share) × \(amount)" }
        return Money(fen: whole).description
    }
}
