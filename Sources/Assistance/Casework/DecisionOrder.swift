/// In what order a household's decisions take each other's place, and which of them were made unaware of each other.
///
/// A decision that knew of another ends it from its own first month on, whatever month the other begins in. An altered program may write
/// decisions that claim to know of each other: such a ring (a strongly connected component of what knew of what) is one thing here, which
/// whoever knew of any part of it stands behind.
struct DecisionOrder {
    let sorted: [Decision]
    /// The newest, where they are more than one.
    let rivals: [Decision]

    /// In time that grows with the decisions and what they say that they knew of.
    init(_ decisions: [Decision]) {
        let knowledge = Self.knowledge(in: decisions)
        let rings = Self.rings(in: knowledge)
        // Whatever a ring knew of outside itself comes before it in `rings`.
        var ringOf = [Int](repeating: 0, count: decisions.count)
        for (place, ring) in rings.enumerated() { for decision in ring { ringOf[decision] = place } }
        let known = rings.enumerated().map { place, ring in
            Set(ring.flatMap { knowledge[$0].map { ringOf[$0] } }).subtracting([place])
        }
        var depths: [Int] = []
        for before in known { depths.append(before.map { depths[$0] + 1 }.max() ?? 0) }
        var months = decisions.map(\.fromMonth)
        var isKnown = [Bool](repeating: false, count: rings.count)
        var limits = [CalendarMonth?](repeating: nil, count: rings.count)
        for place in rings.indices.reversed() {
            // A refusal ends nothing, and hands on what ends it.
            let deciding = rings[place].filter { decisions[$0].outcome != .refused }
            let own = deciding.map { months[$0] }.min()
            let ends = [own, limits[place]].compactMap { $0 }.min()
            for decision in rings[place] { months[decision] = min(months[decision], limits[place] ?? months[decision]) }
            for before in known[place] {
                isKnown[before] = isKnown[before] || isKnown[place] || !deciding.isEmpty
                limits[before] = [limits[before], ends].compactMap { $0 }.min()
            }
        }
        let order = decisions.indices.sorted { a, b in
            if months[a] != months[b] { return months[a] < months[b] }
            let (depthA, depthB) = (depths[ringOf[a]], depths[ringOf[b]])
            if depthA != depthB { return depthA < depthB }
            let (one, other) = (decisions[a], decisions[b])
            if one.office.tier != other.office.tier { return one.office.tier > other.office.tier }
            let (dayA, dayB) = (one.day?.description ?? "", other.day?.description ?? "")
            return dayA == dayB ? one.id.hex < other.id.hex : dayA < dayB
        }
        sorted = order.map { decisions[$0] }
        let newest = order.filter { !isKnown[ringOf[$0]] && decisions[$0].outcome != .refused }
        rivals = newest.count > 1 ? newest.map { decisions[$0] } : []
    }

    /// Of each the others that it says it knew of, as positions.
    private static func knowledge(in decisions: [Decision]) -> [[Int]] {
        let places = Dictionary(decisions.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
        return decisions.enumerated().map { place, decision in
            let ids = decision.settles.ids.union(decision.predecessor.map { [$0] } ?? [])
            return ids.compactMap { places[$0] }.filter { $0 != place }
        }
    }

    /// Strongly connected components, each behind those it leads to (R. Tarjan, Depth-first search and linear graph algorithms, 1972); without
    /// recursion, because a chain may be longer than a stack.
    private static func rings(in links: [[Int]]) -> [[Int]] {
        var rings: [[Int]] = []
        var index = [Int?](repeating: nil, count: links.count)
        var low = [Int](repeating: 0, count: links.count)
        var isOpen = [Bool](repeating: false, count: links.count)
        var open: [Int] = []
        var count = 0
        for start in links.indices where index[start] == nil {
            var path: [(node: Int, next: Int)] = [(start, 0)]
            while let (node, next) = path.last {
                if next == 0, index[node] == nil {
                    (index[node], low[node], isOpen[node]) = (count, count, true)
                    open.append(node)
                    count += 1
                }
                if next < links[node].count {
                    path[path.count - 1].next += 1
                    let other = links[node][next]
                    if let known = index[other] {
                        if isOpen[other] { low[node] = min(low[node], known) }
                    } else {
                        path.append((other, 0))
                    }
                    continue
                }
                path.removeLast()
                if let above = path.last { low[above.node] = min(low[above.node], low[node]) }
                guard low[node] == index[node] else { continue }
                var ring: [Int] = []
                while let last = open.popLast() {
                    isOpen[last] = false
                    ring.append(last)
                    if last == node { break }
                }
                rings.append(ring)
            }
        }
        return rings
    }
}
