import ChangeSets
import Foundation
import NIOCore
import NIOSSL
import Node
import Testing

@Suite(.timeLimit(.minutes(2))) struct `An office that joins` {
    private let now = Date()
    private let town = TrustDistrict.town

    /// Calls a server in joining mode with an office's certificate of `district`.
    private func fetch(
        _ pinned: PinnedAuthority, from tls: TLSConfiguration?, now: Date? = nil, timeout: TimeAmount = .seconds(20)
    ) async throws -> AuthorityCertificate {
        let server = try await TrustServer(tls)
        do {
            let found = try await pinned.fetch(
                host: "127.0.0.1", port: server.port, now: now ?? self.now, timeout: timeout)
            try await server.close()
            return found
        } catch {
            try await server.close()
            throw error
        }
    }

    @Test func `learns the authority from its fingerprint, then believes nothing else`() async throws {
        let district = try TrustDistrict(now: now)
        let above = try district.identity(town, now: now)
        let server = try await TrustServer(above.tlsSettings().server(.optional))
        let pinned = PinnedAuthority(fingerprint: district.authority.fingerprint, office: town)
        let found = try await pinned.fetch(host: "127.0.0.1", port: server.port, now: now)
        #expect(found == district.authority.certificate)
        _ = await server.nextEnd()  // Either: the caller hangs up as soon as it knows.
        let client = try TLSSettings.joiningClient(authority: found)
        #expect(try await server.called(town, with: client) == (.trusted(above.certificate), .trusted(nil)))
        try await server.close()
    }

    @Test func `refuses another authority, office or time, and says which`() async throws {
        let (district, other) = (try TrustDistrict(now: now), try TrustDistrict(now: now))
        let identity = try district.identity(town, now: now)
        let tls = try identity.tlsSettings().server(.optional)
        let (ours, theirs) = (district.authority.fingerprint, other.authority.fingerprint)
        await #expect(throws: TrustProblem.anotherAuthority(presented: ours, pinned: theirs)) {
            try await fetch(PinnedAuthority(fingerprint: theirs, office: town), from: tls)
        }
        await #expect(throws: TrustProblem.anotherOffice(presented: town, expected: TrustDistrict.otherTown)) {
            try await fetch(PinnedAuthority(fingerprint: ours, office: TrustDistrict.otherTown), from: tls)
        }
        let (early, late) = (identity.certificate.notBefore, identity.certificate.notAfter)
        await #expect(throws: TrustProblem.expired(office: town, since: late)) {
            try await fetch(PinnedAuthority(fingerprint: ours, office: town), from: tls, now: late + 1)
        }
        await #expect(throws: TrustProblem.notYetValid(office: TrustDistrict.district, from: early)) {
            try await fetch(PinnedAuthority(fingerprint: ours, office: town), from: tls, now: early - 1)
        }
    }

    @Test func `is not fooled by a stranger who sends the right authority along`() async throws {
        let (district, stranger) = (try TrustDistrict(now: now), try TrustDistrict(now: now))
        let identity = try stranger.identity(town, now: now)
        var tls = try identity.tlsSettings().server(.optional)
        tls.certificateChain = try [identity.certificate.der, district.authority.certificate.der].map {
            .certificate(try NIOSSLCertificate(bytes: $0, format: .der))
        }
        await #expect(throws: TrustProblem.notSignedByAuthority(office: town)) {
            try await fetch(PinnedAuthority(fingerprint: district.authority.fingerprint, office: town), from: tls)
        }
    }

    @Test func `refuses chains of any other shape`() throws {
        let district = try TrustDistrict(now: now)
        let leaf = try district.identity(town, now: now).certificate.der
        let authority = district.authority.certificate
        let pinned = PinnedAuthority(fingerprint: authority.fingerprint, office: town)
        #expect(try pinned.check(presented: [leaf, authority.der], now: now) == authority)
        #expect(try pinned.check(presented: [leaf, [1, 2], authority.der], now: now) == authority)
        let others = [
            [], [leaf], [authority.der], [authority.der, authority.der], [authority.der, leaf], [[], authority.der],
        ]
        for chain in others {
            #expect(throws: TrustProblem.self) { try pinned.check(presented: chain, now: now) }
        }
        let noCertificate = Array("no certificate".utf8)
        let odd = PinnedAuthority(fingerprint: Algorithm.ed25519.digest(noCertificate), office: town)
        #expect(throws: TrustProblem.notAnAuthority) {
            try odd.check(presented: [leaf, noCertificate], now: now)
        }
    }

    @Test func `gives up on a peer that says nothing, and on one that is not there`() async throws {
        let pinned = PinnedAuthority(fingerprint: .zero, office: town)
        await #expect(throws: TrustProblem.self) {
            try await fetch(pinned, from: nil, timeout: .milliseconds(200))
        }
        let server = try await TrustServer(nil)
        let port = server.port
        try await server.close()
        await #expect(throws: (any Error).self) {
            try await pinned.fetch(host: "127.0.0.1", port: port, now: now, timeout: .seconds(5))
        }
    }
}
