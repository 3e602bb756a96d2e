import Testing

@testable import Exchange

@Suite struct `Walking over protobuf's fields` {
    private func fields(_ bytes: [UInt8]) -> [String] {
        FieldScan(bytes).map { "\($0.field): \(bytes[$0.content].map { Int($0) })" }
    }

    @Test func `names those with a length and passes over the others`() {
        let bytes: [UInt8] = [
            0x08, 0x96, 0x01, 0x0a, 2, 7, 8, 0x11, 0, 0, 0, 0, 0, 0, 0, 0, 0x1d, 0, 0, 0, 0, 0x0a, 0, 0xf2, 0x7f, 1, 9,
        ]
        #expect(fields(bytes) == ["1: [7, 8]", "1: []", "2046: [9]"])
    }

    @Test func `sees what stands in a group, and behind it, as if there were none`() {
        #expect(fields([0x7b, 0x0a, 1, 5, 0x7c, 0x0a, 1, 6]) == ["1: [5]", "1: [6]"])
    }

    @Test func `ends where they make no sense, and never beyond the end`() {
        for bytes in [
            [], [0x0a], [0x0a, 1], [0x0a, 0xff], [0x0e, 0x0a, 0], [0x11, 0, 0x0a, 0], [0x08], [0x80],
            [0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
            [UInt8](repeating: 0xff, count: 30), [0x1d, 0, 0],
        ] as [[UInt8]] {
            #expect(fields(bytes) == [])
        }
        #expect(fields([0x0a, 1, 5, 0x0a, 9]) == ["1: [5]"])
    }

    @Test(arguments: 1...100 as ClosedRange<UInt64>)
    func `never crashes on random bytes`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<50 {
            let bytes = random.bytes(Int.random(in: 0...40, using: &random)).map { $0 & 0x8f }
            #expect(FieldScan(bytes).allSatisfy { $0.content.upperBound <= bytes.count })
        }
    }
}
