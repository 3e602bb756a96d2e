import ChangeSets
import Testing

@Suite struct `A statement is refused` {
    private static let author = [UInt8](repeating: 1, count: 16)
    private static let hash = [UInt8](repeating: 2, count: 32)

    /// A statement's fields by their numbers in `change_sets.proto`, with `field` replaced.
    private func bytes(_ field: UInt64 = 0, _ replacement: [UInt8] = []) -> [UInt8] {
        var fields: [UInt64: [UInt8]] = [
            1: WireBytes.number(1, 1), 2: WireBytes.number(2, 1), 3: WireBytes.bytes(3, Self.author),
            4: WireBytes.text(4, "330106"), 5: WireBytes.number(5, 12), 6: WireBytes.number(6, 7),
            9: feed([WireBytes.bytes(1, Self.author), WireBytes.number(2, 4), WireBytes.bytes(3, Self.hash)]),
        ]
        fields[field] = replacement
        return fields.sorted { $0.key < $1.key }.flatMap(\.value)
    }

    private func feed(_ fields: [[UInt8]]) -> [UInt8] { WireBytes.bytes(9, fields.flatMap { $0 }) }

    private func refusal(_ bytes: [UInt8], signature: [UInt8] = []) -> InvalidHeader? {
        do {
            _ = try SignedStatement(parsing: bytes, signature: signature)
            return nil
        } catch {
            return error
        }
    }

    @Test func `not when it is well formed`() { #expect(refusal(bytes()) == nil) }

    @Test func `when it or its signature is too long`() {
        let long = bytes() + WireBytes.bytes(99, [UInt8](repeating: 0, count: Limits.statementBytesMax))
        #expect(refusal(long) == .tooLong(long.count))
        let signature = [UInt8](repeating: 0, count: Limits.signatureBytesMax + 1)
        #expect(refusal(bytes(), signature: signature) == .field("signature"))
    }

    @Test func `when it is no protobuf message, or of another format`() {
        #expect(refusal([0xff]) == .notProtobuf)
        #expect(refusal([]) == .unknownFormat(0))
        #expect(refusal(bytes(1, WireBytes.number(1, 9))) == .unknownFormat(9))
    }

    @Test func `when a field is impossible`() {
        #expect(refusal(bytes(2, WireBytes.number(2, 3))) == .field("algorithm"))
        #expect(refusal(bytes(3, WireBytes.bytes(3, [1]))) == .field("author"))
        #expect(refusal(bytes(4, WireBytes.text(4, "3"))) == .field("area"))
        #expect(refusal(bytes(5, WireBytes.number(5, 1))) == .field("area"))
        #expect(refusal(bytes(6, WireBytes.number(6, .max))) == .field("ordinal"))
    }

    @Test func `when a number is beyond every feed, or more is applied than stored`() {
        let author = WireBytes.bytes(1, Self.author)
        let (hash, applied) = (WireBytes.bytes(3, Self.hash), WireBytes.bytes(5, Self.hash))
        for number in [Limits.numberMax + 1, UInt64(Int64.max), .max] {
            let stored = feed([author, WireBytes.number(2, number), hash])
            #expect(refusal(bytes(9, stored)) == .field("feeds"))
        }
        let ahead = feed([author, WireBytes.number(2, 4), hash, WireBytes.number(4, 5), applied])
        #expect(refusal(bytes(9, ahead)) == .field("feeds"))
        let level = feed([author, WireBytes.number(2, 4), hash, WireBytes.number(4, 4), applied])
        #expect(refusal(bytes(9, level)) == nil)
    }

    @Test func `when a head has no hash`() {
        let author = WireBytes.bytes(1, Self.author)
        #expect(refusal(bytes(9, feed([author, WireBytes.number(2, 4)]))) == .field("head hash"))
    }

    @Test func `when feeds come twice, out of order or without author`() {
        let (one, two) = (
            feed([WireBytes.bytes(1, Self.author)]), feed([WireBytes.bytes(1, [UInt8](repeating: 2, count: 16))])
        )
        #expect(refusal(bytes(9, one + two)) == nil)
        for wrong in [two + one, one + one, feed([])] { #expect(refusal(bytes(9, wrong)) == .field("feeds")) }
    }

    @Test func `when a verdict is impossible`() {
        func verdict(_ fields: [UInt8]...) -> [UInt8] {
            bytes(9, feed([WireBytes.bytes(1, Self.author), WireBytes.bytes(6, fields.flatMap { $0 })]))
        }
        let (number, state) = (WireBytes.number(1, 1), WireBytes.number(2, 1))
        #expect(refusal(verdict(number, state)) == nil)
        #expect(refusal(verdict(number)) == .field("verdict"))
        #expect(refusal(verdict(number, WireBytes.number(2, 4))) == .field("verdict"))
        #expect(refusal(verdict(state)) == .field("verdict"))
        #expect(refusal(verdict(WireBytes.number(1, .max), state)) == .field("verdict"))
        let long = WireBytes.text(3, String(repeating: "x", count: Limits.reasonBytesMax + 1))
        #expect(refusal(verdict(number, state, long)) == .field("verdict"))
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `or read, but never a crash: 1,000 mutations each`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<1000 { _ = refusal(bytes().mutated(using: &random), signature: random.bytes(3)) }
    }
}
