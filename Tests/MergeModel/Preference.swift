/// One uncovered write to a cell, with all that the tie-breaks ask for.
struct Candidate: Sendable {
    let author: ModelAuthor
    let dot: ModelDot
    let values: [ModelValue]

    var sibling: ModelSibling { ModelSibling(dot: dot, values: values) }
}

extension ModelRule {
    /// Whether the rule shows one candidate rather than the other.
    func prefers(_ left: Candidate, to right: Candidate) -> Bool {
        let comparisons: [ModelComparison] =
            switch self {
            case .nearest: [nearestFirst(left, right)]
            case .highest: [nearestFirst(left, right).reversed]
            case .minimum: [tuplesInOrder(left, right, valuesInOrder: smallestFirst), nearestFirst(left, right)]
            case .maximum: [tuplesInOrder(left, right, valuesInOrder: largestFirst), nearestFirst(left, right)]
            case .counter: []
            }
        return ModelComparison.first(of: comparisons + [remainingTies(left, right)]) == .before
    }
}

/// "Village before town before district": the longest office code first.
private func nearestFirst(_ left: Candidate, _ right: Candidate) -> ModelComparison {
    ModelComparison(left.author.tier, right.author.tier).reversed
}

/// "Ties: the newer author of the office, then the larger number", and last the larger author id (a reading of the
/// definition: docs/architecture.md, "Where the definition is silent").
private func remainingTies(_ left: Candidate, _ right: Candidate) -> ModelComparison {
    ModelComparison.first(of: [
        ModelComparison(left.author.ordinal, right.author.ordinal),
        ModelComparison(left.dot.number, right.dot.number),
        compareBytes(Array(left.dot.author.utf8), Array(right.dot.author.utf8)),
    ]).reversed
}

/// Tuples compare column by column (a reading, as above).
private func tuplesInOrder(
    _ left: Candidate, _ right: Candidate, valuesInOrder: (ModelValue, ModelValue) -> ModelComparison
) -> ModelComparison {
    .first(of: zip(left.values, right.values).map(valuesInOrder))
}

/// "The smallest among the siblings; NULL loses."
private func smallestFirst(_ left: ModelValue, _ right: ModelValue) -> ModelComparison {
    if left == .null || right == .null { return nullLast(left, right) }
    return left.inBinaryOrder(comparedTo: right)
}

/// "The largest among the siblings; NULL loses."
private func largestFirst(_ left: ModelValue, _ right: ModelValue) -> ModelComparison {
    if left == .null || right == .null { return nullLast(left, right) }
    return left.inBinaryOrder(comparedTo: right).reversed
}

private func nullLast(_ left: ModelValue, _ right: ModelValue) -> ModelComparison {
    ModelComparison(left == .null ? 1 : 0, right == .null ? 1 : 0)
}
