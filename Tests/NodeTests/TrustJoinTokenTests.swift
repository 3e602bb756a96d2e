import ChangeSets
import Crypto
import Foundation
import Node
import Testing

@Suite struct `An invitation` {
    private func token(
        address: String? = "10.33.1.6:7443", office: OfficeCode = TrustDistrict.village, secret: [UInt8]? = nil
    ) throws -> JoinToken {
        try JoinToken(
            office: office, parent: office.parent!, root: TrustDistrict.district,
            authority: Algorithm.ed25519.digest(Array("authority".utf8)), address: address,
            secret: secret ?? JoinToken.freshSecret(), expires_s: 1_790_259_200)
    }

    @Test(arguments: [nil, "10.33.1.6:7443", "[fd00::6]:7443", "town.example.org:1"])
    func `is one line that says it all`(address: String?) throws {
        for office in [TrustDistrict.village, TrustDistrict.town] {
            let token = try token(address: address, office: office)
            #expect(try JoinToken(parsing: token.text) == token)
            #expect(try JoinToken(parsing: " \t\(token.text)\r\n") == token)
            #expect(token.text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F })
            #expect(token.text.count < 160)
        }
    }

    @Test func `is always the same line`() throws {
        let token = try token(secret: Array(0..<16))
        #expect(
            token.text == """
                sanji1.DDMzMDEwNjEwOTAxMgkGj3b9UBu2jvcfTidrwo8pvOEAOwwsnZR43oG1v8DN4ekAAQIDBAUGBwgJCgsMDQ4PAAAAAGq1MAAOM\
                TAuMzMuMS42Ojc0NDPeNAHb
                """)
    }

    @Test func `with one wrong character is damaged, not somebody else's`() throws {
        let text = try token().text
        for index in text.indices.dropFirst("sanji1.".count) {
            for other in "Aa0_-.!é=" where other != text[index] {
                var damaged = text
                damaged.replaceSubrange(index...index, with: String(other))
                #expect(throws: JoinTokenProblem.damaged) { try JoinToken(parsing: damaged) }
            }
        }
    }

    @Test func `cut short, lengthened or twice is damaged`() throws {
        let text = try token().text
        for count in "sanji1.".count..<text.count {
            #expect(throws: JoinTokenProblem.damaged) { try JoinToken(parsing: String(text.prefix(count))) }
        }
        for more in ["A", "AA", "AAA", "AAAA", "=", " A", text] {
            #expect(throws: JoinTokenProblem.damaged) { try JoinToken(parsing: text + more) }
        }
    }

    @Test func `is told apart from other lines, newer versions and far too long ones`() throws {
        let others = ["", " ", "x", "sanji", "sanji.", "sanji1", "sanjix.AA", "Sanji1.AA", "http://a.b", "sanji-1.A"]
        for line in others {
            #expect(throws: JoinTokenProblem.notAToken) { try JoinToken(parsing: line) }
        }
        #expect(throws: JoinTokenProblem.newerVersion("2")) { try JoinToken(parsing: "sanji2.AAAA") }
        #expect(throws: JoinTokenProblem.newerVersion("17")) { try JoinToken(parsing: "sanji17.") }
        #expect(throws: JoinTokenProblem.tooLong(characters: 1_007)) {
            try JoinToken(parsing: "sanji1." + String(repeating: "A", count: 1_000))
        }
        #expect(throws: JoinTokenProblem.self) { try JoinToken(parsing: String(repeating: " ", count: 1_000_000)) }
    }

    /// A right checksum proves nothing: anybody can make one.
    @Test(arguments: 1...100 as ClosedRange<UInt64>)
    func `made by a stranger is refused or harmless`(seed: UInt64) throws {
        var random = TrustRandom(state: seed)
        let valid = try raw(token().text)
        var bytes = valid.dropLast(4)
        for _ in 0...(seed % 4) {
            let index = Int.random(in: bytes.indices, using: &random)
            bytes[index] = UInt8.random(in: .min ... .max, using: &random)
        }
        if seed.isMultiple(of: 3) { bytes = bytes.prefix(Int.random(in: 0...bytes.count, using: &random)) }
        let line = "sanji1." + base64URL(bytes + SHA256.hash(data: bytes).prefix(4))
        if let token = try? JoinToken(parsing: line) { #expect(token.text == line) }
    }

    @Test func `holds until its end`() throws {
        let token = try token()
        try token.checkNotExpired(now: Date(timeIntervalSince1970: 1_790_259_199))
        #expect(throws: JoinTokenProblem.expired(office: TrustDistrict.village, at_s: 1_790_259_200)) {
            try token.checkNotExpired(now: Date(timeIntervalSince1970: 1_790_259_200))
        }
    }

    @Test func `leads down one branch, to an address`() throws {
        let (town, village, root) = (TrustDistrict.town, TrustDistrict.village, TrustDistrict.district)
        let make = { (office: OfficeCode, parent: OfficeCode, root: OfficeCode, address: String?) throws in
            _ = try JoinToken(
                office: office, parent: parent, root: root, authority: .zero, address: address,
                secret: JoinToken.freshSecret(), expires_s: 0)
        }
        try make(village, root, root, nil)
        for (office, parent, top) in [(town, town, root), (town, village, root), (village, root, town)] {
            #expect(throws: JoinTokenProblem.offBranch(office: office, parent: parent, root: top)) {
                try make(office, parent, top, nil)
            }
        }
        #expect(throws: JoinTokenProblem.badAddress("10.0.0.1")) { try make(village, town, root, "10.0.0.1") }
        #expect(throws: JoinTokenProblem.self) {
            try make(village, town, root, String(repeating: "a.", count: 200) + "b:1")
        }
    }

    @Test func `shows its secret nowhere but in its line`() throws {
        let token = try token()
        #expect("\(token)" == "invitation of 330106109012")
        #expect(token.key != token.secret && token.key != Array(SHA256.hash(data: token.secret)))
        #expect(JoinToken.freshSecret() != JoinToken.freshSecret())
    }

    private func raw(_ text: String) -> [UInt8] {
        var base64 = text.dropFirst("sanji1.".count).replacing("-", with: "+").replacing("_", with: "/")
        while !base64.count.isMultiple(of: 4) { base64 += "=" }
        return [UInt8](Data(base64Encoded: String(base64))!)
    }

    private func base64URL(_ bytes: ArraySlice<UInt8>) -> String {
        Data(bytes).base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}

/// SplitMix64: the same numbers for the same seed, everywhere.
struct TrustRandom: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }
}
