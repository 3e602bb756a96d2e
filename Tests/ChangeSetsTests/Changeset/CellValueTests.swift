import ChangeSets
import Testing

@Suite struct `Values` {
    @Test func `are equal when storage class and bytes are`() {
        #expect(CellValue.integer(1) != .real(1))
        #expect(CellValue.text("1") != .blob([0x31]))
        #expect(CellValue.null == .null)
        #expect(CellValue.null != .text(""))
        #expect(CellValue.real(0) != .real(-0.0))
        #expect(CellValue.real(.nan) == .real(.nan))
        #expect(CellValue.real(.nan) != .real(-.nan))
        #expect(CellValue.blob([1]) == .blob([1]))
    }

    @Test func `text is compared by bytes, not by how it looks`() {
        let (composed, decomposed) = (CellValue.text("é"), CellValue.text("e\u{301}"))
        #expect(composed != decomposed)
        #expect(composed.order(against: decomposed) > 0)
        #expect(Set([composed, decomposed]).count == 2)
    }

    /// Each before all that follow it.
    static let ascending: [[CellValue]] = [
        [.null],
        [.real(-.infinity)], [.real(-0x1p63 * 2)], [.integer(.min), .real(-0x1p63)], [.integer(.min + 1)],
        [.integer(-1), .real(-1)], [.real(-0.5)], [.integer(0), .real(0), .real(-0.0)], [.real(.leastNonzeroMagnitude)],
        [.real(0.5)], [.integer(1), .real(1)], [.real(1.5)], [.integer(2)],
        [.integer(1 << 53), .real(0x1p53)], [.integer(1 << 53 + 1)], [.real(0x1p53 + 2), .integer(1 << 53 + 2)],
        [.integer(.max - 1)], [.integer(.max)], [.real(0x1p63)], [.real(.infinity)],
        [.text("")], [.text("1")], [.text("A")], [.text("AA")], [.text("a")], [.text("é")], [.text("中")], [.text("🙂")],
        [.blob([])], [.blob([0])], [.blob([0, 0])], [.blob([1])], [.blob([255])],
    ]

    @Test func `sort as SQLite sorts them: NULL, numbers by value, text and blobs by bytes`() {
        for (i, lower) in Self.ascending.enumerated() {
            for (j, higher) in Self.ascending.enumerated() {
                for (a, b) in lower.flatMap({ a in higher.map { (a, $0) } }) {
                    #expect(a.order(against: b).signum() == (i - j).signum(), "\(a) and \(b)")
                }
            }
        }
    }

    @Test(arguments: 1...200 as ClosedRange<UInt64>)
    func `the order is total over random values`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let (a, b, c) = (
            CellValue.random(using: &random), CellValue.random(using: &random), CellValue.random(using: &random)
        )
        #expect(a.order(against: a) == 0)
        #expect(a.order(against: b).signum() == -b.order(against: a).signum())
        if a.order(against: b) <= 0, b.order(against: c) <= 0 { #expect(a.order(against: c) <= 0) }
        if a == b {
            #expect(a.hashValue == b.hashValue)
            #expect(a.order(against: b) == 0)
        }
    }

    @Test(arguments: 1...200 as ClosedRange<UInt64>)
    func `come back from the bytes that keys and stamps keep`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let values = (0..<5).map { _ in CellValue.random(using: &random) }
        var bytes: [UInt8] = []
        for value in values { bytes.appendValue(value) }
        var reader = ValueReader(bytes)
        #expect(values.map { _ in reader.value() } == values)
        #expect(reader.isAtEnd)
        #expect(reader.value() == nil)
        for count in 0..<bytes.count {
            var cut = ValueReader(Array(bytes.prefix(count)))
            while cut.value() != nil {}
        }
    }

    @Test(arguments: [0, 1, 127, 128, 16383, 16384, 1 << 35, 1 << 56, 1 << 63, .max] as [UInt64])
    func `counts come back from their bytes`(value: UInt64) {
        var bytes: [UInt8] = []
        bytes.appendVarint(value)
        var reader = ValueReader(bytes)
        #expect(reader.varint() == value)
        #expect(reader.isAtEnd)
    }
}

extension CellValue {
    static func random(using random: inout SeededGenerator) -> CellValue {
        switch Int.random(in: 0..<6, using: &random) {
        case 0: .null
        case 1: .integer(Int64.random(in: -2...2, using: &random))
        case 2: .integer(Int64(bitPattern: random.next()))
        case 3: .real([-1.5, -0.0, 0, 1, 0x1p53, 1e300].randomElement(using: &random)!)
        case 4: .text(["", "a", "ab", "中", "e\u{301}", "\0"].randomElement(using: &random)!)
        default: .blob(random.bytes(Int.random(in: 0...3, using: &random)))
        }
    }
}
