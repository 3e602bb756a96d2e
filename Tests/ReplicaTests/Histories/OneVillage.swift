import ChangeSets
import Foundation
import GRDB
import MergeModel
import TestReplicas
import Testing

@testable import Replica

/// A district and one of its villages; plain SQL of the village, and the operations it is captured as.
final class OneVillage {
    static let area = "330106109201"
    let tree: TestTree
    let district = try! OfficeCode("330106")
    let village = try! OfficeCode(area)
    let scope: Scope

    init() throws {
        tree = try TestTree(["330106", Self.area], domain: TestDomain.schema)
        scope = Scope(area: village, audience: .village)
    }

    var replica: OfficeReplica { tree[village] }

    func write(_ statements: String...) throws {
        try replica.write(as: ActingUser("甲")) { db in
            for sql in statements { try db.execute(sql: sql) }
        }
    }

    /// Families by id, in this order and so with these row ids.
    func insertFamilies(_ ids: UInt8...) throws {
        for id in ids { try write("INSERT INTO family (area, id, name) VALUES (office(), \(Self.id(id)), 'n\(id)')") }
    }

    static func id(_ id: UInt8) -> String { "x'\([id].hex)'" }

    static func key(_ id: UInt8) -> [UInt8] { LogReader.key([.text(area), .blob([id])]) }

    /// What the village has written in its own area, one list per change set.
    func operations(from first: UInt64 = 1) throws -> [[ModelOperation]] {
        try changeSets().filter { $0.number >= first }.map(\.operations)
    }

    func changeSets() throws -> [ModelChangeSet] {
        let author = tree.author(village).key.author.description
        return try LogReader(scope: scope, schema: TestDomain.version1).changeSets(of: replica)
            .filter { $0.author == author }.sorted { $0.number < $1.number }
    }

    func families() throws -> [String] {
        try replica.read { try String.fetchAll($0, sql: "SELECT hex(id) || name FROM family ORDER BY id") }
    }

    /// The village holds what the model makes of its log, and so does the district after a delivery.
    func expectSound() throws {
        let open = [district, village].map { ($0, tree.author($0)) }
        let authors = open.map { ModelAuthor(id: $1.key.author.description, office: $0.digits, ordinal: 1) }
        let expected = try ReplicaContent.expected(of: replica, in: scope, authors: authors)
        #expect(try ReplicaContent(of: replica, in: scope) == expected)
        let outcome = try tree.send(from: village, to: district)
        #expect(outcome.rejected.isEmpty && outcome.refused.isEmpty)
        #expect(try ReplicaContent(of: tree[district], in: scope) == expected)
    }
}

/// A family's update; columns by position after the key: phone, name, number, category, deadline, colour.
func familyUpdate(_ id: UInt8, from old: [Int: ModelValue], to new: [Int: ModelValue]) -> ModelOperation {
    .update(table: "family", key: OneVillage.key(id), old: old, new: new)
}

func familyDelete(_ id: UInt8) -> ModelOperation { .delete(table: "family", key: OneVillage.key(id)) }

func familyInsert(_ id: UInt8, name: String, phone: ModelValue = .null) -> ModelOperation {
    .insert(table: "family", key: OneVillage.key(id), values: [phone, .text(name), .null, .null, .null, .null])
}
