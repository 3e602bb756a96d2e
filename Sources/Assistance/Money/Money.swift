/// An amount of money in fen, the hundredth of a yuan: whole numbers, so that no sum depends on its order.
package struct Money: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let fen: Int64

    package init(fen: Int64) { self.fen = fen }

    /// No amount that an office types in is larger (10 thousand million yuan); sums of a whole district stay far
    /// below what 64 bits hold.
    package static let typedMax = Money(fen: 1_000_000_000_000)
    package static let zero = Money(fen: 0)
    /// No sum or product is larger: only rows and numbers reach it that nobody means, and nothing traps on them.
    private static let most: Int128 = 1_000_000_000_000_000

    private static func bounded(_ fen: Int128) -> Int64 { Int64(min(max(fen, -most), most)) }

    /// Reads yuan as people type them: `1894`, `1894.5`, `1,894.00`. Never negative.
    /// - Returns: nil for anything else, a third decimal, and more than ``typedMax``.
    package init?(yuan text: some StringProtocol) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let whole = Self.digits(parts[0]),
            parts.count == 1 || (1...2).contains(parts[1].utf8.count)
        else { return nil }
        var fraction = parts.count == 2 ? Array(parts[1].utf8) : []
        fraction += Array(repeating: 0x30, count: 2 - fraction.count)
        guard whole.count <= 11, let fen = Int64(String(decoding: whole + fraction, as: UTF8.self)),
            fraction.allSatisfy({ (0x30...0x39).contains($0) }), fen <= Self.typedMax.fen
        else { return nil }
        self.fen = fen
    }

    /// Yuan with two decimals and no thousands marks: `1894.00`.
    package var description: String {
        let digits = String(fen.magnitude)
        let padded = String(repeating: "0", count: max(0, 3 - digits.count)) + digits
        return (fen < 0 ? "-" : "") + padded.dropLast(2) + "." + padded.suffix(2)
    }

    package static func < (a: Self, b: Self) -> Bool { a.fen < b.fen }
    package static func + (a: Self, b: Self) -> Self { Money(fen: bounded(Int128(a.fen) + Int128(b.fen))) }
    package static func - (a: Self, b: Self) -> Self { Money(fen: bounded(Int128(a.fen) - Int128(b.fen))) }
    package static func * (a: Self, count: Int) -> Self {
        Money(fen: Self.bounded(Int128(a.fen) * Int128(count)))
    }
    package static func += (a: inout Self, b: Self) { a = a + b }

    /// Whether this is at least that share of `whole`, exactly.
    func reaches(_ share: Ratio, of whole: Money) -> Bool {
        Int128(fen) * Int128(share.denominator) >= Int128(share.numerator) * Int128(whole.fen)
    }

    /// Whether this is more than that share of `whole`, exactly.
    func exceeds(_ share: Ratio, of whole: Money) -> Bool {
        Int128(fen) * Int128(share.denominator) > Int128(share.numerator) * Int128(whole.fen)
    }

    /// - Parameters:
    ///   - share: Not negative.
    ///   - step: Above 0; 100 rounds up to whole yuan.
    /// - Returns: The smallest multiple of `step` that is not below the share of this amount.
    package func share(_ share: Ratio, roundedUpTo step: Money) -> Money {
        Money(fen: Self.ceiling(Int128(fen) * Int128(share.numerator), Int128(share.denominator), step.fen))
    }

    /// The smallest multiple of `step` that is not below `numerator / denominator` fen.
    static func ceiling(_ numerator: Int128, _ denominator: Int128, _ step: Int64) -> Int64 {
        let unit = denominator * Int128(step)
        let quotient = numerator / unit
        return bounded((numerator > quotient * unit ? quotient + 1 : quotient) * Int128(step))
    }

    /// The digits before the mark; commas only between groups of three.
    private static func digits(_ text: some StringProtocol) -> [UInt8]? {
        let groups = text.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        guard groups.joined().allSatisfy({ (0x30...0x39).contains($0) }), !groups[0].isEmpty,
            groups.count == 1 || (groups[0].count <= 3 && groups.dropFirst().allSatisfy { $0.count == 3 })
        else { return nil }
        return Array(groups.joined())
    }
}
