import Assistance
import ChangeSets
import Foundation
import GRDB
import Node
import Replica

/// A district, a town and a village as processes of this program, with a line whose bytes are counted between the
/// village and the town.
final class BenchTree {
    let line: CuttableLine
    let domain: DomainSchema
    private let parent: URL
    private let program: URL
    private var processes: [String: Process] = [:]
    private let lineTask: Task<Void, any Error>?
    private let districtFile: DatabaseQueue

    init(program: URL, folder: URL, codes: [String], domain: DomainSchema = AssistanceSchema.domain) async throws {
        self.program = program
        self.domain = domain
        parent = folder
        func path(_ code: String) -> String { folder.appendingPathComponent(code).path }
        func sanji(_ arguments: [String]) throws -> String { try Self.run(program, arguments) }
        _ = try sanji([
            "district", "create", "--data", path(codes[0]), "--code", codes[0], "--name", "西湖区", "--listen",
            "127.0.0.1:0",
        ])
        var started: [String: Process] = [:]
        var address = try Self.start(program, path(codes[0]), &started, codes[0])
        var opened: (CuttableLine, Task<Void, any Error>)?
        for (index, code) in codes.dropFirst().enumerated() {
            let token = try sanji(["invite", code, "--name", "办公室 \(code)", "--data", path(codes[0])])
            if index == codes.count - 2 {
                let line = try await CuttableLine.open(to: address)
                opened = (line, Task { try await line.run() })
                address = line.address
            }
            _ = try sanji([
                "join", token.trimmingCharacters(in: .whitespacesAndNewlines), "--data", path(code), "--parent",
                "\(address)",
            ])
            address = try Self.start(program, path(code), &started, code)
        }
        guard let opened else { throw BenchFailure(what: "a tree needs a village") }
        (line, lineTask) = opened
        processes = started
        var configuration = Configuration()
        configuration.readonly = true
        districtFile = try DatabaseQueue(
            path: OfficeFolder(path: path(codes[0])).replicaPath, configuration: configuration)
    }

    func folder(of code: String) -> OfficeFolder { OfficeFolder(path: parent.appendingPathComponent(code).path) }
    func pid(of code: String) -> Int32 { processes[code]?.processIdentifier ?? 0 }
    func memory_MiB(of code: String) -> Double { MemoryWatch.pss_MiB(pid(of: code)) }
    func openReplica(_ code: String, domain: DomainSchema) throws -> OfficeReplica {
        try folder(of: code).openReplica(domain: domain)
    }

    /// Change sets of the village's own area that the district has applied.
    func applied(at code: String) throws -> Int64 {
        try districtFile.read {
            try Int64.fetchOne($0, sql: "SELECT sum(applied) FROM sanji_feed WHERE length(area) = 12") ?? 0
        }
    }

    func stored(_ village: OfficeReplica) throws -> Int64 {
        try village.read {
            try Int64.fetchOne($0, sql: "SELECT sum(stored) FROM sanji_feed WHERE length(area) = 12") ?? 0
        }
    }

    /// Asks again until it is so; ten minutes only bound a failure.
    func wait(_ isSo: () throws -> Bool) throws {
        let deadline = ContinuousClock.now + .seconds(600)
        while try !isSo() {
            guard ContinuousClock.now < deadline else { throw BenchFailure(what: "the district never had it all") }
            usleep(500)
        }
    }

    func stop() {
        for process in processes.values { process.terminate() }
        for process in processes.values { process.waitUntilExit() }
        lineTask?.cancel()
    }

    private static func start(
        _ program: URL, _ folder: String, _ processes: inout [String: Process], _ code: String
    ) throws -> HostPort {
        let process = Process()
        process.executableURL = program
        process.arguments = ["run", "--data", folder, "--listen", "127.0.0.1:0"]
        let errors = Pipe()
        process.standardError = errors
        try process.run()
        processes[code] = process
        var text = ""
        while true {
            let data = errors.fileHandleForReading.availableData
            guard !data.isEmpty else { throw BenchFailure(what: "\(code) did not start: \(text)") }
            text += String(decoding: data, as: UTF8.self)
            for line in text.split(separator: "\n") where line.hasPrefix("ready ") && text.hasSuffix("\n") {
                errors.fileHandleForReading.readabilityHandler = {
                    if $0.availableData.isEmpty { $0.readabilityHandler = nil }
                }
                return try HostPort(String(line.dropFirst(6)))
            }
        }
    }

    private static func run(_ program: URL, _ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let said = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw BenchFailure(what: arguments.joined(separator: " ")) }
        return String(decoding: said, as: UTF8.self)
    }
}

struct BenchFailure: Error, CustomStringConvertible {
    let what: String
    var description: String { "the measurement stopped: \(what)" }
}
