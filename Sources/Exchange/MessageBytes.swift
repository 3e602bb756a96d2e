import SwiftProtobuf

extension SwiftProtobuf.Message {
    /// Proto3 messages of plain fields always encode.
    func encodedBytes() -> [UInt8] {
        do {
            return try serializedBytes()
        } catch {
            preconditionFailure("a proto3 message of plain fields cannot fail to encode: \(error)")
        }
    }

    /// - Parameter what: What it should have been, for the refusal.
    static func read(_ bytes: [UInt8], as what: String) throws(InvalidMessage) -> Self {
        guard !hasTooManyEntries(bytes) else { throw InvalidMessage(what: "a message of too many entries") }
        do {
            return try Self(serializedBytes: bytes)
        } catch {
            throw InvalidMessage(what: what)
        }
    }

    /// Counted before anything is decoded, because an empty entry takes two bytes here and sixty in memory.
    private static func hasTooManyEntries(_ bytes: [UInt8]) -> Bool {
        var count = 0
        for field in FieldScan(bytes) {
            count += 1
            for _ in FieldScan(bytes, in: field.content) { count += 1 }
            if count > ExchangeLimits.entriesMax { return true }
        }
        return false
    }
}
