import ChangeSets
import Crypto
import Foundation
import Node
import Testing

@Suite struct `The keys of an office` {
    private let noon = TrustDistrict.noon

    @Test(arguments: Algorithm.allCases)
    func `are kept for this account alone, and read back`(algorithm: Algorithm) throws {
        let data = try TrustFolder()
        let folder = KeyFolder(dataFolder: data.url)
        let made = try folder.prepareKeys(algorithm)
        #expect(try data.mode("keys") == 0o700)
        #expect(try data.files(in: "keys") == ["author.pem", "sealing.pem", "tls.pem"])
        for name in try data.files(in: "keys") { #expect(try data.mode("keys/\(name)") == 0o600) }
        let read = try folder.loadKeys()
        #expect(read.publicHalves == made.publicHalves)
        #expect(read.publicHalves.sealing.count == 32)
        #expect(read.author.publicKey.algorithm == algorithm)
        let message = Array("a change".utf8)
        #expect(try VerificationKey(made.publicHalves.author).isValid(read.author.sign(message), over: message))
    }

    @Test func `name their purpose in the first line`() throws {
        let data = try TrustFolder()
        _ = try KeyFolder(dataFolder: data.url).prepareKeys(.sm2)
        let first = { (name: String) in
            try String(contentsOf: data.url.appending(path: "keys/\(name)"), encoding: .utf8).prefix { $0 != "\n" }
        }
        #expect(try first("author.pem") == "-----BEGIN SANJI SM2 AUTHOR KEY-----")
        #expect(try first("sealing.pem") == "-----BEGIN SANJI X25519 SEALING KEY-----")
        #expect(try first("tls.pem") == "-----BEGIN PRIVATE KEY-----")
    }

    @Test func `stay the same when a join is tried again, and whole after a cut`() throws {
        let data = try TrustFolder()
        let folder = KeyFolder(dataFolder: data.url)
        let first = try folder.prepareKeys(.ed25519).publicHalves
        #expect(try folder.prepareKeys(.ed25519).publicHalves == first)
        try FileManager.default.removeItem(at: data.url.appending(path: "keys/sealing.pem"))
        let second = try folder.prepareKeys(.ed25519).publicHalves
        #expect(second.author == first.author && second.tls == first.tls && second.sealing != first.sealing)
        #expect(throws: KeyFileProblem.self) { try folder.prepareKeys(.sm2) }
    }

    @Test func `with certificate and authority are the office`() throws {
        let (data, district) = (try TrustFolder(), try TrustDistrict())
        let folder = KeyFolder(dataFolder: data.url)
        let keys = try folder.prepareKeys(.ed25519)
        #expect(!folder.hasJoined)
        #expect(throws: KeyFileProblem.notJoined(data.url.appending(path: "keys/certificate.pem"))) {
            try folder.loadIdentity()
        }
        let certificate = try district.authority.issue(
            for: TrustDistrict.town, publicKey: keys.publicHalves.tls, now: noon)
        try folder.save(certificate: certificate, authority: district.authority.certificate)
        let identity = try folder.loadIdentity()
        #expect(identity.office == TrustDistrict.town)
        #expect(identity.certificate == certificate && identity.authority == district.authority.certificate)
        #expect(identity.keys.publicHalves == keys.publicHalves)
        #expect(
            try data.files(in: "keys") == [
                "author.pem", "authority.pem", "certificate.pem", "sealing.pem", "tls.pem",
            ])
        for name in try data.files(in: "keys") { #expect(try data.mode("keys/\(name)") == 0o600) }
        #expect(try folder.prepareKeys(.ed25519).publicHalves == keys.publicHalves)
        let lost = data.url.appending(path: "keys/sealing.pem")
        try FileManager.default.removeItem(at: lost)
        #expect(throws: KeyFileProblem.missing(lost)) { try folder.prepareKeys(.ed25519) }
    }

