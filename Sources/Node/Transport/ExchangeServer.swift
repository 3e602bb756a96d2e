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

/// Answers calls by HTTPS: who calls, within which bounds; what is answered is ``ChildExchange``'s.
struct ExchangeServer: Sendable {
    let exchange: ChildExchange
    let enrolment: any Enrolling
    // While a question comes in, which is up to 16 MiB of memory for as long as its sender likes to take.
    private let questions = CallLoad(totalMax: 256, ofOneMax: 8)
    private let questionBytes = MemoryBudget(bytesMax: ExchangeLimits.keptBytesOfAllMax)
    // An office has one call of each kind under way, and some whose line was cut and which have not been given up yet.
    private let greetings = CallLoad(totalMax: 64, ofOneMax: 4)
    private let uploads = CallLoad(totalMax: 64, ofOneMax: 4)
    private let polls = CallLoad(totalMax: 4096, ofOneMax: 16)
    // Each reads every row of an area.
    private let digests = CallLoad(totalMax: 2, ofOneMax: 1)
    private let joins = CallLoad(totalMax: 4, ofOneMax: 4)

    init(exchange: ChildExchange, enrolment: any Enrolling) {
        self.exchange = exchange
        self.enrolment = enrolment
    }

    func router() -> Router<PeerRequestContext> {
        let router = Router(context: PeerRequestContext.self)
        router.add(middleware: FailuresInWords())
        router.post("/v1/hello", use: hello)
        router.post("/v1/up", use: up)
        router.post("/v1/down", use: down)
        router.post("/v1/digest", use: digest)
        router.post("/v1/join", use: join)
        return router
    }

    @Sendable func hello(_ request: Request, _ context: PeerRequestContext) async throws -> Response {
        let (peer, certificate) = try await child(context)
        let message = try await parse(request, of: peer) { try HelloMessage(parsing: $0) }
        let seat = try greetings.enter(peer)
        defer { withExtendedLifetime(seat) {} }
        guard message.office == peer else {
            throw HTTPError(.forbidden, message: "the certificate is not \(message.office)'s")
        }
        let notAfter_ms = Int64(certificate.notAfter.timeIntervalSince1970 * 1000)
        let reply = try await exchange.greet(message, from: peer, certificateNotAfter_ms: notAfter_ms)
        return Self.bytes(reply.encoded())
    }

    @Sendable func up(_ request: Request, _ context: PeerRequestContext) async throws -> Response {
        let (peer, _) = try await child(context)
        let seat = try uploads.enter(peer)
        defer { withExtendedLifetime(seat) {} }
        do {
            return Self.bytes(try await exchange.take(request.body, from: peer).encoded())
        } catch let refused as RefusedStream {
            if refused != .truncated { Self.hangUp(context.channel) }
            throw HTTPError(refused == .overloaded ? .serviceUnavailable : .badRequest, message: refused.description)
        }
    }

    @Sendable func down(_ request: Request, _ context: PeerRequestContext) async throws -> Response {
        let (peer, _) = try await child(context)
        let message = try await parse(request, of: peer) { try DownMessage(parsing: $0) }
        let seat = try polls.enter(peer)
        let exchange = exchange
        return Response(
            status: .ok,
            body: ResponseBody { writer in
                defer { withExtendedLifetime(seat) {} }
                try await exchange.send(message, to: peer) { try await writer.write($0) }
                try await writer.finish(nil)
            })
    }

    @Sendable func digest(_ request: Request, _ context: PeerRequestContext) async throws -> Response {
        let (peer, _) = try await child(context)
        let message = try await parse(request, of: peer) { try DigestQuestion(parsing: $0) }
        let seat = try digests.enter(peer)
        defer { withExtendedLifetime(seat) {} }
        guard message.scope.reaches(peer) else { throw HTTPError(.forbidden, message: "not on that office's branch") }
        return Self.bytes(try await exchange.answer(message).encoded())
    }

    @Sendable func join(_ request: Request, _ context: PeerRequestContext) async throws -> Response {
        let message = try await parse(request, of: nil, bytesMax: Self.joinBytesMax, within: .seconds(10)) {
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
        let (peer, replica) = (certificate.office, exchange.replica)
        guard peer != replica.office, replica.office.covers(peer) else {
            throw HTTPError(.forbidden, message: "\(peer) is not below \(replica.office)")
        }
        let now = Date(timeIntervalSince1970: Double(replica.environment.now_ms()) / 1000)
        guard certificate.isValid(at: now) else {
            throw HTTPError(.forbidden, message: "the certificate of \(peer) has expired; renew it")
        }
        let directory = try await exchange.environment.blocking { try replica.directory() }
        guard let author = directory.openAuthor(of: peer) else {
            // A village can be here before the directory's row for it: the row is on its way from the root.
            return (peer, certificate)
        }
        guard author.tlsKey == certificate.publicKey else {
            throw HTTPError(.forbidden, message: "the directory names another key for \(peer)")
        }
        return (peer, certificate)
    }

    /// Anyone may ask to join, so nobody may make us keep much.
    private static let joinBytesMax = 16 * 1024

    /// - Parameter peer: nil for callers that nobody knows, whose questions are small.
    private func parse<T>(
        _ request: Request, of peer: OfficeCode?, bytesMax: Int = ExchangeLimits.helloBytesMax,
        within limit: Duration = .seconds(60), _ read: ([UInt8]) throws -> T
    ) async throws -> T {
        let seat = try peer.map { try questions.enter($0) }
        defer { withExtendedLifetime(seat) {} }
        let (body, share) = (request.body, questionBytes.share())
        defer { withExtendedLifetime(share) {} }
        let buffer = try await withThrowingTaskGroup(of: ByteBuffer?.self) { group in
            group.addTask { try await Self.collect(body, upTo: bytesMax, share) }
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

    private static func collect(
        _ body: RequestBody, upTo bytesMax: Int, _ share: MemoryBudget.Share
    ) async throws -> ByteBuffer {
        var all = ByteBuffer()
        for try await var buffer in body {
            all.writeBuffer(&buffer)
            guard all.readableBytes <= bytesMax else { throw HTTPError(.contentTooLarge) }
            guard share.hold(all.readableBytes) else { throw CallLoad.overload }
        }
        return all
    }

    /// A stream that was refused may go on for ever: its sender has a moment to read why.
    fileprivate static func hangUp(_ channel: any Channel) {
        channel.eventLoop.scheduleTask(in: .seconds(5)) { channel.close(promise: nil) }
    }

    private static func bytes(_ bytes: [UInt8]) -> Response {
        Response(
            status: .ok, headers: [.contentType: "application/x-protobuf"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}

/// Tells the caller whose fault it is: a bare 500 sends its operator to look in the wrong place.
private struct FailuresInWords: RouterMiddleware {
    func handle(
        _ request: Request, context: PeerRequestContext,
        next: (Request, PeerRequestContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as HTTPError
            where [.unauthorized, .forbidden, .notFound, .methodNotAllowed].contains(error.status)
        {
            // Places are for offices: who has no business here may not keep one with another request now and then.
            ExchangeServer.hangUp(context.channel)
            throw error
        } catch let error as RecordNotFound {
            throw HTTPError(.badRequest, message: error.description)
        } catch let error as InvalidRowPosition {
            throw HTTPError(.badRequest, message: error.description)
        } catch let failure as SQLiteFailure {
            throw HTTPError(.serviceUnavailable, message: "this office cannot write its database: \(failure)")
        } catch let damage as DamagedReplica {
            throw HTTPError(.internalServerError, message: "\(damage)")
        }
    }
}
