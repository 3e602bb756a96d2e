import ChangeSets
import Exchange
import Foundation
import Replica

/// Makes the root office: authority, keys, replica, and the first rows of the directory.
package enum Founding {
    package static func createDistrict(
        _ folder: OfficeFolder, code: OfficeCode, name: String, listen: HostPort, algorithm: Algorithm,
        domain: DomainSchema, now: Date
    ) throws {
        guard !folder.exists else {
            throw OfficeProblem.alreadyOffice(folder.url.path, try? folder.settings().officeCode())
        }
        guard code.tier == .district else { throw OfficeProblem.noDistrict(code) }
        if let fault = OfficeNameFault(in: name) { throw OfficeProblem.name(fault.message, fault.remedy) }
        let lock = try folder.create()
        defer { lock.release() }
        let keys = try folder.keys.prepareKeys(algorithm)
        let authority = try authority(of: code, in: folder, now: now)
        let halves = keys.publicHalves
        try folder.keys.save(
            certificate: try authority.issue(for: code, publicKey: halves.tls, now: now),
            authority: authority.certificate)
        let settings = OfficeSettings(
            office: code, root: code, name: name, ordinal: 1, parentAddress: nil, tokenAddress: nil,
            listen: "\(listen)", machine: Joining.machine(keys).hex)
        let replica = try folder.openReplica(domain: domain, settings, isNew: true)
        guard let own = replica.own else { throw OfficeProblem.notJoined }
        let entry = try own.entry(office: code)
        try replica.pin(rootAuthor: entry)
        let address = listen.isReachable ? "\(listen)" : nil
        try replica.enrol(
            [Enrolment(office: OfficeEntry(code: code, name: name, address: address), author: entry)],
            as: ActingUser("sanji district create"))
        try replica.close()
        // Last: an office is there once its settings are. A cut before is made good by asking again.
        try folder.save(settings)
    }

    /// The one that a creation that was cut off has made, or a new one.
    private static func authority(of code: OfficeCode, in folder: OfficeFolder, now: Date) throws
        -> CertificateAuthority
    {
        do {
            return try CertificateAuthority.load(from: folder.url)
        } catch KeyFileProblem.noAuthority {
            let authority = try CertificateAuthority.create(district: code, now: now)
            try authority.save(to: folder.url)
            return authority
        }
    }
}

/// Enrols this machine as the office that a token names.
package enum Joining {
    /// Joins; the first exchange brings the directory and everything else that is there already.
    /// - Returns: The office's name.
    package static func join(
        _ token: JoinToken, _ folder: OfficeFolder, parentAddress: HostPort?, listen: HostPort?, algorithm: Algorithm,
        domain: DomainSchema, now: Date
    ) async throws -> String {
        guard !folder.exists else {
            throw OfficeProblem.alreadyOffice(folder.url.path, try? folder.settings().officeCode())
        }
        try token.checkNotExpired(now: now)
        guard let address = try parentAddress ?? token.address.map(HostPort.init) else {
            throw OfficeProblem.noParentAddress
        }
        let lock = try folder.create()
        defer { lock.release() }
        let keys = try folder.keys.prepareKeys(algorithm)
        let authority: AuthorityCertificate
        do {
            authority = try await PinnedAuthority(fingerprint: token.authority, office: token.parent)
                .fetch(host: address.host, port: address.port, now: now)
        } catch let error where !(error is TrustProblem) {
            throw CallFailure.unreachable(token.parent, address, error.connectionReason)
        }
        let client = ParentClient(
            office: token.parent, address: address, tls: try TLSSettings.joiningClient(authority: authority))
        let reply: JoinReplyMessage
        do {
            reply = try await ask(client, token, keys)
            try await client.shutdown()
        } catch {
            try await client.shutdown()
            throw error
        }
        let certificate = try OfficeCertificate(der: reply.certificate)
        try certificate.check(against: authority, office: token.office, now: now)
        guard authority.root == token.root else { throw JoinRefused(reason: "the authority is not \(token.root)'s") }
        let root = try RootAuthorCertificate(encoded: reply.rootAuthor)
        try root.verify(by: authority)
        try folder.keys.save(certificate: certificate, authority: authority)
        let settings = OfficeSettings(
            office: token.office, root: token.root, name: reply.name, ordinal: reply.ordinal,
            parentAddress: parentAddress.map { "\($0)" }, tokenAddress: token.address,
            listen: listen.map { "\($0)" }, machine: machine(keys).hex)
        let replica = try folder.openReplica(domain: domain, settings, isNew: true)
        try replica.pin(
            rootAuthor: AuthorEntry(
                office: token.root, ordinal: root.ordinal, publicKey: root.publicKey, tlsKey: [],
                sealingKey: []))
        try replica.close()
        // Last: an office is there once its settings are. A cut before is made good by asking again.
        try folder.save(settings)
        return reply.name
    }

    /// Many villages may join through one town at once, which takes a few at a time and says when to come back.
    private static func answer(to message: [UInt8], _ client: ParentClient) async throws -> [UInt8] {
        let patience = ContinuousClock.now + .seconds(300)
        while true {
            do {
                return try await client.call("/v1/join", message)
            } catch let failure as CallFailure where ContinuousClock.now < patience {
                guard let pause_s = failure.retryAfterSeconds else { throw failure }
                // Not all at the same moment again.
                try await Task.sleep(for: .seconds(Double(max(1, pause_s)) * Double.random(in: 0.5...1.5)))
            }
        }
    }

    private static func ask(
        _ client: ParentClient, _ token: JoinToken, _ keys: OfficeKeys
    ) async throws -> JoinReplyMessage {
        let halves = keys.publicHalves
        let message = try JoinMessage(
            office: token.office, tokenKey: token.key, authorKey: halves.author, tlsKey: halves.tls,
            sealingKey: halves.sealing, machine: machine(keys), signedBy: keys.author)
        let reply = try JoinReplyMessage(parsing: try await answer(to: message.encoded(), client))
        guard reply.refused.isEmpty else { throw JoinRefused(reason: reply.refused) }
        return reply
    }

    /// Names this machine: a join that was cut off is tried again with the same keys, so by the same machine.
    static func machine(_ keys: OfficeKeys) -> [UInt8] {
        Array(Algorithm.ed25519.hash(Array("sanji machine\0".utf8) + keys.publicHalves.tls).prefix(16))
    }
}

package struct JoinRefused: Error, CustomStringConvertible {
    package let reason: String
    package var description: String { "this machine was not admitted: \(reason)" }
}
