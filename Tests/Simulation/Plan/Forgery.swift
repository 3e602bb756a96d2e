import ChangeSets
import MergeModel
import TestReplicas

@testable import Replica

/// A key of an office in a stranger's hands: it writes what it likes, in the order of its feed.
final class Forgery {
    let hand: HandAuthor

    init(_ hand: HandAuthor) { self.hand = hand }

    var scope: Scope { Scope(area: hand.office, audience: .village) }

    /// Sends some office one change set, by what that office has applied.
    func forge(in world: World) throws {
        guard let (replica, context) = try place(in: world).randomElement(using: &world.random) else { return }
        let (bytes, isRefused) = RandomForgery(area: hand.office).body(using: &world.random)
        let made = hand.next(in: scope, bytes, knowing: context)
        hand.keep(made)
        world.journal.note(made, isRefused: isRefused)
        Exercised.note(.forged)
        world.say("a forger sends \(replica.office) number \(made.sealed.header.number)")
        let outcome = try replica.accept(try hand.batch([made]))
        guard outcome.refused.count == (isRefused ? 1 : 0), outcome.applied == 1 else {
            throw Broken("a forged change set met \(outcome)")
        }
    }

    /// Offices that know the author and have all of its feed, with what they have applied otherwise.
    ///
    /// Where machines are lost, no more than the root has applied as well. Else a stolen key, whose own words have travelled on,
    /// might have known of something that died with a disk, and nobody would ever apply those words; no office's own key can,
    /// because what it writes dies with the same disk.
    func place(in world: World) throws -> [(OfficeReplica, CausalContext)] {
        let places = world.running.filter { scope.reaches($0.code) && !$0.isFull }.compactMap(\.replica)
        guard world.plan.disturbances.contains(.replacing), let root = world.offices[world.plan.root] else {
            return try places.compactMap { replica in try hand.knowledge(at: replica, in: scope).map { (replica, $0) } }
        }
        return try root.look { root in
            try places.compactMap { replica in
                try hand.knowledge(at: replica, in: scope, andAt: root).map { (replica, $0) }
            }
        }
    }
}

/// One key on two disks, as after a restored copy: at some moment it writes two change sets of one number.
final class Twin {
    private let forgery: Forgery
    private var count = 0
    /// Heads of the two branches, once they are there, as long as some disk has them.
    private(set) var remaining: Set<Digest> = []
    private(set) var hasForked = false

    init(_ hand: HandAuthor) { forgery = Forgery(hand) }

    var feed: FeedID { forgery.hand.feed(in: forgery.scope) }

    func act(in world: World) throws {
        guard !hasForked else { return }
        let places = try forgery.place(in: world)
        guard let one = places.randomElement(using: &world.random) else { return }
        guard count >= 2, let other = places.first(where: { $0.0.office != one.0.office }) else {
            let made = make(1, knowing: one.1)
            forgery.hand.keep(made)
            world.journal.note(made, isRefused: false)
            try deliver([made], to: one.0)
            return
        }
        Exercised.note(.keyUsedTwice)
        world.say("a key is used twice: once at \(one.0.office), once at \(other.0.office)")
        for (id, place) in [(UInt8(2), one), (3, other)] {
            let made = make(id, knowing: place.1)
            hasForked = true
            remaining.insert(made.sealed.hash)
            world.journal.note(branch: made)
            try deliver([made], to: place.0)
        }
    }

    /// A disk is gone: a branch that nobody else has is gone with it.
    func bury(others: [Office]) throws {
        guard hasForked else { return }
        let known = try others.reduce(into: Set<Digest>()) { known, office in
            try office.look { replica in
                known.formUnion(try replica.forks().filter { $0.feed == feed }.map(\.hash))
                if let head = try replica.vector(with: replica.office)[feed] { known.insert(head.hash) }
            }
        }
        remaining.formIntersection(known)
    }

    private func make(_ id: UInt8, knowing context: CausalContext) -> VerifiedChangeSet {
        var body = HandBody()
        count += 1
        body.insert("family", area: forgery.hand.office.digits, id: id + 10, ["phone": .text("\(count)")])
        return forgery.hand.next(in: forgery.scope, body.bytes, knowing: context)
    }

    private func deliver(_ made: [VerifiedChangeSet], to replica: OfficeReplica) throws {
        let outcome = try replica.accept(try forgery.hand.batch(made))
        guard outcome.stored == made.count else { throw Broken("a twin's change set met \(outcome)") }
    }
}
