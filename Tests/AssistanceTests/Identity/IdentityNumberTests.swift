import Assistance
import Testing

/// An identity number of a division that does not exist. The check character is computed as ISO 7064 describes its
/// pure system, without the weights of GB 11643.
func madeUpIdentity(born birth: CalendarDate, sequence: Int) -> String {
    func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: width - digits.count) + digits
    }
    let body = "990000" + padded(birth.year, 4) + padded(birth.month, 2) + padded(birth.day, 2) + padded(sequence, 3)
    let product = body.utf8.reduce(0) { ($0 + Int($1) - 0x30) * 2 % 11 }
    let check = (12 - product) % 11
    return body + (check == 10 ? "X" : "\(check)")
}

/// Domain 4.4 [S18]: GB 11643 and ISO 7064.
@Suite struct `An identity number` {
    /// Published examples: 34052419800101001 → X (the standard's), 51310119820113001 → 4, 11010519491231002 → X.
    @Test(arguments: ["51310119820113001", "11010519491231002"])
    func `has one check character`(body: String) throws {
        let valid = "0123456789X".filter { (try? IdentityNumber(body + String($0))) != nil }
        #expect(valid == (body.hasPrefix("5") ? "4" : "X"))
    }

    @Test func `the standard's own example is valid`() throws {
        let number = try IdentityNumber("34052419800101001X")
        #expect(number.birth == CalendarDate(year: 1980, month: 1, day: 1))
        #expect(number.sex == .male)
    }

    @Test(arguments: [
        ("990000196001010013", "1960-01-01", Sex.male),
        ("990000195803150021", "1958-03-15", .female),
        ("990001201109091230", "2011-09-09", .male),
        ("990001197506204586", "1975-06-20", .female),
        ("99000019700101000X", "1970-01-01", .female),
    ])
    func `birth date and sex are in it`(digits: String, birth: String, sex: Sex) throws {
        let number = try IdentityNumber(digits)
        #expect(number.digits == digits)
        #expect(number.birth.description == birth)
        #expect(number.sex == sex)
    }

    @Test func `a small x is stored as X`() throws {
        #expect(try IdentityNumber("99000019700101000x") == IdentityNumber("99000019700101000X"))
    }

    @Test(arguments: [
        ("", InvalidIdentityNumber.length(0)),
        ("99000019600101001", .length(17)),
        ("9900001960010100133", .length(19)),
        ("９90000196001010013", .length(18)),
        ("99000019600101001３", .length(18)),
        ("99000019600101 013", .character(position: 15)),
        ("X90000196001010013", .character(position: 1)),
        ("99000019600101001Y", .character(position: 18)),
        ("990000196002300013", .birth),
        ("990000190002290013", .birth),
        ("990000000001010013", .birth),
        ("990000196001010014", .check),
        ("99000019600101001X", .check),
    ])
    func `anything else is refused with the reason`(text: String, error: InvalidIdentityNumber) {
        #expect(throws: error) { try IdentityNumber(text) }
    }

    @Test(arguments: 1...50 as ClosedRange<UInt64>)
    func `one wrong digit, or two neighbours exchanged, is always noticed`(seed: UInt64) throws {
        var random = TableRandom(seed: seed)
        let birth = try #require(
            CalendarDate(
                year: Int.random(in: 1900...2020, using: &random), month: Int.random(in: 1...12, using: &random),
                day: Int.random(in: 1...28, using: &random)))
        let sequence = Int.random(in: 0...999, using: &random)
        let digits = Array(madeUpIdentity(born: birth, sequence: sequence))
        let number = try IdentityNumber(String(digits))
        #expect(number.birth == birth)
        #expect(number.sex == (sequence % 2 == 1 ? .male : .female))
        for index in digits.indices {
            for wrong in "0123456789X" where wrong != digits[index] {
                var changed = digits
                changed[index] = wrong
                #expect(throws: InvalidIdentityNumber.self) { try IdentityNumber(String(changed)) }
            }
            guard index > 0, digits[index] != digits[index - 1] else { continue }
            var changed = digits
            changed.swapAt(index, index - 1)
            #expect(throws: InvalidIdentityNumber.self) { try IdentityNumber(String(changed)) }
        }
    }

    @Test(arguments: [0, 7, 42, 999])
    func `one made from its parts has the right check character`(sequence: Int) throws {
        let birth = try #require(CalendarDate(year: 1960, month: 1, day: 2))
        let number = try IdentityNumber(division: "990000", birth: birth, sequence: sequence)
        #expect(number.digits == madeUpIdentity(born: birth, sequence: sequence))
        #expect(throws: InvalidIdentityNumber.length(19)) {
            try IdentityNumber(division: "990000", birth: birth, sequence: 1000)
        }
        #expect(throws: InvalidIdentityNumber.character(position: 2)) {
            try IdentityNumber(division: "9X0000", birth: birth, sequence: 1)
        }
    }

    @Test func `one of 15 digits is widened with 19 and the check character`() throws {
        #expect(try IdentityNumber(widening: "990000600101001").digits == "990000196001010013")
        #expect(throws: InvalidIdentityNumber.length(14)) { try IdentityNumber(widening: "99000060010100") }
        #expect(throws: InvalidIdentityNumber.character(position: 15)) {
            try IdentityNumber(widening: "99000060010100X")
        }
        #expect(throws: InvalidIdentityNumber.birth) { try IdentityNumber(widening: "990000601301001") }
    }

    @Test func `its description hides the birth date`() throws {
        #expect(try "\(IdentityNumber("990000196001010013"))" == "990000********0013")
    }

    @Test func `a reason says what to do and holds nothing of the number`() {
        let reasons: [InvalidIdentityNumber] = [.length(17), .character(position: 3), .birth, .check]
        #expect(
            reasons.map(\.description) == [
                "has 17 characters instead of 18; copy it from the card",
                "character 3 is not a digit; only the last of 18 may be an X",
                "digits 7 to 14 are no date of birth; compare it with the card",
                "the check character does not fit, so a digit is mistyped; compare it with the card",
            ])
    }
}
