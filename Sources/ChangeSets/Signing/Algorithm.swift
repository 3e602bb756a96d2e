// The only files that call libcrypto are those in this folder.
internal import COpenSSL

/// Signature and hash algorithms of an author.
package enum Algorithm: UInt32, Sendable, CaseIterable, CustomStringConvertible {
    /// Ed25519 (RFC 8032) with SHA-256.
    case ed25519 = 1
    /// SM2 (GB/T 32918, user id `1234567812345678`) with SM3 (GB/T 32905).
    case sm2 = 2

    package var description: String {
        switch self {
        case .ed25519: "ed25519"
        case .sm2: "sm2"
        }
    }

    package init?(name: String) {
        guard let found = Self.allCases.first(where: { $0.description == name }) else { return nil }
        self = found
    }

    /// 32 bytes for either algorithm.
    package func hash(_ bytes: some ContiguousBytesSource) -> [UInt8] {
        bytes.withContiguousBytes { hash(raw: $0) }
    }

    package func digest(_ bytes: some ContiguousBytesSource) -> Digest {
        Digest(hash(bytes))!  // Both algorithms give 32 bytes.
    }

    package func hash(raw bytes: UnsafeRawBufferPointer) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: Int(EVP_MAX_MD_SIZE)) { buffer, count in
            var length: UInt32 = 0
            let ok = EVP_Digest(bytes.baseAddress, bytes.count, buffer.baseAddress, &length, messageDigest, nil)
            precondition(ok == 1, "libcrypto has no \(self) hash")
            count = Int(length)
        }
    }

    var messageDigest: OpaquePointer {
        switch self {
        case .ed25519: Self.sha256
        case .sm2: Self.sm3
        }
    }

    // Fetched once: an implicit fetch at each call costs more than hashing a header.
    nonisolated(unsafe) private static let sha256 = EVP_MD_fetch(nil, "SHA256", nil)!
    nonisolated(unsafe) private static let sm3 = EVP_MD_fetch(nil, "SM3", nil)!
}

/// Bytes that lie in one piece.
package protocol ContiguousBytesSource {
    func withContiguousBytes<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R
}

extension [UInt8]: ContiguousBytesSource {
    package func withContiguousBytes<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R { withUnsafeBytes(body) }
}

extension ArraySlice<UInt8>: ContiguousBytesSource {
    package func withContiguousBytes<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R { withUnsafeBytes(body) }
}

/// A 32-byte hash.
package struct Digest: Hashable, Sendable, Comparable, CustomStringConvertible {
    package static let byteCount = 32
    package static let zero = Digest([UInt8](repeating: 0, count: byteCount))!
    package let bytes: [UInt8]

    /// - Returns: nil when `bytes` is not exactly 32 bytes.
    package init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        self.bytes = [UInt8](bytes)
    }

    package var description: String { bytes.hex }

    package static func < (a: Self, b: Self) -> Bool { a.bytes.lexicographicallyPrecedes(b.bytes) }
}
