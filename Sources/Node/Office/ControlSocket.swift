import Foundation
import NIOCore
import NIOPosix
import Replica
import ServiceLifecycle

/// A Unix socket in the data folder by which commands of the same machine find the running node.
///
/// Whoever connects has written something, or asks: the node looks at its log at once, answers one line of JSON and
/// closes. Without it a command's write is noticed within a second.
struct ControlSocket: Service {
    let path: String
    let replica: OfficeReplica
    let status: LinkStatus
    let storage: StorageWatch
    let environment: any NodeEnvironment

    func run() async throws {
        unlink(path)  // Left by a node that was killed; the run lock says that none is alive.
        let (replica, status, storage, environment) = (replica, status, storage, environment)
        let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .bind(unixDomainSocketPath: path) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        do {
            try await cancelWhenGracefulShutdown {
                try await server.executeThenClose { clients in
                    for try await client in clients {
                        replica.commits.signal()
                        let answer = ControlAnswer(
                            pid: getpid(), reachable: status.isReachable, lastError: status.lastError,
                            listen: status.listen, storageError: storage.failure(elapsed: environment.elapsed))
                        try? await client.executeThenClose { _, outbound in
                            try await outbound.write(ByteBuffer(bytes: try JSONEncoder().encode(answer)))
                        }
                    }
                }
            }
        } catch is CancellationError {}  // The node stops.
        unlink(path)
    }
}

/// What a running node says of itself.
package struct ControlAnswer: Codable, Sendable {
    package let pid: Int32
    /// Whether the last call to the parent succeeded.
    package let reachable: Bool
    package let lastError: String?
    /// HOST:PORT that the node is bound to; nil while it starts.
    package let listen: String?
    /// Why this office could not write its database, where that has just happened.
    package let storageError: String?

    /// Wakes the node of a folder.
    /// - Returns: nil when none is running.
    package static func ask(_ folder: OfficeFolder) -> ControlAnswer? {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let path = Array(folder.controlPath.utf8)
        guard path.count < MemoryLayout.size(ofValue: address.sun_path) else { return nil }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
        // Without waiting: a node that hangs leaves callers in its queue until that is full, and then for ever before it.
        let flags = fcntl(descriptor, F_GETFL)
        _ = fcntl(descriptor, F_SETFL, flags | O_NONBLOCK)
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard connected == 0 else { return nil }
        _ = fcntl(descriptor, F_SETFL, flags)
        var timeout = timeval(tv_sec: 5, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while bytes.count < 1 << 16 {
            let count = read(descriptor, &buffer, buffer.count)
            guard count > 0 else { break }
            bytes += buffer[..<count]
        }
        return try? JSONDecoder().decode(ControlAnswer.self, from: Data(bytes))
    }
}
