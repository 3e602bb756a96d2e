import ArgumentParser
import Bench
import Foundation

struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "The figures of docs/performance.md, measured here and now.",
        discussion: "Build for release first. Each figure is the median; ratios are to a floor in the same run.")
    @Flag(help: "Print one JSON object; fields are only ever added.") var json = false
    @Option(help: "Rows of each measurement.") var rows = 100_000
    @Option(help: "Runs; each figure is the median.") var runs = 5
    @Option(help: "Single changes timed in each run.") var samples = 100
    @Flag(
        help:
            "Measures the offices' work at the size of a district instead: 23,207 people, 300,000 signals, 100,000 households."
    )
    var work = false
    @Option(help: "A folder on the disk to measure.") var folder = FileManager.default.temporaryDirectory.path

    struct Report: Encodable {
        let rows: Int
        let runs: Int
        let figures: [BenchFigure]
    }

    func validate() throws {
        guard rows > 0, runs > 0, samples > 0 else {
            throw ValidationError("--rows, --runs and --samples take numbers above 0")
        }
    }

    func run() async throws {
        let place = URL(fileURLWithPath: folder).appendingPathComponent("sanji-bench-\(getpid())")
        // Nothing of it stays behind, however it ends.
        defer {
            ChildProcesses.stop()
            try? FileManager.default.removeItem(at: place)
        }
        try ChildProcesses.stopWhenInterrupted { signal in
            try? FileManager.default.removeItem(at: place)
            _exit(128 + signal)
        }
        if !json { Output.note("measuring in \(place.path)") }
        if work {
            let found = try BenchProgram.work(people: 23_207, signals: 300_000, households: 100_000, folder: place) {
                try ChildProcesses.run($0, accepted: [0, 2]).output
            }
            return try show(Report(rows: found.rows, runs: found.runs, figures: found.figures))
        }
        let local = try BenchProgram.local(rows: rows, runs: runs, folder: place)
        let tree = try await BenchProgram.tree(
            rows: rows, runs: runs, samples: samples, folder: place,
            launcher: BenchLauncher(
                startOffice: ChildProcesses.startOffice, run: { try ChildProcesses.run($0).output },
                stop: ChildProcesses.stop))
        try show(Report(rows: rows, runs: runs, figures: local.figures + tree.figures))
    }

    private func show(_ report: Report) throws {
        if json { return try Output.json(report) }
        Output.table(
            ["figure", "median", "", "bound"],
            report.figures.map { [$0.name, String(format: "%.3f", $0.value), $0.unit, $0.bound] })
    }
}
