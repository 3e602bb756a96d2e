internal import COpenSSL

/// A public key as DER SubjectPublicKeyInfo.
package struct PublicKey: Hashable, Sendable {
    package let algorithm: Algorithm
    package let bytes: [UInt8]

    package init(algorithm: Algorithm, bytes: [UInt8]) {
        self.algorithm = algorithm
        self.bytes = bytes
    }
}

package enum KeyError: Error, Hashable, CustomStringConvertible {
    case notAKey(Algorithm)
    case library(String)

    package var description: String {
        switch self {
        case .notAKey(let algorithm):
            "these bytes are no \(algorithm) key; take the key file from the office's own disk"
        case .library(let call): "libcrypto refused \(call); check that libssl is 3.0 or later"
        }
    }
}

/// Verifies signatures of one author. Parsed once, because parsing costs as much as verifying.
package final class VerificationKey: Sendable {
    package let publicKey: PublicKey
    nonisolated(unsafe) private let key: OpaquePointer  // Never changed after init; libcrypto only reads it.

    /// - Throws: ``KeyError/notAKey(_:)`` unless the bytes are exactly one key of that algorithm.
    package init(_ publicKey: PublicKey) throws(KeyError) {
        guard publicKey.hasTheOneEncoding else { throw .notAKey(publicKey.algorithm) }
        let parsed = publicKey.bytes.withUnsafeBufferPointer { buffer -> OpaquePointer? in
            var cursor = buffer.baseAddress
            return d2i_PUBKEY(nil, &cursor, buffer.count)
        }
        guard let parsed else { throw .notAKey(publicKey.algorithm) }
        guard PublicKey.isKey(parsed, of: publicKey.algorithm) else {
            EVP_PKEY_free(parsed)
            throw .notAKey(publicKey.algorithm)
        }
        key = parsed
        self.publicKey = publicKey
    }

    deinit { EVP_PKEY_free(key) }

    /// Whether `signature` is this author's over `message`.
    package func isValid(_ signature: [UInt8], over message: [UInt8]) -> Bool {
        var operation = SignatureOperation()
        guard operation.start(key: key, algorithm: publicKey.algorithm, signing: false) else { return false }
        return EVP_DigestVerify(operation.context, signature, signature.count, message, message.count) == 1
    }
}

/// An office's author key. Made on the office's own machine, and never leaves it.
package final class SigningKey: Sendable {
    package let publicKey: PublicKey
    package let author: AuthorID
    nonisolated(unsafe) private let key: OpaquePointer

    package static func generate(_ algorithm: Algorithm) throws(KeyError) -> SigningKey {
        let name = algorithm == .ed25519 ? "ED25519" : "SM2"
        guard let key = sanji_generate_key(name) else { throw .library("generating a \(algorithm) key") }
        return SigningKey(owning: key, algorithm: algorithm)
    }

    /// - Parameter der: What ``privateBytes`` gave (PKCS #8).
    package convenience init(algorithm: Algorithm, der: [UInt8]) throws(KeyError) {
        let parsed = der.withUnsafeBufferPointer { buffer -> OpaquePointer? in
            var cursor = buffer.baseAddress
            guard let info = d2i_PKCS8_PRIV_KEY_INFO(nil, &cursor, buffer.count) else { return nil }
            defer { PKCS8_PRIV_KEY_INFO_free(info) }
            guard cursor == buffer.baseAddress.map({ $0 + buffer.count }) else { return nil }
            return EVP_PKCS82PKEY(info)
        }
        guard let parsed else { throw .notAKey(algorithm) }
        guard PublicKey.isKey(parsed, of: algorithm) else {
            EVP_PKEY_free(parsed)
            throw .notAKey(algorithm)
        }
        self.init(owning: parsed, algorithm: algorithm)
    }

    private init(owning key: OpaquePointer, algorithm: Algorithm) {
        self.key = key
        publicKey = PublicKey(algorithm: algorithm, bytes: PublicKey.encode(key))
        author = AuthorID(of: publicKey)
    }

    deinit { EVP_PKEY_free(key) }

    /// PKCS #8 DER. For the key file only.
    package func privateBytes() throws(KeyError) -> [UInt8] {
        guard let info = EVP_PKEY2PKCS8(key) else { throw .library("EVP_PKEY2PKCS8") }
        defer { PKCS8_PRIV_KEY_INFO_free(info) }
        var pointer: UnsafeMutablePointer<UInt8>?
        let count = i2d_PKCS8_PRIV_KEY_INFO(info, &pointer)
        guard count > 0, let pointer else { throw .library("i2d_PKCS8_PRIV_KEY_INFO") }
        defer { CRYPTO_clear_free(pointer, Int(count), nil, 0) }
        return [UInt8](UnsafeBufferPointer(start: pointer, count: Int(count)))
    }

    package func sign(_ message: [UInt8]) throws(KeyError) -> [UInt8] {
        var operation = SignatureOperation()
        guard operation.start(key: key, algorithm: publicKey.algorithm, signing: true) else {
            throw .library("EVP_DigestSignInit")
        }
        var count = 0
        guard EVP_DigestSign(operation.context, nil, &count, message, message.count) == 1 else {
            throw .library("EVP_DigestSign")
        }
        var signature = [UInt8](repeating: 0, count: count)
        guard EVP_DigestSign(operation.context, &signature, &count, message, message.count) == 1 else {
            throw .library("EVP_DigestSign")
        }
        return Array(signature.prefix(count))  // SM2's DER is sometimes shorter than announced.
    }
}

