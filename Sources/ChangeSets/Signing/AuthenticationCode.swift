internal import COpenSSL

/// HMAC-SHA256 (RFC 2104): proves that two sides know one secret, without saying it.
package enum AuthenticationCode {
    package static func make(key: [UInt8], over message: [UInt8]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: Digest.byteCount) { buffer, count in
            var length: UInt32 = 0
            let made = HMAC(EVP_sha256(), key, Int32(key.count), message, message.count, buffer.baseAddress, &length)
            precondition(made != nil, "libcrypto has no HMAC-SHA256")
            count = Int(length)
        }
    }

    /// Takes as long for a code that is nearly right as for one that is not.
    package static func isValid(_ code: [UInt8], key: [UInt8], over message: [UInt8]) -> Bool {
        let due = make(key: key, over: message)
        return code.count == due.count && CRYPTO_memcmp(code, due, due.count) == 0
    }
}
