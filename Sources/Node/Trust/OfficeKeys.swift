import ChangeSets
import Crypto
import Foundation
import SwiftASN1

/// The three private keys of an office. Made on its own machine; only their public halves ever leave it.
package struct OfficeKeys: Sendable {
    /// Signs change sets and statements.
    package let author: SigningKey
    /// P-256, for TLS, whatever the author's algorithm is.
    package let tls: P256.Signing.PrivateKey
    /// X25519 (HPKE): opens what other hands carried.
    package let sealing: Curve25519.KeyAgreement.PrivateKey

    package init(author: SigningKey, tls: P256.Signing.PrivateKey, sealing: Curve25519.KeyAgreement.PrivateKey) {
        self.author = author
        self.tls = tls
        self.sealing = sealing
    }

    package static func generate(_ algorithm: Algorithm) throws(KeyError) -> OfficeKeys {
        OfficeKeys(
            author: try SigningKey.generate(algorithm), tls: P256.Signing.PrivateKey(),
            sealing: Curve25519.KeyAgreement.PrivateKey())
    }

    /// What the directory names of an office's author.
    package struct PublicHalves: Hashable, Sendable {
        package let author: PublicKey
        /// DER SubjectPublicKeyInfo.
        package let tls: [UInt8]
        /// 32 bytes.
        package let sealing: [UInt8]

        package init(author: PublicKey, tls: [UInt8], sealing: [UInt8]) {
            self.author = author
            self.tls = tls
            self.sealing = sealing
        }
    }

    package var publicHalves: PublicHalves {
        PublicHalves(
            author: author.publicKey, tls: [UInt8](tls.publicKey.derRepresentation),
            sealing: [UInt8](sealing.publicKey.rawRepresentation))
    }
}

/// The text of the key files: PEM, whose first line says what the key is for.
package enum KeyPEM {
    package static func text(of author: SigningKey) throws -> String {
        PEMDocument(type: kind(author.publicKey.algorithm), derBytes: try author.privateBytes()).pemString + "\n"
    }

    static func text(of tls: P256.Signing.PrivateKey) -> String { tls.pemRepresentation + "\n" }

    static func text(of sealing: Curve25519.KeyAgreement.PrivateKey) -> String {
        PEMDocument(type: sealingKind, derBytes: [UInt8](sealing.rawRepresentation)).pemString + "\n"
    }

    /// - Returns: nil when `text` is anything else; so do the two below.
    package static func author(_ text: String) -> SigningKey? {
        guard let document = try? PEMDocument(pemString: text),
            let algorithm = Algorithm.allCases.first(where: { kind($0) == document.discriminator })
        else { return nil }
        return try? SigningKey(algorithm: algorithm, der: document.derBytes)
    }

    package static func tls(_ text: String) -> P256.Signing.PrivateKey? {
        try? P256.Signing.PrivateKey(pemRepresentation: text)
    }

    package static func sealing(_ text: String) -> Curve25519.KeyAgreement.PrivateKey? {
        guard let document = try? PEMDocument(pemString: text), document.discriminator == sealingKind else {
            return nil
        }
        return try? Curve25519.KeyAgreement.PrivateKey(rawRepresentation: document.derBytes)
    }

    private static let sealingKind = "SANJI X25519 SEALING KEY"

    private static func kind(_ algorithm: Algorithm) -> String {
        "SANJI \(algorithm.description.uppercased()) AUTHOR KEY"
    }
}
