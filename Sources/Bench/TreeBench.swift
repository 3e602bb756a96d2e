import ChangeSets
import Foundation
import GRDB
import Node
import Replica

/// Figures (c) to (f): three real processes, TLS, loopback, shipped settings.
struct TreeBench {
    let launcher: BenchLauncher
    let folder: URL
    let rowCount: Int
    let samples: Int

    private static let codes = ["330106", "330106109", "330106109201"]

    /// The same values as in the plain loop, into the shipped table.
    private static let shippedInsert = """
        INSERT INTO household (area, id, household_no, address, phone, remarks, cause_main, dwelling, cause_more)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
        """

    func run() async throws -> [BenchFigure] {
        let rows = Workload.rows(rowCount, area: Self.codes[2])
        let shipped = rows.enumerated().map { ShippedRow($1, number: $0 + 1) }
        let plainSeconds = LocalBench(folder: folder, rowCount: rowCount).plainInsert(rows)
        let tree = try await BenchTree(launcher: launcher, folder: folder, codes: Self.codes)
        defer { tree.stop() }
        let village = try tree.openReplica(Self.codes[2], domain: tree.domain)
        let idle = tree.memory_MiB(of: Self.codes[2])
        let latency = try latencies(tree, village)
        let before = tree.line.carriedBytes
        let memory = MemoryWatch(pid: tree.pid(of: Self.codes[1]))
        memory.start()
        let bulk = try seconds {
            try insert(shipped, village, tree)
            try tree.wait { try tree.applied(at: Self.codes[0]) == tree.stored(village) }
        }
        let peak = memory.stop()
        let wire = Double(tree.line.carriedBytes - before) / Double(rowCount)
        let raw = try rawBytes(village) / Double(rowCount)
        return [
            BenchFigure(
                name: "one change to the district, median", value: latency[latency.count / 2] * 1000, unit: "ms",
                bound: "< 30"),
            BenchFigure(
                name: "one change to the district, p95", value: latency[latency.count * 95 / 100] * 1000, unit: "ms",
                bound: ""),
            BenchFigure(
                name: "bulk, village to district", value: plainSeconds / bulk, unit: "of plain", bound: "≥ 0.2"),
            BenchFigure(name: "bulk, rate", value: Double(rowCount) / bulk, unit: "rows/s", bound: ""),
            BenchFigure(name: "wire", value: wire / raw, unit: "of changeset bytes", bound: "≤ 0.5"),
            BenchFigure(name: "wire, bytes a row", value: wire, unit: "bytes", bound: ""),
            BenchFigure(name: "idle village, PSS", value: idle, unit: "MiB", bound: "≤ 60"),
            BenchFigure(name: "town while it takes in the bulk, PSS", value: peak, unit: "MiB", bound: "≤ 200"),
        ]
    }

    /// One row written as a command writes it, beside the running node, until the district has applied it.
    private func latencies(_ tree: BenchTree, _ village: OfficeReplica) throws -> [Double] {
        let control = tree.folder(of: Self.codes[2])
        var taken: [Double] = []
        for sample in 0..<samples {
            let passed = try seconds {
                try village.write(as: ActingUser("bench")) { db in
                    try db.execute(
                        sql: "INSERT INTO household (area, id, address) VALUES (office(), uuid7(), ?)",
                        arguments: ["第 \(sample) 号"])
                }
                _ = ControlAnswer.ask(control)
                try tree.wait { try tree.applied(at: Self.codes[0]) == tree.stored(village) }
            }
            taken.append(passed)
        }
        return taken.sorted()
    }

    private func insert(_ rows: [ShippedRow], _ village: OfficeReplica, _ tree: BenchTree) throws {
        let control = tree.folder(of: Self.codes[2])
        let statement = BlockStatement(Self.shippedInsert)
        defer { statement.end() }
        for start in stride(from: 0, to: rows.count, by: 100) {
            try village.write(as: ActingUser("bench")) { db in
                let statement = statement.prepared(db)
                for row in rows[start..<min(start + 100, rows.count)] { statement.insert(row.area, row.id, row.texts) }
            }
            if start.isMultiple(of: 10_000) { _ = ControlAnswer.ask(control) }
        }
        _ = ControlAnswer.ask(control)
    }

    /// Changeset bytes of the bulk, as captured.
    private func rawBytes(_ village: OfficeReplica) throws -> Double {
        try village.read { db in
            Double(
                try Int64.fetchOne(
                    db,
                    sql: """
                        SELECT sum(length(c.body)) FROM sanji_change_set AS c JOIN sanji_feed AS f ON f.id = c.feed
                        WHERE f.area = ? AND c.number > ?
                        """, arguments: [Self.codes[2], samples]) ?? 0)
        }
    }
}

/// A row of the workload as the shipped table has it. Made beforehand, as that of the plain loop is.
private struct ShippedRow {
    let area: String
    let id: [UInt8]
    let texts: [String]

    /// - Parameter number: Households are numbered one after the other, as an office's list does it.
    init(_ row: Workload.Row, number: Int) {
        area = row.area
        id = row.id
        texts = [
            "\(number)", row.address, row.phone, row.note, row.headName,
            "\(row.idNumber) \(row.category) \(row.income) \(row.expenditure)", "\(row.updatedAt)",
        ]
    }
}

/// Watches the proportional set size of a process.
final class MemoryWatch: @unchecked Sendable {
    private let pid: Int32
    private let lock = NSLock()
    private var peak = 0.0
    private var isRunning = true

    init(pid: Int32) { self.pid = pid }

    func start() {
        Thread.detachNewThread { [self] in
            while lock.withLock({ isRunning }) {
                let now = Self.pss_MiB(pid)
                lock.withLock { peak = max(peak, now) }
                usleep(200_000)
            }
        }
    }

    func stop() -> Double {
        lock.withLock {
            isRunning = false
            return peak
        }
    }

    /// Proportional set size: shared pages counted by the share of each process.
    static func pss_MiB(_ pid: Int32) -> Double {
        guard let text = try? String(contentsOfFile: "/proc/\(pid)/smaps_rollup", encoding: .utf8),
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix("Pss:") }),
            let kilobytes = Double(line.split(separator: " ").dropLast().last ?? "")
        else { return 0 }
        return kilobytes / 1024
    }
}
