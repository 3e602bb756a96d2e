import ChangeSets
import Testing

@Suite struct `Hashes` {
    @Test(arguments: [
        ("", "1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b"),
        ("abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),
        (
            String(repeating: "abcd", count: 16),
            "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"
        ),
    ])
    func `SM3 gives what GB/T 32905 prints`(text: String, hash: String) {
        #expect(Algorithm.sm2.hash(Array(text.utf8)).hex == hash)
    }

    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ])
    func `SHA-256 gives what FIPS 180 prints`(text: String, hash: String) {
        #expect(Algorithm.ed25519.hash(Array(text.utf8)).hex == hash)
    }

    @Test func `a slice hashes like the bytes in it`() {
        let bytes: [UInt8] = [1, 2, 3, 4]
        for algorithm in Algorithm.allCases {
            #expect(algorithm.hash(bytes[1...2]) == algorithm.hash([2, 3]))
        }
    }

    @Test func `a digest has 32 bytes and nothing else`() {
        #expect(Digest([UInt8](repeating: 1, count: 31)) == nil)
        #expect(Digest([UInt8](repeating: 1, count: 33)) == nil)
        #expect(Digest([UInt8](repeating: 0, count: 32)) == .zero)
        #expect(Digest.zero < Digest([UInt8](repeating: 1, count: 32))!)
    }

    @Test func `algorithms go by their numbers and names`() {
        #expect(Algorithm.allCases.map(\.rawValue) == [1, 2])
        #expect(Algorithm(name: "ed25519") == .ed25519)
        #expect(Algorithm(name: "sm2") == .sm2)
        #expect(Algorithm(name: "SM2") == nil)
    }
}
