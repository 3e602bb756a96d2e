import ChangeSets
import Crypto
import Foundation
import NIOSSL

/// The TLS of an office, on both sides of a connection: version 1.3 only, and no authority but the district's.
package struct TLSSettings: Sendable {
    private let chain: [NIOSSLCertificateSource]
    private let key: NIOSSLPrivateKeySource
    private let roots: NIOSSLTrustRoots

    package init(
        certificate: OfficeCertificate, key: P256.Signing.PrivateKey, authority: AuthorityCertificate
    ) throws {
        let authority = try NIOSSLCertificate(bytes: authority.der, format: .der)
        // The authority travels along, though TLS does not ask for it: an office that joins has only its fingerprint.
        chain = [.certificate(try NIOSSLCertificate(bytes: certificate.der, format: .der)), .certificate(authority)]
        self.key = .privateKey(try NIOSSLPrivateKey(bytes: [UInt8](key.derRepresentation), format: .der))
        roots = .certificates([authority])
    }

    /// What a server asks of those who call.
    package enum ClientCertificates: Sendable {
        /// No certificate of our authority, no connection.
        case required
        /// A certificate that is shown is verified as strictly, but none may be shown: who joins has none yet, and who
        /// renews may have one that has ended. Such a caller may do nothing else.
        case optional

        fileprivate var verification: CertificateVerification {
            switch self {
            case .required: .noHostnameVerification  // Callers have no name to check; their office is in it.
            case .optional: .optionalVerification  // `.none` would not even ask for one.
            }
        }
    }

    /// - Parameter current: Asked at each handshake which certificate to show, so that a renewed one is in use without
    ///   a restart. It must not block. The authority never changes.
    package func server(
        _ clients: ClientCertificates, current: (@Sendable () -> TLSSettings)? = nil
    ) -> TLSConfiguration {
        var configuration = TLSConfiguration.makeServerConfigurationWithMTLS(
            certificateChain: chain, privateKey: key, trustRoots: roots)
        configuration.certificateVerification = clients.verification
        configuration.setCommon()
        if let current {
            configuration.sslContextCallback = { _, promise in
                let settings = current()
                var shown = NIOSSLContextConfigurationOverride()
                shown.certificateChain = settings.chain
                shown.privateKey = settings.key
                promise.succeed(shown)
            }
        }
        return configuration
    }

    /// For calling an office that one has joined. The peer must be called by its ``ChangeSets/OfficeCode/tlsName``.
    package func client() -> TLSConfiguration {
        var configuration = Self.client(trusting: roots)
        configuration.certificateChain = [chain[0]]  // A server has the authority.
        configuration.privateKey = key
        return configuration
    }

    /// For joining and renewing: shows no certificate, believes only the authority that ``PinnedAuthority`` found.
    package static func joiningClient(authority: AuthorityCertificate) throws -> TLSConfiguration {
        client(trusting: .certificates([try NIOSSLCertificate(bytes: authority.der, format: .der)]))
    }

    static func client(trusting roots: NIOSSLTrustRoots) -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = roots
        configuration.certificateVerification = .fullVerification
        configuration.setCommon()
        return configuration
    }

    /// The office that a verified peer is; nil when the certificate has not exactly one name of our form.
    package static func peerOffice(from certificate: NIOSSLCertificate) -> OfficeCode? {
        OfficeCertificate(certificate)?.office
    }

    package static func notAfter(of certificate: NIOSSLCertificate) -> Date {
        Date(timeIntervalSince1970: TimeInterval(certificate.notValidAfter))
    }
}

extension TLSConfiguration {
    fileprivate mutating func setCommon() {
        minimumTLSVersion = .tlsv13
        maximumTLSVersion = .tlsv13
        // A peer that answers a long poll does not say goodbye, and a stream that was cut is told by its own end: whoever
        // stops a node need not wait for that.
        shutdownTimeout = .milliseconds(200)
    }
}
