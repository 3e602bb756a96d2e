import ChangeSets
import Crypto
import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// What an office that joins believes: the fingerprint in its invitation, and the name of the office it calls.
///
/// AsyncHTTPClient lets nobody look at the chain, so joining has two steps: ``fetch(host:port:now:timeout:)`` learns
/// the authority, then ``TLSSettings/joiningClient(authority:)`` speaks HTTP under it.
package struct PinnedAuthority: Hashable, Sendable {
    package let fingerprint: ChangeSets.Digest
    package let office: OfficeCode

    package init(fingerprint: ChangeSets.Digest, office: OfficeCode) {
        self.fingerprint = fingerprint
        self.office = office
    }

    /// Judges a chain that any stranger may have sent, leaf first.
    /// - Returns: The authority, which is the pinned one; the leaf is its certificate for ``office``, and holds now.
    package func check(presented chain: [[UInt8]], now: Date) throws(TrustProblem) -> AuthorityCertificate {
        guard let first = chain.first else { throw .notAnOfficeCertificate }
        // Hashing first: nothing of a stranger's is parsed.
        guard
            let der = chain.dropFirst().first(where: {
                SHA256.hash(data: $0).elementsEqual(fingerprint.bytes)
            })
        else {
            let last = chain.count > 1 ? chain.last : nil
            throw .anotherAuthority(presented: last.map { Algorithm.ed25519.digest($0) }, pinned: fingerprint)
        }
        let authority = try AuthorityCertificate(der: der)
        try OfficeCertificate(der: first).check(against: authority, office: office, now: now)
        return authority
    }

    /// Calls the peer and learns the authority from its TLS handshake; nothing else is said.
    /// - Throws: ``TrustProblem`` when somebody else answers; NIO's own error when nobody does.
    package func fetch(
        host: String, port: Int, now: Date, timeout: TimeAmount = .seconds(20)
    ) async throws -> AuthorityCertificate {
        let context = try NIOSSLContext(configuration: TLSSettings.client(trusting: .certificates([])))
        let finding = Finding()
        let address = "\(host):\(port)"
        try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connectTimeout(timeout)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let handler = try NIOSSLClientHandler(
                        context: context, serverHostname: office.tlsName
                    ) { chain, promise in
                        promise.succeed(finding.judge(chain, by: self, now: now))
                    }
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
            }
            .connect(host: host, port: port)
            .flatMap { channel in
                // On the event loop: a caller that wakes late would find the connection closed by a server that
                // wants a certificate as well.
                let watch = channel.eventLoop.scheduleTask(in: timeout) { channel.close(mode: .all, promise: nil) }
                // A write waits for the end of the handshake, in which the peer proves that the leaf's key is its own.
                return channel.writeAndFlush(ByteBuffer())
                    .flatMapErrorThrowing { error in
                        throw finding.refusal ?? .handshakeRefused(address: address, detail: "\(error)")
                    }
                    .always { _ in
                        watch.cancel()
                        channel.close(mode: .all, promise: nil)  // TLS itself ends a farewell without an answer.
                    }
            }
            .get()
        return try finding.get(else: .handshakeRefused(address: address, detail: "no certificate"))
    }
}

/// Carries the callback's finding out of the event loop.
private final class Finding: Sendable {
    private let found = Mutex<Result<AuthorityCertificate, TrustProblem>?>(nil)

    func judge(_ chain: [NIOSSLCertificate], by pinned: PinnedAuthority, now: Date) -> NIOSSLVerificationResult {
        let result = Result { () throws(TrustProblem) in
            try pinned.check(presented: chain.map { (try? $0.toDERBytes()) ?? [] }, now: now)
        }
        found.withLock { $0 = result }
        return if case .success = result { .certificateVerified } else { .failed }
    }

    func get(else problem: TrustProblem) throws(TrustProblem) -> AuthorityCertificate {
        guard let result = found.withLock({ $0 }) else { throw problem }
        return try result.get()
    }

    var refusal: TrustProblem? {
        if case .failure(let problem) = found.withLock({ $0 }) { problem } else { nil }
    }
}
