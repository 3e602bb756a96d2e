import Assistance
import ChangeSets
import Exchange
import Foundation
import NIOCore
import Replica
import Testing

@testable import Node

extension `Offices as processes` {
    @Suite(.timeLimit(.minutes(4))) struct `A hostile relay` {
        private let district = Tree.district

        @Test func `cannot alter, drop, repeat or reorder what its village wrote, and the rest flows`() async throws {
            try await Tree.with(starting: [district, Tree.otherTown, Tree.otherVillage]) { tree in
                let (above, town) = (tree[Tree.district], tree[Tree.town])
                let hostile = try HostileOffice(town)
                for (round, spoiling) in Spoiling.allCases.enumerated() {
                    // New change sets of two villages, which only the town has.
                    for number in 0..<3 {
                        try tree[Tree.village].write(Rows.households(1, at: Tree.village, from: 100 * round + number))
                    }
                    for number in 0..<2 {
                        try tree[Tree.village2].write(Rows.households(1, at: Tree.village2, from: 100 * round + number))
                    }
                    for village in [Tree.village, Tree.village2] { try tree.carry(from: tree[village], to: town) }
                    func honest() throws -> Delivery {
                        try Delivery(
                            from: try town.replica(), to: Tree.district,
                            known: try above.replica().vector(with: town.code))
                    }
                    let before = try above.replica().vector(with: town.code)
                    var delivery = try honest()
                    let index = try #require(delivery.parts.firstIndex { $0.feed.scope.area == Tree.village })
                    let (feed, other) = (
                        delivery.parts[index].feed, delivery.parts.first { $0.feed.scope.area == Tree.village2 }!.feed
                    )
                    spoiling.spoil(&delivery, index)

                    let answer = try await hostile.upload(delivery.stream, to: above)
                    let reply = try #require(answer.reply, "\(spoiling): \(answer.reason)")
                    #expect(reply.rejected.count == 1 && reply.rejected.first?.feed == feed, "\(spoiling)")
                    #expect(answer.reason.contains(spoiling.reason), "\(spoiling): \(answer.reason)")
                    let refusal = try above.replica().peers().first { $0.office == town.code }
                    #expect(
                        refusal?.lastRefusal?.contains(spoiling.reason) == true,
                        "\(spoiling): \(refusal?.lastRefusal ?? "")")
                    let after = try above.replica().vector(with: town.code)
                    #expect((after[feed]?.number ?? 0) - (before[feed]?.number ?? 0) == spoiling.stored, "\(spoiling)")
                    #expect(
                        (after[other]?.number ?? 0) - (before[other]?.number ?? 0) == 2, "\(spoiling): the rest flows")

                    // Nothing is spoiled for good: honestly sent, it is taken.
                    let honestly = try await hostile.upload(try honest().stream, to: above)
                    #expect(
                        honestly.reply?.rejected.isEmpty == true && honestly.status == 200,
                        "\(spoiling): \(honestly.reason)")
                    #expect(try above.count("SELECT count(*) FROM household") == 5 * (round + 1), "\(spoiling)")
                }
                // And other children are served all the while.
                try tree[Tree.otherVillage].write(Rows.households(1, at: Tree.otherVillage, from: 1))
                try await tree.until("the other branch's change is at the district") {
                    try tree[Tree.otherVillage].replica().fates().reached == [Tree.district: 1]
                }
                try await above.sanji("verify").expecting(0)
                #expect(try await above.status().changes.held == 0)
            }
        }

        @Test func `cannot invent change sets, nor an author write outside its place`() async throws {
            try await Tree.with(starting: [district]) { tree in
                let (above, town, village) = (tree[Tree.district], tree[Tree.town], tree[Tree.village])
                let hostile = try HostileOffice(town)
                let (townKey, villageKey) = (
                    hostile.identity.keys.author, try HostileOffice(village).identity.keys.author
                )
                let stranger = try SigningKey.generate(.ed25519)
                func scope(_ area: OfficeCode, _ audience: Tier = .village) -> Scope {
                    Scope(area: area, audience: audience)
                }
                func household(_ area: OfficeCode) -> [UInt8] { Bodies.household(area: area) }
                let notTaken: [(what: String, reason: String, part: Delivery.Part)] = [
                    (
                        "an author that nobody enrolled", "is not in the directory",
                        try HostileOffice.forge([household(Tree.village)], by: stranger, in: scope(Tree.village))
                    ),
                    (
                        "a village writing its sibling's rows", "may not write rows",
                        try HostileOffice.forge([household(Tree.village2)], by: villageKey, in: scope(Tree.village2))
                    ),
                    (
                        "a village writing its town's rows", "may not write rows",
                        try HostileOffice.forge(
                            [Bodies.announcement(area: Tree.town)], by: villageKey, in: scope(Tree.town))
                    ),
                    (
                        "a town writing another town's rows", "may not write rows",
                        try HostileOffice.forge(
                            [household(Tree.otherVillage)], by: townKey, in: scope(Tree.otherVillage))
                    ),
                    (
                        "a town writing the district's rows", "may not write rows",
                        try HostileOffice.forge(
                            [Bodies.announcement(area: Tree.district)], by: townKey, in: scope(Tree.district))
                    ),
                    (
                        "a town writing into the directory", "may not write rows",
                        try HostileOffice.forge([Bodies.author(stranger)], by: townKey, in: scope(Tree.district))
                    ),
                    (
                        "an audience above its author", "may not write rows",
                        try HostileOffice.forge(
                            [household(Tree.village)], by: villageKey, in: scope(Tree.village, .town))
                    ),
                    (
                        "an area that no office of ours covers", "is not on the branch",
                        try HostileOffice.forge(
                            [household(Tree.village)], by: townKey, in: scope(try OfficeCode("110101001001")))
                    ),
                    (
                        "a feed that does not begin at its beginning", "is missing before",
                        try HostileOffice.forge(
                            [household(Tree.village)], by: townKey, in: scope(Tree.village),
                            after: FeedHead(number: 7, hash: Algorithm.ed25519.digest([1])))
                    ),
                ]
                let rows =
                    try above.count("SELECT count(*) FROM household") + above.count("SELECT count(*) FROM announcement")
                let vector = try above.replica().vector(with: above.code)
                for (what, reason, part) in notTaken {
                    let answer = try await hostile.upload(Delivery([part]).stream, to: above)
                    #expect(answer.reply?.stored == 0 && answer.reason.contains(reason), "\(what): \(answer.reason)")
                    let last = try above.replica().peers().first { $0.office == town.code }?.lastRefusal ?? ""
                    #expect(last.contains(reason), "\(what): \(last)")
                }
                #expect(try above.replica().vector(with: above.code) == vector, "nothing of it is stored")

                // Signed by an author who may write there, with a body that says more: kept, refused for good, applied nowhere.
                let refused: [(what: String, reason: String, body: [UInt8])] = [
                    ("rows of another area than the header's", "lies outside", household(Tree.village2)),
                    ("a table of another tier", "sanji_author", Bodies.author(stranger)),
                    ("bytes that are no changeset", "no changeset", [0x99, 1, 2, 3]),
                    ("a table that nobody declared", "secret", Bodies.undeclared()),
                    (
                        "a value of another type", "breaks the type",
                        Bodies.household(area: Tree.village, ["household_no": .blob([1])])
                    ),
                    (
                        "a value that breaks a CHECK", "breaks the CHECK",
                        Bodies.household(area: Tree.village, ["lat": .real(91)])
                    ),
                ]
                var head = FeedHead.start
                for (what, reason, body) in refused {
                    let part = try HostileOffice.forge([body], by: villageKey, in: scope(Tree.village), after: head)
                    head = try SealedHeader(parsing: part.headers[0]).head
                    let answer = try await hostile.upload(Delivery([part]).stream, to: above)
                    #expect(answer.reply?.stored == 1 && answer.reply?.refused == 1, "\(what): \(answer)")
                    let refusal = try above.replica().refusals().last {
                        $0.feed == part.feed && $0.number == head.number
                    }
                    #expect(refusal?.reason.contains(reason) == true, "\(what): \(refusal?.reason ?? "no refusal")")
                }
                #expect(
                    try above.count("SELECT count(*) FROM household") + above.count("SELECT count(*) FROM announcement")
                        == rows)
                #expect(try above.replica().directory().authors[stranger.author] == nil)
                // A second branch of the same feed: the first one holds.
                let fork = try HostileOffice.forge([household(Tree.village)], by: villageKey, in: scope(Tree.village))
                let answer = try await hostile.upload(Delivery([fork]).stream, to: above)
                #expect(answer.reply?.stored == 0 && answer.reason.contains("another branch"), "\(answer.reason)")
                #expect(try above.replica().forks().count == 1)
                // Signed by one who may write there, about one who may not: kept, and never applied.
                let unknowing = try HostileOffice.forge(
                    [household(Tree.village2)], by: townKey, in: scope(Tree.village2)
                ) { $0.context = CausalContext([villageKey.author: 3]) }
                let kept = try await hostile.upload(Delivery([unknowing]).stream, to: above)
                #expect(kept.reply?.stored == 1, "\(kept)")
                #expect(try above.replica().heldFeeds().map(\.feed) == [unknowing.feed])
                #expect(try above.count("SELECT count(*) FROM household") == rows)
                try await above.sanji("verify").expecting(0)
            }
        }
    }
}
