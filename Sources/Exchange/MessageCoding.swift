import ChangeSets
import SwiftProtobuf

extension HelloMessage {
    package func encoded() -> [UInt8] {
        var wire = WireHello()
        wire.format = 1
        wire.office = office.digits
        wire.author = .init(author.bytes)
        wire.software = software
        wire.schema = schema
        wire.wallClockMs = wallClock_ms
        wire.vectorDigest = .init(vectorDigest.bytes)
        wire.heads = WireScopeHeads.make(heads)
        wire.wantHeads = wantsHeads
        wire.statementsDigest = .init(statementsDigest.bytes)
        wire.knownStatements = knownStatements.map(WireStatementMark.init)
        wire.statements = statements.map(WireSignedStatementBytes.init)
        wire.addresses = addresses.sorted { $0.key < $1.key }.map { office, address in
            var wire = WireOfficeAddress()
            wire.office = office.digits
            wire.address = address
            return wire
        }
        wire.branches = branches.map { .init($0.bytes) }
        return wire.encodedBytes()
    }

    package init(parsing bytes: [UInt8]) throws {
        let wire = try WireHello.read(bytes, as: "a greeting")
        guard wire.format == 1, let author = AuthorID(wire.author), let vectorDigest = Digest(wire.vectorDigest),
            let statementsDigest = Digest(wire.statementsDigest), wire.statements.count <= ExchangeLimits.statementsMax,
            wire.branches.count <= ExchangeLimits.branchesMax,
            wire.software.utf8.count <= Limits.softwareBytesMax, !wire.software.hasControlCharacters
        else { throw InvalidMessage(what: "a greeting") }
        guard (-Limits.clockMax_ms...Limits.clockMax_ms).contains(wire.wallClockMs) else {
            throw InvalidMessage(what: "a clock")
        }
        var addresses: [OfficeCode: String] = [:]
        for wire in wire.addresses {
            guard wire.address.utf8.count <= 300, !wire.address.hasControlCharacters else {
                throw InvalidMessage(what: "an address")
            }
            addresses[try OfficeCode(wire.office)] = wire.address
        }
        self.init(
            office: try OfficeCode(wire.office), author: author, software: wire.software, schema: wire.schema,
            wallClock_ms: wire.wallClockMs, vectorDigest: vectorDigest, heads: try WireScopeHeads.read(wire.heads),
            wantsHeads: wire.wantHeads, statementsDigest: statementsDigest,
            knownStatements: try wire.knownStatements.map { try $0.mark() },
            statements: try wire.statements.map { try $0.signed() }, addresses: addresses,
            branches: wire.branches.compactMap { Digest($0) })
    }
}

extension DownMessage {
    package func encoded() -> [UInt8] {
        var wire = WireDownRequest()
        wire.format = 1
        wire.heads = WireScopeHeads.make(heads)
        wire.knownStatements = knownStatements.map(WireStatementMark.init)
        wire.waitSeconds = waitSeconds
        wire.directoryOnly = directoryOnly
        return wire.encodedBytes()
    }

    package init(parsing bytes: [UInt8]) throws {
        let wire = try WireDownRequest.read(bytes, as: "a request")
        guard wire.format == 1 else { throw InvalidMessage(what: "a request") }
        self.init(
            heads: try WireScopeHeads.read(wire.heads), knownStatements: try wire.knownStatements.map { try $0.mark() },
            waitSeconds: min(wire.waitSeconds, ExchangeLimits.waitSecondsMax), directoryOnly: wire.directoryOnly)
    }
}

extension UpReplyMessage {
    package func encoded() -> [UInt8] {
        var wire = WireUpReply()
        wire.stored = stored
        wire.known = known
        wire.refused = refused
        wire.rejected = rejected.map { rejection in
            var wire = WireRejection()
            wire.area = rejection.feed.scope.area.digits
            wire.audience = UInt32(rejection.feed.scope.audience.digits)
            wire.author = .init(rejection.feed.author.bytes)
            wire.number = rejection.number
            wire.reason = rejection.reason.prefix(bytes: Limits.reasonBytesMax)
            return wire
        }
        wire.heads = WireScopeHeads.make(heads)
        wire.statements = statements.map(WireSignedStatementBytes.init)
        return wire.encodedBytes()
    }

    package init(parsing bytes: [UInt8]) throws {
        let wire = try WireUpReply.read(bytes, as: "a reply")
        self.init(
            stored: wire.stored, known: wire.known, refused: wire.refused,
            rejected: try wire.rejected.map { rejection in
                guard let author = AuthorID(rejection.author), (1...Limits.numberMax).contains(rejection.number) else {
                    throw InvalidMessage(what: "a reply")
                }
                return RejectedChangeSets(
                    feed: FeedID(author: author, scope: try scope(rejection.area, rejection.audience)),
                    number: rejection.number, reason: rejection.reason.printable)
            }, heads: try WireScopeHeads.read(wire.heads), statements: try wire.statements.map { try $0.signed() })
    }
}

private func scope(_ area: String, _ audience: UInt32) throws -> Scope {
    guard let audience = Tier(digits: Int(audience)) else { throw InvalidMessage(what: "an audience") }
    return Scope(area: try OfficeCode(area), audience: audience)
}

extension WireScopeHeads {
    static func make(_ vector: FeedVector) -> [WireScopeHeads] {
        Dictionary(grouping: vector, by: { $0.key.scope }).sorted { $0.key < $1.key }.map { scope, feeds in
            var wire = WireScopeHeads()
            wire.area = scope.area.digits
            wire.audience = UInt32(scope.audience.digits)
            wire.heads = feeds.sorted { $0.key < $1.key }.map { feed, head in
                var wire = WireHead()
                wire.author = .init(feed.author.bytes)
                wire.number = head.number
                wire.hash = .init(head.hash.bytes)
                return wire
            }
            return wire
        }
    }

    static func read(_ scopes: [WireScopeHeads]) throws -> FeedVector {
        var vector: FeedVector = [:]
        for wire in scopes {
            let scope = try scope(wire.area, wire.audience)
            for head in wire.heads {
                guard let author = AuthorID(head.author), let hash = Digest(head.hash),
                    (1...Limits.numberMax).contains(head.number)
                else { throw InvalidMessage(what: "a vector") }
                vector[FeedID(author: author, scope: scope)] = FeedHead(number: head.number, hash: hash)
            }
        }
        return vector
    }
}

extension WireStatementMark {
    init(_ mark: StatementMark) {
        self.init()
        author = .init(mark.author.bytes)
        area = mark.scope.area.digits
        audience = UInt32(mark.scope.audience.digits)
        ordinal = mark.ordinal
    }

    func mark() throws -> StatementMark {
        guard let author = AuthorID(author) else { throw InvalidMessage(what: "a statement's author") }
        return StatementMark(author: author, scope: try scope(area, audience), ordinal: ordinal)
    }
}

extension WireSignedStatementBytes {
    init(_ signed: SignedStatement) {
        self.init()
        statement = .init(signed.bytes)
        signature = .init(signed.signature)
    }

    func signed() throws -> SignedStatement {
        try SignedStatement(parsing: [UInt8](statement), signature: [UInt8](signature))
    }
}
