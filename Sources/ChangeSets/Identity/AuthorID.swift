/// Names a signing key of an office: the first 16 bytes of the hash of its public key.
package struct AuthorID: Hashable, Sendable, Comparable, CustomStringConvertible {
    package static let byteCount = 16
    private let high: UInt64
    private let low: UInt64

    /// - Returns: nil when `bytes` is not exactly 16 bytes.
    package init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        high = bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
        low = bytes.dropFirst(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    package init?(hex: String) {
        guard let bytes = [UInt8](hex: hex) else { return nil }
        self.init(bytes)
    }

    package init(of publicKey: PublicKey) {
        self.init(publicKey.algorithm.hash(publicKey.bytes).prefix(Self.byteCount))!  // 16 of 32.
    }

    package var bytes: [UInt8] {
        [high, low].flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * $0)) } }
    }

    package var description: String { bytes.hex }

    package static func < (a: Self, b: Self) -> Bool {
        a.high == b.high ? a.low < b.low : a.high < b.high
    }
}

extension Sequence<UInt8> {
    /// Lower-case hexadecimal.
    package var hex: String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for byte in self {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}

extension [UInt8] {
    /// - Returns: nil for an odd count or anything but hexadecimal digits.
    package init?(hex: some StringProtocol) {
        func value(_ digit: UInt8) -> UInt8? {
            switch digit {
            case 0x30...0x39: digit - 0x30
            case 0x61...0x66: digit - 0x57
            case 0x41...0x46: digit - 0x37
            default: nil
            }
        }
        let text = Array(hex.utf8)
        guard text.count.isMultiple(of: 2) else { return nil }
        self = []
        for index in stride(from: 0, to: text.count, by: 2) {
            guard let high = value(text[index]), let low = value(text[index + 1]) else { return nil }
            append(high << 4 | low)
        }
    }
}
