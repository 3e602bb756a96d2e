import ChangeSets
import Testing

@Suite struct `Row ids` {
    /// RFC 9562, A.4: www.example.com in the DNS namespace.
    @Test func `version 5 gives what RFC 9562 prints`() {
        let dns = [UInt8](hex: "6ba7b8109dad11d180b400c04fd430c8")!
        #expect(UUIDs.version5(Array("www.example.com".utf8), in: dns).hex == "2ed6657de927568b95e12665a8aea6a2")
        #expect(UUIDs.namespace == UUIDs.version5(Array("sanji".utf8), in: dns))
    }

    @Test func `two offices arrive at the same id by the same name`() {
        #expect(UUIDs.version5("warning/R1/42/2024-05") == UUIDs.version5("warning/R1/42/2024-05"))
        #expect(UUIDs.version5("a") != UUIDs.version5("b"))
        #expect(UUIDs.version5("a") == UUIDs.version5(Array("a".utf8), in: UUIDs.namespace))
    }

    /// RFC 9562, A.6: 017F22E2-79B0-7CC3-98C4-DC0C0C07398F.
    @Test func `version 7 gives what RFC 9562 prints`() {
        let id = UUIDs.version7(now_ms: 0x017f_22e2_79b0, random: [UInt8](hex: "0cc318c4dc0c0c07398f")!)
        #expect(id.hex == "017f22e279b07cc398c4dc0c0c07398f")
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `version 7 sorts by time, and says its version and variant`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let earlier = UUIDs.version7(now_ms: 1_700_000_000_000, random: random.bytes(10))
        let later = UUIDs.version7(now_ms: 1_700_000_000_001, random: random.bytes(10))
        #expect(earlier.lexicographicallyPrecedes(later))
        #expect(earlier.count == 16)
        #expect(earlier[6] >> 4 == 7)
        #expect(earlier[8] >> 6 == 0b10)
    }
}
