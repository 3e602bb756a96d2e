import ChangeSets
import Crypto
import Foundation
import NIOSSL
import SwiftASN1
import X509

/// The TLS certificate of one office.
package struct OfficeCertificate: Hashable, Sendable {
    package let der: [UInt8]
    /// From the subject alternative name. What a peer is served follows from this, never from what it asks for.
    package let office: OfficeCode
    /// The TLS key, DER SubjectPublicKeyInfo: what the directory names for the office's author.
    package let publicKey: [UInt8]
    package let notBefore: Date
    package let notAfter: Date
    private let certificate: Certificate

    /// Reads the form; nothing is believed yet (``check(against:office:now:)``).
    /// - Throws: ``TrustProblem/notAnOfficeCertificate`` unless the bytes are exactly one certificate, not of an
    ///   authority, for both sides of TLS, with exactly one alternative name, which is an office's.
    package init(der: [UInt8]) throws(TrustProblem) {
        guard let parsed = try? Certificate(derEncoded: der),
            let key = P256.Signing.PublicKey(parsed.publicKey),
            let names = try? parsed.extensions.subjectAlternativeNames, names.count == 1,
            case .dnsName(let name) = names.first, let office = OfficeCode(tlsName: name),
            let usages = try? parsed.extensions.extendedKeyUsage,
            usages.contains(.serverAuth), usages.contains(.clientAuth),
            case .notCertificateAuthority = try? parsed.extensions.basicConstraints,
            parsed.hasOnlyKnownCriticalExtensions
        else { throw .notAnOfficeCertificate }
        self.der = der
        self.office = office
        publicKey = [UInt8](key.derRepresentation)
        notBefore = parsed.notValidBefore
        notAfter = parsed.notValidAfter
        certificate = parsed
    }

    package init(pem: String) throws(TrustProblem) {
        guard let document = try? PEMDocument(pemString: pem), document.discriminator == "CERTIFICATE" else {
            throw .notAnOfficeCertificate
        }
        try self.init(der: document.derBytes)
    }

    /// - Returns: nil for a certificate of any other form, even one that TLS accepted.
    package init?(_ certificate: NIOSSLCertificate) {
        guard let der = try? certificate.toDERBytes(), let read = try? OfficeCertificate(der: der) else { return nil }
        self = read
    }

    package var pem: String { PEMDocument(type: "CERTIFICATE", derBytes: der).pemString + "\n" }

    /// Whether the authority made it. Times are not looked at: an office whose certificate has ended may still renew.
    package func isSigned(by authority: AuthorityCertificate) -> Bool {
        certificate.issuer == authority.certificate.subject && authority.root.covers(office)
            && authority.certificate.publicKey.isValidSignature(certificate.signature, for: certificate)
    }

    /// TLS looks at times once, at the handshake; a connection can outlive its certificates.
    package func isValid(at now: Date) -> Bool { notBefore <= now && now <= notAfter }

    /// Believes the certificate, or says exactly why not.
    package func check(
        against authority: AuthorityCertificate, office expected: OfficeCode, now: Date
    ) throws(TrustProblem) {
        guard isSigned(by: authority) else { throw .notSignedByAuthority(office: office) }
        guard office == expected else { throw .anotherOffice(presented: office, expected: expected) }
        guard authority.notBefore <= now else { throw .notYetValid(office: authority.root, from: authority.notBefore) }
        guard now <= authority.notAfter else { throw .authorityExpired(authority.notAfter) }
        guard notBefore <= now else { throw .notYetValid(office: office, from: notBefore) }
        guard now <= notAfter else { throw .expired(office: office, since: notAfter) }
    }

    package static func == (a: Self, b: Self) -> Bool { a.der == b.der }

    package func hash(into hasher: inout Hasher) { hasher.combine(der) }
}
