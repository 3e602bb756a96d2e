import Foundation

/// Runs all tasks of one simulated world on one thread, in an order that only the seed decides, in a time of its own that
/// passes when nothing is left to do.
///
/// Everything of a world happens on the thread that called ``run(until:)``, so nothing here needs a lock.
final class Scheduler: @unchecked Sendable {
    private(set) var now = Duration.zero
    private var ready: [UnownedJob] = []
    /// What is to be done at its time, by when it was set.
    private var timers: [Int: () -> Void] = [:]
    /// Ascending by time, then by when they were set.
    private var agenda: [(due: Duration, order: Int)] = []
    private var orders = 0
    private var random: SeededRandom
    private lazy var executor = WorldExecutor(self)

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    /// Called by the concurrency runtime in place of its thread pool.
    func enqueue(_ job: UnownedJob) { ready.append(job) }

    /// Everything that starts a task of the world, or resumes one, happens in here.
    func own<T>(_ body: () -> T) -> T { ConcurrencyHook.capture(into: self, body) }

    /// Runs what is to be run until then.
    func run(until end: Duration) {
        while true {
            if let job = takeJob() {
                job.runSynchronously(on: executor.asUnownedSerialExecutor())
            } else if let first = agenda.first, first.due <= end {
                agenda.removeFirst()
                now = max(now, first.due)
                timers.removeValue(forKey: first.order)?()
            } else {
                now = max(now, end)
                return
            }
        }
    }

    /// Mostly in turn; now and then another first, as on several threads.
    private func takeJob() -> UnownedJob? {
        guard !ready.isEmpty else { return nil }
        let isOutOfTurn = ready.count > 1 && random.happens(percent: 25)
        return ready.remove(at: isOutOfTurn ? Int.random(in: ready.indices, using: &random) : 0)
    }

    /// - Returns: What ``cancel(_:)`` takes.
    @discardableResult
    func after(_ delay: Duration, _ fire: @escaping () -> Void) -> Int {
        precondition(ConcurrencyHook.isCaptured(by: self), "another thread")
        orders += 1
        let due = now + max(.zero, delay)
        timers[orders] = fire
        var place = agenda.count
        while place > 0, agenda[place - 1].due > due { place -= 1 }
        agenda.insert((due, orders), at: place)
        return orders
    }

    func cancel(_ timer: Int) {
        guard timers.removeValue(forKey: timer) != nil else { return }
        agenda.removeAll { $0.order == timer }
    }

    /// - Throws: `CancellationError`, when the task is cancelled meanwhile.
    func sleep(for duration: Duration) async throws {
        let sleeper = Sleeper(self)
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { sleeper.start($0, duration) }
        } onCancel: {
            sleeper.cancel()
        }
    }
}

/// One task that waits for its time.
private final class Sleeper: @unchecked Sendable {
    private let scheduler: Scheduler
    private var continuation: CheckedContinuation<Void, any Error>?
    private var timer: Int?
    private var isCancelled = false

    init(_ scheduler: Scheduler) { self.scheduler = scheduler }

    func start(_ continuation: CheckedContinuation<Void, any Error>, _ duration: Duration) {
        guard !isCancelled else { return continuation.resume(throwing: CancellationError()) }
        self.continuation = continuation
        timer = scheduler.after(duration) { [self] in take()?.resume() }
    }

    func cancel() {
        isCancelled = true
        if let timer { scheduler.cancel(timer) }
        take()?.resume(throwing: CancellationError())
    }

    private func take() -> CheckedContinuation<Void, any Error>? {
        defer { continuation = nil }
        return continuation
    }
}

/// What jobs are told they run on.
private final class WorldExecutor: SerialExecutor {
    private unowned let scheduler: Scheduler

    init(_ scheduler: Scheduler) { self.scheduler = scheduler }

    /// A task that yields comes by here.
    func enqueue(_ job: consuming ExecutorJob) { scheduler.enqueue(UnownedJob(job)) }
    func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }
}
