/// Walks over protobuf's fields without making anything of them: two bytes on the wire can become forty in memory.
struct FieldScan: Sequence, IteratorProtocol {
    private let bytes: [UInt8]
    private var offset: Int
    private let end: Int

    init(_ bytes: [UInt8], in range: Range<Int>? = nil) {
        self.bytes = bytes
        offset = range?.lowerBound ?? 0
        end = range?.upperBound ?? bytes.count
    }

    /// The next field with a length, by its number and where its content lies. Ends early at what is malformed: that is
    /// for the decoder to refuse.
    mutating func next() -> (field: UInt64, content: Range<Int>)? {
        while let tag = varint() {
            switch tag & 7 {
            case 0: guard varint() != nil else { return nil }
            case 1: offset += 8
            case 5: offset += 4
            case 2:
                guard let length = varint(), offset <= end, length <= UInt64(end - offset) else { return nil }
                defer { offset += Int(length) }
                return (tag >> 3, offset..<offset + Int(length))
            // A group's borders: what stands between them counts as if they were not there, so that nothing hides in one.
            case 3, 4: continue
            default: return nil
            }
        }
        return nil
    }

    private mutating func varint() -> UInt64? {
        var value: UInt64 = 0
        for shift in stride(from: 0, to: 70, by: 7) {
            guard offset < end else { return nil }
            let byte = bytes[offset]
            offset += 1
            value |= UInt64(byte & 0x7f) << UInt64(shift)
            if byte < 0x80 { return value }
        }
        return nil
    }
}
