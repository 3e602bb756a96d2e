import ChangeSets
import Crypto
import Foundation

/// The authority's word for an author key of the root, which has no parent that could name it (design §9).
package struct RootAuthorCertificate: Hashable, Sendable {
    package let office: OfficeCode
    /// Counts the root's authors; the newer has the larger.
    package let ordinal: UInt32
    package let publicKey: PublicKey
    /// ECDSA P-256 with SHA-256, DER.
    package let signature: [UInt8]

    /// Far above any real one; a receiver reads no further.
    package static let maxByteCount = 1_024
    private static let version: UInt8 = 1

    init(office: OfficeCode, ordinal: UInt32, publicKey: PublicKey, signature: [UInt8]) {
        self.office = office
        self.ordinal = ordinal
        self.publicKey = publicKey
        self.signature = signature
    }

    /// - Throws: ``TrustProblem/forgedRootAuthor(office:)`` unless this authority signed it for its own root.
    package func verify(by authority: AuthorityCertificate) throws(TrustProblem) {
        let message = Self.signedMessage(office: office, ordinal: ordinal, publicKey: publicKey)
        guard office == authority.root,
            let signature = try? P256.Signing.ECDSASignature(derRepresentation: signature),
            authority.publicKey.isValidSignature(signature, for: message),
            (try? VerificationKey(publicKey)) != nil
        else { throw .forgedRootAuthor(office: office) }
    }

    /// What the authority signs. The prefix keeps it apart from everything else that P-256 keys sign here.
    static func signedMessage(office: OfficeCode, ordinal: UInt32, publicKey: PublicKey) -> [UInt8] {
        let fields = fields(office: office, ordinal: ordinal, publicKey: publicKey)
        return Array("sanji 1 root author\0".utf8) + SHA256.hash(data: fields)
    }

    private static func fields(office: OfficeCode, ordinal: UInt32, publicKey: PublicKey) -> [UInt8] {
        var writer = FieldWriter()
        writer.write(field: Array(office.digits.utf8))
        writer.write(field: ordinal.bigEndianBytes)
        writer.write(field: publicKey.algorithm.rawValue.bigEndianBytes)
        writer.write(field: publicKey.bytes)
        return writer.bytes
    }

    package func encoded() -> [UInt8] {
        var writer = FieldWriter()
        writer.bytes = [Self.version] + Self.fields(office: office, ordinal: ordinal, publicKey: publicKey)
        writer.write(field: signature)
        return writer.bytes
    }

    /// - Throws: ``TrustProblem/notARootAuthorCertificate`` unless ``encoded()`` gives exactly these bytes again.
    package init(encoded: [UInt8]) throws(TrustProblem) {
        guard encoded.count <= Self.maxByteCount, encoded.first == Self.version else {
            throw .notARootAuthorCertificate
        }
        var reader = FieldReader(encoded.dropFirst())
        guard let digits = reader.field(), let office = try? OfficeCode(String(decoding: digits, as: UTF8.self)),
            let ordinal = reader.field().flatMap(UInt32.init(bigEndianBytes:)),
            let algorithm = reader.field().flatMap(UInt32.init(bigEndianBytes:)).flatMap(Algorithm.init(rawValue:)),
            let key = reader.field(), let signature = reader.field(), reader.isAtEnd
        else { throw .notARootAuthorCertificate }
        self.init(
            office: office, ordinal: ordinal, publicKey: PublicKey(algorithm: algorithm, bytes: [UInt8](key)),
            signature: [UInt8](signature))
    }
}
