/// Reads varints and values that this program wrote itself (keys, stamps, siblings), forward and within bounds.
package struct ValueReader {
    private let bytes: [UInt8]
    private var offset = 0

    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    package var isAtEnd: Bool { offset == bytes.count }

    /// - Returns: nil at the end, or where the bytes are not what ``Array/appendValue(_:)`` writes.
    package mutating func value() -> CellValue? {
        guard offset < bytes.count, let kind = ValueSpan.Kind(rawValue: bytes[offset]) else { return nil }
        offset += 1
        switch kind {
        case .undefined: return nil
        case .null: return .null
        case .integer: return bits().map { .integer(Int64(bitPattern: $0)) }
        case .real: return bits().map { .real(Double(bitPattern: $0)) }
        case .text: return content().map { .text(String(decoding: $0, as: UTF8.self)) }
        case .blob: return content().map { .blob(Array($0)) }
        }
    }

    /// Base-128 varint, most significant group first, up to 64 bits.
    package mutating func varint() -> UInt64? {
        var result: UInt64 = 0
        for _ in 0..<10 {
            guard offset < bytes.count else { return nil }
            let byte = bytes[offset]
            offset += 1
            result = result << 7 | UInt64(byte & 0x7f)
            if byte < 0x80 { return result }
        }
        return nil
    }

    private mutating func bits() -> UInt64? {
        guard bytes.count - offset >= 8 else { return nil }
        defer { offset += 8 }
        return bytes[offset..<offset + 8].reduce(0) { $0 << 8 | UInt64($1) }
    }

    private mutating func content() -> ArraySlice<UInt8>? {
        guard let length = varint(), length <= UInt64(bytes.count - offset) else { return nil }
        defer { offset += Int(length) }
        return bytes[offset..<offset + Int(length)]
    }
}

extension [UInt8] {
    package mutating func appendVarint(_ value: UInt64) {
        var shift = 63
        while shift > 0, value >> UInt64(shift) == 0 { shift -= 7 }
        while shift > 0 {
            append(UInt8(truncatingIfNeeded: value >> UInt64(shift)) | 0x80)
            shift -= 7
        }
        append(UInt8(truncatingIfNeeded: value) & 0x7f)
    }
}
