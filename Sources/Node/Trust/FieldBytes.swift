/// Writes byte strings, each behind its length (4 bytes, big-endian): one form only, so that it can be signed.
struct FieldWriter {
    var bytes: [UInt8] = []

    mutating func write(field: [UInt8]) {
        bytes += UInt32(field.count).bigEndianBytes + field
    }
}

/// Reads what ``FieldWriter`` wrote, from bytes that anyone may have made.
struct FieldReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    var isAtEnd: Bool { rest.isEmpty }

    /// - Returns: nil when fewer than `count` bytes are left.
    mutating func bytes(_ count: Int) -> ArraySlice<UInt8>? {
        guard rest.count >= count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    mutating func field() -> ArraySlice<UInt8>? {
        guard let count = bytes(4).flatMap(UInt32.init(bigEndianBytes:)) else { return nil }
        return bytes(Int(count))
    }
}

extension FixedWidthInteger where Self: UnsignedInteger {
    var bigEndianBytes: [UInt8] {
        (0..<Self.bitWidth / 8).reversed().map { UInt8(truncatingIfNeeded: self >> Self($0 * 8)) }
    }

    /// - Returns: nil unless `bytes` are exactly as many as the type has.
    init?(bigEndianBytes bytes: ArraySlice<UInt8>) {
        guard bytes.count == Self.bitWidth / 8 else { return nil }
        self = bytes.reduce(0) { $0 << 8 | Self($1) }
    }
}
