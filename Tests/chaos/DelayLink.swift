import Foundation

/// Carries TCP bytes from one address to another, each piece a while later: `chaos relay --listen PORT --to HOST:PORT`.
enum DelayLink {
    static func run(address: String, port: UInt16, to target: (host: String, port: UInt16), delay_ms: UInt32) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var yes: Int32 = 1
        setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, 4)
        guard with(address, port, { bind(listener, $0, $1) }) == 0, listen(listener, 64) == 0 else {
            throw ChaosFailure(
                what: "the link cannot listen at \(address):\(port): \(String(cString: strerror(errno)))")
        }
        while true {
            let caller = accept(listener, nil, nil)
            guard caller >= 0 else { continue }
            Thread.detachNewThread {
                let called = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
                guard with(target.host, target.port, { connect(called, $0, $1) }) == 0 else {
                    close(caller)
                    close(called)
                    return
                }
                let pair = Pair(caller, called)
                Thread.detachNewThread { carry(from: called, to: caller, delay_ms, pair) }
                carry(from: caller, to: called, delay_ms, pair)
            }
        }
    }

    /// Two ways of one connection; closed when both have ended.
    private final class Pair: @unchecked Sendable {
        private let lock = NSLock()
        private let descriptors: [Int32]
        private var ended = 0

        init(_ one: Int32, _ other: Int32) { descriptors = [one, other] }

        func end() {
            lock.lock()
            defer { lock.unlock() }
            ended += 1
            for descriptor in descriptors {
                if ended == 2 { close(descriptor) } else { shutdown(descriptor, Int32(SHUT_RDWR)) }
            }
        }
    }

    private static func carry(from source: Int32, to target: Int32, _ delay_ms: UInt32, _ pair: Pair) {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(source, &buffer, buffer.count)
            guard count > 0 else { break }
            usleep(delay_ms * 1000)
            var sent = 0
            while sent < count {
                let more = buffer.withUnsafeBytes {
                    send(target, $0.baseAddress! + sent, count - sent, Int32(MSG_NOSIGNAL))
                }
                guard more > 0 else { break }
                sent += more
            }
            guard sent == count else { break }
        }
        pair.end()
    }

    private static func with<T>(_ host: String, _ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> T) -> T
    {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        inet_pton(AF_INET, host, &address.sin_addr)
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
    }
}
