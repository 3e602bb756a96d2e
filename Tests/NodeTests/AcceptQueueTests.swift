import ChangeSets
import Foundation
import GRDB
import Replica
import Testing

@testable import Node

extension `Offices as processes` {
    @Suite struct `Batches that wait for the writer` {
        @Test func `are taken all the same when one change set among them cannot be applied`() async throws {
            try await Tree.with(starting: []) { tree in
                let (town, village, other) = (tree[Tree.town], tree[Tree.village], tree[Tree.village2])
                for (office, ids) in [(village, [1, 2]), (other, [3])] {
                    for id in ids {
                        try office.write(
                            "INSERT INTO household (area, id, phone) VALUES (office(), \(Rows.id(id)), '0000-1')")
                    }
                }
                let replica = try town.replica()
                // No change set's fault: an index that somebody made by hand.
                let hand = try DatabaseQueue(path: town.folder.replicaPath)
                try await hand.write { try $0.execute(sql: "CREATE UNIQUE INDEX bad ON household (area, phone)") }
                let queue = AcceptQueue(replica: replica, environment: MachineEnvironment())
                let outcomes = try await withThrowingTaskGroup(of: AcceptOutcome.self) { group in
                    for office in [village, other] {
                        let delivery = try Delivery(from: try office.replica(), to: town.code, known: [:])
                        let batch = try delivery.batch(try replica.directory())
                        group.addTask { try await queue.accept(batch) }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                #expect(outcomes.map(\.stored).reduce(0, +) == 3)
                #expect(try town.count("SELECT count(*) FROM household") == 2)
                let held = try replica.heldFeeds()
                #expect(held.count == 1 && held[0].number == 2 && held[0].reason.contains("could not be applied here"))
                try await hand.write { try $0.execute(sql: "DROP INDEX bad") }
                #expect(try replica.repair().unmended.isEmpty)
                #expect(try town.count("SELECT count(*) FROM household") == 3)
            }
        }
    }
}
