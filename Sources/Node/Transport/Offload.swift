import Dispatch

/// Runs blocking work (SQLite, signatures) on threads of its own, so that it never holds up the sockets' threads.
enum Offload {
    private static let queue = DispatchQueue(label: "sanji.blocking", attributes: .concurrent)

    static func run<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result(catching: body)) }
        }
    }
}
