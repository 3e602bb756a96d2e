import ChangeSets
import Crypto
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
    let environment: any NodeEnvironment

    func join(_ message: JoinMessage) async throws -> JoinReplyMessage {
        guard message.isProven() else { return .refused("the request is not signed by the key it names") }
        // Before anything is written: an office that is enrolled without a certificate could never call.
        let certificate: OfficeCertificate
        do {
            certificate = try authority.issue(for: message.office, publicKey: message.tlsKey, now: now())
        } catch {
            return .refused("the TLS key of the request is no P-256 key")
        }
        guard (try? Curve25519.KeyAgreement.PublicKey(rawRepresentation: message.sealingKey)) != nil else {
            return .refused("the sealing key of the request is no X25519 key")
        }
        let (replica, now_ms) = (replica, replica.environment.now_ms())
        let request = JoinRequest(
            office: message.office, machine: message.machine, author: message.authorKey, tlsKey: message.tlsKey,
            sealingKey: message.sealingKey)
        let admission = try await environment.blocking {
            try replica.redeem(request, now_ms: now_ms) { message.isVouched(by: $0) }
        }
        switch admission {
        case .refused(let reason): return .refused(reason)
        case .admitted(let ordinal, let name):
            var reply = JoinReplyMessage()
            reply.certificate = certificate.der
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
        // Not by the connections of the office's own exchange, which whoever asks to join must not fill.
        do {
            return try JoinReplyMessage(parsing: try await line.callBeside("/v1/join", message.encoded()))
        } catch let failure as CallFailure {
            return .refused("\(office) could not ask its parent: \(failure); try again when its line is back")
        }
    }
}
