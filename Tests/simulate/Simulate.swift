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

    @Option(help: "The seeds, FIRST..LAST. From 10,000 on it fails where a rare way was taken less than 100 times.")
    var seeds = "1..1000"
    @Option(help: "One seed only.") var seed: UInt64?
    @Flag(help: "Print what happens in it.") var trace = false
    @Option(help: "Instead: every history of up to so many operations on one row.") var smallHistories: Int?
    @Flag(help: "Stop at the first failure; otherwise after twenty.") var untilFailure = false
    @Option(help: "How many worlds at once.") var jobs = ProcessInfo.processInfo.activeProcessorCount
    @Option(help: "Where worlds keep their files; best in memory.") var folder = "/dev/shm"

    func run() throws {
        if let smallHistories { return try Self.check(smallHistories, jobs: jobs) }
        let range = try seed.map { $0...$0 } ?? Self.range(seeds)
        let place = URL(fileURLWithPath: folder).appendingPathComponent("sanji-simulation-\(getpid())")
        defer { try? FileManager.default.removeItem(at: place) }
        let progress = Progress(range, failuresMax: untilFailure ? 1 : 20, start: ContinuousClock.now)
        var tell: (@Sendable (String) -> Void)?
        if trace { tell = { print($0) } }
        let workers = (0..<max(1, trace ? 1 : jobs)).map { [tell] _ in
            Thread.start {
                while let seed = progress.next() {
                    progress.begin(seed)
                    progress.note(seed, World.problems(seed: seed, in: place, trace: tell))
                }
            }
        }
        progress.watch()
        for worker in workers { worker.wait() }
        let failed = progress.summary()
        let rare = Self.rare(isLong: range.count >= 10_000)
        if failed > 0 || rare > 0 { throw ExitCode(1) }
    }

    /// Every history in every order as bare values, and a sample over real replicas.
    private static func check(_ operations: Int, jobs: Int) throws {
        let start = ContinuousClock.now
        let work = Kinds()
        let workers = (0..<max(1, jobs)).map { _ in
            Thread.start { while let kind = work.next() { work.check(kind, operations) } }
        }
        for worker in workers { worker.wait() }
        print("\(start.duration(to: .now).components.seconds) s")
        if work.problems > 0 { throw ExitCode(1) }
    }

    private static func range(_ text: String) throws -> ClosedRange<UInt64> {
        let ends = text.components(separatedBy: "..").compactMap { UInt64($0) }
        guard ends.count == 2, ends[0] <= ends[1] else {
            throw ValidationError("seeds are FIRST..LAST, for example 1..1000")
        }
        return ends[0]...ends[1]
    }

    /// Prints what troubles did, and how often each rare way through the engine was taken.
    /// - Returns: How many were taken too seldom for a green run to say anything, where it was a long one.
    private static func rare(isLong: Bool) -> Int {
        #if SANJI_SIMULATION
            let least = 100
            let counts =
                Exercised.all.map { ($0.effect.rawValue, $0.count) }
                + RarePathCounts.all.map { ("engine: \($0.path)", $0.count) }
            for (name, count) in counts {
                let padded = name.padding(toLength: 34, withPad: " ", startingAt: 0)
                print("  \(padded)\(count)\(isLong && count < least ? "  too few" : "")")
            }
            return isLong ? counts.count { $0.1 < least } : 0
        #else
            print("  (this build does not count rare ways; scripts/simulate does)")
            return 0
        #endif
    }
}

/// Hands out the kinds of small histories and gathers what came of them.
private final class Kinds: Sendable {
    private let state = Mutex((next: 0, problems: 0))

    var problems: Int { state.withLock { $0.problems } }

    func next() -> Int? {
        state.withLock { state in
            guard state.next < SmallHistoriesCheck.kinds else { return nil }
            state.next += 1
            return state.next - 1
        }
    }

    func check(_ kind: Int, _ operations: Int) {
        do {
            let bare = try SmallHistoriesCheck(kind: kind, operations: operations)
            let real = try SmallHistoriesInReplicas(
                kind: kind, operations: operations, every: max(1, bare.histories / 4000))
            let written = try SmallHistoriesByReplicas(kind: kind, operations: operations, sample: 1500)
            // Whoever looks at nothing finds nothing.
            let tooFew =
                bare.histories > 0 && real.histories > 0 && written.due > 0 && written.histories >= written.due
                ? [] : ["too few histories"]
            note(
                "kind \(kind): \(bare.histories) histories, \(bare.orders) orders, \(bare.states) states; "
                    + "\(real.histories) over real replicas, \(written.histories) written by real replicas",
                bare.problems + real.problems + written.problems + tooFew)
        } catch {
            note("kind \(kind)", ["\(error)"])
        }
    }

    private func note(_ text: String, _ problems: [String]) {
        state.withLock { state in
            state.problems += problems.count
            print(text)
            for problem in problems { print("  \(problem)") }
            fflush(nil)
        }
    }
}

/// Hands out seeds and gathers what came of them.
private final class Progress: Sendable {
    private struct State {
        var next: UInt64?
        var done = 0
        var failed: [UInt64] = []
        var said: Duration = .zero
        var begun: [UInt64: ContinuousClock.Instant] = [:]
    }
    /// A world takes a second or two; one that takes minutes runs in a circle in which no virtual time passes.
    private static let worldMax = Duration.seconds(600)
    private let range: ClosedRange<UInt64>
    private let failuresMax: Int
    private let start: ContinuousClock.Instant
    private let state: Mutex<State>

    init(_ range: ClosedRange<UInt64>, failuresMax: Int, start: ContinuousClock.Instant) {
        self.range = range
        self.failuresMax = failuresMax
        self.start = start
        state = Mutex(State(next: range.lowerBound))
    }

    func next() -> UInt64? {
        state.withLock { state in
            guard let seed = state.next, state.failed.count < failuresMax else { return nil }
            state.next = seed < range.upperBound ? seed + 1 : nil
            return seed
        }
    }

    func begin(_ seed: UInt64) { state.withLock { $0.begun[seed] = .now } }

    /// Ends the process when a world never ends.
    func watch() {
        Thread.detachNewThread { [self] in
            while true {
                Thread.sleep(forTimeInterval: 5)
                let stuck = state.withLock { state in
                    state.begun.filter { $0.value.duration(to: .now) > Self.worldMax }.keys.sorted()
                }
                guard let seed = stuck.first else { continue }
                print(
                    "seed \(seed) FAILED\n  its world does not end\n  see it: scripts/simulate --seed \(seed) --trace")
                fflush(nil)
                exit(1)
            }
        }
    }

    func note(_ seed: UInt64, _ problems: [String]) {
        state.withLock { state in
            state.done += 1
            state.begun[seed] = nil
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
