import Assistance
import ChangeSets
import Foundation
import GRDB
import Node
import Replica

/// How measurements start processes of this program.
package struct BenchLauncher {
    /// Starts an office with these arguments, and waits until it can be called.
    package let startOffice: ([String]) throws -> (pid: Int32, address: HostPort)
    /// Runs a command to its end.
    /// - Returns: What it printed.
    package let run: ([String]) throws -> String
    /// Ends what is running, and waits for it.
    package let stop: () -> Void

    package init(
        startOffice: @escaping ([String]) throws -> (pid: Int32, address: HostPort),
        run: @escaping ([String]) throws -> String, stop: @escaping () -> Void
    ) {
        self.startOffice = startOffice
        self.run = run
        self.stop = stop
    }
}

/// A district, a town and a village as processes of this program, with a line whose bytes are counted between the
/// village and the town.
final class BenchTree {
    let line: CuttableLine
    let domain: DomainSchema
    private let parent: URL
    private let launcher: BenchLauncher
    private var pids: [String: Int32] = [:]
    private let lineTask: Task<Void, any Error>?
    private let districtFile: DatabaseQueue

    init(
        launcher: BenchLauncher, folder: URL, codes: [String], domain: DomainSchema = AssistanceSchema.domain
    ) async throws {
        self.launcher = launcher
        self.domain = domain
        parent = folder
        func path(_ code: String) -> String { folder.appendingPathComponent(code).path }
        var pids: [String: Int32] = [:]
        func start(_ code: String) throws -> HostPort {
            let office = try launcher.startOffice(["run", "--data", path(code), "--listen", "127.0.0.1:0"])
            pids[code] = office.pid
            return office.address
        }
        _ = try launcher.run([
            "district", "create", "--data", path(codes[0]), "--code", codes[0], "--name", "西湖区", "--listen",
            "127.0.0.1:0",
        ])
        var address = try start(codes[0])
        var opened: (CuttableLine, Task<Void, any Error>)?
        for (index, code) in codes.dropFirst().enumerated() {
            let token = try launcher.run(["invite", code, "--name", "办公室 \(code)", "--data", path(codes[0])])
            if index == codes.count - 2 {
                let line = try await CuttableLine.open(to: address)
                opened = (line, Task { try await line.run() })
                address = line.address
            }
            _ = try launcher.run([
                "join", token.trimmingCharacters(in: .whitespacesAndNewlines), "--data", path(code), "--parent",
                "\(address)",
            ])
            address = try start(code)
        }
        guard let opened else { throw BenchFailure(what: "a tree needs a village") }
        (line, lineTask) = opened
        self.pids = pids
        var configuration = Configuration()
        configuration.readonly = true
        districtFile = try DatabaseQueue(
            path: OfficeFolder(path: path(codes[0])).replicaPath, configuration: configuration)
    }

    func folder(of code: String) -> OfficeFolder { OfficeFolder(path: parent.appendingPathComponent(code).path) }
    func pid(of code: String) -> Int32 { pids[code] ?? 0 }
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
        launcher.stop()
        lineTask?.cancel()
    }
}

struct BenchFailure: Error, CustomStringConvertible {
    let what: String
    var description: String { "the measurement stopped: \(what)" }
}
