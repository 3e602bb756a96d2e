import ChangeSets
import Foundation
import Testing

@testable import Node

extension `Offices as processes` {
    @Suite(.timeLimit(.minutes(3))) struct `Sync exits` {
        private let fields: Set = [
            "sent", "received", "equal", "held", "heldAbove", "refused", "newlyRefused", "rejected[]", "causes[]",
        ]

        @Test func `with 2 while something is held, and once for what was refused`() async throws {
            try await Tree.with(starting: [Tree.town]) { tree in
                let (district, town, village) = (tree[Tree.district], tree[Tree.town], tree[Tree.village])
                for number in 1...3 { try village.write(Rows.households(1, at: Tree.village, from: number)) }
                let first = try await village.sanji("sync", "--json").expecting(0)
                #expect(try first.fields() == fields && first.errors.isEmpty)
                let said = try first.object()
                #expect(
                    said["sent"] as? Int == 3 && said["equal"] as? Bool == true && said["causes"] as? [String] == [])
                // The district says, by way of the town, that it refuses one.
                let refused = Verdict(number: 2, state: .refused, reason: "breaks a rule")
                try town.hear(try district.statement(on: village, [refused]))
                let second = try await village.sanji("sync", "--json").expecting(2)
                #expect(try second.fields() == fields)
                let causes = try #require(try second.object()["causes"] as? [String])
                #expect(causes.count == 1 && second.errors == causes[0] + "\n")
                #expect(
                    causes[0].hasPrefix("own change set number 2 of ")
                        && causes[0].hasSuffix(" was refused by 330106: breaks a rule"))
                // It stays refused, and is no news.
                let third = try await village.sanji("sync", "--json").expecting(0).object()
                #expect(third["refused"] as? Int == 1 && third["newlyRefused"] as? Int == 0)
                try town.hear(
                    try district.statement(
                        on: village, applied: 2, [refused, Verdict(number: 3, state: .held, reason: "needs schema 9")],
                        ordinal: 1 << 51))
                // As long as it is held there, and here the farthest office decides.
                for _ in 1...2 {
                    let held = try await village.sanji("sync").expecting(2)
                    #expect(held.output == "sent 0, received 0 change sets\n")
                    #expect(held.errors == "1 own change sets are held at 330106: needs schema 9\n")
                }
            }
        }

        @Test func `with 1 when the parent was not reached, and at the root`() async throws {
            try await Tree.with(starting: []) { tree in
                try await tree[Tree.village].sanji("sync", "--json", "--timeout", "20s").expectError(1, "Error: ")
                for command in [["sync"], ["verify", "--against", "parent"]] {
                    let root = tree[Tree.district].folder.url.path
                    try await SanjiProgram.run(command + ["--json", "--data", root])
                        .expectError(1, "330106 is the root, it has no parent; run this at an office below it")
                }
                try await tree[Tree.village].sanji("sync", "--timeout", "soon").expectError(64, "is no duration")
            }
        }
    }
}
