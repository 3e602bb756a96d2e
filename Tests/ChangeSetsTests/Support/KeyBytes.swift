import ChangeSets

/// What precedes the key's own bytes in its DER encoding.
enum KeyBytes {
    /// SubjectPublicKeyInfo with id-Ed25519; 32 bytes follow.
    static let ed25519Prefix = [UInt8](hex: "302a300506032b6570032100")!
    /// PKCS #8 with id-Ed25519; 32 bytes follow.
    static let ed25519PrivatePrefix = [UInt8](hex: "302e020100300506032b657004220420")!
    /// SubjectPublicKeyInfo with id-ecPublicKey and the SM2 curve; an uncompressed point of 65 bytes follows.
    static let sm2Prefix = [UInt8](hex: "3059301306072a8648ce3d020106082a811ccf5501822d034200")!
}
