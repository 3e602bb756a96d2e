import ChangeSets

/// Where one change set of an office is: at every moment exactly one of these (I10).
package enum Fate: Sendable, Hashable {
    /// No office above has said that it has it.
    case waiting
    /// The farthest office upward that has said, signed, that it has applied it.
    case reached(OfficeCode)
    /// The farthest office upward that has it lacks something to apply it.
    case held(at: OfficeCode, reason: String)
    /// Without effect, everywhere and for good.
    case refused(by: OfficeCode, reason: String)
    /// Carried to an office that must judge it (§8).
    case laidAside(at: OfficeCode)
}

extension Fate: CustomStringConvertible {
    package var name: String {
        switch self {
        case .waiting: "waiting"
        case .reached: "reached"
        case .held: "held"
        case .refused: "refused"
        case .laidAside: "laidAside"
        }
    }

    /// The office that decided it; nil while it waits.
    package var office: OfficeCode? {
        switch self {
        case .waiting: nil
        case .reached(let office), .held(let office, _), .refused(let office, _), .laidAside(let office): office
        }
    }

    package var reason: String? {
        switch self {
        case .waiting, .reached, .laidAside: nil
        case .held(_, let reason), .refused(_, let reason): reason
        }
    }

    package var description: String {
        switch self {
        case .waiting: "waiting to be sent"
        case .reached(let office): "reached \(office)"
        case .held(let office, let reason): "held at \(office): \(reason)"
        case .refused(let office, let reason): "refused by \(office): \(reason)"
        case .laidAside(let office): "laid aside at \(office)"
        }
    }
}

/// Cells of one change set that an office above refuses, as it has said; the rest of the change set stands.
package struct CellVerdict: Sendable, Hashable {
    package let office: OfficeCode
    package let number: UInt64
    package let cells: Int
    /// Of one of them.
    package let reason: String
}

/// Neighbouring change sets of one feed that share a fate.
package struct FateSpan: Sendable, Hashable {
    package let first: UInt64
    package let last: UInt64
    package let fate: Fate

    package var count: Int { Int(last - first + 1) }
}

/// What one office has said of one feed, and proved with the hash of its head.
struct Witness {
    let office: OfficeCode
    let stored: UInt64
    let applied: UInt64
    /// Why number `applied` + 1 is held there, where the office says so.
    var hold: String?
    /// What it holds as another branch than its own.
    var branches: [ClosedRange<UInt64>] = []
}

extension FateSpan {
    /// The fates of numbers 1 to `stored`, in arithmetic on numbers: a feed may have a hundred thousand change sets.
    /// - Parameters:
    ///   - witnesses: The offices above, the highest first: the farthest one that has a change set decides.
    ///   - refused: Numbers that some office refuses.
    static func spans(
        upTo stored: UInt64, witnesses: [Witness], refused: [UInt64: (by: OfficeCode, reason: String)]
    ) -> [FateSpan] {
        var spans: [FateSpan] = []
        var next: UInt64 = 1
        func add(upTo last: UInt64, _ fate: Fate) {
            guard last >= next else { return }
            spans.append(FateSpan(first: next, last: last, fate: fate))
            next = last + 1
        }
        for witness in witnesses {
            add(upTo: min(witness.applied, stored), .reached(witness.office))
            // What it has stored beyond that waits there for what it lacks.
            let reason = witness.hold ?? "it waits there for an earlier change set"
            add(upTo: min(witness.stored, stored), .held(at: witness.office, reason: reason))
        }
        let branches = witnesses.flatMap { witness in witness.branches.map { (at: witness.office, numbers: $0) } }
        for branch in branches.sorted(by: { $0.numbers.lowerBound < $1.numbers.lowerBound }) {
            add(upTo: min(branch.numbers.lowerBound - 1, stored), .waiting)
            add(upTo: min(branch.numbers.upperBound, stored), .held(at: branch.at, reason: otherBranch))
        }
        add(upTo: stored, .waiting)
        return cut(spans, refused)
    }

    private static let otherBranch = "as another branch: this office's key wrote other change sets under these numbers"

    /// Cuts the refused numbers out; neighbours that are refused alike stay together.
    private static func cut(
        _ spans: [FateSpan], _ refused: [UInt64: (by: OfficeCode, reason: String)]
    ) -> [FateSpan] {
        var numbers = refused.keys.sorted()[...]
        var result: [FateSpan] = []
        for span in spans {
            var next = span.first
            while let number = numbers.first, number <= span.last {
                numbers.removeFirst()
                guard number >= next, let refusal = refused[number] else { continue }
                if next < number { result.append(FateSpan(first: next, last: number - 1, fate: span.fate)) }
                let fate = Fate.refused(by: refusal.by, reason: refusal.reason)
                if let last = result.last, last.fate == fate, last.last + 1 == number {
                    result[result.count - 1] = FateSpan(first: last.first, last: number, fate: fate)
                } else {
                    result.append(FateSpan(first: number, last: number, fate: fate))
                }
                next = number + 1
            }
            if next <= span.last { result.append(FateSpan(first: next, last: span.last, fate: span.fate)) }
        }
        return result
    }
}

/// The fates of one feed's change sets.
package struct FeedFates: Sendable, Hashable {
    package let feed: FeedID
    /// In order, without gap, from number 1 to the last.
    package let spans: [FateSpan]
    /// By number, then by office, the highest first.
    package internal(set) var cellVerdicts: [CellVerdict] = []

    /// Cells that some office refuses: of one change set as many as the office says that refuses most.
    var refusedCells: Int {
        Dictionary(cellVerdicts.map { ($0.number, $0.cells) }, uniquingKeysWith: max).values.reduce(0, +)
    }
}

/// The fates of all change sets of an office. Each is counted once: `own` is the sum of all other counts of change sets.
package struct Fates: Sendable, Hashable {
    package private(set) var feeds: [FeedFates] = []
    package private(set) var waiting = 0
    package private(set) var held = 0
    package private(set) var refused = 0
    package private(set) var laidAside = 0
    /// By the farthest office upward that has applied them.
    package private(set) var reached: [OfficeCode: Int] = [:]
    /// Cells that some office refuses, of change sets that stand otherwise.
    package internal(set) var refusedCells = 0
    /// When the oldest waiting change set was written, by this office's clock.
    package internal(set) var oldestWaiting_ms: Int64?

    package var own: Int { waiting + held + refused + laidAside + reached.values.reduce(0, +) }

    mutating func add(_ feed: FeedFates) {
        feeds.append(feed)
        for span in feed.spans {
            switch span.fate {
            case .waiting: waiting += span.count
            case .reached(let office): reached[office, default: 0] += span.count
            case .held: held += span.count
            case .refused: refused += span.count
            case .laidAside: laidAside += span.count
            }
        }
    }
}
