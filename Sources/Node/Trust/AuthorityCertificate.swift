import ChangeSets
import Crypto
import Foundation
import SwiftASN1
import X509

/// The public half of a district's authority: what every office below pins.
package struct AuthorityCertificate: Hashable, Sendable {
    /// Exactly as made: the fingerprint is over these bytes.
    package let der: [UInt8]
    package let root: OfficeCode
    package let notBefore: Date
    package let notAfter: Date
    let certificate: Certificate
    let publicKey: P256.Signing.PublicKey

    /// - Throws: ``TrustProblem/notAnAuthority`` unless the bytes are exactly one certificate of the form that
    ///   ``CertificateAuthority`` makes, signed by itself. Whether it is *our* authority only its fingerprint says.
    package init(der: [UInt8]) throws(TrustProblem) {
        guard let parsed = try? Certificate(derEncoded: der),
            let key = P256.Signing.PublicKey(parsed.publicKey),
            let root = Self.root(namedBy: parsed.subject),
            parsed.issuer == parsed.subject,
            parsed.publicKey.isValidSignature(parsed.signature, for: parsed),
            case .isCertificateAuthority = try? parsed.extensions.basicConstraints,
            (try? parsed.extensions.keyUsage)?.keyCertSign == true,
            parsed.hasOnlyKnownCriticalExtensions
        else { throw .notAnAuthority }
        self.der = der
        self.root = root
        notBefore = parsed.notValidBefore
        notAfter = parsed.notValidAfter
        certificate = parsed
        publicKey = key
    }

    package init(pem: String) throws(TrustProblem) {
        guard let document = try? PEMDocument(pemString: pem), document.discriminator == "CERTIFICATE" else {
            throw .notAnAuthority
        }
        try self.init(der: document.derBytes)
    }

    /// SHA-256 of the certificate: what an invitation carries and an office pins.
    package var fingerprint: ChangeSets.Digest { ChangeSets.Digest(SHA256.hash(data: der).map(\.self))! }  // 32 bytes.

    package var pem: String { PEMDocument(type: "CERTIFICATE", derBytes: der).pemString + "\n" }

    static func name(of root: OfficeCode) throws -> DistinguishedName {
        try DistinguishedName { CommonName("Sanji \(root) authority") }
    }

    private static func root(namedBy subject: DistinguishedName) -> OfficeCode? {
        guard let attribute = subject.first?.first, let name = String(attribute.value) else { return nil }
        let words = name.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 3, let root = try? OfficeCode(words[1]), (try? Self.name(of: root)) == subject else {
            return nil
        }
        return root
    }

    package static func == (a: Self, b: Self) -> Bool { a.der == b.der }

    package func hash(into hasher: inout Hasher) { hasher.combine(der) }
}

extension Certificate {
    /// A critical extension says: refuse me if you do not know this.
    var hasOnlyKnownCriticalExtensions: Bool {
        let known: [ASN1ObjectIdentifier] = [
            .X509ExtensionID.basicConstraints, .X509ExtensionID.keyUsage, .X509ExtensionID.extendedKeyUsage,
            .X509ExtensionID.subjectAlternativeName,
        ]
        return extensions.allSatisfy { !$0.critical || known.contains($0.oid) }
    }
}
