import Foundation
import Node
import Synchronization

/// Processes of this very program, offices and commands, that end with the one that started them.
enum ChildProcesses {
    private struct State {
        var started: [Process] = []
        var interruption: Int32?
    }
    private static let state = Mutex(State())
    /// Written to by the signal handler, which may do little else.
    private nonisolated(unsafe) static var pipe: [Int32] = [-1, -1]

    /// The signal by which somebody has ended this program. From then on nothing is started any more.
    static var interruption: Int32? { state.withLock { $0.interruption } }

    /// Starts a process, to be ended with this one.
    private static func start(_ process: Process) throws {
        try state.withLock { state in
            guard state.interruption == nil else { throw ChildFailure(what: "it was interrupted") }
            try process.run()
            state.started.removeAll { !$0.isRunning }
            state.started.append(process)
        }
    }

    /// All are told before any is waited for: each lets what is under way come to its end.
    static func stop() {
        let running = state.withLock { $0.started }.filter(\.isRunning)
        for process in running { process.terminate() }
        for process in running { process.waitUntilExit() }
    }

    /// Ends them when SIGINT or SIGTERM comes; whoever waits for one goes on, and ends. Handled, not ignored: what is ignored
    /// stays so in every process that is started.
    /// - Parameter after: What follows once they have ended, with the signal.
    static func stopWhenInterrupted(_ after: @escaping @Sendable (Int32) -> Void = { _ in }) throws {
        guard Foundation.pipe(&pipe) == 0 else { throw ChildFailure(what: String(cString: strerror(errno))) }
        for descriptor in pipe { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        for interrupt in [SIGINT, SIGTERM] {
            signal(interrupt) { number in
                var byte = UInt8(truncatingIfNeeded: number)
                _ = write(ChildProcesses.pipe[1], &byte, 1)
            }
        }
        Thread.detachNewThread {
            var byte: UInt8 = 0
            while read(pipe[0], &byte, 1) == 1 {
                state.withLock { [byte] in $0.interruption = Int32(byte) }
                stop()
                after(Int32(byte))
            }
        }
    }

    /// Starts `sanji run` and waits until it says where it listens.
    static func startOffice(_ arguments: [String]) throws -> (pid: Int32, address: HostPort) {
        let process = Process()
        process.executableURL = executable
        process.arguments = arguments
        let errors = Pipe()
        process.standardError = errors
        try start(process)
        let output = errors.fileHandleForReading
        var text = ""
        while true {
            let data = output.availableData
            guard !data.isEmpty else {
                throw ChildFailure(what: "`sanji \(arguments.joined(separator: " "))` did not start: \(text)")
            }
            text += String(decoding: data, as: UTF8.self)
            for line in text.split(separator: "\n") where line.hasPrefix("ready ") && text.hasSuffix("\n") {
                // What the node says later goes nowhere: a full pipe must not stop it.
                output.readabilityHandler = { handle in
                    if handle.availableData.isEmpty { handle.readabilityHandler = nil }
                }
                return (process.processIdentifier, try HostPort(String(line.dropFirst("ready ".count))))
            }
        }
    }

    static let executable = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()

    struct Answer {
        let output: String
        let code: Int32

        func decoded<T: Decodable>(_ type: T.Type) throws -> T {
            try JSONDecoder().decode(type, from: Data(output.utf8))
        }
    }

    /// Runs this program with other arguments, as a person at another terminal would.
    /// - Parameter accepted: Exit codes that are no failure here.
    @discardableResult
    static func run(_ arguments: [String], accepted: Set<Int32> = [0]) throws -> Answer {
        let process = Process()
        process.executableURL = executable
        process.arguments = arguments
        let output = Pipe()
        let errors = Pipe()
        process.standardOutput = output
        process.standardError = errors
        process.standardInput = FileHandle.nullDevice
        try start(process)
        let said = output.fileHandleForReading.readDataToEndOfFile()
        let complaint = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let code = process.terminationStatus
        guard accepted.contains(code) else {
            throw ChildFailure(
                what: "`sanji \(arguments.joined(separator: " "))` ended with \(code): "
                    + String(decoding: complaint + said, as: UTF8.self))
        }
        return Answer(output: String(decoding: said, as: UTF8.self), code: code)
    }
}

struct ChildFailure: Error, CustomStringConvertible {
    let what: String
    var description: String { what }
}
