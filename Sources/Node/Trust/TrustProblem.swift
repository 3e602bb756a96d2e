import ChangeSets
import Foundation

/// Why a certificate, a peer or a certified key is not believed.
package enum TrustProblem: Error, Hashable, CustomStringConvertible {
    case notAnAuthority
    case notAnOfficeCertificate
    case notATLSKey
    case notARootAuthorCertificate
    case outsideAuthority(office: OfficeCode, root: OfficeCode)
    case authorityExpired(Date)
    case anotherAuthority(presented: ChangeSets.Digest?, pinned: ChangeSets.Digest)
    case notSignedByAuthority(office: OfficeCode)
    case anotherOffice(presented: OfficeCode, expected: OfficeCode)
    case notYetValid(office: OfficeCode, from: Date)
    case expired(office: OfficeCode, since: Date)
    case forgedRootAuthor(office: OfficeCode)
    case handshakeRefused(address: String, detail: String)

    package var description: String {
        switch self {
        case .notAnAuthority:
            "these bytes are no Sanji authority certificate; copy it again from the district"
        case .notAnOfficeCertificate:
            "these bytes are no Sanji office certificate; put back a copy of that office's `keys` folder"
        case .notATLSKey:
            "these bytes are no P-256 public key; TLS keys are P-256 whatever the author's algorithm is"
        case .notARootAuthorCertificate:
            "these bytes certify no root author; check that both offices run the same version of sanji"
        case .outsideAuthority(let office, let root):
            "\(office) does not lie below \(root), whose authority this is; ask the authority of its own district"
        case .authorityExpired(let date):
            "the district's authority ended on \(date.formatted(.iso8601)); check this machine's clock, "
                + "or make a new district and let all offices join it"
        case .anotherAuthority(let presented, let pinned):
            "the peer belongs to authority \(presented?.description ?? "unknown"), the invitation names \(pinned); "
                + "check the address, or ask the district for a new invitation"
        case .notSignedByAuthority(let office):
            "the certificate for \(office) was not made by this district's authority; check the address that was called"
        case .anotherOffice(let presented, let expected):
            "this is \(presented), not \(expected); check the address that was called"
        case .notYetValid(let office, let from):
            "the certificate of \(office) holds from \(from.formatted(.iso8601)) on; check this machine's clock"
        case .expired(let office, let since):
            "the certificate of \(office) ended on \(since.formatted(.iso8601)); check this machine's clock; "
                + "this version cannot renew it (docs/operating.md says what still works)"
        case .forgedRootAuthor(let office):
            "the authority did not sign this author key of \(office); take nothing from this peer and tell the district"
        case .handshakeRefused(let address, let detail):
            "\(address) answers, but not as a Sanji node (\(detail)); check the address"
        }
    }
}
