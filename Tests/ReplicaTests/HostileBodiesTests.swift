import ChangeSets
import Foundation
import MergeModel
import TestReplicas
import Testing

@testable import Replica

@Suite struct `Bodies of random bytes and values` {
    /// Nothing that a signed body holds may stop a replica, or leave two with different rows.
    @Test(arguments: seeds(6))
    func `are applied or refused, the same at every office`(seed: UInt64) throws {
        var random = ModelRandom(seed: seed)
        let area = "330106109201"
        let village = try OfficeCode(area)
        let tree = try TestTree(["330106", area], domain: OddDomain.schema)
        let authors = try (2...4).map { try HandAuthor(village, ordinal: $0, in: tree) }
        try tree.send(from: tree.root, to: village)
        let scope = Scope(area: village, audience: .village)
        var made: [(author: HandAuthor, changeSet: VerifiedChangeSet)] = []
        var applied = 0
        var refused: [FeedID: Set<UInt64>] = [:]
        for _ in 0..<120 {
            let author = authors.randomElement(using: &random)!
            // Each author knows of the others what it knew before, or all.
            let before = made.last { $0.author === author }?.changeSet.sealed.header.context ?? CausalContext()
            var known: [AuthorID: UInt64] = [:]
            for other in authors where other !== author { known[other.author] = other.head(in: scope).number }
            let context = Bool.random(using: &random) ? before : CausalContext(known)
            let changeSet = author.next(in: scope, OddDomain.body(area: area, using: &random), knowing: context)
            author.keep(changeSet)
            made.append((author, changeSet))
            let outcome = try tree[village].accept(try author.batch([changeSet]))
            #expect(outcome.stored == 1 && outcome.applied == 1 && outcome.rejected.isEmpty)
            applied += outcome.applied - outcome.refused.count
            for one in outcome.refused { refused[one.feed, default: []].insert(one.number) }
        }
        #expect(applied > 40 && refused.values.joined().count > 5)
        let outcome = try tree.send(from: village, to: tree.root)
        #expect(outcome.applied == 120)
        let expected = try ReplicaContent.expected(
            of: tree[village], in: scope,
            authors: authors.map {
                ModelAuthor(id: $0.author.description, office: area, ordinal: Int($0.own.ordinal))
            }, isRefused: { refused[$0]?.contains($1) ?? false })
        for office in [village, tree.root] {
            #expect(try ReplicaContent(of: tree[office], in: scope) == expected)
        }
    }
}
