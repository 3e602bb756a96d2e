import ChangeSets
import Crypto
import Foundation

// Layout: count of the office's digits, the digits; counts of the parent's and the root's digits (both are prefixes);
// fingerprint (32); secret (16); end (8, big-endian); count of the address, the address; the first 4 bytes of SHA-256
// of all that, which tell a slip of the hand from everything else.
extension JoinToken {
    static let family = "sanji"
    static let prefix = "sanji1."
    private static let checksumByteCount = 4

    /// One line, of letters, digits, `-`, `_` and a point.
    package var text: String {
        var bytes = [UInt8(office.digits.utf8.count)] + Array(office.digits.utf8)
        bytes += [UInt8(parent.tier.digits), UInt8(root.tier.digits)]
        bytes += authority.bytes + secret + UInt64(bitPattern: expires_s).bigEndianBytes
        let address = Array((address ?? "").utf8)
        bytes += [UInt8(address.count)] + address
        return Self.prefix + Base64URL.encode(bytes + Self.checksum(bytes[...]))
    }

    /// Reads a line that a person brought. Blanks around it are ignored; whether it has ended is not judged here.
    package init(parsing line: String) throws(JoinTokenProblem) {
        guard line.utf8.count <= 4 * Self.maxCharacterCount else { throw .tooLong(characters: line.utf8.count) }
        let text = line.trimmingCharacters(in: .whitespacesAndNewlines)
        guard text.utf8.count <= Self.maxCharacterCount else { throw .tooLong(characters: text.utf8.count) }
        guard text.hasPrefix(Self.family), let point = text.utf8.firstIndex(of: UInt8(ascii: ".")) else {
            throw .notAToken
        }
        let version = text.utf8[..<point].dropFirst(Self.family.utf8.count)
        guard !version.isEmpty, version.allSatisfy({ (0x30...0x39).contains($0) }) else { throw .notAToken }
        guard version.elementsEqual("1".utf8) else { throw .newerVersion(String(Substring(version.prefix(20)))) }
        guard let bytes = Base64URL.decode(text.utf8[point...].dropFirst()), bytes.count > Self.checksumByteCount,
            Self.checksum(bytes.dropLast(Self.checksumByteCount)) == Array(bytes.suffix(Self.checksumByteCount)),
            let token = Self.read(bytes.dropLast(Self.checksumByteCount))
        else { throw .damaged }
        self = token
    }

    private static func read(_ bytes: ArraySlice<UInt8>) -> JoinToken? {
        var reader = FieldReader(bytes)
        guard let count = reader.bytes(1)?.first, let digits = reader.bytes(Int(count)),
            let office = try? OfficeCode(String(decoding: digits, as: UTF8.self)),
            let parentCount = reader.bytes(1)?.first, let rootCount = reader.bytes(1)?.first,
            let parent = try? OfficeCode(office.digits.prefix(Int(parentCount))),
            let root = try? OfficeCode(office.digits.prefix(Int(rootCount))),
            let fingerprint = reader.bytes(ChangeSets.Digest.byteCount).flatMap({ ChangeSets.Digest($0) }),
            let secret = reader.bytes(secretByteCount),
            let end = reader.bytes(8).flatMap(UInt64.init(bigEndianBytes:)),
            let addressCount = reader.bytes(1)?.first, let address = reader.bytes(Int(addressCount)), reader.isAtEnd
        else { return nil }
        return try? JoinToken(
            office: office, parent: parent, root: root, authority: fingerprint,
            address: address.isEmpty ? nil : String(decoding: address, as: UTF8.self), secret: [UInt8](secret),
            expires_s: Int64(bitPattern: end))
    }

    private static func checksum(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        Array(SHA256.hash(data: bytes).prefix(checksumByteCount))
    }
}

/// Base64 with `-` and `_`, without padding (RFC 4648 §5): a double click selects it, a shell leaves it alone.
enum Base64URL {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    static func encode(_ bytes: [UInt8]) -> String {
        let standard = Data(bytes).base64EncodedString().utf8.lazy.filter { $0 != UInt8(ascii: "=") }
        return String(
            decoding: standard.map { byte in
                switch byte {
                case UInt8(ascii: "+"): UInt8(ascii: "-")
                case UInt8(ascii: "/"): UInt8(ascii: "_")
                default: byte
                }
            }, as: UTF8.self)
    }

    /// - Returns: nil unless ``encode(_:)`` gives exactly this text again.
    static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
        var bytes: [UInt8] = []
        var bits = 0 as UInt32
        var bitCount = 0
        for character in text {
            guard let value = alphabet.firstIndex(of: character) else { return nil }
            bits = bits << 6 | UInt32(value)
            bitCount += 6
            guard bitCount >= 8 else { continue }
            bitCount -= 8
            bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(bitCount)))
            bits &= 1 << UInt32(bitCount) - 1
        }
        // What is left over must be less than one character, and zero: one text for one token.
        return bitCount < 6 && bits == 0 ? bytes : nil
    }
}
