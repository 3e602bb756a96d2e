import ArgumentParser
import ChangeSets
import Foundation
import Simulation
import Synchronization

/// Whole districts in virtual time. `scripts/simulate` builds it with what counts rare ways, and runs it.
@main struct Simulate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Lives through one district for each seed, in virtual time, and holds it against every invariant.")

    @Option(help: "The seeds, FIRST..LAST.") var seeds = "1..1000"
    @Option(help: "One seed only.") var seed: UInt64?
    @Flag(help: "Print what happens in it.") var trace = false
    @Option(help: "How many worlds at once.") var jobs = ProcessInfo.processInfo.activeProcessorCount
    @Option(help: "Where worlds keep their files; best in memory.") var folder = "/dev/shm"

    func run() throws {
        let range = try seed.map { $0...$0 } ?? Self.range(seeds)
        let place = URL(fileURLWithPath: folder).appendingPathComponent("sanji-simulation-\(getpid())")
        defer { try? FileManager.default.removeItem(at: place) }
        let progress = Progress(range, start: ContinuousClock.now)
        let workers = (0..<max(1, trace ? 1 : jobs)).map { _ in
            Thread.start {
                while let seed = progress.next() {
                    let problems = World.problems(seed: seed, in: place) { [trace] in if trace { print($0) } }
                    progress.note(seed, problems)
                }
            }
        }
        for worker in workers { worker.wait() }
        let failed = progress.summary()
        let rare = Self.rare(isLong: range.count >= 1000)
        if failed > 0 || rare > 0 { throw ExitCode(1) }
    }

    private static func range(_ text: String) throws -> ClosedRange<UInt64> {
        let ends = text.components(separatedBy: "..").compactMap { UInt64($0) }
        guard ends.count == 2, ends[0] <= ends[1] else {
            throw ValidationError("seeds are FIRST..LAST, for example 1..1000")
        }
        return ends[0]...ends[1]
    }

    /// Prints how often each rare way was taken.
    /// - Returns: How many were taken too seldom for a green run to say anything, where it was a long one.
    private static func rare(isLong: Bool) -> Int {
        #if SANJI_SIMULATION
            let least = 100
            for (path, count) in RarePathCounts.all {
                let name = "\(path)".padding(toLength: 20, withPad: " ", startingAt: 0)
                print("  \(name)\(count)\(isLong && count < least ? "  too few" : "")")
            }
            return isLong ? RarePathCounts.all.count { $0.count < least } : 0
        #else
            print("  (this build does not count rare ways; scripts/simulate does)")
            return 0
        #endif
    }
}

/// Hands out seeds and gathers what came of them.
private final class Progress: Sendable {
    private struct State {
        var next: UInt64?
        var done = 0
        var failed: [UInt64] = []
        var said: Duration = .zero
    }
    private let range: ClosedRange<UInt64>
    private let start: ContinuousClock.Instant
    private let state: Mutex<State>

    init(_ range: ClosedRange<UInt64>, start: ContinuousClock.Instant) {
        self.range = range
        self.start = start
        state = Mutex(State(next: range.lowerBound))
    }

    func next() -> UInt64? {
        state.withLock { state in
            guard let seed = state.next, state.failed.count < 20 else { return nil }
            state.next = seed < range.upperBound ? seed + 1 : nil
            return seed
        }
    }

    func note(_ seed: UInt64, _ problems: [String]) {
        state.withLock { state in
            state.done += 1
            if !problems.isEmpty {
                state.failed.append(seed)
                print("seed \(seed) FAILED")
                for problem in problems { print("  \(problem)") }
                print("  see it: scripts/simulate --seed \(seed) --trace")
            }
            let elapsed = start.duration(to: .now)
            guard elapsed - state.said > .seconds(10) else { return }
            state.said = elapsed
            print(
                "\(state.done) of \(range.count) worlds, \(state.failed.count) failed, \(elapsed.components.seconds) s")
            fflush(nil)
        }
    }

    func summary() -> Int {
        state.withLock { state in
            let seconds = start.duration(to: .now).components.seconds
            print("\(state.done) worlds in \(seconds) s, \(state.failed.count) failed")
            return state.failed.count
        }
    }
}

extension Thread {
    /// - Returns: What tells that it has ended.
    fileprivate static func start(_ body: @escaping @Sendable () -> Void) -> DispatchSemaphore {
        let end = DispatchSemaphore(value: 0)
        let thread = Thread {
            body()
            end.signal()
        }
        thread.start()
        return end
    }
}
