import ChangeSets
import SwiftProtobuf

/// An office asks to be enrolled: the public halves of its three keys, and proof that it holds the token.
///
/// The token's secret is never sent: a town that relays the request can neither join with it nor put its own keys in.
package struct JoinMessage: Sendable, Hashable {
    package var office: OfficeCode
    package var authorKey: PublicKey
    package var tlsKey: [UInt8]
    package var sealingKey: [UInt8]
    /// Random, made once per machine: a token serves the first machine that uses it.
    package var machine: [UInt8]
    /// Under the token's key, over all of the above: whoever holds the token has chosen these keys.
    package var code: [UInt8]
    /// Signature of the author key over all of the above: nobody enrols a key that is not theirs.
    package var proof: [UInt8]

    /// - Parameter tokenKey: What both sides of the token derive from its secret.
    package init(
        office: OfficeCode, tokenKey: [UInt8], authorKey: PublicKey, tlsKey: [UInt8], sealingKey: [UInt8],
        machine: [UInt8], signedBy key: SigningKey
    ) throws(KeyError) {
        self.office = office
        self.authorKey = authorKey
        self.tlsKey = tlsKey
        self.sealingKey = sealingKey
        self.machine = machine
        (code, proof) = ([], [])
        code = AuthenticationCode.make(key: tokenKey, over: statement)
        proof = try key.sign(statement)
    }

    /// Whether the author key signed this request.
    package func isProven() -> Bool {
        guard let key = try? VerificationKey(authorKey) else { return false }
        return key.isValid(proof, over: statement)
    }

    /// Whether whoever made this request holds the token with this key.
    package func isVouched(by tokenKey: [UInt8]) -> Bool {
        AuthenticationCode.isValid(code, key: tokenKey, over: statement)
    }

    private var statement: [UInt8] {
        var bytes = Array("sanji 1 join\0".utf8)
        for part in [
            Array(office.digits.utf8), [UInt8(authorKey.algorithm.rawValue)], authorKey.bytes, tlsKey,
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
        wire.code = .init(code)
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
        guard wire.format == 1, let algorithm = Algorithm(rawValue: wire.algorithm),
            wire.code.count == Digest.byteCount,
            wire.machine.count == 16
        else { throw InvalidMessage(what: "a request to join") }
        office = try OfficeCode(wire.office)
        code = [UInt8](wire.code)
        authorKey = PublicKey(algorithm: algorithm, bytes: [UInt8](wire.authorKey))
        tlsKey = [UInt8](wire.tlsKey)
        sealingKey = [UInt8](wire.sealingKey)
        machine = [UInt8](wire.machine)
        proof = [UInt8](wire.proof)
    }
}

/// The root's answer, relayed by the towns between.
package struct JoinReplyMessage: Sendable, Hashable {
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
