import ArgumentParser
import Bench
import Foundation

struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "The figures of docs/performance.md, measured here and now.")
    @Flag(help: "Print one JSON object; fields are only ever added.") var json = false
    @Option(help: "Rows of each measurement.") var rows = 100_000
    @Option(help: "Runs; each figure is the median.") var runs = 5
    @Option(help: "A folder on the disk to measure.") var folder = FileManager.default.temporaryDirectory.path

    func run() throws {
        let place = URL(fileURLWithPath: folder).appendingPathComponent("sanji-bench-\(getpid())")
        defer { try? FileManager.default.removeItem(at: place) }
        let result = try BenchProgram.local(rows: rows, runs: runs, folder: place)
        if json { return try Output.json(result) }
        Output.table(
            ["figure", "median", "", "bound"],
            result.figures.map { [$0.name, String(format: "%.3f", $0.value), $0.unit, $0.bound] })
    }
}
