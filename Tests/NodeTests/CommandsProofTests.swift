import ChangeSets
import Foundation
import GRDB
import Testing

@testable import Node

extension `Offices as processes` {
    @Suite(.timeLimit(.minutes(3))) struct `Verify` {
        private let fields: Set = [
            "ok", "feeds", "changeSets", "signatures", "problems[]", "digests.*", "running",
        ]
        private let comparison: Set = ["comparison.parent", "comparison.equal", "comparison.error"]

        @Test func `reports what it found here although the parent is not reached`() async throws {
            try await Tree.with(starting: []) { tree in
                let village = tree[Tree.village]
                let alone = try await village.sanji("verify", "--json").expecting(0)
                #expect(try alone.fields(open: ["digests"]) == fields.union(["comparison"]))
                let answer = try await village.sanji("verify", "--against", "parent", "--json").expecting(1)
                #expect(try answer.fields(open: ["digests"]) == fields.union(comparison))
                let said = try answer.object()
                #expect(said["ok"] as? Bool == false && said["problems"] as? [String] == [])
                let error = try #require((said["comparison"] as? [String: Any])?["error"] as? String)
                #expect(answer.errors.contains("Error: \(error)"))
                let words = try await village.sanji("verify", "--against", "parent").expecting(1)
                #expect(words.output.hasPrefix("ok: ") && !words.output.contains("equal to the parent"))
            }
        }

        @Test func `names the first row that differs from the parent's as people name it`() async throws {
            try await Tree.with(starting: [Tree.town]) { tree in
                let (town, village) = (tree[Tree.town], tree[Tree.village])
                try village.write(Rows.households(60, at: Tree.village, from: 1))
                // What the village does not have at all.
                let missing = try await village.sanji("verify", "--against", "parent", "--json").expecting(1)
                #expect(
                    try missing.object()["problems"] as? [String] == [
                        "330106009001/village: not the same changes applied yet; run `sanji sync`, then verify again"
                    ])
                try await village.sanji("sync").expecting(0)
                let equal = try await village.sanji("verify", "--against", "parent", "--json").expecting(0).object()
                #expect((equal["comparison"] as? [String: Any])?["equal"] as? Int == 2)
                try town.tamper("UPDATE household SET phone = '9' WHERE id = \(Rows.id(37))")
                let changed = try await village.sanji("verify", "--against", "parent").expecting(1)
                let key = String(repeating: "0", count: 30)
                #expect(
                    changed.output
                        == "330106009001/village: household 330106009001/\(key)25 differs from the parent's; "
                        + "run `sanji repair`\n")
            }
        }

        @Test func `asks about areas of which nothing is here`() async throws {
            try await Tree.with(starting: [Tree.town]) { tree in
                let (town, village) = (tree[Tree.town], tree[Tree.village])
                try town.write(Rows.announcement(at: Tree.town, 1))
                let answer = try await village.sanji("verify", "--against", "parent").expecting(1)
                #expect(
                    answer.output
                        == "330106009/village: not the same changes applied yet; run `sanji sync`, then verify again\n")
            }
        }

        @Test func `repair says what it did in one object`() async throws {
            try await Tree.with(starting: []) { tree in
                let village = tree[Tree.village]
                try village.write(Rows.households(3, at: Tree.village, from: 1))
                try village.tamper("UPDATE household SET phone = '9' WHERE id = \(Rows.id(2))")
                let wrong = try await village.sanji("verify", "--json").expecting(1)
                #expect(try wrong.fields(open: ["digests"]) == fields.union(["comparison"]))
                let answer = try await village.sanji("repair", "--json").expecting(0)
                #expect(try answer.fields() == ["dropped[]", "mended[]", "rebuilt[]", "unmended[]", "needsExchange"])
                try await village.sanji("verify").expecting(0)
            }
        }
    }
}

extension Office {
    /// Writes past the engine, as a broken disk would.
    fileprivate func tamper(_ sql: String) throws {
        try closeReplica()
        let queue = try DatabaseQueue(path: folder.replicaPath)
        try queue.write { db in
            for guardian in ["sanji_write_block", "sanji_row_deleted"] {
                db.add(function: DatabaseFunction(guardian) { _ in nil })
            }
            try db.execute(sql: sql)
        }
        try queue.close()
    }
}
