import ChangeSets
import Foundation
import Node
import Synchronization

/// One office of the demo: a data folder, and a process of this very program.
final class DemoOffice {
    let code: OfficeCode
    let name: String
    let folder: String
    private(set) var address: HostPort?

    init(code: OfficeCode, name: String, in parent: URL) {
        self.code = code
        self.name = name
        folder = parent.appendingPathComponent(code.digits).path
    }

    /// Starts `sanji run` and waits until it says where it listens.
    /// - Parameter advertise: Where others are to call it, if not where it listens.
    func start(advertise: HostPort? = nil) throws {
        let process = Process()
        process.executableURL = DemoProgram.executable
        process.arguments = ["run", "--data", folder, "--listen", "127.0.0.1:\(address?.port ?? 0)"]
        if let advertise { process.arguments? += ["--advertise", "\(advertise)"] }
        let standardError = Pipe()
        process.standardError = standardError
        try DemoProcesses.run(process)
        address = try Self.readyAddress(standardError.fileHandleForReading, of: self)
    }

    private static func readyAddress(_ output: FileHandle, of office: DemoOffice) throws -> HostPort {
        var text = ""
        while true {
            let data = output.availableData
            guard !data.isEmpty else { throw DemoFailure(what: "\(office.code) did not start: \(text)") }
            text += String(decoding: data, as: UTF8.self)
            for line in text.split(separator: "\n") where line.hasPrefix("ready ") && text.hasSuffix("\n") {
                // What the node says later goes nowhere: a full pipe must not stop it.
                output.readabilityHandler = { handle in
                    if handle.availableData.isEmpty { handle.readabilityHandler = nil }
                }
                return try HostPort(String(line.dropFirst("ready ".count)))
            }
        }
    }
}

/// The processes of the demo, offices and commands, to be ended from wherever it ends.
enum DemoProcesses {
    private struct State {
        var started: [Process] = []
        var interruption: Int32?
    }
    private static let state = Mutex(State())
    /// Written to by the signal handler, which may do little else.
    private nonisolated(unsafe) static var pipe: [Int32] = [-1, -1]

    /// The signal by which somebody has ended the demo. From then on nothing is started any more.
    static var interruption: Int32? { state.withLock { $0.interruption } }

    /// Starts a process, to be ended with the demo.
    static func run(_ process: Process) throws {
        try state.withLock { state in
            guard state.interruption == nil else { throw DemoFailure(what: "it was interrupted") }
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
    static func stopWhenInterrupted() throws {
        guard Foundation.pipe(&pipe) == 0 else { throw DemoFailure(what: String(cString: strerror(errno))) }
        for descriptor in pipe { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        for interrupt in [SIGINT, SIGTERM] {
            signal(interrupt) { number in
                var byte = UInt8(truncatingIfNeeded: number)
                _ = write(DemoProcesses.pipe[1], &byte, 1)
            }
        }
        Thread.detachNewThread {
            var byte: UInt8 = 0
            while read(pipe[0], &byte, 1) == 1 {
                state.withLock { [byte] in $0.interruption = Int32(byte) }
                stop()
            }
        }
    }
}

struct DemoFailure: Error, CustomStringConvertible {
    let what: String
    var description: String { "the demo stopped: \(what)" }
}

/// Runs this program with other arguments, as a person at another terminal would.
enum DemoProgram {
    static let executable = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()

    struct Answer {
        let output: String
        let code: Int32

        func decoded<T: Decodable>(_ type: T.Type) throws -> T {
            try JSONDecoder().decode(type, from: Data(output.utf8))
        }
    }

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
        try DemoProcesses.run(process)
        let said = output.fileHandleForReading.readDataToEndOfFile()
        let complaint = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let code = process.terminationStatus
        guard accepted.contains(code) else {
            throw DemoFailure(
                what: "`sanji \(arguments.joined(separator: " "))` ended with \(code): "
                    + String(decoding: complaint + said, as: UTF8.self))
        }
        return Answer(output: String(decoding: said, as: UTF8.self), code: code)
    }
}
