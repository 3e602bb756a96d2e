import Foundation

/// A process of another program. By `posix_spawn` and `waitpid`: Foundation's `Process` does not stand many threads.
final class Spawned: Sendable {
    let pid: pid_t
    /// A pipe's end that another process inherits, made in the moment before it is closed to them, would never close.
    static let lock = NSRecursiveLock()

    /// - Parameters:
    ///   - output: Descriptors that become its standard output and error.
    init(_ words: [String], environment: [String: String], output: Int32, errors: Int32) throws {
        let all = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let arguments = (["/usr/bin/env"] + words).map { strdup($0) } + [nil]
        let settings = all.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in arguments + settings { free(text) } }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_adddup2(&actions, errors, 2)
        var pid: pid_t = 0
        let code = Self.lock.withLock { posix_spawn(&pid, "/usr/bin/env", &actions, nil, arguments, settings) }
        guard code == 0 else { throw ChaosFailure(what: "\(words): \(String(cString: strerror(code)))") }
        self.pid = pid
    }

    /// - Returns: The exit code, or 128 and the signal; nil while it runs and nobody waits.
    func end(waits: Bool) -> Int32? {
        var status: Int32 = 0
        while true {
            let found = waitpid(pid, &status, waits ? 0 : WNOHANG)
            if found == 0 { return nil }
            if found == pid { return status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + status & 0x7f }
            guard errno == EINTR else { return 127 }
        }
    }
}

/// A command's end.
struct Answer {
    let code: Int32
    let output: String
    let errors: String

    var isDone: Bool { code == 0 || code == 2 }
}

enum Command {
    /// Runs to the end; kills what takes longer than `limit`, which shows as a code other than 0.
    @discardableResult
    static func run(
        _ words: [String], environment: [String: String] = [:], within limit: Duration = .seconds(60),
        killedAfter: Duration? = nil
    ) throws -> Answer {
        let (process, output, errors) = try Spawned.lock.withLock {
            let (output, errors) = (try Self.pipe(), try Self.pipe())
            defer { for descriptor in [output.write, errors.write] { close(descriptor) } }
            return (
                try Spawned(words, environment: environment, output: output.write, errors: errors.write), output.read,
                errors.read
            )
        }
        defer { for descriptor in [output, errors] { close(descriptor) } }
        let deadline = ContinuousClock.now + (killedAfter ?? limit)
        var sources = [output, errors].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        var said: [[UInt8]] = [[], []]
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while sources.contains(where: { $0.fd >= 0 }) {
            if ContinuousClock.now >= deadline { kill(process.pid, SIGKILL) }
            guard poll(&sources, 2, 20) > 0 else { continue }
            for index in 0..<2 where sources[index].fd >= 0 && sources[index].revents != 0 {
                let count = read(sources[index].fd, &buffer, buffer.count)
                if count > 0 { said[index] += buffer[..<count] } else { sources[index].fd = -1 }
            }
        }
        let texts = said.map { String(decoding: $0, as: UTF8.self) }
        return Answer(code: process.end(waits: true) ?? 127, output: texts[0], errors: texts[1])
    }

    private static func pipe() throws -> (read: Int32, write: Int32) {
        var ends: [Int32] = [0, 0]
        guard Glibc.pipe(&ends) == 0 else { throw ChaosFailure(what: String(cString: strerror(errno))) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }

    /// What must work, or the experiment makes no sense.
    @discardableResult
    static func must(_ words: [String], environment: [String: String] = [:]) throws -> String {
        let answer = try run(words, environment: environment)
        guard answer.code == 0 else {
            throw ChaosFailure(what: "`\(words.joined(separator: " "))` ended with \(answer.code): \(answer.errors)")
        }
        return answer.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}

struct ChaosFailure: Error, CustomStringConvertible {
    let what: String
    var description: String { what }
}
