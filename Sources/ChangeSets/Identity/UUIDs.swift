internal import COpenSSL

/// 16-byte identifiers (RFC 9562).
package enum UUIDs {
    /// Names that no other namespace derives: the version 5 UUID of `sanji` in the DNS namespace, worked out once.
    package static let namespace: [UInt8] = version5(
        Array("sanji".utf8),
        in: [0x6b, 0xa7, 0xb8, 0x10, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8])

    /// Time-ordered: new rows land at the end of an index.
    /// - Parameter random: At least 10 bytes.
    package static func version7(now_ms: Int64, random: [UInt8]) -> [UInt8] {
        var bytes = (0..<6).map { UInt8(truncatingIfNeeded: now_ms >> Int64(40 - 8 * $0)) } + random.prefix(10)
        bytes[6] = bytes[6] & 0x0f | 0x70
        bytes[8] = bytes[8] & 0x3f | 0x80
        return bytes
    }

    /// Where two offices must arrive at the same row: the same name gives the same id everywhere.
    package static func version5(_ name: String) -> [UInt8] { version5(Array(name.utf8), in: namespace) }

    package static func version5(_ name: [UInt8], in namespace: [UInt8]) -> [UInt8] {
        let message = namespace + name
        var hash = [UInt8](repeating: 0, count: 20)
        SHA1(message, message.count, &hash)
        var bytes = Array(hash.prefix(16))
        bytes[6] = bytes[6] & 0x0f | 0x50
        bytes[8] = bytes[8] & 0x3f | 0x80
        return bytes
    }
}
