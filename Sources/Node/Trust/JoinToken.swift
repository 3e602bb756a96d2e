import ChangeSets
import Crypto
import Foundation

/// An invitation: one line that a person carries to the machine of the office that joins.
///
/// Whoever holds it before its end may join as that office, once; so it never stands in a log.
package struct JoinToken: Hashable, Sendable, CustomStringConvertible {
    /// The office that joins.
    package let office: OfficeCode
    /// The office to call.
    package let parent: OfficeCode
    /// The district, whose authority it is.
    package let root: OfficeCode
    /// Fingerprint of the authority: all that the newcomer believes before it has joined.
    package let authority: ChangeSets.Digest
    /// HOST:PORT of the parent, when the inviting office knew it. A hint: nothing is believed of who answers there.
    package let address: String?
    package let secret: [UInt8]
    /// Unix seconds.
    package let expires_s: Int64

    package static let secretByteCount = 16
    package static let maxCharacterCount = 1_000

    /// - Throws: ``JoinTokenProblem`` unless root, parent and office lie on one branch in this order, and `address` is
    ///   nil or HOST:PORT.
    package init(
        office: OfficeCode, parent: OfficeCode, root: OfficeCode, authority: ChangeSets.Digest, address: String?,
        secret: [UInt8], expires_s: Int64
    ) throws(JoinTokenProblem) {
        guard root.covers(parent), parent.covers(office), parent != office else {
            throw .offBranch(office: office, parent: parent, root: root)
        }
        if let address {
            guard address.utf8.count <= UInt8.max, TopologyAddress.fault(in: address) == nil else {
                throw .badAddress(String(address.prefix(80)))
            }
        }
        precondition(secret.count == Self.secretByteCount, "a secret has 16 bytes")
        self.office = office
        self.parent = parent
        self.root = root
        self.authority = authority
        self.address = address
        self.secret = secret
        self.expires_s = expires_s
    }

    package static func freshSecret() -> [UInt8] {
        var random = SystemRandomNumberGenerator()  // Cryptographically secure on every platform we run on.
        return (0..<secretByteCount).map { _ in UInt8.random(in: .min ... .max, using: &random) }
    }

    /// What the inviting office keeps, and with which a request to join is proven: the secret itself stays on paper.
    package var key: [UInt8] { Array(SHA256.hash(data: Array("sanji 1 invitation\0".utf8) + secret)) }

    package func checkNotExpired(now: Date) throws(JoinTokenProblem) {
        guard now.timeIntervalSince1970 < Double(expires_s) else { throw .expired(office: office, at_s: expires_s) }
    }

    /// Says whom it invites, without the secret.
    package var description: String { "invitation of \(office)" }
}

/// Why a line invites nobody.
package enum JoinTokenProblem: Error, Hashable, CustomStringConvertible {
    case notAToken
    case tooLong(characters: Int)
    case newerVersion(String)
    case damaged
    case offBranch(office: OfficeCode, parent: OfficeCode, root: OfficeCode)
    case badAddress(String)
    case expired(office: OfficeCode, at_s: Int64)

    package var description: String {
        switch self {
        case .notAToken:
            "this is no invitation; it is one line that begins with `\(JoinToken.prefix)`, as `sanji invite` printed it"
        case .tooLong(let characters):
            "an invitation has at most \(JoinToken.maxCharacterCount) characters, this has \(characters); copy the one "
                + "line that `sanji invite` printed"
        case .newerVersion(let version):
            "this invitation has version \(version), this program reads version 1; upgrade sanji on this machine"
        case .damaged:
            "the invitation is damaged; copy it again, whole and exactly, from the first character to the last"
        case .offBranch(let office, let parent, let root):
            "\(office), \(parent) and \(root) are not on one branch; invite from the office above \(office)"
        case .badAddress(let address):
            "‘\(address)’ is not HOST:PORT; write it such as 10.33.1.6:7443 or [fd00::6]:7443"
        case .expired(let office, let at_s):
            "the invitation of \(office) ended on \(Date(timeIntervalSince1970: Double(at_s)).formatted(.iso8601)); "
                + "ask for a new one, and check this machine's clock"
        }
    }
}
