/// What a month's amount is made of: what the standard gives, care (特困人员照料护理, domain 4.1 R5), supplements (分类施保, R6).
package struct AidParts: Hashable, Sendable {
    package let base: Money
    package let care: Money
    package let supplement: Money

    package static let zero = AidParts(base: .zero)

    package init(base: Money, care: Money = .zero, supplement: Money = .zero) {
        self.base = base
        self.care = care
        self.supplement = supplement
    }

    package var total: Money { base + care + supplement }

    /// The same where no more than an amount is due: what the standard gives bears it first, supplements last.
    func capped(at amount: Money) -> AidParts {
        let supplement = min(amount, supplement)
        let care = min(amount - supplement, care)
        return AidParts(base: amount - supplement - care, care: care, supplement: supplement)
    }
}
