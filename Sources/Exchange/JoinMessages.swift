import ChangeSets
import SwiftProtobuf

/// An office asks to be enrolled: its token's secret, and the public halves of its three keys.
package struct JoinMessage: Sendable {
    package var office: OfficeCode
    package var secret: [UInt8]
    package var authorKey: PublicKey
    package var tlsKey: [UInt8]
    package var sealingKey: [UInt8]
    /// Random, made once per machine: a token serves the first machine that uses it.
    package var machine: [UInt8]
    /// Signature of the author key over all of the above: nobody enrols a key that is not theirs.
    package var proof: [UInt8]

    package init(
        office: OfficeCode, secret: [UInt8], authorKey: PublicKey, tlsKey: [UInt8], sealingKey: [UInt8],
        machine: [UInt8], signedBy key: SigningKey
    ) throws(KeyError) {
        self.office = office
        self.secret = secret
        self.authorKey = authorKey
        self.tlsKey = tlsKey
        self.sealingKey = sealingKey
        self.machine = machine
        proof = []
        proof = try key.sign(statement)
    }

    /// Whether the author key signed this request.
    package func isProven() -> Bool {
        guard let key = try? VerificationKey(authorKey) else { return false }
        return key.isValid(proof, over: statement)
    }

    private var statement: [UInt8] {
        var bytes = Array("sanji 1 join\0".utf8)
        for part in [
            Array(office.digits.utf8), secret, [UInt8(authorKey.algorithm.rawValue)], authorKey.bytes, tlsKey,
            sealingKey, machine,
        ] {
            bytes.appendVarint(UInt64(part.count))
            bytes += part
        }
        return Array("sanji 1 join\0".utf8) + authorKey.algorithm.hash(bytes)
    }

    package func encoded() -> [UInt8] {
        var wire = WireJoinRequest()
        wire.format = 1
        wire.office = office.digits
        wire.secret = .init(secret)
        wire.algorithm = authorKey.algorithm.rawValue
        wire.authorKey = .init(authorKey.bytes)
        wire.tlsKey = .init(tlsKey)
        wire.sealingKey = .init(sealingKey)
        wire.machine = .init(machine)
        wire.proof = .init(proof)
        return wire.encodedBytes()
    }

    package init(parsing bytes: [UInt8]) throws {
        guard bytes.count <= 16 * 1024 else { throw InvalidMessage(what: "a request to join") }
        let wire = try WireJoinRequest.read(bytes, as: "a request to join")
        guard wire.format == 1, let algorithm = Algorithm(rawValue: wire.algorithm), wire.secret.count <= 64,
            wire.machine.count == 16
        else { throw InvalidMessage(what: "a request to join") }
        office = try OfficeCode(wire.office)
        secret = [UInt8](wire.secret)
        authorKey = PublicKey(algorithm: algorithm, bytes: [UInt8](wire.authorKey))
        tlsKey = [UInt8](wire.tlsKey)
        sealingKey = [UInt8](wire.sealingKey)
        machine = [UInt8](wire.machine)
        proof = [UInt8](wire.proof)
    }
}

/// The root's answer, relayed by the towns between.
package struct JoinReplyMessage: Sendable {
    package var certificate: [UInt8] = []
    package var authority: [UInt8] = []
    /// The root's author, vouched for by the authority key.
    package var rootAuthor: [UInt8] = []
    package var ordinal: UInt32 = 0
    package var root: String = ""
    package var name: String = ""
    /// Why not, and what to do; empty when joined.
    package var refused: String = ""

    package init() {}

    package static func refused(_ reason: String) -> JoinReplyMessage {
        var reply = JoinReplyMessage()
        reply.refused = reason
        return reply
    }

    package func encoded() -> [UInt8] {
        var wire = WireJoinReply()
        wire.certificate = .init(certificate)
        wire.authority = .init(authority)
        wire.rootAuthor = .init(rootAuthor)
        wire.ordinal = ordinal
        wire.root = root
        wire.name = name
        wire.refused = refused
        return wire.encodedBytes()
    }

    package init(parsing bytes: [UInt8]) throws {
        guard bytes.count <= 64 * 1024 else { throw InvalidMessage(what: "an answer to joining") }
        let wire = try WireJoinReply.read(bytes, as: "an answer to joining")
        certificate = [UInt8](wire.certificate)
        authority = [UInt8](wire.authority)
        rootAuthor = [UInt8](wire.rootAuthor)
        ordinal = wire.ordinal
        root = wire.root
        name = wire.name.printable
        refused = wire.refused.printable
    }
}
