import MergeModel

/// The one source of chance of a world.
typealias SeededRandom = ModelRandom

extension RandomNumberGenerator {
    mutating func duration(_ range: ClosedRange<Int64>) -> Duration {
        .milliseconds(Int64.random(in: range, using: &self))
    }
}
