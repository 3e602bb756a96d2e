import ChangeSets
import Crypto
import Foundation
import SwiftASN1
import X509

/// The district's authority: makes the TLS certificates of all offices below, and vouches for the root's author key.
///
/// P-256 whatever the authors' algorithm is: TLS speaks it everywhere. It outlives every certificate it makes, because
/// offices pin it when they join.
package struct CertificateAuthority: Sendable {
    package let certificate: AuthorityCertificate
    private let key: P256.Signing.PrivateKey

    package var root: OfficeCode { certificate.root }
    package var fingerprint: ChangeSets.Digest { certificate.fingerprint }

    static let validYears = 20
    /// How long before it was made a certificate already holds: offices' clocks lag, some by hours.
    static let backdated_s: TimeInterval = 24 * 60 * 60
    package static let defaultValidDays = 45

    package static func create(district: OfficeCode, now: Date) throws -> CertificateAuthority {
        let key = P256.Signing.PrivateKey()
        let name = try AuthorityCertificate.name(of: district)
        let publicKey = Certificate.PublicKey(key.publicKey)
        let certificate = try Certificate(
            version: .v3, serialNumber: randomSerialNumber(), publicKey: publicKey,
            notValidBefore: now.wholeSeconds - backdated_s, notValidAfter: now.wholeSeconds.adding(years: validYears),
            issuer: name, subject: name, signatureAlgorithm: .ecdsaWithSHA256,
            extensions: Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                Critical(KeyUsage(keyCertSign: true))
                SubjectKeyIdentifier(hash: publicKey)
            },
            issuerPrivateKey: Certificate.PrivateKey(key))
        return try CertificateAuthority(certificate: AuthorityCertificate(der: certificate.derBytes()), key: key)
    }

    /// - Throws: ``TrustProblem/notAnAuthority`` when the key is not the certificate's.
    init(certificate: AuthorityCertificate, key: P256.Signing.PrivateKey) throws(TrustProblem) {
        guard key.publicKey.x963Representation == certificate.publicKey.x963Representation else {
            throw .notAnAuthority
        }
        self.certificate = certificate
        self.key = key
    }

    /// A TLS certificate for client and server side, in the one name that derives from the office's code.
    /// - Parameter publicKey: The office's TLS key (P-256), DER SubjectPublicKeyInfo.
    /// - Parameter validDays: From `now` on, but never beyond the authority's own end.
    /// - Throws: ``TrustProblem`` for a key that is none, an office off the district, or an authority past its end.
    package func issue(
        for office: OfficeCode, publicKey: [UInt8], now: Date, validDays: Int = defaultValidDays
    ) throws -> OfficeCertificate {
        guard root.covers(office) else { throw TrustProblem.outsideAuthority(office: office, root: root) }
        guard now < certificate.notAfter else { throw TrustProblem.authorityExpired(certificate.notAfter) }
        guard let officeKey = try? P256.Signing.PublicKey(derRepresentation: publicKey),
            [UInt8](officeKey.derRepresentation) == publicKey
        else { throw TrustProblem.notATLSKey }
        let issued = try Certificate(
            version: .v3, serialNumber: Self.randomSerialNumber(), publicKey: Certificate.PublicKey(officeKey),
            notValidBefore: max(now.wholeSeconds - Self.backdated_s, certificate.notBefore),
            notValidAfter: min(now.wholeSeconds + TimeInterval(validDays) * 86_400, certificate.notAfter),
            issuer: certificate.certificate.subject,
            subject: DistinguishedName { CommonName(office.tlsName) },
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: Certificate.Extensions {
                Critical(BasicConstraints.notCertificateAuthority)
                Critical(KeyUsage(digitalSignature: true))
                try ExtendedKeyUsage([.serverAuth, .clientAuth])
                SubjectAlternativeNames([.dnsName(office.tlsName)])
                AuthorityKeyIdentifier(
                    keyIdentifier: SubjectKeyIdentifier(hash: certificate.certificate.publicKey).keyIdentifier)
            },
            issuerPrivateKey: Certificate.PrivateKey(key))
        return try OfficeCertificate(der: issued.derBytes())
    }

    /// Vouches for the root's author key. Offices that pinned this authority believe it, and through it all else.
    package func certify(rootAuthor publicKey: PublicKey, ordinal: UInt32) throws -> RootAuthorCertificate {
        let message = RootAuthorCertificate.signedMessage(office: root, ordinal: ordinal, publicKey: publicKey)
        let signature = try key.signature(for: message)
        return RootAuthorCertificate(
            office: root, ordinal: ordinal, publicKey: publicKey, signature: [UInt8](signature.derRepresentation))
    }

    var privateKeyPEM: String { key.pemRepresentation + "\n" }

    /// 16 random bytes, as a positive number whose first byte is not zero: one form only in DER.
    private static func randomSerialNumber() -> Certificate.SerialNumber {
        var random = SystemRandomNumberGenerator()
        var bytes = (0..<16).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        bytes[0] = bytes[0] & 0x7F | 0x40
        return Certificate.SerialNumber(bytes: bytes)
    }
}

extension Certificate {
    func derBytes() throws -> [UInt8] {
        var serializer = DER.Serializer()
        try serializer.serialize(self)
        return serializer.serializedBytes
    }
}

extension Date {
    /// Certificates know no fractions of a second.
    fileprivate var wholeSeconds: Date { Date(timeIntervalSince1970: timeIntervalSince1970.rounded(.down)) }

    fileprivate func adding(years: Int) -> Date { self + TimeInterval(years) * 365.25 * 86_400 }
}
