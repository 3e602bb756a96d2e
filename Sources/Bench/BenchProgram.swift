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
