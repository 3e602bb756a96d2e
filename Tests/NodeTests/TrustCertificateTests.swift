import ChangeSets
import Crypto
import Foundation
import NIOSSL
import Node
import SwiftASN1
import Testing
import X509

@Suite struct `An office's certificate` {
    private let noon = TrustDistrict.noon

    @Test func `chains to the authority, in the one name that derives from the code`() async throws {
        let now = Date()  // X509's policy looks at the machine's clock.
        let district = try TrustDistrict(now: now)
        let issued = try district.identity(TrustDistrict.town, now: now).certificate
        let root = try Certificate(derEncoded: district.authority.certificate.der)
        var verifier = Verifier(rootCertificates: CertificateStore([root])) {
            RFC5280Policy()
            ServerIdentityPolicy(serverHostname: "o330106109.sanji.internal", serverIP: nil)
        }
        let leaf = try Certificate(derEncoded: issued.der)
        guard case .validCertificate = await verifier.validate(leaf: leaf, intermediates: CertificateStore([])) else {
            Issue.record("X509 refuses the chain")
            return
        }
        #expect(leaf.serialNumber.bytes.count == 16)
        #expect(leaf.publicKey.subjectPublicKeyInfoBytes.count > 0)
    }

    @Test func `is read back with office, key and times, from NIOSSL too`() throws {
        let district = try TrustDistrict()
        let identity = try district.identity(TrustDistrict.village)
        let certificate = try OfficeCertificate(pem: identity.certificate.pem)
        #expect(certificate == identity.certificate)
        #expect(certificate.office == TrustDistrict.village)
        #expect(certificate.publicKey == identity.keys.publicHalves.tls)
        #expect(certificate.notBefore == noon - 86_400)
        #expect(certificate.notAfter == noon + 45 * 86_400)
        let other = try NIOSSLCertificate(bytes: certificate.der, format: .der)
        #expect(OfficeCertificate(other) == certificate)
        #expect(TLSSettings.peerOffice(from: other) == TrustDistrict.village)
        #expect(TLSSettings.notAfter(of: other) == certificate.notAfter)
    }

    @Test func `is believed within its times only, whoever asks`() throws {
        let district = try TrustDistrict()
        let certificate = try district.identity(TrustDistrict.town).certificate
        let authority = district.authority.certificate
        try certificate.check(against: authority, office: TrustDistrict.town, now: noon)
        try certificate.check(against: authority, office: TrustDistrict.town, now: certificate.notBefore)
        try certificate.check(against: authority, office: TrustDistrict.town, now: certificate.notAfter)
        #expect(throws: TrustProblem.expired(office: TrustDistrict.town, since: certificate.notAfter)) {
            try certificate.check(against: authority, office: TrustDistrict.town, now: certificate.notAfter + 1)
        }
        let later = try district.identity(TrustDistrict.town, now: noon + 30 * 86_400).certificate
        #expect(throws: TrustProblem.notYetValid(office: TrustDistrict.town, from: later.notBefore)) {
            try later.check(against: authority, office: TrustDistrict.town, now: noon)
        }
        #expect(!certificate.isValid(at: certificate.notAfter + 1))
        #expect(certificate.isValid(at: noon))
    }

    @Test func `of another office, or of another authority of the same name, is not believed`() throws {
        let (district, other) = (try TrustDistrict(), try TrustDistrict())
        let certificate = try district.identity(TrustDistrict.town).certificate
        #expect(
            throws: TrustProblem.anotherOffice(presented: TrustDistrict.town, expected: TrustDistrict.otherTown)
        ) {
            try certificate.check(
                against: district.authority.certificate, office: TrustDistrict.otherTown, now: noon)
        }
        #expect(throws: TrustProblem.notSignedByAuthority(office: TrustDistrict.town)) {
            try certificate.check(against: other.authority.certificate, office: TrustDistrict.town, now: noon)
        }
    }

    @Test func `with anything but exactly one office name names no office`() throws {
        let ours = GeneralName.dnsName(TrustDistrict.town.tlsName)
        let read = { (der: [UInt8]) in
            TLSSettings.peerOffice(from: try NIOSSLCertificate(bytes: der, format: .der))
        }
        #expect(try read(selfSigned([ours])) == TrustDistrict.town)
        #expect(try read(selfSigned([])) == nil)
        #expect(try read(selfSigned([ours, ours])) == nil)
        #expect(try read(selfSigned([ours, .dnsName("example.org")])) == nil)
        #expect(try read(selfSigned([ours, .rfc822Name("a@b.c")])) == nil)
        #expect(try read(selfSigned([.rfc822Name(TrustDistrict.town.tlsName)])) == nil)
        #expect(try read(selfSigned([.uniformResourceIdentifier(TrustDistrict.town.tlsName)])) == nil)
        #expect(try read(selfSigned([ours], constraints: .isCertificateAuthority(maxPathLength: nil))) == nil)
        #expect(try read(selfSigned([ours], usages: [.serverAuth])) == nil)
        let unknown = Certificate.Extension(oid: [1, 3, 6, 1, 4, 1, 55, 1], critical: true, value: [5, 0])
        #expect(try read(selfSigned([ours], extra: unknown)) == nil)
    }

    @Test(arguments: [
        "", "o.sanji.internal", "o33010.sanji.internal", "330106.sanji.internal", "o330106.sanji.internal.",
        "O330106.sanji.internal", "o330106.SANJI.internal", "*.sanji.internal",
        "o330106.sanji.internal.example.org", "xo330106.sanji.internal", "o٣٣٠١٠٦.sanji.internal", "o.sanji.interna",
    ])
    func `is not named like this`(name: String) { #expect(OfficeCode(tlsName: name) == nil) }

    @Test(arguments: ["33", "3301", "330106", "330106109", "330106109012"])
    func `is named by its code`(digits: String) throws {
        let office = try OfficeCode(digits)
        #expect(office.tlsName == "o\(digits).sanji.internal")
        #expect(OfficeCode(tlsName: office.tlsName) == office)
    }
}
