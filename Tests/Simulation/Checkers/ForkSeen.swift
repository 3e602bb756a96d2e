import Replica

/// A key that was used twice is known at the root, with both branches.
struct ForkSeen: Checker {
    func problems(in world: World) throws -> [String] {
        guard let twin = world.twin, twin.hasForked, let root = world.offices[world.plan.root]?.replica else {
            return []
        }
        var known = Set(try root.forks().filter { $0.feed == twin.feed }.map(\.hash))
        if let head = try root.vector(with: root.office)[twin.feed] { known.insert(head.hash) }
        let missing = twin.remaining.subtracting(known)
        return missing.isEmpty ? [] : ["the root lacks \(missing.count) of the two branches of \(twin.feed)"]
    }
}