/// One EVP signing or verifying operation; frees what it holds on every path.
private struct SignatureOperation: ~Copyable {
    let context: OpaquePointer?
    private var keyContext: OpaquePointer?

    /// GM/T 0009's default user id; OpenSSL 3.0's own default is empty, which no other implementation verifies.
    private static let userID = Array("1234567812345678".utf8)

    init() { context = EVP_MD_CTX_new() }

    /// - Returns: false when libcrypto refuses the key or the algorithm.
    mutating func start(key: OpaquePointer, algorithm: Algorithm, signing: Bool) -> Bool {
        if algorithm == .sm2 {
            keyContext = EVP_PKEY_CTX_new(key, nil)
            guard EVP_PKEY_CTX_set1_id(keyContext, Self.userID, Int32(Self.userID.count)) == 1 else { return false }
            EVP_MD_CTX_set_pkey_ctx(context, keyContext)
        }
        // Ed25519 hashes inside; naming a digest is an error.
        let digest = algorithm == .sm2 ? algorithm.messageDigest : nil
        return signing
            ? EVP_DigestSignInit(context, nil, digest, nil, key) == 1
            : EVP_DigestVerifyInit(context, nil, digest, nil, key) == 1
    }

    deinit {
        EVP_MD_CTX_free(context)
        EVP_PKEY_CTX_free(keyContext)
    }
}

extension PublicKey {
    /// libcrypto also reads other encodings of an SM2 key (a compressed or hybrid point, explicit curve parameters) and
    /// writes them back as they came; but two encodings of one key would be two authors.
    fileprivate var hasTheOneEncoding: Bool {
        switch algorithm {
        case .ed25519: bytes.count == 44 && bytes.starts(with: Self.ed25519Start)
        case .sm2: bytes.count == 91 && bytes.starts(with: Self.sm2Start)
        }
    }

    /// The whole encoding but for the 32 bytes of the key.
    private static let ed25519Start = [UInt8](hex: "302a300506032b6570032100")!
    /// The whole encoding (SM2's curve by name, an uncompressed point) but for the 64 bytes of the point.
    private static let sm2Start = [UInt8](hex: "3059301306072a8648ce3d020106082a811ccf5501822d03420004")!

    fileprivate static func isKey(_ key: OpaquePointer, of algorithm: Algorithm) -> Bool {
        EVP_PKEY_is_a(key, algorithm == .ed25519 ? "ED25519" : "SM2") == 1
    }

    fileprivate static func encode(_ key: OpaquePointer) -> [UInt8] {
        var pointer: UnsafeMutablePointer<UInt8>?
        let count = i2d_PUBKEY(key, &pointer)
        guard count > 0, let pointer else { return [] }
        defer { CRYPTO_free(pointer, nil, 0) }
        return [UInt8](UnsafeBufferPointer(start: pointer, count: Int(count)))
    }
}
