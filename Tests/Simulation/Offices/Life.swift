import ChangeSets
import Foundation
import Node

/// One run of an office's program, from its start until it is killed: the process, as far as its world can tell.
final class Life: NodeEnvironment, @unchecked Sendable {
    private let scheduler: Scheduler
    private var tasks: [Task<Void, Never>] = []
    private(set) var isDead = false

    private var random: SeededRandom
    /// How long each piece of blocking work takes at most, at this moment: a slow disk.
    private let workTime: () -> Duration
    /// Told of each piece of work that failed, also where nobody hears of it or the next try succeeds.
    var onFailure: (any Error) -> Void = { _ in }
    /// Called at the very place where the process dies, with its files as they are.
    var onDeath: () -> Void = {}
    /// When it is to die of itself.
    var death: Death?

    /// Where a process dies.
    struct Death {
        /// Inside a transaction, before it is committed; else behind a commit.
        let isInside: Bool
        /// Such places that it passes before.
        var left: Int
    }

    init(_ scheduler: Scheduler, random: SeededRandom, workTime: @escaping () -> Duration) {
        self.scheduler = scheduler
        self.random = random
        self.workTime = workTime
    }

    var elapsed: Duration { scheduler.now }

    func sleep(for duration: Duration) async throws {
        try await scheduler.sleep(for: duration)
        try live()
    }

    func jitter() -> Double { Double.random(in: 0..<1, using: &random) }

    func blocking<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
        try live()
        let time = workTime() * Double.random(in: 0...1, using: &random)
        if time > .zero { Exercised.note(.slowWork) }
        // Not Task.yield(), which knows no hook and goes to the real thread pool.
        try await scheduler.sleep(for: time)
        try live()
        let result = Result { try running(body) }
        try live()
        if case .failure(let error) = result { onFailure(error) }
        return try result.get()
    }

    /// Runs work of this process, so that a commit in it knows whose it is.
    func running<T>(_ body: () throws -> T) throws -> T {
        #if DEBUG || SANJI_SIMULATION
            _ = Self.isListening
            let before = pthread_getspecific(Self.key)
            pthread_setspecific(Self.key, Unmanaged.passUnretained(self).toOpaque())
            defer { pthread_setspecific(Self.key, before) }
        #endif
        return try body()
    }

    #if DEBUG || SANJI_SIMULATION
        private static let key: pthread_key_t = {
            var key = pthread_key_t()
            precondition(pthread_key_create(&key, nil) == 0, "no thread-specific data left")
            return key
        }()

        private static let isListening: Bool = {
            CommitPoint.reached = { isInside in
                guard let life = pthread_getspecific(Life.key) else { return }
                try Unmanaged<Life>.fromOpaque(life).takeUnretainedValue().commitReached(isInside: isInside)
            }
            return true
        }()

        private func commitReached(isInside: Bool) throws {
            try live()
            guard let death, death.isInside == isInside else { return }
            self.death?.left -= 1
            guard death.left == 0 else { return }
            Exercised.note(isInside ? .diedInside : .diedBehindCommit)
            isDead = true
            onDeath()
            throw Killed()
        }
    #endif

    /// Runs something that ends with this life.
    func start(_ body: @escaping @Sendable () async -> Void) {
        guard !isDead else { return }
        tasks.append(Task(operation: body))
    }

    /// Nothing of it is written, sent or heard any more.
    func kill() {
        isDead = true
        for task in tasks { task.cancel() }
        tasks = []
    }

    /// - Throws: ``Killed``.
    func live() throws { if isDead { throw Killed() } }
}

/// What the code of a killed process runs into, in place of going on.
struct Killed: Error {}
