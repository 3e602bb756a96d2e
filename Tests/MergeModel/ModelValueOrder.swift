/// The outcome of comparing two things; `same` is a tie in order, which is not yet equality.
enum ModelComparison: Sendable {
    case before, same, after

    init<Compared: Comparable>(_ left: Compared, _ right: Compared) {
        self = left < right ? .before : right < left ? .after : .same
    }

    var reversed: ModelComparison {
        switch self {
        case .before: .after
        case .same: .same
        case .after: .before
        }
    }

    /// The first of several comparisons that is no tie.
    static func first(of comparisons: [ModelComparison]) -> ModelComparison {
        comparisons.first { $0 != .same } ?? .same
    }
}

extension ModelValue {
    /// "Order is SQLite's BINARY": NULL, then numbers by number, then TEXT by its UTF-8, then BLOB by its bytes.
    func inBinaryOrder(comparedTo other: ModelValue) -> ModelComparison {
        switch (self, other) {
        case (.integer(let left), .integer(let right)): ModelComparison(left, right)
        case (.real(let left), .real(let right)): ModelComparison(left, right)
        case (.integer(let left), .real(let right)): compare(left, with: right)
        case (.real(let left), .integer(let right)): compare(right, with: left).reversed
        case (.text(let left), .text(let right)): compareBytes(Array(left.utf8), Array(right.utf8))
        case (.blob(let left), .blob(let right)): compareBytes(left, right)
        default: ModelComparison(storageClassRank, other.storageClassRank)
        }
    }

    private var storageClassRank: Int {
        switch self {
        case .null: 0
        case .integer, .real: 1
        case .text: 2
        case .blob: 3
        }
    }
}

/// The order of `memcmp`, a shorter string before the longer one it begins.
func compareBytes(_ left: [UInt8], _ right: [UInt8]) -> ModelComparison {
    left.lexicographicallyPrecedes(right) ? .before : right.lexicographicallyPrecedes(left) ? .after : .same
}

/// Compares by number, without rounding the integer. SQLite stores no not-a-number.
private func compare(_ integer: Int64, with real: Double) -> ModelComparison {
    let beyondEveryInteger = 0x1p63
    if real >= beyondEveryInteger { return .before }
    if real < -beyondEveryInteger { return .after }
    let whole = real.rounded(.towardZero)
    let remainder = real - whole
    return .first(of: [ModelComparison(integer, Int64(whole)), ModelComparison(0, remainder)])
}
