/// An exact fraction. Comparisons with it decide a family's money, so nothing about it is ever rounded.
package struct Ratio: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let numerator: Int64
    /// Above 0, and without a common divisor with `numerator`.
    package let denominator: Int64

    /// - Parameter denominator: Above 0.
    package init(_ numerator: Int64, over denominator: Int64 = 1) {
        precondition(denominator > 0, "a ratio has a positive denominator")
        let divisor = Self.divisor(numerator.magnitude, denominator.magnitude)
        self.numerator = numerator / Int64(divisor)
        self.denominator = denominator / Int64(divisor)
    }

    /// Reads `1.5`, `60%`, `12.5%` and `2`: at most nine digits before the mark and six behind it.
    /// - Returns: nil for anything else.
    package init?(written text: some StringProtocol) {
        var digits = Array(text.utf8)
        let isPercent = digits.last == UInt8(ascii: "%")
        if isPercent { digits.removeLast() }
        let parts = digits.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), (1...9).contains(parts[0].count),
            parts.count == 1 || (1...6).contains(parts[1].count),
            parts.joined().allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        let numerator = parts.joined().reduce(Int64(0)) { $0 * 10 + Int64($1 - 0x30) }
        let scale = (parts.count == 2 ? parts[1] : []).reduce(Int64(1)) { scale, _ in scale * 10 }
        self.init(numerator, over: isPercent ? scale * 100 : scale)
    }

    package static func < (a: Self, b: Self) -> Bool {
        Int128(a.numerator) * Int128(b.denominator) < Int128(b.numerator) * Int128(a.denominator)
    }

    /// As a decimal number where it is one of at most six places, else as a fraction.
    package var description: String {
        var scale: Int64 = 1
        for places in 0...6 {
            if scale % denominator == 0 { return Self.decimal(numerator * (scale / denominator), places: places) }
            scale *= 10
        }
        return "\(numerator)/\(denominator)"
    }

    private static func decimal(_ number: Int64, places: Int) -> String {
        if places == 0 { return "\(number)" }
        let digits = String(number.magnitude)
        let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
        return (number < 0 ? "-" : "") + padded.dropLast(places) + "." + padded.suffix(places)
    }

    private static func divisor(_ a: UInt64, _ b: UInt64) -> UInt64 { b == 0 ? max(a, 1) : divisor(b, a % b) }
}
