import NIOCore
import NIOPosix
import Synchronization

/// A line between two offices that can be cut and mended: forwards TCP connections to an address.
///
/// For the demo and for tests; it sees only TLS.
package final class CuttableLine: Sendable {
    package let address: HostPort
    private let server: NIOAsyncChannel<any Channel, Never>
    private let state: Mutex<State>

    private struct State {
        var target: HostPort?
        var isCut = false
        /// How many more bytes it carries before it is cut.
        var bytesLeft: Int?
        var open: [ObjectIdentifier: any Channel] = [:]
        var bytes = 0
    }

    private init(server: NIOAsyncChannel<any Channel, Never>, address: HostPort, target: HostPort?) {
        self.server = server
        self.address = address
        state = Mutex(State(target: target))
    }

    /// Listens on a free loopback port; ``run()`` forwards.
    /// - Parameter target: nil for a line that leads nowhere until ``forward(to:)``.
    package static func open(to target: HostPort?) async throws -> CuttableLine {
        let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelOption(.autoRead, value: false)
            .bind(host: "127.0.0.1", port: 0) { channel in channel.eventLoop.makeSucceededFuture(channel) }
        let port = server.channel.localAddress?.port ?? 0
        return CuttableLine(server: server, address: HostPort(host: "127.0.0.1", port: port), target: target)
    }

    /// Forwards until the task is cancelled.
    package func run() async throws {
        try await withTaskCancellationHandler {
            try await server.executeThenClose { clients in
                for try await client in clients {
                    guard !state.withLock({ $0.isCut }) else {
                        client.close(promise: nil)
                        continue
                    }
                    do {
                        try await forward(client)
                    } catch {
                        client.close(promise: nil)  // The far end is not there: the caller sees a closed line.
                    }
                }
            }
        } onCancel: {
            cut()
            server.channel.close(promise: nil)
        }
    }

    /// Ends all connections and refuses new ones, until ``mend()``.
    package func cut() {
        let open = state.withLock { state in
            state.isCut = true
            defer { state.open = [:] }
            return Array(state.open.values)
        }
        for channel in open { channel.close(promise: nil) }
    }

    package func mend() {
        state.withLock { state in
            state.isCut = false
            state.bytesLeft = nil
        }
    }

    /// Cuts the line when it has carried exactly so many more bytes, in both directions together, wherever that is.
    package func cut(afterBytes count: Int) { state.withLock { $0.bytesLeft = count } }

    /// Leads new connections elsewhere: the far end has moved.
    package func forward(to target: HostPort) { state.withLock { $0.target = target } }

    package var isCut: Bool { state.withLock { $0.isCut } }

    /// Bytes carried in both directions, since the line was opened.
    package var carriedBytes: Int { state.withLock { $0.bytes } }

    private func forward(_ client: any Channel) async throws {
        guard let target = state.withLock({ $0.target }) else { throw ChannelError.ioOnClosedChannel }
        let far = try await ClientBootstrap(group: client.eventLoop)
            .channelOption(.autoRead, value: false)
            .connect(host: target.host, port: target.port).get()
        state.withLock { state in
            state.open[ObjectIdentifier(client)] = client
            state.open[ObjectIdentifier(far)] = far
        }
        try await client.eventLoop.submit {
            try client.pipeline.syncOperations.addHandler(Pump(into: far, on: self))
            try far.pipeline.syncOperations.addHandler(Pump(into: client, on: self))
        }.get()
        client.read()
        far.read()
        for channel in [client, far] {
            channel.closeFuture.whenComplete { [weak self] _ in
                self?.state.withLock { _ = $0.open.removeValue(forKey: ObjectIdentifier(channel)) }
            }
        }
    }

    /// - Returns: How many of so many bytes still go through.
    fileprivate func carry(_ count: Int) -> Int {
        state.withLock { state in
            let carried = min(count, state.bytesLeft ?? count)
            state.bytes += carried
            if let left = state.bytesLeft { state.bytesLeft = left - carried }
            return carried
        }
    }

    fileprivate var isUsedUp: Bool { state.withLock { $0.bytesLeft == 0 } }
}

/// Writes what one channel reads into the other, a piece at a time.
private final class Pump: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer
    private let other: any Channel
    private let line: CuttableLine

    init(into other: any Channel, on line: CuttableLine) {
        self.other = other
        self.line = line
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        let carried = line.carry(buffer.readableBytes)
        let channel = context.channel
        other.writeAndFlush(buffer.getSlice(at: buffer.readerIndex, length: carried) ?? ByteBuffer()).whenComplete {
            result in
            if case .success = result { channel.read() } else { channel.close(promise: nil) }
        }
        if line.isUsedUp { line.cut() }
    }

    func channelInactive(context: ChannelHandlerContext) { other.close(promise: nil) }
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
