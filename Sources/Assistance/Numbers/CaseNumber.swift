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

    /// Luhn's (ISO/IEC 7812-1, annex B) over the digits, as the domain's own example has it: any one wrong digit and nearly every swap of two
    /// neighbours is seen. The kind is read beside it, by whoever reads the number out.
    private static func checkDigit(of body: String) -> Int {
        let digits = body.utf8.filter { (0x30...0x39).contains($0) }.map { Int($0 - 0x30) }
        let sum = digits.reversed().enumerated().reduce(0) { sum, next in
            let doubled = next.offset.isMultiple(of: 2) ? 2 * next.element : next.element
            return sum + (doubled > 9 ? doubled - 9 : doubled)
        }
        return (10 - sum % 10) % 10
    }
}
