import Assistance
import ChangeSets
import Testing

@Suite struct `The rules of a day` {
    static let village = try! OfficeCode("990000101201")

    static func published(
        _ text: String, at area: String = "990000", kind: String = "", from: String = "2026-01-01", to: String? = nil
    ) -> PublishedValue {
        PublishedValue(
            area: try! OfficeCode(area), name: ParameterName.dibaoStandard.rawValue, hukouKind: kind,
            validFrom: date(from), validTo: to.map(date), text: text, document: "doc")
    }

    static func standard(_ values: [PublishedValue], kind: String = "rural", on day: String) throws -> Money {
        var book = RuleBook(values, area: village, hukouKind: kind, on: date(day))
        return try book.money(.dibaoStandard)
    }

    @Test func `an old standard is never taken for a missing one`() {
        let ended = [Self.published("632", to: "2026-06-30")]
        let missing = RuleError.missing(.dibaoStandard, area: Self.village, hukouKind: "", date: date("2026-07-01"))
        for remedy in ["‘sanji param set’", "‘sanji param import’"] { #expect("\(missing)".contains(remedy)) }
        #expect(
            throws: RuleError.missing(.dibaoStandard, area: Self.village, hukouKind: "rural", date: date("2026-07-01"))
        ) {
            try Self.standard(ended, on: "2026-07-01")
        }
        #expect(throws: Never.self) { try Self.standard(ended, on: "2026-06-30") }
    }

    @Test func `two values at once stop the computation`() {
        let both = [Self.published("632"), Self.published("700", from: "2026-03-01")]
        #expect(throws: RuleError.overlapping(.dibaoStandard, both)) { try Self.standard(both, on: "2026-07-01") }
    }

    @Test func `one for the town holds before the district's, and one for the registration before one for both`() throws
    {
        let values = [
            Self.published("632"), Self.published("700", kind: "rural"), Self.published("800", kind: "urban"),
            Self.published("660", at: "990000102"), Self.published("650", at: "990000101"),
        ]
        #expect(try Self.standard(values, on: "2026-07-01") == Money(yuan: "650"))
        let districts = values.filter { $0.area.tier == .district }
        #expect(try Self.standard(districts, on: "2026-07-01") == Money(yuan: "700"))
        #expect(try Self.standard(districts, kind: "urban", on: "2026-07-01") == Money(yuan: "800"))
    }

    @Test func `a value that says something else stops the computation`() {
        let wrong = Self.published("much")
        #expect(throws: RuleError.malformed(wrong, .yuan)) { try Self.standard([wrong], on: "2026-07-01") }
    }

    @Test func `what was asked for is remembered for the trace`() throws {
        var book = try ruleBook()
        _ = try book.money(.dibaoStandard)
        #expect(book.used.keys.map(\.rawValue) == ["dibao.standard"])
    }
}

@Suite struct `A sheet of parameters` {
    @Test func `that is shipped has a value for every parameter`() throws {
        let sheet = try ParameterSheet.read(ParameterSheet.shipped, area: OfficeCode("990000"))
        #expect(sheet.refused == [])
        #expect(Set(sheet.values.map(\.name)) == Set(ParameterName.allCases.map(\.rawValue)))
    }

    @Test(arguments: [
        ("dibao.standrad,,2026-01-01,,632,d", ParameterFault.unknown("dibao.standrad")),
        ("dibao.standard,both,2026-01-01,,632,d", .registration("both")),
        ("dibao.standard,,2026-02-30,,632,d", .date("2026-02-30")),
        ("dibao.standard,,2026-02-03,2026-02-02,632,d", .date("2026-02-02")),
        ("dibao.standard,,2026-01-01,,6 32,d", .value("6 32", .yuan)),
        ("dibao.standard,,2026-01-01,,632,", .document),
        ("edge.factor,,2026-01-01,,one and a half,d", .value("one and a half", .ratio)),
        ("edge.top_included,,2026-01-01,,maybe,d", .value("maybe", .flag)),
        ("single.disabilities,,2026-01-01,,8:1,d", .value("8:1", .disabilities)),
        ("dibao.standard,,2026-01-01", .cells(3)),
        ("dibao.standard,,2026-01-01,,632,d\ndibao.standard,,2026/1/1,,640,d", .twice(line: 2)),
    ])
    func `that is wrong is refused line by line`(lines: String, fault: ParameterFault) throws {
        let text = ParameterSheet.header.joined(separator: ",") + "\n" + lines
        let sheet = try ParameterSheet.read(Array(text.utf8), area: OfficeCode("990000"))
        #expect(sheet.refused.map(\.fault) == [fault])
    }

    @Test func `with other columns is refused whole`() {
        #expect(throws: ParameterFault.header) {
            try ParameterSheet.read(Array("name,value\n".utf8), area: OfficeCode("990000"))
        }
    }
}

@Suite struct `An amount of money` {
    /// A number of nine digits is a parameter like any other; nobody means its product.
    @Test func `has a most that products of published numbers reach and never exceed`() {
        let product = Money.typedMax * 999_999_999
        #expect(product > Money.typedMax && product + product == product && Money.zero - product - product < .zero)
        #expect(Money.typedMax.share(Ratio(999_999_999), roundedUpTo: money("1")) == product)
        #expect(money("1172") * 2 == money("2344"))
    }

    @Test(arguments: [
        ("1894", 189_400), ("1894.5", 189_450), ("1,894.00", 189_400), ("0.01", 1), ("12,345,678.90", 1_234_567_890),
    ])
    func `is read as people type it`(text: String, fen: Int64) { #expect(Money(yuan: text) == Money(fen: fen)) }

    @Test(arguments: [
        "", "-1", "1.", ".5", "1.234", "1,89", "1,8944", "12 3", "１２", "1e3", "99999999999999", "+1", ",",
    ])
    func `is nothing else`(text: String) { #expect(Money(yuan: text) == nil) }

    @Test func `is shown with two decimals`() {
        #expect([0, 5, -5, 123_456].map { Money(fen: $0).description } == ["0.00", "0.05", "-0.05", "1234.56"])
    }

    @Test(arguments: [("1.5", 3, 2), ("60%", 3, 5), ("12.5%", 1, 8), ("2", 2, 1), ("0", 0, 1), ("0.25", 1, 4)])
    func `ratios are exact`(text: String, numerator: Int64, denominator: Int64) throws {
        let ratio = try #require(Ratio(written: text))
        #expect((ratio.numerator, ratio.denominator) == (numerator, denominator))
    }

    @Test(arguments: ["", "%", "1.2.3", "-1", "1/2", "1.", "0.1234567", "1234567890"])
    func `what is no ratio is refused`(text: String) { #expect(Ratio(written: text) == nil) }
}
