import Foundation

/// One office of the experiment: a folder on a small disk of its own, a network of its own, a node that comes and goes.
final class Office: @unchecked Sendable {
    let code: String
    let place: Place
    let folder: String
    private let sanji: String
    private let clockLibrary: String
    private let lock = NSLock()
    private var node: Spawned?
    private var offset_s = 0
    private var isToEnd = false
    private var isFull = false
    private var emptied: ContinuousClock.Instant?
    private var ended: [String] = []
    private var crashed: [String] = []

    static let port = 7000
    static let diskBytes = 64 << 20

    init(_ code: String, _ place: Place, in work: String, sanji: String, clockLibrary: String) throws {
        self.code = code
        self.place = place
        folder = "\(work)/\(code)"
        self.sanji = sanji
        self.clockLibrary = clockLibrary
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        guard Network.isIsolated else { return }
        try Command.must(["mount", "-t", "tmpfs", "-o", "size=\(Self.diskBytes)", "sanji-chaos", folder])
    }

    var data: String { "\(folder)/data" }
    /// Who writes here.
    func writer(_ ledger: Ledger) -> Writer {
        Writer(office: self, villages: District.codes.filter { $0.count == 12 && $0.hasPrefix(code) }, ledger: ledger)
    }
    var isVillage: Bool { code.count == 12 }
    var parent: String? { code.count == 12 ? String(code.prefix(9)) : code.count == 9 ? String(code.prefix(6)) : nil }

    // MARK: Its program

    private var environment: [String: String] {
        lock.withLock {
            var own = ["SWIFT_BACKTRACE": "enable=no"]
            if offset_s != 0 { own["LD_PRELOAD"] = clockLibrary; own["SANJI_CHAOS_OFFSET"] = "\(offset_s)" }
            return own
        }
    }

    /// Any command on its folder, by its own clock and network.
    @discardableResult
    func run(_ words: [String], within limit: Duration = .seconds(60), killedAfter: Duration? = nil) throws -> Answer {
        try Command.run(
            place.words + [sanji] + words + ["--data", data], environment: environment, within: limit,
            killedAfter: killedAfter)
    }

    @discardableResult
    func must(_ words: [String]) throws -> String {
        let answer = try run(words)
        if answer.code >= 128 {
            lock.withLock {
                crashed.append("\(code): `sanji \(words.joined(separator: " "))` crashed: \(answer.errors)")
            }
        }
        guard answer.isDone else {
            throw ChaosFailure(what: "\(code): `sanji \(words.joined(separator: " "))`: \(answer.errors)")
        }
        return answer.output
    }

    func object(_ words: [String]) throws -> [String: Any] {
        let text = try must(words + ["--json"])
        guard let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] else {
            throw ChaosFailure(what: "\(code): `sanji \(words.joined(separator: " ")) --json` is no object")
        }
        return object
    }

    // MARK: Its node

    var isRunning: Bool {
        lock.withLock {
            if let code = node?.end(waits: false) {
                // On a full disk it may say so and end; it never crashes, and never ends otherwise.
                if !isToEnd, code >= 128 || !isFull { ended.append("\(self.code)'s node ended by itself with \(code)") }
                node = nil
            }
            return node != nil
        }
    }

    /// Ends of its node that nobody wanted.
    var deaths: [String] {
        _ = isRunning
        return lock.withLock { ended }
    }

    /// Commands that ended by a signal, whether or not they were tried again.
    var crashes: [String] { lock.withLock { crashed } }

    /// - Parameter offset_s: Of its calendar, from now on.
    func start(offset_s: Int? = nil) throws {
        lock.withLock { if let offset_s { self.offset_s = offset_s } }
        let log = open("\(folder).log", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        defer { close(log) }
        let started = try Spawned(
            place.words + [sanji, "run", "--data", data, "--listen", "\(place.address):\(Self.port)"],
            environment: environment, output: log, errors: log)
        lock.withLock { (node, isToEnd) = (started, false) }
    }

    /// Whether programs started here see the calendar that this office is to have.
    func checkClock() throws {
        let answer = try Command.run(["date", "+%s"], environment: environment)
        let shown = Int(answer.output.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0
        let offset_s = lock.withLock { self.offset_s }
        guard abs(shown - Int(Date().timeIntervalSince1970) - offset_s) < 60 else {
            throw ChaosFailure(what: "\(code): its clock was to be \(offset_s) s off and shows \(answer.output)")
        }
    }

    /// To the node itself: `ip netns exec` has become it.
    func send(_ signal: Int32) {
        lock.withLock { if let node, node.end(waits: false) == nil { Glibc.kill(node.pid, signal) } }
    }

    /// Until it is gone.
    func end(_ signal: Int32 = SIGKILL) {
        _ = isRunning
        lock.withLock { isToEnd = true }
        send(SIGCONT)
        send(signal)
        let deadline = ContinuousClock.now + .seconds(20)
        while isRunning, ContinuousClock.now < deadline { usleep(20_000) }
        send(SIGKILL)
        while isRunning { usleep(20_000) }
    }

    // MARK: Its disk

    func fillDisk() throws {
        lock.withLock { isFull = true }
        let answer = try Command.run(
            ["dd", "if=/dev/zero", "of=\(folder)/filler", "bs=64k"], environment: ["LC_ALL": "C"])
        guard answer.errors.contains("No space left") else {
            throw ChaosFailure(what: "\(code): its disk is not full: \(answer.errors)")
        }
    }
    /// Whether it was full at any time since.
    func hasBeenFull(since start: ContinuousClock.Instant) -> Bool {
        lock.withLock { isFull || emptied.map { $0 >= start } ?? false }
    }
    func emptyDisk() {
        _ = isRunning  // While it still is an excuse.
        try? FileManager.default.removeItem(atPath: "\(folder)/filler")
        lock.withLock { (isFull, emptied) = (false, .now) }
    }
    func unmount() { _ = try? Command.run(["umount", "-l", folder]) }
}
