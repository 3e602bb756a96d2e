import ChangeSets
import Exchange
import Foundation
import Hummingbird
import HummingbirdTLS
import Logging
import NIOCore
import NIOSSL
import Replica
import ServiceLifecycle
import Synchronization

/// A request and the channel it came by, whose certificate says which office speaks.
struct PeerRequestContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }

    /// The peer's certificate, of which TLS has checked that our authority signed it.
    func certificate() async throws -> OfficeCertificate {
        guard let shown = try await channel.nioSSL_peerCertificate().get(), let certificate = OfficeCertificate(shown)
        else {
            throw HTTPError(.unauthorized, message: "this call needs an office's certificate")
        }
        return certificate
    }
}

/// What a parent answers to its children.
struct ExchangeServer: Sendable {
    let replica: OfficeReplica
    let queue: AcceptQueue
    let enrolment: any Enrolling
    let software: String
    let logger: Logger
    // An office has one call of each kind under way, and some whose line was cut and which have not been given up yet.
    private let addressBook = AddressBook()
    private let greetings = CallLoad(totalMax: 64, ofOneMax: 4)
    private let uploads = CallLoad(totalMax: 64, ofOneMax: 4)
    private let polls = CallLoad(totalMax: 4096, ofOneMax: 16)
    // Each reads every row of an area.
    private let digests = CallLoad(totalMax: 2, ofOneMax: 1)
    private let joins = CallLoad(totalMax: 4, ofOneMax: 4)
    private let budget = MemoryBudget(bytesMax: ExchangeLimits.keptBytesOfAllMax)

    init(replica: OfficeReplica, queue: AcceptQueue, enrolment: any Enrolling, software: String, logger: Logger) {
        self.replica = replica
        self.queue = queue
        self.enrolment = enrolment
        self.software = software
        self.logger = logger
    }

    func router() -> Router<PeerRequestContext> {
        let router = Router(context: PeerRequestContext.self)
        router.post("/v1/hello", use: hello)
        router.post("/v1/up", use: up)
        router.post("/v1/down", use: down)
        router.post("/v1/digest", use: digest)
        router.post("/v1/join", use: join)
        return router
    }

    @Sendable func hello(_ request: Request, _ context: PeerRequestContext) async throws -> Response {
        let (peer, certificate) = try await child(context)
        let message = try await parse(request) { try HelloMessage(parsing: $0) }
        // Taken when the question is here: whoever dribbles it keeps nobody else away.
        let seat = try greetings.enter(peer)
        defer { withExtendedLifetime(seat) {} }
        guard message.office == peer else {
            throw HTTPError(.forbidden, message: "the certificate is not \(message.office)'s")
        }
        let now_ms = replica.environment.now_ms()
        var batch = IncomingBatch()
        batch.statements = message.statements
        if !batch.isEmpty {
            for reason in try await queue.accept(batch).disbelieved.prefix(20) { try await note(reason, of: peer) }
        }
        let addresses = addressBook.believable(message.addresses, by: peer, now_ms)
        let (replica, software) = (replica, software)
        let reply = try await Offload.run {
            try replica.notePeer(
                PeerNote(
                    office: peer, contact_ms: now_ms, clockOffset_ms: message.wallClock_ms - now_ms,
                    version: message.software, schema: message.schema,
                    certificateNotAfter_ms: Int64(certificate.notAfter.timeIntervalSince1970 * 1000)))
            try replica.noteAddresses(addresses)
            let vector = try replica.vector(with: peer)
            let differs = vector.digest != message.vectorDigest
            return HelloMessage(
                office: replica.office, author: replica.own?.key.author ?? message.author, software: software,
                schema: replica.history.current.version, wallClock_ms: now_ms, vectorDigest: vector.digest,
                heads: differs ? vector : [:], wantsHeads: differs,
                statementsDigest: try replica.statementMarks(of: peer).digest,
                branches: Array(try replica.branchHeads(for: peer).prefix(ExchangeLimits.branchesMax)))
        }
        return Self.bytes(reply.encoded())
    }

