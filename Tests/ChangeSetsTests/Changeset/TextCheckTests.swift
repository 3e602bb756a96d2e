import ChangeSets
import Testing

@Suite struct `Text in a body` {
    /// Whether a body is let through whose phone is these bytes.
    private func isTaken(_ text: [UInt8]) throws -> Bool {
        let mark = [UInt8](repeating: 0x23, count: 100)
        var bytes = ChangesetWriter.body { writer in
            let row = TestTables.familyRow(1) { $0[2] = .text(String(repeating: "#", count: 100)) }
            writer.appendInsert(TestTables.family, values: row)
        }
        let place = try #require(bytes.indices.first { bytes[$0...].starts(with: [3, 100] + mark) })
        precondition(text.count < 128)
        bytes.replaceSubrange(place..<place + 102, with: [3, UInt8(text.count)] + text)
        let check = BodyCheck(schema: TestTables.schema, scope: TestTables.scope, authorTier: .village)
        do {
            _ = try check.check(try ParsedChangeset(bytes))
            return true
        } catch RefusedBody.value("family", "phone") {
            return false
        }
    }

    @Test(arguments: [
        "", "a", "é", "中", "🙂", "\u{7ff}\u{800}\u{d7ff}\u{e000}\u{ffff}\u{10000}\u{10ffff}", "e\u{301}",
    ])
    func `is taken when it is UTF-8`(text: String) throws {
        #expect(try isTaken(Array(text.utf8)))
    }

    @Test(
        arguments: [
            [0x80], [0xbf], [0xc0, 0x80], [0xc1, 0xbf], [0xc2], [0xc2, 0x41], [0xe0, 0x80, 0x80], [0xe0, 0x9f, 0xbf],
            [0xed, 0xa0, 0x80], [0xed, 0xbf, 0xbf], [0xe4, 0xb8], [0xe4, 0xb8, 0x41], [0xf0, 0x80, 0x80, 0x80],
            [0xf0, 0x8f, 0xbf, 0xbf], [0xf4, 0x90, 0x80, 0x80], [0xf5, 0x80, 0x80, 0x80], [0xf0, 0x9f, 0x99], [0xff],
            [0xfe], [0x00],
        ] as [[UInt8]])
    func `is refused when it is not, or holds a zero, wherever that stands`(text: [UInt8]) throws {
        for (before, after) in [(0, 0), (1, 0), (0, 1), (7, 9), (8, 8), (31, 33)] {
            let ascii = [UInt8](repeating: 0x61, count: 40)
            #expect(try !isTaken(ascii.prefix(before) + text + ascii.prefix(after)))
        }
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `is judged as the standard library judges it: 300 texts each`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let pieces: [[UInt8]] = [
            [0x61], [0x61, 0x62, 0x63], [0xc3, 0xa9], [0xe4, 0xb8, 0xad], [0xf0, 0x9f, 0x99, 0x82],
        ]
        for _ in 0..<300 {
            var text = (0..<Int.random(in: 1...12, using: &random)).flatMap { _ in pieces.randomElement(using: &random)!
            }
            if Bool.random(using: &random) { text = text.mutated(using: &random) }
            guard text.count < 128 else { continue }
            #expect(try isTaken(text) == (String(validating: text, as: UTF8.self) != nil && !text.contains(0)))
        }
    }
}
