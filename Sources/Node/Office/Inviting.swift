import ChangeSets
import Foundation
import Replica

/// Makes tokens at the root.
package enum Inviting {
    package static func token(
        for office: OfficeCode, name: String?, valid_s: Int64, folder: OfficeFolder, replica: OfficeReplica, now: Date
    ) throws -> JoinToken {
        guard replica.office == replica.root else { throw OfficeProblem.notRoot(replica.office, root: replica.root) }
        guard let parent = ParentLine.parent(of: office, root: replica.root), replica.root.covers(office) else {
            throw InvitationProblem.notBelow(office, replica.root)
        }
        let directory = try replica.directory()
        guard directory.offices[parent] != nil else { throw InvitationProblem.noParent(office, parent) }
        if directory.offices[office] == nil {
            guard let name else { throw InvitationProblem.unknown(office) }
            if let fault = OfficeNameFault(in: name) { throw OfficeProblem.name(fault.message, fault.remedy) }
            try replica.enrol(
                [Enrolment(office: OfficeEntry(code: office, name: name), author: nil)], as: ActingUser("sanji invite"))
        }
        guard directory.openAuthor(of: office) == nil else { throw InvitationProblem.hasJoined(office) }
        let authority = try CertificateAuthority.load(from: folder.url)
        let expires_s = Int64(now.timeIntervalSince1970) + valid_s
        let token = try JoinToken(
            office: office, parent: parent, root: replica.root, authority: authority.fingerprint,
            address: directory.offices[parent]?.addresses.first, secret: JoinToken.freshSecret(), expires_s: expires_s)
        try replica.invite(office, tokenKey: token.key, expires_ms: expires_s * 1000)
        return token
    }
}

package enum InvitationProblem: Error, CustomStringConvertible {
    case notBelow(OfficeCode, OfficeCode)
    case noParent(OfficeCode, OfficeCode)
    case unknown(OfficeCode)
    case hasJoined(OfficeCode)

    package var description: String {
        switch self {
        case .notBelow(let office, let root): "\(office) is not below \(root); a district invites its own offices"
        case .noParent(let office, let parent):
            "\(parent), the parent of \(office), is not in the directory; invite it first"
        case .unknown(let office): "\(office) is not in the topology; give its name with --name"
        case .hasJoined(let office): "\(office) has joined already; an office cannot be invited again in this version"
        }
    }
}
