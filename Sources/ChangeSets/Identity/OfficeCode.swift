/// An administrative division code: names an office, and the area its rows belong to.
///
/// Codes nest by prefix (GB/T 2260, GB/T 10114): province 2 digits, prefecture 4, district 6, town 9, village 12.
/// They are never padded, so the whole tree of offices is in the codes.
package struct OfficeCode: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let digits: String

    /// - Throws: ``InvalidOfficeCode`` when `digits` is not 2, 4, 6, 9 or 12 ASCII digits.
    package init(_ digits: some StringProtocol) throws(InvalidOfficeCode) {
        guard Tier(digits: digits.utf8.count) != nil, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            throw InvalidOfficeCode(text: String(digits).prefix(bytes: 40))
        }
        self.digits = String(digits)
    }

    package var tier: Tier { Tier(digits: digits.utf8.count)! }  // The initializer let nothing else in.

    /// The office one tier above, nil for a province.
    package var parent: OfficeCode? {
        guard let above = tier.above else { return nil }
        return try? OfficeCode(digits.prefix(above.digits))
    }

    /// Whether `other` is this office or lies below it.
    package func covers(_ other: OfficeCode) -> Bool { other.digits.utf8.starts(with: digits.utf8) }

    /// The branch rule (I1): one code is a prefix of the other.
    package func isOnBranch(of other: OfficeCode) -> Bool { covers(other) || other.covers(self) }

    package var description: String { digits }

    package static func < (a: Self, b: Self) -> Bool { a.digits < b.digits }
}

package struct InvalidOfficeCode: Error, CustomStringConvertible {
    package let text: String
    package var description: String {
        "‘\(text)’ is no division code; a district has 6 digits, a town 9, a village 12"
    }
}

/// The level of an office, told by the length of its code. A lower tier has a longer code.
package struct Tier: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let digits: Int

    package static let province = Tier(known: 2)
    package static let prefecture = Tier(known: 4)
    package static let district = Tier(known: 6)
    package static let town = Tier(known: 9)
    package static let village = Tier(known: 12)
    package static let all: [Tier] = [.province, .prefecture, .district, .town, .village]

    private init(known digits: Int) { self.digits = digits }

    package init?(digits: Int) {
        guard [2, 4, 6, 9, 12].contains(digits) else { return nil }
        self.digits = digits
    }

    package var above: Tier? { Tier.all.last { $0.digits < digits } }

    package var description: String {
        switch digits {
        case 2: "province"
        case 4: "prefecture"
        case 6: "district"
        case 9: "town"
        default: "village"
        }
    }

    /// Higher tiers (shorter codes) sort first.
    package static func < (a: Self, b: Self) -> Bool { a.digits < b.digits }
}
