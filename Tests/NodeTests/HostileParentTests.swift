import ChangeSets
import Exchange
import Foundation
import NIOCore
import Replica
import Testing

@testable import Node

extension `Offices as processes` {
    @Suite(.timeLimit(.minutes(4))) struct `A hostile parent` {
        /// Runs `body` with a town that says what it likes to its village, whose line leads there.
        private func with(_ body: (Tree, HostileParent) async throws -> Void) async throws {
            try await Tree.with(starting: []) { tree in
                let parent = try await HostileParent(tree[Tree.town])
                tree[Tree.village].line?.lead(to: parent.address)
                do {
                    try await body(tree, parent)
                } catch {
                    await parent.end()
                    throw error
                }
                await parent.end()
            }
        }

        @Test func `cannot alter, drop, repeat or reorder what the district wrote, and the rest flows`() async throws {
            try await with { tree, parent in
                let (district, town, village) = (tree[Tree.district], tree[Tree.town], tree[Tree.village])
                for (round, spoiling) in Spoiling.allCases.enumerated() {
                    for number in 0..<3 {
                        try district.write(Rows.households(1, at: Tree.village, from: 100 * round + number))
                    }
                    for number in 0..<2 {
                        try district.write(Rows.announcement(at: Tree.district, 100 * round + number))
                    }
                    let passed = try Delivery(
                        from: try district.replica(), to: Tree.town,
                        known: try town.replica().vector(with: Tree.district))
                    _ = try town.replica().accept(try passed.batch(try town.replica().directory()))

                    let before = try village.replica().vector(with: Tree.town)
                    let honest = try Delivery(from: try town.replica(), to: Tree.village, known: before)
                    let index = try #require(honest.parts.firstIndex { $0.feed.scope.area == Tree.village })
                    let feed = honest.parts[index].feed
                    let other = try #require(honest.parts.first { $0.feed.scope.area == Tree.district }).feed
                    var delivery = honest
                    spoiling.spoil(&delivery, index)
                    // Once; then it sends nothing, so that what was taken can be told from what comes later.
                    parent.sends { [delivery] in $0.directoryOnly ? .once(Delivery().stream) : .once(delivery.stream) }
                    let answer = try await village.sanji("sync", "--json").expecting(2)
                    #expect(answer.errors.contains(spoiling.reason), "\(spoiling): \(answer.errors)")
                    let refusal = try village.replica().peers().first { $0.office == Tree.town }?.lastRefusal
                    #expect(refusal?.contains(spoiling.reason) == true, "\(spoiling): \(refusal ?? "")")
                    let after = try village.replica().vector(with: Tree.town)
                    #expect((after[feed]?.number ?? 0) - (before[feed]?.number ?? 0) == spoiling.stored, "\(spoiling)")
                    #expect(
                        (after[other]?.number ?? 0) - (before[other]?.number ?? 0) == 2, "\(spoiling): the rest flows")

                    // Nothing is spoiled for good: honestly sent, it is taken.
                    parent.sends { _ in .once(honest.stream) }
                    try await village.sanji("sync").expecting(0)
                    #expect(try village.count("SELECT count(*) FROM household") == 3 * (round + 1), "\(spoiling)")
                    #expect(try village.count("SELECT count(*) FROM announcement") == 2 * (round + 1), "\(spoiling)")
                }
                try await village.sanji("verify").expecting(0)
            }
        }

        @Test func `cannot invent change sets of the district, nor write above its own place`() async throws {
            try await with { tree, parent in
                let (town, village) = (tree[Tree.town], tree[Tree.village])
                let townKey = try HostileOffice(town).identity.keys.author
                let stranger = try SigningKey.generate(.ed25519)
                let districts = Scope(area: Tree.district, audience: .village)
                let forged: [(what: String, reason: String, part: Delivery.Part)] = [
                    (
                        "an author that nobody enrolled", "is not in the directory",
                        try HostileOffice.forge(
                            [Bodies.announcement(area: Tree.district)], by: stranger, in: districts)
                    ),
                    (
                        "a town writing the district's rows", "may not write rows",
                        try HostileOffice.forge([Bodies.announcement(area: Tree.district)], by: townKey, in: districts)
                    ),
                    (
                        "a town writing into the directory", "may not write rows",
                        try HostileOffice.forge([Bodies.author(stranger)], by: townKey, in: districts)
                    ),
                    (
                        "another village's rows", "is not on the branch",
                        try HostileOffice.forge(
                            [Bodies.household(area: Tree.village2)], by: townKey,
                            in: Scope(area: Tree.village2, audience: .village))
                    ),
                ]
                let vector = try village.replica().vector(with: Tree.town)
                for (what, reason, part) in forged {
                    parent.sends { _ in .once(Delivery([part]).stream) }
                    let answer = try await village.sanji("sync").expecting(2)
                    #expect(answer.errors.contains(reason), "\(what): \(answer.errors)")
                    #expect(try village.replica().vector(with: Tree.town) == vector, "\(what)")
                }
                #expect(try village.count("SELECT count(*) FROM announcement") == 0)
            }
        }

        @Test func `ends with a reason, whatever it sends, and memory stays bounded`() async throws {
            try await with { tree, parent in
                let (town, village) = (tree[Tree.town], tree[Tree.village])
                try town.write(Rows.households(3, at: Tree.village, from: 1))
                try town.replica().issueStatements()
                let statement = try #require(try town.replica().statementsForParent().first)
                let honest = try Delivery(from: try town.replica(), to: Tree.village, known: [:])
                parent.sends { _ in .once(honest.stream) }
                try await village.sanji("sync").expecting(0)
                let vector = try village.replica().vector(with: Tree.town)
                for stream in HostileStream.allCases {
                    parent.sends { _ in try stream.buffers(honest, statement) }
                    let answer = try await village.sanji("sync", "--timeout", "5m").expecting(1)
                    #expect(answer.errors.contains(stream.reason), "\(stream): \(answer.errors)")
                    #expect(try village.replica().vector(with: Tree.town) == vector, "\(stream)")
                }
                // A node takes the greediest again and again, and gets on when its parent has come to its senses.
                parent.sends { _ in try HostileStream.endlessBodies.buffers(honest, statement) }
                try await village.start()
                try await tree.until("the node says what is wrong") {
                    ControlAnswer.ask(village.folder)?.lastError?.contains(HostileStream.endlessBodies.reason) == true
                }
                #expect(try ProcessMemory.peakBytes(try #require(village.node).pid) < 256 << 20)
                try town.write(Rows.households(1, at: Tree.village, from: 4))
                parent.sends { question in
                    .once(try Delivery(from: try town.replica(), to: Tree.village, known: question.heads).stream)
                }
                try await tree.until("the village has what is new") {
                    try village.count("SELECT count(*) FROM household") == 4
                }
            }
        }
    }
}
