import Foundation
import Node

/// One run of an office's program, from its start until it is killed: the process, as far as its world can tell.
final class Life: NodeEnvironment, @unchecked Sendable {
    private let scheduler: Scheduler
    private let chance: Chance
    private var tasks: [Task<Void, Never>] = []
    private(set) var isDead = false

    /// What may happen to it, besides being killed from outside.
    struct Chance {
        var random: SeededRandom
        /// How long each piece of blocking work takes at most: a slow disk.
        var workTime: Duration
    }
    private var random: SeededRandom
    /// Called when a commit was reached at which the process is to die.
    var onDeath: () -> Void = {}
    /// Commits until then; nil for one that is not to die of itself.
    var commitsLeft: Int?

    init(_ scheduler: Scheduler, _ chance: Chance) {
        self.scheduler = scheduler
        self.chance = chance
        random = chance.random
    }

    var elapsed: Duration { scheduler.now }

    func sleep(for duration: Duration) async throws {
        try await scheduler.sleep(for: duration)
        try live()
    }

    func jitter() -> Double { Double.random(in: 0..<1, using: &random) }

    func blocking<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
        try live()
        let time = chance.workTime * Double.random(in: 0...1, using: &random)
        // Not Task.yield(), which knows no hook and goes to the real thread pool.
        try await scheduler.sleep(for: time)
        try live()
        let result = Result(catching: body)
        try live()
        return try result.get()
    }

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
