import Assistance
import ChangeSets
import Testing

@Suite struct `A case number` {
    static let number = CaseNumber(kind: "DB", office: try! OfficeCode("990000105007"), year: 2024, sequence: 17)!

    @Test func `names kind, office, year and sequence`() throws {
        // The example of domain 3.0.
        #expect(Self.number.description == "DB-990000105007-2024-00017-4")
        #expect(CaseNumber(written: Self.number.description) == Self.number)
    }

    @Test func `with any one digit or letter changed is none`() {
        let text = Array(Self.number.description.utf8)
        for index in text.indices where text[index] != UInt8(ascii: "-") {
            let isLetter = text[index] > 0x39
            for other in isLetter ? UInt8(ascii: "A")...UInt8(ascii: "Z") : UInt8(ascii: "0")...UInt8(ascii: "9")
            where other != text[index] {
                var wrong = text
                wrong[index] = other
                let isNumber = CaseNumber(written: String(decoding: wrong, as: UTF8.self)) != nil
                // Digits are checked; the kind is read beside them.
                if !isLetter { #expect(!isNumber, "\(String(decoding: wrong, as: UTF8.self))") }
            }
        }
    }

    @Test(arguments: [
        "", "DB-990000105007-2024-00017", "DB-990000105007-2024-17-4", "db-990000105007-2024-00017-4",
        "DB-990000105007-2024-00017-5",
    ])
    func `is nothing else`(text: String) { #expect(CaseNumber(written: text) == nil) }

    @Test func `goes up to 99,999 a year`() {
        #expect(CaseNumber(kind: "DB", office: Self.number.office, year: 2024, sequence: 100_000) == nil)
        #expect(CaseNumber(kind: "DB", office: Self.number.office, year: 2024, sequence: 0) == nil)
    }
}