    @Sendable func up(_ request: Request, _ context: PeerRequestContext) async throws -> Response {
        let (peer, _) = try await child(context)
        let seat = try uploads.enter(peer)
        defer { withExtendedLifetime(seat) {} }
        let replica = replica
        var stream = IncomingStream(
            directory: try await Offload.run { try replica.directory() }, queue: queue, budget: budget)
        do {
            for try await buffer in request.body { try await stream.receive(buffer) }
            try await stream.finish()
        } catch {
            // What arrived whole before vouches for itself, whatever came after it, and a line that is always cut early
            // must get on too.
            do { try await stream.commitRest() } catch is RefusedStream {}
            guard let refused = error as? RefusedStream else {
                // A cut line is everyday; a disk that is full is for the operator.
                if error is SQLiteFailure || error is DamagedReplica { try await note("not kept: \(error)", of: peer) }
                throw error
            }
            try await note(refused.description, of: peer)
            if refused != .truncated { Self.hangUp(context.channel) }
            throw HTTPError(refused == .overloaded ? .serviceUnavailable : .badRequest, message: refused.description)
        }
        let totals = stream.totals
        for reason in totals.rejected.prefix(20).map(\.description) + totals.disbelieved.prefix(20) {
            try await note(reason, of: peer)
        }
        let reply = try await Offload.run {
            // A batch of another child may have moved scopes that are nothing to this one.
            let touched = totals.touched.filter { $0.reaches(peer) }
            let feeds = try replica.vector(with: peer).filter { touched.contains($0.key.scope) }
            return UpReplyMessage(
                stored: totals.stored, known: totals.known, refused: totals.refused, rejected: totals.rejected,
                heads: feeds, statements: try replica.ownStatements(on: touched))
        }
        return Self.bytes(reply.encoded())
    }

    @Sendable func down(_ request: Request, _ context: PeerRequestContext) async throws -> Response {
        let (peer, _) = try await child(context)
        let message = try await parse(request) { try DownMessage(parsing: $0) }
        let seat = try polls.enter(peer)
        let areas: Set<OfficeCode>? = message.directoryOnly ? [replica.root] : nil
        let commits = replica.commits.stream()
        let replica = replica
        let waitEnd = ContinuousClock.now + .seconds(Int64(message.waitSeconds))
        return Response(
            status: .ok,
            body: ResponseBody { writer in
                var stream = OutgoingStream(
                    replica: replica, peer: peer, cursor: OutgoingCursor(known: message.heads, areas: areas))
                let known = Dictionary(
                    message.knownStatements.map { (StatementID(author: $0.author, scope: $0.scope), $0.ordinal) },
                    uniquingKeysWith: max)
                var statements: [SignedStatement] = []
                defer { withExtendedLifetime(seat) {} }
                var mayWait = message.waitSeconds > 0
                var hasGathered = false
                while true {
                    while let page = try await stream.nextPage() { try await writer.write(page) }
                    if !message.directoryOnly {
                        statements = try await Offload.run { try replica.statements(forChild: peer, known: known) }
                    }
                    if mayWait, stream.sentChangeSets == 0, !statements.isEmpty, !hasGathered {
                        // Statements alone come by the dozen while much is under way, and each answer is a commit below.
                        hasGathered = true
                        try await Task.sleep(for: Self.gathering)
                        continue
                    }
                    guard mayWait, stream.sentChangeSets == 0, statements.isEmpty else { break }
                    stream.leaveOutBelow()
                    mayWait = await Self.wait(for: commits, until: waitEnd)
                }
                try await writer.write(stream.finish(statements))
                try await writer.finish(nil)
            })
    }

    @Sendable func digest(_ request: Request, _ context: PeerRequestContext) async throws -> Response {
        let (peer, _) = try await child(context)
        let message = try await parse(request) { try DigestQuestion(parsing: $0) }
        let seat = try digests.enter(peer)
        defer { withExtendedLifetime(seat) {} }
        guard message.scope.reaches(peer) else { throw HTTPError(.forbidden, message: "not on that office's branch") }
        let replica = replica
        return Self.bytes(try await Offload.run { try replica.answer(message).encoded() })
    }

