import Foundation

/// Measures the figures of docs/performance.md, here and now.
package enum BenchProgram {
    package struct Result: Sendable, Encodable {
        package let rows: Int
        package let runs: Int
        package let figures: [BenchFigure]
    }

    /// - Returns: The median of each figure over `runs` runs.
    package static func local(rows: Int, runs: Int, folder: URL) throws -> Result {
        var all: [[BenchFigure]] = []
        for run in 0..<runs {
            let place = folder.appendingPathComponent("run-\(run)")
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
            all.append(try LocalBench(folder: place, rowCount: rows).run())
            try FileManager.default.removeItem(at: place)
        }
        return Result(rows: rows, runs: runs, figures: medians(all))
    }

    /// Figures of three running offices.
    package static func tree(rows: Int, runs: Int, samples: Int, folder: URL, launcher: BenchLauncher)
        async throws -> Result
    {
        var all: [[BenchFigure]] = []
        for run in 0..<runs {
            let place = folder.appendingPathComponent("tree-\(run)")
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
            all.append(try await TreeBench(launcher: launcher, folder: place, rowCount: rows, samples: samples).run())
            try FileManager.default.removeItem(at: place)
        }
        return Result(rows: rows, runs: runs, figures: medians(all))
    }

    /// The offices' work at the size of a district; once, as it takes a minute or two.
    /// - Parameter run: A command to its end; that it asks for attention (exit code 2) is no failure.
    package static func work(
        people: Int, signals: Int, households: Int, folder: URL, run: @escaping ([String]) throws -> String
    ) throws -> Result {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let bench = WorkBench(run: run, folder: folder, people: people, signals: signals, households: households)
        return Result(rows: households, runs: 1, figures: try bench.figures())
    }

    static func medians(_ runs: [[BenchFigure]]) -> [BenchFigure] {
        guard let first = runs.first else { return [] }
        return first.indices.map { index in
            let values = runs.map { $0[index].value }.sorted()
            return BenchFigure(
                name: first[index].name, value: values[values.count / 2], unit: first[index].unit,
                bound: first[index].bound)
        }
    }
}
