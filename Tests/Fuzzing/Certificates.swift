import ChangeSets
import Node

/// The first byte says which; the rest is the file, or what a peer has shown.
enum Certificates {
    static func read(_ bytes: [UInt8]) throws {
        let rest = Array(bytes.dropFirst())
        switch (bytes.first ?? 0) % 6 {
        case 0: _ = try OfficeCertificate(der: rest)
        case 1: _ = try OfficeCertificate(pem: FuzzTarget.text(rest))
        case 2: _ = try AuthorityCertificate(der: rest)
        case 3: _ = try RootAuthorCertificate(encoded: rest)
        case 4: _ = try VerificationKey(PublicKey(algorithm: .ed25519, bytes: rest))
        default: _ = try VerificationKey(PublicKey(algorithm: .sm2, bytes: rest))
        }
    }
}
