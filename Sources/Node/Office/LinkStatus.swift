import Synchronization

/// How the line to the parent is, for `sanji status`.
package final class LinkStatus: Sendable {
    private struct State {
        var isReachable = false
        var lastError: String?
    }
    private let state = Mutex(State())

    package init() {}

    func reached() { state.withLock { $0 = State(isReachable: true) } }
    func failed(_ error: String) { state.withLock { $0 = State(isReachable: false, lastError: error) } }

    package var isReachable: Bool { state.withLock { $0.isReachable } }
    package var lastError: String? { state.withLock { $0.lastError } }
}
