import ChangeSets
import Foundation
import MergeModel
import Replica
import TestReplicas

/// One district from one seed: its offices work and write, lines and machines fail, until all is healed and quiet; then
/// every checker looks.
package final class World {
    package let seed: UInt64
    let plan: Plan
    let scheduler: Scheduler
    let folder: URL
    private(set) var offices: [OfficeCode: Office] = [:]
    var random: SeededRandom
    let journal = Journal()
    /// Authors without a replica, whose change sets are made by hand.
    private(set) var forgery: Forgery?
    private(set) var twin: Twin?
    private(set) var liar: Liar?
    private let trace: ((String) -> Void)?
    private let checkers: [any Checker] = [
        FeedsWhole(), NothingForged(), NothingOffBranch(), OneFate(), FatesTrue(), RefusalsKept(), NothingLost(),
        Converged(), ForkSeen(), NoAlarm(),
    ]
    /// What is true at every moment, also while lines are down and offices dead.
    private let checkersOnTheWay: [any Checker] = [
        FeedsWhole(), NothingForged(), NothingOffBranch(), OneFate(), FatesTrue(), RefusalsKept(), NoAlarm(),
    ]
    /// The farthest that each office ever was, whatever became of its disk.
    private(set) var farthest: [OfficeCode: [FeedID: (stored: Int, applied: Int)]] = [:]
    private(set) var problems: [String] = []
    private var isHealing = false

    /// - Parameter trace: Told every line of what happens.
    package init(seed: UInt64, in folder: URL, trace: ((String) -> Void)? = nil) {
        self.seed = seed
        random = SeededRandom(seed: seed)
        plan = Plan(using: &random)
        scheduler = Scheduler(seed: random.next())
        self.folder = folder.appendingPathComponent("world-\(seed)-\(UUID().uuidString.prefix(8))")
        self.trace = trace
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    func say(_ text: @autoclosure () -> String) {
        guard let trace else { return }
        trace("\(clock) \(text())")
    }

    private var clock: String {
        let seconds = String(format: "%9.3f", Double(scheduler.now / .milliseconds(1)) / 1000)
        return "[\(seconds)]"
    }

    /// - Returns: What is wrong; empty where everything held.
    package func run() -> [String] { scheduler.own { live() } }

    private func live() -> [String] {
        do {
            try found()
            disturb()
            try heal()
            check("at the end", checkers)
            problems += offices.values.flatMap(\.faults)
        } catch {
            problems.append("the world broke: \(error)")
        }
        end()
        return problems
    }

    /// Whatever still waits wakes up here, inside, and not when its world is gone.
    private func end() {
        for office in offices.values { try? office.kill() }
        scheduler.run(until: scheduler.now + .seconds(600))
        offices = [:]
        scheduler.run(until: scheduler.now + .seconds(600))
    }

    /// Runs one world on a thread of its own.
    package static func problems(
        seed: UInt64, in folder: URL, trace: (@Sendable (String) -> Void)? = nil
    ) -> [String] {
        let answer = Answer()
        let thread = Thread {
            answer.problems = World(seed: seed, in: folder, trace: trace).run()
            answer.isThere.signal()
        }
        thread.stackSize = 8 << 20
        thread.start()
        answer.isThere.wait()
        return answer.problems
    }

    /// Handed over once, through the semaphore.
    private final class Answer: @unchecked Sendable {
        let isThere = DispatchSemaphore(value: 0)
        var problems: [String] = []
    }

    // MARK: Offices

    private func found() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        say("seed \(seed): \(plan.offices.map(\.digits).joined(separator: " "))")
        say("disturbed for \(plan.seconds) s by \(plan.disturbances.map { "\($0)" }.sorted().joined(separator: ", "))")
        for code in plan.offices {
            let own = try OwnAuthor.seeded(ordinal: 1, using: &random)
            offices[code] = Office(
                code, root: plan.root, own: own, in: folder, scheduler: scheduler, seed: random.next())
        }
        if trace != nil { for office in offices.values { office.say = { [unowned self] in say($0) } } }
        let root = offices[plan.root]!
        let rootEntry = try root.own.entry(office: root.code)
        try enrol(plan.offices.map { ($0, offices[$0]!.own) })
        if plan.disturbances.contains(.lying), let village = plan.offices.last {
            let hand = HandAuthor(village, own: try .seeded(ordinal: 4, using: &random))
            try enrol([(village, hand.own)])
            liar = Liar(hand)
        }
        if !plan.disturbances.isDisjoint(with: [.forging, .forks]), let village = plan.offices.last {
            let hand = HandAuthor(village, own: try .seeded(ordinal: 2, using: &random))
            try enrol([(village, hand.own)])
            if plan.disturbances.contains(.forging) { forgery = Forgery(hand) } else { twin = Twin(hand) }
        }
        for code in plan.offices {
            let office = offices[code]!
            if plan.disturbances.contains(.slowDisks), random.happens(percent: 50) {
                office.workTime = random.duration(1...400)
            }
            if plan.disturbances.contains(.oldPrograms) { office.isGrown = random.happens(percent: 40) }
            if code != plan.root {
                let replica = try office.openReplica()
                try replica.pin(rootAuthor: rootEntry)
                try replica.close()
            }
        }
        for code in plan.offices { try start(offices[code]!) }
    }

    /// At the root, which may be running.
    func enrol(_ authors: [(office: OfficeCode, own: OwnAuthor)]) throws {
        let root = offices[plan.root]!
        let running = root.replica
        let replica = try running ?? root.openReplica()
        try replica.enrol(
            try authors.map { office, own in
                Enrolment(
                    office: OfficeEntry(code: office, name: "office \(office)"),
                    author: try own.entry(office: office))
            }, as: ActingUser("setup"))
        try journal.read(own: root, replica)
        if running == nil { try replica.close() }
    }

    /// Its parent, or where that is left out another office above it.
    func start(_ office: Office, calling other: OfficeCode? = nil) throws {
        guard office.life == nil else { return }
        let parent = office.code == plan.root ? nil : other ?? office.code.parent
        try office.start(calling: parent.flatMap { offices[$0] }, seed: random.next())
    }

    /// What remains of an office whose process dies at this very place.
    func bury(_ office: Office, startsAfter delay: Duration) {
        let ended = office.life
        do {
            try observe(office)
            // A write whose process died behind its commit is there, although nobody was told.
            if let replica = office.replica { try journal.read(own: office, replica, acknowledged: false) }
            try office.freeze()
        } catch {
            problems.append("\(error)")
        }
        scheduler.after(.zero) { [self] in
            // It may have been started anew at this very moment.
            guard office.life === ended else { return }
            say("\(office.code) died")
            do {
                try office.kill()
            } catch {
                problems.append("\(error)")
            }
        }
        scheduler.after(delay) { [self] in
            guard !isHealing, office.life == nil else { return }
            say("\(office.code) starts again")
            do {
                try start(office)
            } catch {
                problems.append("\(error)")
            }
        }
    }

    /// The feed of which there are two branches; where they are, offices need not hold the same.
    var forked: FeedID? { twin.flatMap { $0.hasForked ? $0.feed : nil } }

    /// Remembers how far an office is.
    func observe(_ office: Office) throws {
        for (feed, progress) in try office.progress() {
            let known = farthest[office.code]?[feed] ?? (0, 0)
            farthest[office.code, default: [:]][feed] = (
                max(known.stored, progress.stored), max(known.applied, progress.applied)
            )
        }
    }

    /// Ends an office's program, after what it had come to is remembered.
    func stop(_ office: Office) throws {
        try observe(office)
        try office.kill()
    }

    var running: [Office] { plan.offices.compactMap { offices[$0] }.filter { $0.life != nil } }

    // MARK: Time

    /// Lets things happen one after the other until the time of trouble is over.
    private func disturb() {
        let happenings = Happenings(self)
        let end = scheduler.now + .seconds(plan.seconds)
        while scheduler.now < end, problems.isEmpty {
            scheduler.run(until: min(end, scheduler.now + random.duration(1...(2 * plan.pace_ms))))
            do {
                try happenings.next()
            } catch {
                problems.append("\(error)")
            }
            if random.happens(percent: 3) { check("on the way", checkersOnTheWay) }
        }
    }

    /// Everything is mended, and all gets the time it may take at most.
    private func heal() throws {
        guard problems.isEmpty else { return }
        say("everything is mended")
        isHealing = true
        for office in offices.values { office.life?.death = nil }
        for code in plan.offices {
            let office = offices[code]!
            office.line = LineState()
            office.workTime = .zero
            office.clock.go()
            let mustRestart = !office.isGrown && plan.disturbances.contains(.oldPrograms)
            if let life = office.life, life.isDead || mustRestart || office.isAstray || office.isFull {
                try office.kill()
            }
            if plan.disturbances.contains(.oldPrograms) { office.isGrown = true }
            try start(office)
        }
        let settled = Settled()
        let limit = scheduler.now + .seconds(3600)
        while scheduler.now < limit {
            scheduler.run(until: scheduler.now + .seconds(10))
            if try settled.problems(in: self).isEmpty { return say("quiet") }
        }
        problems += try settled.problems(in: self).map { "not quiet an hour after everything was mended: \($0)" }
    }

    private func check(_ when: String, _ checkers: [any Checker]) {
        guard problems.isEmpty else { return }
        for checker in checkers {
            do {
                problems += try checker.problems(in: self).map { "\(type(of: checker)) \(when): \($0)" }
            } catch {
                problems.append("\(type(of: checker)) \(when): \(error)")
            }
        }
        for problem in problems { say(problem) }
    }
}

/// Looks at a world and says what is wrong with it.
protocol Checker {
    func problems(in world: World) throws -> [String]
}
