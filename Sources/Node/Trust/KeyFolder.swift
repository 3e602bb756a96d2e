import ChangeSets
import Crypto
import Foundation

/// The `keys` folder in an office's data folder: its private keys, its certificate, and the authority it joined.
///
/// Backups hold no private key, so what is lost here is lost: nothing in this folder is overwritten but by name.
package struct KeyFolder: Sendable {
    package let folder: URL

    package init(dataFolder: URL) { folder = dataFolder.appending(path: "keys", directoryHint: .isDirectory) }

    var authorFile: URL { folder.appending(path: "author.pem") }
    var tlsFile: URL { folder.appending(path: "tls.pem") }
    var sealingFile: URL { folder.appending(path: "sealing.pem") }
    var certificateFile: URL { folder.appending(path: "certificate.pem") }
    var authorityFile: URL { folder.appending(path: "authority.pem") }

    /// Whether a certificate was received; it is written last.
    package var hasJoined: Bool { PrivateFile.exists(certificateFile) }

    /// The keys to join with. Keys that are there are kept and missing ones made, so that a join that was cut off is
    /// tried again under the same keys, and the office above can tell that it is the same machine.
    /// - Throws: ``KeyFileProblem/missing(_:)`` once a certificate was received: then a missing key is a loss.
    package func prepareKeys(_ algorithm: Algorithm) throws -> OfficeKeys {
        if !hasJoined { try makeMissingKeys(algorithm) }
        let keys = try loadKeys()
        let found = keys.author.publicKey.algorithm
        guard found == algorithm else {
            throw KeyFileProblem.anotherAlgorithm(authorFile, found: found, wanted: algorithm)
        }
        return keys
    }

    private func makeMissingKeys(_ algorithm: Algorithm) throws {
        try PrivateFile.makeFolder(folder)
        if !PrivateFile.exists(authorFile) {
            try PrivateFile.write(KeyPEM.text(of: SigningKey.generate(algorithm)), to: authorFile, replacing: false)
        }
        if !PrivateFile.exists(tlsFile) {
            try PrivateFile.write(KeyPEM.text(of: P256.Signing.PrivateKey()), to: tlsFile, replacing: false)
        }
        if !PrivateFile.exists(sealingFile) {
            let key = Curve25519.KeyAgreement.PrivateKey()
            try PrivateFile.write(KeyPEM.text(of: key), to: sealingFile, replacing: false)
        }
    }

    package func loadKeys() throws -> OfficeKeys {
        OfficeKeys(
            author: try load(authorFile, KeyPEM.author), tls: try load(tlsFile, KeyPEM.tls),
            sealing: try load(sealingFile, KeyPEM.sealing))
    }

    /// A restored or replaced machine writes under a new author (I11). The old key is gone afterwards, on purpose: it
    /// must not sign again.
    package func replaceAuthorKey(with key: SigningKey) throws {
        guard PrivateFile.exists(authorFile) else { throw KeyFileProblem.missing(authorFile) }
        try PrivateFile.write(KeyPEM.text(of: key), to: authorFile, replacing: true)
    }

    /// Keeps what joining or renewing brought. The certificate comes last: with it the office has joined.
    /// - Throws: ``KeyFileProblem`` when it does not belong to this office's TLS key or to `authority`.
    package func save(certificate: OfficeCertificate, authority: AuthorityCertificate) throws {
        try check(certificate, authority, tls: load(tlsFile, KeyPEM.tls))
        try PrivateFile.write(authority.pem, to: authorityFile, replacing: true)
        try PrivateFile.write(certificate.pem, to: certificateFile, replacing: true)
    }

    /// Times are not looked at: an office whose certificate has ended must start to renew it.
    package func loadIdentity() throws -> OfficeIdentity {
        guard hasJoined else {
            // An office that has its settings has joined, and cannot be invited again.
            let settings = folder.deletingLastPathComponent().appending(path: "office.json")
            throw PrivateFile.exists(settings)
                ? KeyFileProblem.missing(certificateFile) : .notJoined(certificateFile)
        }
        let keys = try loadKeys()
        let authority = try load(authorityFile) { try? AuthorityCertificate(pem: $0) }
        let certificate = try load(certificateFile) { try? OfficeCertificate(pem: $0) }
        try check(certificate, authority, tls: keys.tls)
        return OfficeIdentity(keys: keys, certificate: certificate, authority: authority)
    }

    private func check(
        _ certificate: OfficeCertificate, _ authority: AuthorityCertificate, tls: P256.Signing.PrivateKey
    ) throws {
        guard certificate.publicKey == [UInt8](tls.publicKey.derRepresentation) else {
            throw KeyFileProblem.certificateOfAnotherKey(certificateFile)
        }
        guard certificate.isSigned(by: authority) else {
            throw KeyFileProblem.certificateOfAnotherAuthority(certificateFile)
        }
    }

    private func load<Value>(_ file: URL, _ parse: (String) -> Value?) throws -> Value {
        guard let text = try PrivateFile.read(file) else { throw KeyFileProblem.missing(file) }
        guard let value = parse(text) else { throw KeyFileProblem.damaged(file) }
        return value
    }
}
