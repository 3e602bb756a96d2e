import HummingbirdCore
import Logging
import NIOCore

/// How many callers are let in at once. Beyond it new ones wait in the system's queue, instead of taking the files that
/// work needs; whoever looks at the log can see that.
struct Connections: AvailableConnectionsDelegate {
    private let max: Int
    private let logger: Logger
    private var open = 0

    init(max: Int, logger: Logger) {
        self.max = max
        self.logger = logger
    }

    mutating func connectionOpened() {
        open += 1
        guard open == max else { return }
        logger.warning("all places for callers are taken", metadata: ["connections": "\(max)"])
    }

    mutating func connectionClosed() { open -= 1 }

    func isAcceptingNewConnections() -> Bool { open < max }
}

/// Ends a connection that has not brought the beginning of a request in time: a place is for whoever has a certificate and
/// a question, not for whoever only connects.
final class FirstRequestDeadline: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = Any

    /// Handshake and all, over a slow line.
    static let limit = TimeAmount.seconds(20)
    private let limit: TimeAmount
    private var deadline: Scheduled<Void>?

    init(limit: TimeAmount = limit) { self.limit = limit }

    func handlerAdded(context: ChannelHandlerContext) {
        let channel = context.channel
        deadline = context.eventLoop.scheduleTask(in: limit) { channel.close(promise: nil) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        deadline?.cancel()
        context.fireChannelRead(data)
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        deadline?.cancel()
        context.fireChannelInactive()
    }
}