    @Test func `take no certificate of another key or another authority`() throws {
        let (data, district, other) = (try TrustFolder(), try TrustDistrict(), try TrustDistrict())
        let folder = KeyFolder(dataFolder: data.url)
        let keys = try folder.prepareKeys(.ed25519)
        let file = data.url.appending(path: "keys/certificate.pem")
        #expect(throws: KeyFileProblem.certificateOfAnotherKey(file)) {
            try folder.save(
                certificate: district.identity(TrustDistrict.town).certificate,
                authority: district.authority.certificate)
        }
        #expect(throws: KeyFileProblem.certificateOfAnotherAuthority(file)) {
            try folder.save(
                certificate: district.authority.issue(
                    for: TrustDistrict.town, publicKey: keys.publicHalves.tls, now: noon),
                authority: other.authority.certificate)
        }
        #expect(!folder.hasJoined)
    }

    @Test func `that others can read, that are damaged or gone, stop the office with a remedy`() throws {
        let data = try TrustFolder()
        let folder = KeyFolder(dataFolder: data.url)
        _ = try folder.prepareKeys(.ed25519)
        let file = data.url.appending(path: "keys/tls.pem")
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: file.path)
        #expect(throws: KeyFileProblem.readableByOthers(file)) { try folder.loadKeys() }
        #expect(KeyFileProblem.readableByOthers(file).description.contains("chmod 600 \(file.path)"))
        for text in ["", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "\u{FEFF}x"] {
            try Data(text.utf8).write(to: file)
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
            #expect(throws: KeyFileProblem.damaged(file)) { try folder.loadKeys() }
        }
        try Data(repeating: 0x41, count: 100_000).write(to: file)
        #expect(throws: KeyFileProblem.damaged(file)) { try folder.loadKeys() }
        try FileManager.default.removeItem(at: file)
        #expect(throws: KeyFileProblem.missing(file)) { try folder.loadKeys() }
    }

    @Test(arguments: ["a folder", "a pipe"])
    func `that are no files are refused at once`(kind: String) throws {
        let data = try TrustFolder()
        let folder = KeyFolder(dataFolder: data.url)
        _ = try folder.prepareKeys(.ed25519)
        let file = data.url.appending(path: "keys/tls.pem")
        try FileManager.default.removeItem(at: file)
        let code = kind == "a pipe" ? mkfifo(file.path, 0o600) : mkdir(file.path, 0o700)
        #expect(code == 0)
        #expect(throws: KeyFileProblem.noFile(file)) { try folder.loadKeys() }
    }

    @Test func `change their author for a restored office, and nothing else`() throws {
        let data = try TrustFolder()
        let folder = KeyFolder(dataFolder: data.url)
        let first = try folder.prepareKeys(.ed25519).publicHalves
        let next = try SigningKey.generate(.sm2)
        try folder.replaceAuthorKey(with: next)
        let second = try folder.loadKeys().publicHalves
        #expect(second.author == next.publicKey)
        #expect(second.tls == first.tls && second.sealing == first.sealing)
        #expect(try data.mode("keys/author.pem") == 0o600)
        #expect(try data.files(in: "keys") == ["author.pem", "sealing.pem", "tls.pem"])
    }

    @Test func `of the authority are kept likewise, and never overwritten`() throws {
        let (data, district) = (try TrustFolder(), try TrustDistrict())
        let key = data.url.appending(path: "authority/key.pem")
        let folder = data.url.appending(path: "authority", directoryHint: .isDirectory)
        #expect(throws: KeyFileProblem.noAuthority(folder)) {
            try CertificateAuthority.load(from: data.url)
        }
        try district.authority.save(to: data.url)
        #expect(try data.mode("authority") == 0o700)
        #expect(try data.files(in: "authority") == ["certificate.pem", "key.pem"])
        for name in try data.files(in: "authority") { #expect(try data.mode("authority/\(name)") == 0o600) }
        let read = try CertificateAuthority.load(from: data.url)
        #expect(read.certificate == district.authority.certificate)
        let publicKey = try OfficeKeys.generate(.ed25519).publicHalves.tls
        let issued = try read.issue(for: TrustDistrict.town, publicKey: publicKey, now: noon)
        #expect(issued.isSigned(by: district.authority.certificate))
        #expect(throws: KeyFileProblem.exists(key)) { try TrustDistrict().authority.save(to: data.url) }
        #expect(try CertificateAuthority.load(from: data.url).fingerprint == district.authority.fingerprint)
        // A key that is not the certificate's.
        let text = try TrustFolder()
        try TrustDistrict().authority.save(to: text.url)
        try FileManager.default.removeItem(at: key)
        try FileManager.default.copyItem(at: text.url.appending(path: "authority/key.pem"), to: key)
        #expect(throws: KeyFileProblem.damaged(data.url.appending(path: "authority/certificate.pem"))) {
            try CertificateAuthority.load(from: data.url)
        }
    }
}
