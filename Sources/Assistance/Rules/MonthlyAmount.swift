/// What somebody gets a month, as a rule says it.
package enum MonthlyAmount: Hashable, Sendable {
    case fixed(Money)
    /// Of the standard S.
    case share(Ratio)

    /// Reads `120` and `99.50` as yuan, `20%` as a share.
    package init?(written text: String) {
        if text.utf8.last == UInt8(ascii: "%") {
            guard let share = Ratio(written: text) else { return nil }
            self = .share(share)
        } else {
            guard let money = Money(yuan: text) else { return nil }
            self = .fixed(money)
        }
    }

    /// What it is before it is rounded, for a trace: `0.65 of 1172.00 = 761.80`.
    func shown(of standard: Money) -> String {
        switch self {
        case .fixed(let money): "\(money)"
        case .share(let share): "\(share) of \(standard) = \(Shown.product(share, standard))"
        }
    }

    /// - Returns: Rounded up to `step`.
    package func money(standard: Money, step: Money) -> Money {
        switch self {
        case .fixed(let money): money.share(Ratio(1), roundedUpTo: step)
        case .share(let share): standard.share(share, roundedUpTo: step)
        }
    }
}

/// Kinds of disability with grades, as rules name them: `5:1-3 6:1`.
package struct DisabilityList: Hashable, Sendable {
    private let grades: [Int: ClosedRange<Int>]

    /// - Returns: nil for a kind outside 1 to 7, a grade outside 1 to 4, and a kind that comes twice.
    package init?(written text: String) {
        var grades: [Int: ClosedRange<Int>] = [:]
        for item in text.split(separator: " ") {
            let parts = item.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count == 2, let kind = Int(parts[0]), (1...7).contains(kind), grades[kind] == nil else {
                return nil
            }
            let ends = parts[1].split(separator: "-", omittingEmptySubsequences: false)
            guard (1...2).contains(ends.count), let first = Int(ends[0]), let last = Int(ends[ends.count - 1]),
                (1...4).contains(first), (first...4).contains(last)
            else { return nil }
            grades[kind] = first...last
        }
        self.grades = grades
    }

    package func contains(_ disability: Disability) -> Bool {
        grades[disability.kind]?.contains(disability.grade) ?? false
    }
}

/// A certified disability.
package struct Disability: Hashable, Sendable {
    /// 1 vision, 2 hearing, 3 speech, 4 physical, 5 intellectual, 6 mental, 7 multiple.
    package let kind: Int
    /// 1 (heaviest) to 4.
    package let grade: Int

    package init?(kind: Int, grade: Int) {
        guard (1...7).contains(kind), (1...4).contains(grade) else { return nil }
        self.kind = kind
        self.grade = grade
    }
}
