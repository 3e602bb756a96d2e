import ChangeSets
import Testing

@Suite struct `Division codes` {
    @Test(arguments: [
        ("33", "province"), ("3301", "prefecture"), ("330106", "district"), ("330106109", "town"),
        ("330106109012", "village"),
    ])
    func `the number of digits tells the tier`(digits: String, tier: String) throws {
        let code = try OfficeCode(digits)
        #expect(code.digits == digits)
        #expect(code.description == digits)
        #expect(code.tier.description == tier)
    }

    @Test(arguments: [
        "", "3", "330", "33010", "3301061", "33010610", "3301061090", "33010610901", "3301061090123", "33010a",
        "33 106", "+30106", "-30106", "３３", "३३", "33０1", "330106\0", "33\u{301}06",
    ])
    func `anything but 2, 4, 6, 9 or 12 ASCII digits is refused`(text: String) {
        #expect(throws: InvalidOfficeCode.self) { try OfficeCode(text) }
    }

    @Test func `a refusal quotes no more than a line of what came`() {
        let text = "a" + String(repeating: "\u{301}", count: 100_000)
        let refusal = #expect(throws: InvalidOfficeCode.self) { try OfficeCode(text) }
        #expect((refusal?.description.utf8.count ?? .max) < 200)
    }

    @Test func `the parent is the code one tier above`() throws {
        var chain: [String] = []
        var code: OfficeCode? = try OfficeCode("330106109012")
        while let office = code {
            chain.append(office.digits)
            code = office.parent
        }
        #expect(chain == ["330106109012", "330106109", "330106", "3301", "33"])
    }

    @Test func `an office covers itself and what lies below it`() throws {
        let town = try OfficeCode("330106109")
        #expect(town.covers(town))
        #expect(town.covers(try OfficeCode("330106109012")))
        #expect(!town.covers(try OfficeCode("330106")))
        #expect(!town.covers(try OfficeCode("330106110")))
        #expect(!town.covers(try OfficeCode("330106110012")))
        #expect(try OfficeCode("33").covers(town))
        #expect(try !OfficeCode("32").covers(town))
    }

    @Test func `two codes are on one branch when one is a prefix of the other`() throws {
        let (village, sibling) = (try OfficeCode("330106109012"), try OfficeCode("330106109013"))
        #expect(village.isOnBranch(of: try OfficeCode("330106")))
        #expect(try OfficeCode("330106").isOnBranch(of: village))
        #expect(!village.isOnBranch(of: sibling))
        #expect(village.isOnBranch(of: village))
    }

    @Test func `a higher tier has a shorter code and sorts first`() {
        #expect(Tier.all == Tier.all.sorted())
        #expect(Tier.all == [.province, .prefecture, .district, .town, .village])
        #expect(Tier.all.map(\.digits) == [2, 4, 6, 9, 12])
        #expect(Tier.village.above == .town)
        #expect(Tier.district.above == .prefecture)
        #expect(Tier.province.above == nil)
        for digits in [-1, 0, 1, 3, 5, 13, .max] { #expect(Tier(digits: digits) == nil) }
    }
}
