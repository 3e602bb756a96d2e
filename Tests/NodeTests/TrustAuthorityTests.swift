import ChangeSets
import Crypto
import Foundation
import Node
import Testing
import X509

@Suite struct `The authority` {
    private let noon = TrustDistrict.noon

    @Test func `is known by its fingerprint and knows its district`() throws {
        let authority = try TrustDistrict().authority
        let read = try AuthorityCertificate(pem: authority.certificate.pem)
        #expect(read == authority.certificate)
        #expect(read.root == TrustDistrict.district)
        #expect(read.fingerprint.bytes == Array(SHA256.hash(data: read.der)))
        #expect(read.notAfter == noon + 20 * 365.25 * 86_400)
    }

    @Test func `certifies offices of its own district only, and P-256 keys only`() throws {
        let authority = try TrustDistrict().authority
        let key = try OfficeKeys.generate(.ed25519).publicHalves
        let elsewhere = try OfficeCode("330105001")
        #expect(throws: TrustProblem.outsideAuthority(office: elsewhere, root: TrustDistrict.district)) {
            try authority.issue(for: elsewhere, publicKey: key.tls, now: noon)
        }
        for bytes in [[], key.sealing, key.author.bytes, key.tls + [0], Array(key.tls.dropLast())] {
            #expect(throws: TrustProblem.notATLSKey) {
                try authority.issue(for: TrustDistrict.town, publicKey: bytes, now: noon)
            }
        }
    }

    @Test func `certifies nothing beyond its own end`() throws {
        let authority = try TrustDistrict().authority
        let key = try OfficeKeys.generate(.ed25519).publicHalves.tls
        let end = authority.certificate.notAfter
        let last = try authority.issue(for: TrustDistrict.town, publicKey: key, now: end - 3_600)
        #expect(last.notAfter == end)
        #expect(throws: TrustProblem.authorityExpired(end)) {
            try authority.issue(for: TrustDistrict.town, publicKey: key, now: end)
        }
        #expect(throws: TrustProblem.authorityExpired(end)) {
            try last.check(against: authority.certificate, office: TrustDistrict.town, now: end + 1)
        }
    }

    @Test func `is no office, no stranger, and no bytes`() throws {
        let district = try TrustDistrict()
        let office = try district.identity(TrustDistrict.town).certificate
        let name = "Sanji 330106 authority"
        let ca = BasicConstraints.isCertificateAuthority(maxPathLength: nil)
        let refused = [
            [], [0x30], office.der, district.authority.certificate.der + [0],
            Array(district.authority.certificate.der.dropLast()),
            try selfSigned([], name: name), try selfSigned([], constraints: ca, name: "Sanji authority"),
            try selfSigned([], constraints: ca, name: "Sanji 33010 authority"),
        ]
        for der in refused {
            #expect(throws: TrustProblem.notAnAuthority) { try AuthorityCertificate(der: der) }
        }
        #expect(throws: TrustProblem.notAnOfficeCertificate) {
            try OfficeCertificate(der: district.authority.certificate.der)
        }
    }

    @Test func `damaged anywhere is no authority, or another one`() throws {
        let authority = try TrustDistrict().authority.certificate
        for index in authority.der.indices {
            var der = authority.der
            der[index] ^= 0x01
            let read = try? AuthorityCertificate(der: der)
            #expect(read?.fingerprint != authority.fingerprint)
        }
    }
}

@Suite struct `The root's author` {
    @Test(arguments: Algorithm.allCases)
    func `is vouched for by the authority`(algorithm: Algorithm) throws {
        let authority = try TrustDistrict().authority
        let key = try SigningKey.generate(algorithm).publicKey
        let made = try authority.certify(rootAuthor: key, ordinal: 3)
        let read = try RootAuthorCertificate(encoded: made.encoded())
        #expect(read == made)
        #expect(read.office == TrustDistrict.district && read.ordinal == 3 && read.publicKey == key)
        try read.verify(by: authority.certificate)
        #expect(throws: TrustProblem.forgedRootAuthor(office: TrustDistrict.district)) {
            try read.verify(by: try TrustDistrict().authority.certificate)
        }
    }

    /// Made here byte by byte: what the authority signs is a format, and its root's office is part of it.
    @Test func `is signed over these bytes, for the authority's own root only`() throws {
        let (data, district) = (try TrustFolder(), try TrustDistrict())
        try district.authority.save(to: data.url)
        let pem = try String(contentsOf: data.url.appending(path: "authority/key.pem"), encoding: .utf8)
        let key = try P256.Signing.PrivateKey(pemRepresentation: pem)
        let author = try SigningKey.generate(.sm2).publicKey
        let certificate = { (office: OfficeCode) in
            let count = UInt8(office.digits.count)
            let fields: [UInt8] =
                [0, 0, 0, count] + Array(office.digits.utf8) + [0, 0, 0, 4, 0, 0, 1, 2, 0, 0, 0, 4, 0, 0, 0, 2]
                + [0, 0, 0, UInt8(author.bytes.count)] + author.bytes
            let signature = try key.signature(for: Array("sanji 1 root author\0".utf8) + SHA256.hash(data: fields))
            let der = [UInt8](signature.derRepresentation)
            return try RootAuthorCertificate(encoded: [1] + fields + [0, 0, 0, UInt8(der.count)] + der)
        }
        let good = try certificate(TrustDistrict.district)
        #expect(good.ordinal == 258 && good.publicKey == author)
        try good.verify(by: district.authority.certificate)
        #expect(throws: TrustProblem.forgedRootAuthor(office: TrustDistrict.town)) {
            try certificate(TrustDistrict.town).verify(by: district.authority.certificate)
        }
    }

    @Test func `damaged anywhere is refused`() throws {
        let authority = try TrustDistrict().authority
        let bytes = try authority.certify(rootAuthor: SigningKey.generate(.ed25519).publicKey, ordinal: 1).encoded()
        for index in bytes.indices {
            for bit in 0..<8 {
                var damaged = bytes
                damaged[index] ^= 1 << UInt8(bit)
                #expect(throws: TrustProblem.self) {
                    try RootAuthorCertificate(encoded: damaged).verify(by: authority.certificate)
                }
            }
            #expect(throws: TrustProblem.notARootAuthorCertificate) {
                try RootAuthorCertificate(encoded: Array(bytes[..<index]))
            }
        }
        #expect(throws: TrustProblem.notARootAuthorCertificate) { try RootAuthorCertificate(encoded: bytes + [0]) }
        #expect(throws: TrustProblem.notARootAuthorCertificate) {
            try RootAuthorCertificate(encoded: [1] + [UInt8](repeating: 0xFF, count: 2_000))
        }
    }
}
