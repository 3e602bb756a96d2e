import Replica

/// Looks, and looks again after each event, until it is so; the deadline only bounds a failure.
///
/// Also looks now and then without an event: SQLite makes a commit visible, in shared memory, after it has written the
/// log, and of that no file event tells.
/// - Parameter detail: What the failure adds.
func eventually(
    _ what: String, within limit: Duration = .seconds(90), after events: [CommitSignal],
    detail: @escaping @Sendable () async throws -> String = { "" }, _ isSo: @escaping @Sendable () async throws -> Bool
) async throws {
    let (wakes, wake) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
    let streams = events.map { $0.stream() }
    let isDone = try await withThrowingTaskGroup(of: Bool?.self) { group in
        for stream in streams {
            group.addTask {
                for await _ in stream { wake.yield() }
                return nil
            }
        }
        group.addTask {
            if try await isSo() { return true }
            for await _ in wakes { if try await isSo() { return true } }
            return nil
        }
        group.addTask {
            while true {
                try await Task.sleep(for: .milliseconds(100))
                wake.yield()
            }
        }
        group.addTask {
            try await Task.sleep(for: limit)
            return false
        }
        defer { group.cancelAll() }
        while let result = try await group.next() { if let result { return result } }
        return false
    }
    guard isDone else { throw Failure("not after \(limit): \(what) \(try await detail())") }
}
