import ChangeSets
import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import Node
import Synchronization

/// A TLS server on a free loopback port, that greets whom it believes with one byte.
final class TrustServer: Sendable {
    /// How a handshake ended on one side.
    enum End: Sendable, Equatable {
        /// With what the other side showed, if anything.
        case trusted(OfficeCertificate?)
        case refused
    }

    let port: Int
    private let channel: any Channel
    private let ends: AsyncStream<End>

    /// - Parameter tls: nil for a server that takes connections and says nothing.
    init(_ tls: TLSConfiguration?) async throws {
        let (stream, continuation) = AsyncStream<End>.makeStream()
        ends = stream
        let context = try tls.map { try NIOSSLContext(configuration: $0) }
        channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard let context else { return }
                    try channel.pipeline.syncOperations.addHandlers([
                        NIOSSLServerHandler(context: context), Greeter { continuation.yield($0) },
                    ])
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        port = channel.localAddress!.port!
    }

    /// How the server saw the next handshake.
    func nextEnd() async -> End? { await ends.first { _ in true } }

    func close() async throws { try await channel.close().get() }

    /// Calls the server by `name`, whatever its address.
    /// - Returns: How each side saw it.
    func called(_ name: OfficeCode, with tls: TLSConfiguration) async throws -> (client: End, server: End?) {
        let context = try NIOSSLContext(configuration: tls)
        let (stream, continuation) = AsyncStream<End>.makeStream()
        let client = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandlers([
                        NIOSSLClientHandler(context: context, serverHostname: name.tlsName),
                        Listener { continuation.yield($0) },
                    ])
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        let end = await stream.first { _ in true }
        client.close(promise: nil)
        return (end ?? .refused, await nextEnd())
    }
}

/// Writes wait for the end of the handshake: the byte tells the client that the server, too, believes.
private final class Greeter: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private var report: ((TrustServer.End) -> Void)?

    init(report: @escaping (TrustServer.End) -> Void) { self.report = report }

    func channelActive(context: ChannelHandlerContext) {
        let written = context.writeAndFlush(NIOAny(ByteBuffer(bytes: [7])))
        written.assumeIsolated().whenSuccess {
            self.end(.trusted(shown(context)))
        }
        context.fireChannelActive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        end(.refused)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) { end(.refused) }

    private func end(_ end: TrustServer.End) {
        report?(end)
        report = nil
    }
}

private final class Listener: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private var report: ((TrustServer.End) -> Void)?

    init(report: @escaping (TrustServer.End) -> Void) { self.report = report }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { end(.trusted(shown(context))) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        end(.refused)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) { end(.refused) }

    private func end(_ end: TrustServer.End) {
        report?(end)
        report = nil
    }
}

private func shown(_ context: ChannelHandlerContext) -> OfficeCertificate? {
    let handler = try? context.pipeline.syncOperations.handler(type: NIOSSLHandler.self)
    return handler?.peerCertificate.flatMap { OfficeCertificate($0) }
}
