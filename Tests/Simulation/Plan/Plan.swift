import ChangeSets
import MergeModel

/// Everything that is decided before a world begins: its offices, how long it is disturbed, and by what.
struct Plan {
    enum Disturbance: CaseIterable {
        case killing, cutting, partitions, oneWay, slowLines, altering, repeating, overtaking, clocks, tiedClocks
        case otherParents, slowDisks, fullDisks, oldPrograms, forging, lying, forks, replacing, otherProcesses, busy
    }

    let offices: [OfficeCode]
    let disturbances: Set<Disturbance>
    /// How long it is disturbed, in virtual seconds.
    let seconds: Int
    /// Mean time between two things that happen.
    let pace_ms: Int64

    var root: OfficeCode { offices[0] }

    init(using random: inout SeededRandom) {
        offices = Self.tree(using: &random)
        // Each world knows some of the troubles only: all at once hide each other.
        var chosen = Set(Disturbance.allCases.filter { _ in random.happens(percent: 35) })
        // Offices that hold two branches of a feed need not be equal; each is held against the model of its own log.
        if chosen.contains(.forging) { chosen.remove(.forks) }
        disturbances = chosen
        seconds = Int.random(in: 15...75, using: &random)
        pace_ms = disturbances.contains(.busy) ? 300 : Int64.random(in: 500...2_500, using: &random)
    }

    /// The highest first. A chain, a fan, or a tree of three to five tiers.
    private static func tree(using random: inout SeededRandom) -> [OfficeCode] {
        let towns = ["330106109", "330106110"]
        func villages(_ town: String, _ count: Int) -> [String] { (1...count).map { town + "20\($0)" } }
        let above = [["33", "3301"], ["3301"], [], [], []].randomElement(using: &random)!
        let below: [String] =
            switch Int.random(in: 0..<5, using: &random) {
            case 0: [towns[0]] + villages(towns[0], 1)
            case 1: [towns[0]] + villages(towns[0], Int.random(in: 2...4, using: &random))
            case 2: towns + villages(towns[0], 1) + villages(towns[1], 1)
            case 3: towns + villages(towns[0], 2)
            default: [towns[0]] + villages(towns[0], 2)
            }
        return (above + ["330106"] + below).map { try! OfficeCode($0) }
    }
}
