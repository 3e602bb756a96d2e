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
    private var process: Process?
    private let running: DemoOffices

    init(code: OfficeCode, name: String, in parent: URL, running: DemoOffices) {
        self.running = running
        self.code = code
        self.name = name
        folder = parent.appendingPathComponent(code.digits).path
    }

    /// Starts `sanji run` and waits until it says where it listens.
    /// - Parameter advertise: Where others are to call it, if not where it listens.
    func start(advertise: HostPort? = nil) throws {
        try Interruption.check()
        let process = Process()
        process.executableURL = DemoProgram.executable
        process.arguments = ["run", "--data", folder, "--listen", "127.0.0.1:\(address?.port ?? 0)"]
        if let advertise { process.arguments? += ["--advertise", "\(advertise)"] }
        let standardError = Pipe()
        process.standardError = standardError
        try process.run()
        self.process = process
        running.add(process)
        if Interruption.signal != nil { process.terminate() }
        address = try Self.readyAddress(standardError.fileHandleForReading, of: self)
    }

    func stop() {
        process?.terminate()
        process?.waitUntilExit()
        process = nil
    }

    var isRunning: Bool { process?.isRunning ?? false }
    var pid: Int32 { process?.processIdentifier ?? 0 }

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

/// Whether somebody has ended the demo, and by which signal. From then on nothing is started any more.
enum Interruption {
    private static let state = Mutex<Int32?>(nil)

    static var signal: Int32? {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }

    /// Written to by the signal handler, which may do little else.
    private nonisolated(unsafe) static var pipe: [Int32] = [-1, -1]

    /// Calls `body` on a thread of its own when SIGINT or SIGTERM comes. Handled, not ignored: what is ignored stays so in
    /// every process that is started.
    static func watch(_ body: @escaping @Sendable () -> Void) throws {
        guard Foundation.pipe(&pipe) == 0 else { throw DemoFailure(what: String(cString: strerror(errno))) }
        for descriptor in pipe { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        for interrupt in [SIGINT, SIGTERM] {
            Foundation.signal(interrupt) { number in
                var byte = UInt8(truncatingIfNeeded: number)
                _ = write(Interruption.pipe[1], &byte, 1)
            }
        }
        Thread.detachNewThread {
            var byte: UInt8 = 0
            while read(pipe[0], &byte, 1) == 1 {
                signal = Int32(byte)
                endCommands()
                body()
            }
        }
    }

    private static let commands = Mutex<[Process]>([])

    /// A command that runs for a moment; it ends with the demo.
    static func add(_ command: Process) {
        commands.withLock { commands in
            commands.removeAll { !$0.isRunning }
            commands.append(command)
        }
        if signal != nil { command.terminate() }
    }

    static func endCommands() {
        for command in commands.withLock({ $0 }) where command.isRunning { command.terminate() }
    }

    static func check() throws { if signal != nil { throw DemoFailure(what: "it was interrupted") } }
}

/// The processes of all offices, to be ended from wherever the demo ends.
final class DemoOffices: Sendable {
    private let processes = Mutex<[Process]>([])

    func add(_ process: Process) { processes.withLock { $0.append(process) } }

    /// All are told before any is waited for: each lets what is under way come to its end.
    func stop() {
        let all = processes.withLock { processes in
            defer { processes = [] }
            return processes.filter(\.isRunning)
        }
        for process in all { process.terminate() }
        for process in all { process.waitUntilExit() }
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
        try Interruption.check()
        let process = Process()
        process.executableURL = executable
        process.arguments = arguments
        let output = Pipe()
        let errors = Pipe()
        process.standardOutput = output
        process.standardError = errors
        process.standardInput = FileHandle.nullDevice
        try process.run()
        Interruption.add(process)
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
