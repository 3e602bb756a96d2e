/// Narrows down, round by round, where two offices' rows differ first. Each round both work out the same ranges.
package struct DifferenceSearch: Sendable {
    package enum Step: Sendable, Hashable {
        case same
        /// Work out these ranges on both sides, and go on with them.
        case ask([RowRange])
        /// The first difference lies in here, where this office has one row at most.
        case found(RowRange)
    }

    /// How often both sides have worked out their pieces.
    package private(set) var rounds = 0

    package init() {}

    /// - Parameters:
    ///   - mine: This replica's pieces.
    ///   - theirs: The other office's, for the same ranges in the same order.
    package mutating func next(mine: [RowPiece], theirs: [RowPiece]) -> Step {
        rounds += 1
        for (own, other) in zip(mine, theirs) where own.rows != other.rows || own.digest != other.digest {
            return own.cuts.isEmpty ? .found(own.range) : .ask(own.range.cut(at: own.cuts))
        }
        return .same
    }
}
