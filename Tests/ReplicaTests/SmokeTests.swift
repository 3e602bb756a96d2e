import ChangeSets
import Foundation
import GRDB
import Replica
import TestReplicas
import Testing

@Suite struct `One change, three tiers` {
    let district = try! OfficeCode("330106")
    let town = try! OfficeCode("330106109")
    let village = try! OfficeCode("330106109201")

    @Test func `a row typed in at the village is at the district through the town`() throws {
        let tree = try TestTree(["330106", "330106109", "330106109201"], domain: TestDomain.schema)
        try tree[village].write(as: ActingUser("甲一")) { db in
            try db.execute(sql: "INSERT INTO family (area, id, name, phone) VALUES (office(), x'01', '甲', '1')")
        }
        let up = try tree.send(from: village, to: town)
        #expect(up.stored == 1 && up.applied == 1 && up.refused.isEmpty && up.rejected.isEmpty)
        try tree.send(from: town, to: district)
        let name = try tree[district].read { try String.fetchOne($0, sql: "SELECT name FROM family") }
        #expect(name == "甲")
        try tree[district].write(as: ActingUser("乙二")) { db in
            try db.execute(sql: "UPDATE family SET category = 'DB', phone = '2'")
        }
        try tree[village].write(as: ActingUser("甲一")) { db in
            try db.execute(sql: "UPDATE family SET phone = '3'")
        }
        try tree.send(from: district, to: town)
        try tree.send(from: town, to: village)
        try tree.send(from: village, to: town)
        try tree.send(from: town, to: district)
        for office in [district, town, village] {
            let row = try tree[office].read { try Row.fetchOne($0, sql: "SELECT category, phone FROM family")! }
            #expect(row == ["category": "DB", "phone": "3"])
        }
    }
}
