import Logging
import Replica
import Synchronization

/// Remembers that this office's own disk failed: whoever calls it gets an error that says little, and the office itself
/// would show nothing.
package final class StorageWatch: Sendable {
    private struct Failure {
        let text: String
        let at: Duration
    }
    private let last = Mutex<Failure?>(nil)
    private let logger: Logger
    /// Each exchange tries to write within minutes, so what is older has passed.
    private static let shownFor = Duration.seconds(300)

    package init(logger: Logger) { self.logger = logger }

    /// - Parameter elapsed: By ``NodeEnvironment/elapsed``.
    func note(_ error: any Error, elapsed: Duration) {
        guard let failure = error as? SQLiteFailure, failure.isOfTheMachine else { return }
        let isNew = last.withLock { last in
            defer { last = Failure(text: failure.description, at: elapsed) }
            return last.map { $0.text != failure.description || elapsed - $0.at > Self.shownFor } ?? true
        }
        if isNew { logger.error("this office cannot write its database", metadata: ["reason": "\(failure)"]) }
    }

    func failure(elapsed: Duration) -> String? {
        last.withLock { last in last.flatMap { elapsed - $0.at <= Self.shownFor ? $0.text : nil } }
    }
}
