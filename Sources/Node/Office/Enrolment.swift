import ChangeSets
import Exchange
import Foundation
import Replica

/// Answers requests to join: the root itself, a town by asking its parent.
protocol Enrolling: Sendable {
    func join(_ message: JoinMessage) async throws -> JoinReplyMessage
}

/// The root decides: one token, one machine, one open author.
struct RootEnrolment: Enrolling {
    let replica: OfficeReplica
    let authority: CertificateAuthority
    /// The root's author, vouched for by the authority.
    let rootAuthor: RootAuthorCertificate
    let now: @Sendable () -> Date

    func join(_ message: JoinMessage) async throws -> JoinReplyMessage {
        guard message.isProven() else { return .refused("the request is not signed by the key it names") }
        let (replica, now_ms) = (replica, replica.environment.now_ms())
        let admission = try await Offload.run {
            try replica.redeem(
                office: message.office, secret: message.secret, machine: message.machine,
                author: message.authorKey, tlsKey: message.tlsKey, sealingKey: message.sealingKey, now_ms: now_ms)
        }
        switch admission {
        case .refused(let reason): return .refused(reason)
        case .admitted(let ordinal, let name):
            var reply = JoinReplyMessage()
            do {
                reply.certificate = try authority.issue(for: message.office, publicKey: message.tlsKey, now: now()).der
            } catch {
                return .refused("the TLS key of the request is no P-256 key")
            }
            reply.authority = authority.certificate.der
            reply.rootAuthor = rootAuthor.encoded()
            reply.ordinal = ordinal
            reply.root = replica.root.digits
            reply.name = name
            return reply
        }
    }
}

/// A town passes the request of its village on, unchanged.
struct RelayedEnrolment: Enrolling {
    let office: OfficeCode
    let line: ParentLine

    func join(_ message: JoinMessage) async throws -> JoinReplyMessage {
        guard office.covers(message.office), office != message.office else {
            return .refused("\(message.office) is not below \(office); call the office named in the token")
        }
        do {
            return try JoinReplyMessage(parsing: try await line.current().call("/v1/join", message.encoded()))
        } catch let failure as CallFailure {
            return .refused("\(office) could not ask its parent: \(failure); try again when its line is back")
        }
    }
}
