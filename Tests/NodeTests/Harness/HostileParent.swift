import ChangeSets
import Exchange
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTLS
import Logging
import NIOCore
import Replica
import ServiceLifecycle
import Synchronization

@testable import Node

/// A parent whose program is not ours: it has the office's real keys and certificate, greets and takes honestly, and sends
/// down what it likes.
final class HostileParent: Sendable {
    let address: HostPort
    private let down: Down
    private let group: ServiceGroup
    private let running: Task<Void, any Error>

    /// - Parameter office: Whose node does not run.
    init(_ office: Office) async throws {
        let replica = try office.replica()
        let silence = Logger(label: "hostile") { _ in SwiftLogNoOpLogHandler() }
        let exchange = OfficeExchange(
            replica: replica, environment: MachineEnvironment(), transport: nil, addresses: { [:] },
            status: LinkStatus(), logger: silence)
        let honest = ExchangeServer(exchange: exchange.children, enrolment: Nobody()).router().buildResponder()
        let (bound, listening) = AsyncStream<Int>.makeStream()
        let down = Down()
        let application = Application(
            responder: CallbackResponder { (request: Request, context: PeerRequestContext) in
                guard request.uri.path == "/v1/down" else {
                    return try await honest.respond(to: request, context: context)
                }
                let question = try await request.body.collect(upTo: 16 << 20)
                let stream = try down.answer.withLock { $0 }(
                    try DownMessage(parsing: [UInt8](question.readableBytesView)))
                return Response(
                    status: .ok,
                    body: ResponseBody { writer in
                        for try await buffer in stream { try await writer.write(buffer) }
                        try await writer.finish(nil)
                    })
            },
            server: try .tls(
                .http1(), tlsConfiguration: office.folder.keys.loadIdentity().tlsSettings().server(.optional)),
            configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { channel in
                listening.yield(channel.localAddress?.port ?? 0)
                listening.finish()
            }, logger: silence)
        let group = ServiceGroup(services: [application], logger: silence)
        running = Task { try await group.run() }
        guard let port = await bound.first(where: { _ in true }) else {
            throw Failure("the hostile parent did not start")
        }
        (self.group, self.down) = (group, down)
        address = HostPort(host: "127.0.0.1", port: port)
    }

    /// What it answers to whoever asks for what is new.
    func sends(_ answer: @escaping @Sendable (DownMessage) throws -> ByteStream) {
        down.answer.withLock { $0 = answer }
    }

    func end() async {
        await group.triggerGracefulShutdown()
        running.cancel()
        _ = try? await running.value
    }
}

private final class Down: Sendable {
    let answer = Mutex<@Sendable (DownMessage) throws -> ByteStream>({ _ in throw Failure("nothing to send yet") })
}

private struct Nobody: Enrolling {
    func join(_ message: JoinMessage) async throws -> JoinReplyMessage { throw Failure("nobody joins here") }
}
