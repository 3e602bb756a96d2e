import Synchronization

/// How the line to the parent is, and where this node listens, for `sanji status`.
package final class LinkStatus: Sendable {
    private struct State {
        var isReachable = false
        var lastError: String?
        var listen: String?
    }
    private let state = Mutex(State())

    package init() {}

    func reached() { state.withLock { ($0.isReachable, $0.lastError) = (true, nil) } }
    func failed(_ error: String) { state.withLock { ($0.isReachable, $0.lastError) = (false, error) } }
    func bound(_ address: HostPort) { state.withLock { $0.listen = "\(address)" } }

    package var isReachable: Bool { state.withLock { $0.isReachable } }
    package var lastError: String? { state.withLock { $0.lastError } }
    package var listen: String? { state.withLock { $0.listen } }
}