    @Sendable func join(_ request: Request, _ context: PeerRequestContext) async throws -> Response {
        let message = try await parse(request, bytesMax: Self.joinBytesMax, within: .seconds(10)) {
            try JoinMessage(parsing: $0)
        }
        let seat = try joins.enter(nil)
        defer { withExtendedLifetime(seat) {} }
        return Self.bytes(try await enrolment.join(message).encoded())
    }

    // MARK: Parts

    /// The calling office: below this one, with a certificate that is still valid and for the key that the directory
    /// names. Asked at each call, because connections outlive certificates.
    private func child(_ context: PeerRequestContext) async throws -> (OfficeCode, OfficeCertificate) {
        let certificate = try await context.certificate()
        let peer = certificate.office
        guard peer != replica.office, replica.office.covers(peer) else {
            throw HTTPError(.forbidden, message: "\(peer) is not below \(replica.office)")
        }
        let now = Date(timeIntervalSince1970: Double(replica.environment.now_ms()) / 1000)
        guard certificate.isValid(at: now) else {
            throw HTTPError(.forbidden, message: "the certificate of \(peer) has expired; renew it")
        }
        let replica = replica
        let directory = try await Offload.run { try replica.directory() }
        guard let author = directory.openAuthor(of: peer) else {
            // A village can be here before the directory's row for it: the row is on its way from the root.
            return (peer, certificate)
        }
        guard author.tlsKey == certificate.publicKey else {
            throw HTTPError(.forbidden, message: "the directory names another key for \(peer)")
        }
        return (peer, certificate)
    }

    private static let gathering = Duration.milliseconds(100)

    /// Anyone may ask to join, so nobody may make us keep much.
    private static let joinBytesMax = 16 * 1024

    private func parse<T>(
        _ request: Request, bytesMax: Int = ExchangeLimits.helloBytesMax, within limit: Duration = .seconds(60),
        _ read: ([UInt8]) throws -> T
    ) async throws -> T {
        let body = request.body
        let buffer = try await withThrowingTaskGroup(of: ByteBuffer?.self) { group in
            group.addTask { try await body.collect(upTo: bytesMax) }
            group.addTask {
                try await Task.sleep(for: limit)
                return nil
            }
            defer { group.cancelAll() }
            guard let buffer = try await group.next() ?? nil else {
                throw HTTPError(.requestTimeout, message: "the question did not come within \(limit)")
            }
            return buffer
        }
        do {
            return try read(Array(buffer.readableBytesView))
        } catch let error as any Error & CustomStringConvertible {
            throw HTTPError(.badRequest, message: error.description)
        }
    }

    private func note(_ refusal: String, of peer: OfficeCode) async throws {
        logger.notice("refused from a peer", metadata: ["peer": "\(peer)", "reason": "\(refusal)"])
        let replica = replica
        try await Offload.run { try replica.noteRefusal(of: peer, reason: refusal) }
    }

    /// A stream that was refused may go on for ever: its sender has a moment to read why.
    private static func hangUp(_ channel: any Channel) {
        channel.eventLoop.scheduleTask(in: .seconds(5)) { channel.close(promise: nil) }
    }

    /// - Parameter end: Of the whole poll, however often something was committed that is nothing to this child.
    /// - Returns: false when the time is up, or this node is to stop.
    private static func wait(for commits: AsyncStream<Void>, until end: ContinuousClock.Instant) async -> Bool {
        await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                for await _ in commits { return true }
                return false
            }
            group.addTask {
                try? await Task.sleep(until: end)
                return false
            }
            group.addTask {
                try? await gracefulShutdown()
                return false
            }
            defer { group.cancelAll() }
            return await group.next() ?? false
        }
    }

    private static func bytes(_ bytes: [UInt8]) -> Response {
        Response(
            status: .ok, headers: [.contentType: "application/x-protobuf"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}
