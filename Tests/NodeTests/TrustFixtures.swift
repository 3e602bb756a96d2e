import ChangeSets
import Crypto
import Foundation
import NIOSSL
import Node
import SwiftASN1
import X509

/// A district with its authority, and offices that it certifies. All keys are new each time.
struct TrustDistrict {
    static let district = try! OfficeCode("330106")
    static let town = try! OfficeCode("330106109")
    static let village = try! OfficeCode("330106109012")
    static let otherTown = try! OfficeCode("330106009")
    /// For what never meets NIOSSL, which looks at the machine's clock.
    static let noon = Date(timeIntervalSince1970: 1_790_000_000)

    let authority: CertificateAuthority

    init(now: Date = noon) throws { authority = try CertificateAuthority.create(district: Self.district, now: now) }

    func identity(_ office: OfficeCode, now: Date = noon, validDays: Int = 45) throws -> OfficeIdentity {
        let keys = try OfficeKeys.generate(.ed25519)
        let certificate = try authority.issue(
            for: office, publicKey: keys.publicHalves.tls, now: now, validDays: validDays)
        return OfficeIdentity(keys: keys, certificate: certificate, authority: authority.certificate)
    }

    func settings(_ office: OfficeCode, now: Date = noon, validDays: Int = 45) throws -> TLSSettings {
        try identity(office, now: now, validDays: validDays).tlsSettings()
    }
}

/// A certificate as strangers make them: signed by its own key, with any alternative names and usages.
func selfSigned(
    _ names: [GeneralName], usages: [ExtendedKeyUsage.Usage] = [.serverAuth, .clientAuth],
    constraints: BasicConstraints = .notCertificateAuthority, name: String = "stranger",
    extra: Certificate.Extension? = nil
) throws -> [UInt8] {
    let key = Certificate.PrivateKey(P256.Signing.PrivateKey())
    var extensions = try Certificate.Extensions {
        Critical(constraints)
        Critical(KeyUsage(digitalSignature: true, keyCertSign: constraints != .notCertificateAuthority))
        try ExtendedKeyUsage(usages)
        SubjectAlternativeNames(names)
    }
    if let extra { try extensions.append(extra) }
    let subject = try DistinguishedName { CommonName(name) }
    let certificate = try Certificate(
        version: .v3, serialNumber: .init(), publicKey: key.publicKey, notValidBefore: TrustDistrict.noon,
        notValidAfter: TrustDistrict.noon + 86_400, issuer: subject, subject: subject,
        signatureAlgorithm: .ecdsaWithSHA256, extensions: extensions, issuerPrivateKey: key)
    var serializer = DER.Serializer()
    try serializer.serialize(certificate)
    return serializer.serializedBytes
}

/// A folder that is gone after the test.
final class TrustFolder {
    let url = FileManager.default.temporaryDirectory.appending(path: "sanji-trust-\(UUID().uuidString)")

    init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(at: url) }

    func mode(_ path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: url.appending(path: path).path)
        return (attributes[.posixPermissions] as! NSNumber).intValue
    }

    func files(in path: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: url.appending(path: path).path).sorted()
    }
}
