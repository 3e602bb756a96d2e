import ChangeSets
import Testing

@Suite struct `Authors` {
    @Test(arguments: Algorithm.allCases)
    func `an author is named by the first 16 bytes of its public key's hash`(algorithm: Algorithm) throws {
        let key = try SigningKey.generate(algorithm)
        #expect(key.author == AuthorID(of: key.publicKey))
        #expect(key.author.bytes == Array(algorithm.hash(key.publicKey.bytes).prefix(16)))
    }

    @Test func `an id has 16 bytes, is written as 32 digits, and comes back from both`() throws {
        let bytes = Array(0x80...0x8f as ClosedRange<UInt8>)
        let id = try #require(AuthorID(bytes))
        #expect(id.bytes == bytes)
        #expect(id.description == "808182838485868788898a8b8c8d8e8f")
        #expect(AuthorID(hex: id.description) == id)
        #expect(AuthorID(hex: id.description.uppercased()) == id)
        #expect(AuthorID(bytes + [0]) == nil)
        #expect(AuthorID(bytes.dropLast()) == nil)
        #expect(AuthorID(hex: "80") == nil)
    }

    @Test(arguments: 1...50 as ClosedRange<UInt64>)
    func `ids sort as their bytes do`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let one = (0..<16).map { _ in UInt8.random(in: 0...2, using: &random) }
        let other = one.prefix(14) + random.bytes(2)
        #expect((AuthorID(one)! < AuthorID(other)!) == one.lexicographicallyPrecedes(other))
    }

    @Test func `hexadecimal takes digits in pairs, and no sign or space`() {
        #expect([UInt8](hex: "") == [])
        #expect([UInt8](hex: "0aFF") == [10, 255])
        #expect(([0, 10, 255] as [UInt8]).hex == "000aff")
        for wrong in ["0", "0x", "+1", " 1", "1 ", "g0", "ａ0", "0é"] { #expect([UInt8](hex: wrong) == nil) }
    }
}
