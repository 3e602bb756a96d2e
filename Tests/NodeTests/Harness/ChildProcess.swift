import Foundation
import Replica
import Synchronization

/// A process that a test started. However the test ends, it is not left behind.
final class ChildProcess: Sendable {
    enum End: Sendable, Equatable {
        case exited(Int32)
        case killed(signal: Int32)
    }

    let pid: pid_t
    private let said = Mutex(Said())
    /// Fires when the process has said something, or ended.
    private let news = CommitSignal()

    struct Said: Sendable {
        fileprivate(set) var output: [UInt8] = []
        fileprivate(set) var errors: [UInt8] = []
        fileprivate(set) var end: End?

        var outputText: String { String(decoding: output, as: UTF8.self) }
        var errorText: String { String(decoding: errors, as: UTF8.self) }
    }

    init(_ executable: String, _ arguments: [String], input: String = "") throws {
        let standardInput = try Self.file(with: input)
        // A crash must not leave a backtracer that holds the pipes.
        var environment = ProcessInfo.processInfo.environment
        environment["SWIFT_BACKTRACE"] = "enable=no"
        environment["SANJI_DATA"] = nil
        let words = ([executable] + arguments).map { strdup($0) } + [nil]
        let settings = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in words + settings { free(text) } }
        // Under one lock: a pipe's end that another child inherits would never close.
        let (started, output, errors) = try Self.alive.withLock { alive in
            defer { close(standardInput) }
            let (output, errors) = (try Self.pipe(), try Self.pipe())
            defer { for descriptor in [output.write, errors.write] { close(descriptor) } }
            var actions = posix_spawn_file_actions_t()
            posix_spawn_file_actions_init(&actions)
            defer { posix_spawn_file_actions_destroy(&actions) }
            for (descriptor, place) in [(standardInput, 0), (output.write, 1), (errors.write, 2)] {
                posix_spawn_file_actions_adddup2(&actions, descriptor, Int32(place))
            }
            // Sockets of this process, kept open by a child, would never close for whoever is at their other end.
            for descriptor in 3..<1024 as Range<Int32> { posix_spawn_file_actions_addclose(&actions, descriptor) }
            var pid: pid_t = 0
            let code = posix_spawn(&pid, executable, &actions, nil, words, settings)
            guard code == 0 else { throw Failure("\(executable) did not start: \(String(cString: strerror(code)))") }
            alive.insert(pid)
            return (pid, output.read, errors.read)
        }
        pid = started
        _ = Self.killedAtExit
        Thread.detachNewThread { [self] in watch(output, errors) }
    }

    /// What it has said so far.
    var sofar: Said { said.withLock { $0 } }

    /// Does nothing to a process that has ended.
    func send(_ signal: Int32) {
        Self.alive.withLock { if $0.contains(pid) { Glibc.kill(pid, signal) } }
    }

    /// Waits until `isSo`; the deadline only bounds a failure.
    @discardableResult
    func until(
        _ what: String, within limit: Duration = .seconds(60), _ isSo: @escaping @Sendable (Said) -> Bool
    ) async throws -> Said {
        try await eventually(what, within: limit, after: [news], detail: { self.sofar.errorText }) { isSo(self.sofar) }
        return sofar
    }

    @discardableResult
    func ended(within limit: Duration = .seconds(60)) async throws -> End {
        try await until("process \(pid) ends", within: limit) { $0.end != nil }.end!
    }

    // MARK: Its thread

    private func watch(_ output: Int32, _ errors: Int32) {
        var sources = [
            pollfd(fd: output, events: Int16(POLLIN), revents: 0),
            pollfd(fd: errors, events: Int16(POLLIN), revents: 0),
        ]
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while sources.contains(where: { $0.fd >= 0 }) {
            guard poll(&sources, 2, -1) > 0 else { continue }
            for index in sources.indices where sources[index].fd >= 0 && sources[index].revents != 0 {
                let count = read(sources[index].fd, &buffer, buffer.count)
                if count <= 0 {
                    close(sources[index].fd)
                    sources[index].fd = -1
                } else {
                    said.withLock { said in
                        if index == 0 { said.output += buffer[..<count] } else { said.errors += buffer[..<count] }
                    }
                    news.signal()
                }
            }
        }
        var info = siginfo_t()
        while waitid(P_PID, id_t(pid), &info, WEXITED | WNOWAIT) != 0, errno == EINTR {}
        // Reaped under the lock, so that no signal meets another process with this number.
        let status = Self.alive.withLock { alive in
            var status: Int32 = 0
            while waitpid(pid, &status, 0) < 0, errno == EINTR {}
            alive.remove(pid)
            return status
        }
        said.withLock { $0.end = status & 0x7f == 0 ? .exited(status >> 8 & 0xff) : .killed(signal: status & 0x7f) }
        news.signal()
    }

    private static let alive = Mutex<Set<pid_t>>([])
    private static let killedAtExit: Void = {
        atexit { ChildProcess.alive.withLock { for pid in $0 { kill(pid, SIGKILL) } } }
    }()

    private static func pipe() throws -> (read: Int32, write: Int32) {
        var ends: [Int32] = [-1, -1]
        guard Glibc.pipe(&ends) == 0 else { throw Failure("no pipe: \(String(cString: strerror(errno)))") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }

    /// A file without a name, to be read from its beginning: a pipe would hold 64 KiB only.
    private static func file(with text: String) throws -> Int32 {
        var path = Array("/tmp/sj-input-XXXXXX".utf8CString)
        let descriptor = mkstemp(&path)
        unlink(path)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        let bytes = Array(text.utf8)
        guard descriptor >= 0, write(descriptor, bytes, bytes.count) == bytes.count, lseek(descriptor, 0, SEEK_SET) == 0
        else { throw Failure("no input: \(String(cString: strerror(errno)))") }
        return descriptor
    }
}

/// What stops a test, in words.
struct Failure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
