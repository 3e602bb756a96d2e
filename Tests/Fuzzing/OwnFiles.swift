import ChangeSets
import Node

/// Files of an office's own folder, which an operator may have edited or a disk damaged. The first byte says which; the rest is the file.
enum OwnFiles {
    static func read(_ bytes: [UInt8]) throws {
        let rest = Array(bytes.dropFirst())
        let text = FuzzTarget.text(rest)
        switch (bytes.first ?? 0) % 5 {
        case 0:
            guard let key = KeyPEM.author(text) else { return }
            guard try KeyPEM.author(KeyPEM.text(of: key))?.publicKey == key.publicKey else {
                throw FuzzFinding(what: "an author's key is another one when it is written again")
            }
        case 1: _ = KeyPEM.tls(text)
        case 2: _ = KeyPEM.sealing(text)
        case 3: _ = try AuthorityCertificate(pem: text)
        default: try FuzzTarget.again(rest, { try OfficeSettings(json: $0) }, { try $0.json() })
        }
    }
}
