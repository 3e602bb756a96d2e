import Crypto
import Foundation

// The `authority` folder in the district's data folder. It is backed up apart from the data, under a passphrase.
extension CertificateAuthority {
    /// - Throws: ``KeyFileProblem/exists(_:)`` when an authority is there: every office below has pinned it.
    package func save(to dataFolder: URL) throws {
        let folder = Self.folder(in: dataFolder)
        try PrivateFile.makeFolder(folder)
        guard !PrivateFile.exists(Self.keyFile(folder)) else { throw KeyFileProblem.exists(Self.keyFile(folder)) }
        // The key comes last: a folder with a key is whole.
        try PrivateFile.write(certificate.pem, to: Self.certificateFile(folder), replacing: true)
        try PrivateFile.write(privateKeyPEM, to: Self.keyFile(folder), replacing: false)
    }

    package static func load(from dataFolder: URL) throws -> CertificateAuthority {
        let folder = folder(in: dataFolder)
        guard let keyText = try PrivateFile.read(keyFile(folder)) else { throw KeyFileProblem.noAuthority(folder) }
        guard let key = KeyPEM.tls(keyText) else { throw KeyFileProblem.damaged(keyFile(folder)) }
        guard let text = try PrivateFile.read(certificateFile(folder)) else {
            throw KeyFileProblem.missing(certificateFile(folder))
        }
        guard let certificate = try? AuthorityCertificate(pem: text),
            let authority = try? CertificateAuthority(certificate: certificate, key: key)
        else { throw KeyFileProblem.damaged(certificateFile(folder)) }
        return authority
    }

    private static func folder(in dataFolder: URL) -> URL {
        dataFolder.appending(path: "authority", directoryHint: .isDirectory)
    }

    private static func keyFile(_ folder: URL) -> URL { folder.appending(path: "key.pem") }
    private static func certificateFile(_ folder: URL) -> URL { folder.appending(path: "certificate.pem") }
}
