import ChangeSets

/// The number that people call a case by: `DB-990000105007-2024-00017-4`. Kind, full code of the office that accepted it,
/// year, that office's own sequence, check digit (domain 3.0). Two offices never share a sequence; the row's identity is its
/// id, not this.
package struct CaseNumber: Hashable, Sendable, CustomStringConvertible {
    package let kind: String
    package let office: OfficeCode
    package let year: Int
    package let sequence: Int

    package static let sequences = 1...99_999

    /// - Returns: nil when the kind is not one to four capital letters or the sequence is used up.
    package init?(kind: String, office: OfficeCode, year: Int, sequence: Int) {
        guard (1...4).contains(kind.utf8.count), kind.utf8.allSatisfy({ (0x41...0x5A).contains($0) }),
            CalendarDate.years.contains(year), Self.sequences.contains(sequence)
        else { return nil }
        self.kind = kind
        self.office = office
        self.year = year
        self.sequence = sequence
    }

    /// - Returns: nil when it is no such number, or a digit is mistyped.
    package init?(written text: some StringProtocol) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 5, let office = try? OfficeCode(String(parts[1])), let year = Int(parts[2]),
            parts[3].utf8.count == 5, let sequence = Int(parts[3]),
            let number = CaseNumber(kind: String(parts[0]), office: office, year: year, sequence: sequence),
            number.description == text
        else { return nil }
        self = number
    }

    package var description: String { "\(body)-\(Self.checkDigit(of: body))" }

    private var body: String {
        let digits = String(sequence)
        return "\(kind)-\(office)-\(year)-\(String(repeating: "0", count: 5 - digits.count))\(digits)"
    }

    /// ISO 7064, MOD 11-10, over letters as 10 to 35 (so that the kind is checked too) and the digits: any one wrong digit
    /// and nearly every swap of two neighbours is seen.
    private static func checkDigit(of body: String) -> Int {
        var product = 10
        for byte in body.utf8 where byte != UInt8(ascii: "-") {
            let values = byte <= 0x39 ? [Int(byte - 0x30)] : [Int(byte - 0x41 + 10) / 10, Int(byte - 0x41 + 10) % 10]
            for value in values {
                let sum = (product + value) % 10
                product = (sum == 0 ? 10 : sum) * 2 % 11
            }
        }
        return (11 - product) % 10
    }
}
