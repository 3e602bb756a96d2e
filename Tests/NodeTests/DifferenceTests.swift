import Foundation
import Testing

@testable import Node
@testable import Replica

extension `Offices as processes` {
    @Suite(.timeLimit(.minutes(2))) struct `Rows that differ` {
        @Test func `from the parent's, though both applied the same, are an alarm that names the first, until mended`()
            async throws
        {
            try await Tree.with(starting: [Tree.district, Tree.town]) { tree in
                let village = tree[Tree.village]
                for number in 1...20 { try village.write(Rows.households(1, at: Tree.village, from: number)) }
                try await village.sanji("sync").expecting(0)
                // As a broken disk, or a hand, would.
                try village.replica().engine { writer in
                    writer.connection.setTriggers(enabled: false)
                    try writer.connection.execute("UPDATE household SET remarks = 'x' WHERE id = \(Rows.id(7))")
                }
                try village.closeReplica()
                @Sendable func alarm() async throws -> String? {
                    let said = try await village.sanji("status", "--json").expecting(0, 2).object()
                    let list = said["attention"] as? [[String: String]] ?? []
                    return list.first { $0["code"] == "different" }?["message"]
                }
                try await tree.start(village)
                try await tree.until("the difference is noticed") { try await alarm() != nil }
                let row = "household 330106009001/" + String(repeating: "0", count: 31) + "7"
                #expect(try await alarm()?.contains(row) == true)
                try await village.sanji("verify", "--against", "parent").expecting(1)
                try await village.sanji("repair").expecting(0, 2)
                try await village.stop()
                try await tree.start(village)
                try await tree.until("it is gone") { try await alarm() == nil }
                try await village.sanji("verify", "--against", "parent").expecting(0)
            }
        }
    }
}
