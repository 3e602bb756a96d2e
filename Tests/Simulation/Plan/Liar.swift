import ChangeSets
import Exchange
import MergeModel
import NIOCore
import TestReplicas

@testable import Node

/// A key of a village in a stranger's hands that speaks for others, sent up as the village's own exchange is: nothing of it
/// may get into any log, and nobody may believe it.
final class Liar {
    private let hand: HandAuthor

    init(_ hand: HandAuthor) { self.hand = hand }

    private enum Lie: CaseIterable {
        /// The next change set of another author, signed by the wrong key.
        case anothersName
        /// An honest signature under rows of an area above its own.
        case areaAbove
        /// A body that is not the one its header names.
        case otherBody
        /// A number that nothing before leads to.
        case gap
        /// The root's statement that it has everything, signed by the wrong key.
        case anothersStatement

        var effect: Effect {
            switch self {
            case .anothersName: .liedName
            case .areaAbove: .liedArea
            case .otherBody: .liedBody
            case .gap: .liedGap
            case .anothersStatement: .liedStatement
            }
        }
    }

    func lie(in world: World) throws {
        let above = world.running.filter { $0.code != hand.office && $0.code.covers(hand.office) }
        guard let target = above.randomElement(using: &world.random), let exchange = target.exchange?.children else {
            return
        }
        let lie = Lie.allCases.randomElement(using: &world.random)!
        let frames = try frames(of: lie, to: target, in: world)
        guard !frames.isEmpty else { return }
        world.say("a liar tells \(target.code): \(lie)")
        Exercised.note(lie.effect)
        let page = ByteBuffer(
            bytes: ZstdCompressor().finish((frames + [.end(more: false)]).flatMap { $0.encoded() }))
        let (stream, feed) = ByteStream.makeStream()
        feed.yield(page)
        feed.finish()
        let village = hand.office
        target.life?.start {
            // A lie is refused; whatever else comes of it, the work that it was has told.
            _ = try? await exchange.take(stream, from: village)
        }
    }

    private func frames(of lie: Lie, to target: Office, in world: World) throws -> [StreamFrame] {
        let scope = Scope(area: hand.office, audience: .village)
        var body = HandBody()
        body.insert("family", area: hand.office.digits, id: 7, ["phone": .text("lie")])
        switch lie {
        case .anothersName:
            guard let victim = world.running.randomElement(using: &world.random), victim.code.covers(hand.office),
                let replica = target.replica
            else { return [] }
            let feed = FeedID(author: victim.own.key.author, scope: scope)
            let head = try replica.vector(with: target.code)[feed] ?? .start
            return try run(
                hand.next(in: scope, body.bytes) { header in
                    header.feed = feed
                    header.number = head.number + 1
                    header.previous = head.hash
                })
        case .areaAbove:
            var above = HandBody()
            above.insert("family", area: target.code.digits, id: 7, ["phone": .text("lie")])
            let scope = Scope(area: target.code, audience: .village)
            return try run(hand.next(in: scope, above.bytes))
        case .otherBody:
            let made = hand.next(in: scope, body.bytes)
            var other = HandBody()
            other.insert("family", area: hand.office.digits, id: 7, ["phone": .text("eil")])
            return try run(VerifiedChangeSet(sealed: made.sealed, body: other.bytes))
        case .gap: return try run(hand.next(in: scope, body.bytes) { $0.number += 1 })
        case .anothersStatement:
            guard let village = world.offices[hand.office], let root = world.offices[world.plan.root],
                let replica = village.replica
            else { return [] }
            let feed = FeedID(author: village.own.key.author, scope: scope)
            guard let head = try replica.vector(with: village.code)[feed] else { return [] }
            let said = Statement(
                algorithm: .ed25519, author: root.own.key.author, scope: scope, ordinal: 4_000_000_000_000_000,
                wallClock_ms: 0,
                schema: 1, feeds: [FeedProgress(author: feed.author, stored: head, applied: head)])
            let signed = try SignedStatement(said, signedBy: hand.own.key)
            return [.statement(bytes: signed.bytes, signature: signed.signature)]
        }
    }

    private func run(_ changeSet: VerifiedChangeSet) throws -> [StreamFrame] {
        let signature = try hand.own.key.sign(SignedMessage.header(changeSet.sealed.hash))
        return [
            .run([changeSet.sealed.bytes], signature: signature), .body(run: 0, changeSet.body),
        ]
    }
}
