/// Protobuf's encoding, written out by hand: an answer to the generated code that does not come from it.
enum WireBytes {
    static func varint(_ value: UInt64) -> [UInt8] {
        var rest = value
        var bytes: [UInt8] = []
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7f) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }

    static func number(_ field: UInt64, _ value: UInt64) -> [UInt8] { varint(field << 3) + varint(value) }

    static func bytes(_ field: UInt64, _ value: [UInt8]) -> [UInt8] {
        varint(field << 3 | 2) + varint(UInt64(value.count)) + value
    }

    static func text(_ field: UInt64, _ value: String) -> [UInt8] { bytes(field, Array(value.utf8)) }
}

/// A header's fields by their numbers in `change_sets.proto`; tests put impossible ones in their place.
struct HeaderFields {
    private var fields: [UInt64: [UInt8]]

    static let author = [UInt8](repeating: 0xaa, count: 16)

    init() {
        fields = [
            1: WireBytes.number(1, 1), 2: WireBytes.number(2, 1), 3: WireBytes.bytes(3, Self.author),
            4: WireBytes.text(4, "330106109012"), 5: WireBytes.number(5, 12), 6: WireBytes.number(6, 7),
            7: WireBytes.bytes(7, [UInt8](repeating: 1, count: 32)),
            8: WireBytes.bytes(8, [UInt8](repeating: 2, count: 32)), 9: WireBytes.number(9, 300),
            10: Self.entry([UInt8](repeating: 0xbb, count: 16), 5) + Self.entry([UInt8](repeating: 0xcc, count: 16), 9),
            11: WireBytes.number(11, 3), 12: WireBytes.number(12, 1_700_000_000_123), 13: WireBytes.number(13, 2),
            14: WireBytes.text(14, "王小明"), 15: WireBytes.number(15, 1),
            16: WireBytes.bytes(16, [UInt8](repeating: 3, count: 16)), 17: WireBytes.number(17, 1),
            18: WireBytes.number(18, 2),
        ]
    }

    static func entry(_ author: [UInt8], _ number: UInt64) -> [UInt8] {
        WireBytes.bytes(10, WireBytes.bytes(1, author) + (number == 0 ? [] : WireBytes.number(2, number)))
    }

    /// - Parameter bytes: The whole field with its tag; empty leaves it out.
    func with(_ field: UInt64, _ bytes: [UInt8]) -> HeaderFields {
        var changed = self
        changed.fields[field] = bytes
        return changed
    }

    var bytes: [UInt8] { fields.sorted { $0.key < $1.key }.flatMap(\.value) }
}
