/// A citizen identity number (GB 11643-1999): 6 digits of a division, 8 of the birth date, 3 in sequence of which the
/// last is odd for men, and a check character (ISO 7064, MOD 11-2).
///
/// The division is not judged: codes are retired, and a card keeps the one it was issued under.
package struct IdentityNumber: Hashable, Sendable, CustomStringConvertible {
    /// All 18 characters, the last of them a digit or a capital X. Personal data: never logged.
    package let digits: String
    package let birth: CalendarDate
    package let sex: Sex

    /// - Parameter text: 18 characters; a small x is taken as X.
    package init(_ text: some StringProtocol) throws(InvalidIdentityNumber) {
        let characters = Array(text.utf8)
        guard characters.count == 18 else { throw .length(text.unicodeScalars.count) }
        if let wrong = characters.dropLast().firstIndex(where: { !(0x30...0x39).contains($0) }) {
            throw .character(position: wrong + 1)
        }
        let check = characters[17] == UInt8(ascii: "x") ? UInt8(ascii: "X") : characters[17]
        guard Self.checkCharacters.contains(check) else { throw .character(position: 18) }
        guard let birth = CalendarDate(written: String(decoding: characters[6..<14], as: UTF8.self)) else {
            throw .birth
        }
        guard check == Self.checkCharacter(of: characters[..<17]) else { throw .check }
        digits = String(decoding: characters[..<17] + [check], as: UTF8.self)
        self.birth = birth
        sex = characters[16] % 2 == 1 ? .male : .female
    }

    /// The number that replaced one of an old card, which has 15 digits: the year's century, and no check character.
    /// - Parameter text: 15 digits. Such cards were only given to people born in the 1900s.
    package init(widening text: some StringProtocol) throws(InvalidIdentityNumber) {
        let old = Array(text.utf8)
        guard old.count == 15 else { throw .length(text.unicodeScalars.count) }
        if let wrong = old.firstIndex(where: { !(0x30...0x39).contains($0) }) {
            throw .character(position: wrong + 1)
        }
        let wide = old[..<6] + [UInt8(ascii: "1"), UInt8(ascii: "9")] + old[6...]
        try self.init(String(decoding: wide + [Self.checkCharacter(of: wide)], as: UTF8.self))
    }

    /// The number of one born in a division as the given one in sequence.
    /// - Parameters:
    ///   - division: 6 digits.
    ///   - sequence: 0 to 999; odd for men.
    package init(division: String, birth: CalendarDate, sequence: Int) throws(InvalidIdentityNumber) {
        let date = birth.description.utf8.filter { $0 != UInt8(ascii: "-") }
        let end = String(sequence).utf8
        let body = Array(division.utf8) + date + Array(repeating: 0x30, count: max(0, 3 - end.count)) + end
        guard body.count == 17 else { throw .length(body.count + 1) }
        if let wrong = body.firstIndex(where: { !(0x30...0x39).contains($0) }) { throw .character(position: wrong + 1) }
        try self.init(String(decoding: body + [Self.checkCharacter(of: body[...])], as: UTF8.self))
    }

    /// Division and end only, the birth date in stars, as a work list shows it; ``digits`` has all.
    package var description: String { "\(digits.prefix(6))********\(digits.suffix(4))" }

    private static let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    private static let checkCharacters = Array("10X98765432".utf8)

    /// - Parameter digits: 17 ASCII digits.
    private static func checkCharacter(of digits: ArraySlice<UInt8>) -> UInt8 {
        checkCharacters[zip(digits, weights).reduce(0) { $0 + Int($1.0 - 0x30) * $1.1 } % 11]
    }
}

/// Why a text is no identity number. Holds nothing of the number itself, so that it may be shown and kept.
package enum InvalidIdentityNumber: Error, Hashable, CustomStringConvertible {
    case length(Int)
    /// - Parameter position: From 1.
    case character(position: Int)
    case birth
    case check

    package var description: String {
        switch self {
        case .length(let length): "has \(length) characters instead of 18; copy it from the card"
        case .character(let position): "character \(position) is not a digit; only the last of 18 may be an X"
        case .birth: "digits 7 to 14 are no date of birth; compare it with the card"
        case .check: "the check character does not fit, so a digit is mistyped; compare it with the card"
        }
    }
}
