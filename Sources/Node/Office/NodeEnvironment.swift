import Dispatch

/// What a running office takes from the world besides its line: time that passes, and threads for work that blocks.
/// The simulator gives its own.
package protocol NodeEnvironment: Sendable {
    /// Since some fixed moment; never goes back, whatever the office's clock does.
    var elapsed: Duration { get }

    /// - Throws: `CancellationError`, when the task is cancelled meanwhile.
    func sleep(for duration: Duration) async throws

    /// A fresh number in 0..<1.
    func jitter() -> Double

    /// Runs blocking work (SQLite, signatures) on threads of its own, so that it never holds up the sockets' threads.
    func blocking<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T
}

/// The machine's own.
package struct MachineEnvironment: NodeEnvironment {
    private static let queue = DispatchQueue(label: "sanji.blocking", attributes: .concurrent)
    private static let start = ContinuousClock.now

    private let storage: StorageWatch?

    /// - Parameter storage: Told of what fails because of the disk.
    package init(storage: StorageWatch? = nil) { self.storage = storage }

    package var elapsed: Duration { Self.start.duration(to: .now) }
    package func sleep(for duration: Duration) async throws { try await Task.sleep(for: duration) }
    package func jitter() -> Double { .random(in: 0..<1) }

    package func blocking<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            Self.queue.async {
                let result = Result(catching: body)
                if case .failure(let error) = result { storage?.note(error, elapsed: elapsed) }
                continuation.resume(with: result)
            }
        }
    }
}
