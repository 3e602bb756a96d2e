import ChangeSets
import Foundation
import GRDB
import MergeModel
import TestReplicas
import Testing

@testable import Replica

@Suite struct `Captured whole` {
    let one: OneVillage

    init() throws { one = try OneVillage() }

    @Test func `a row inserted again, with what another tier had decided`() throws {
        try one.insertFamilies(1)
        try one.tree.send(from: one.village, to: one.district)
        try one.tree[one.district].write(as: ActingUser("乙")) {
            try $0.execute(sql: "UPDATE family SET category = 'DB'")
        }
        try one.tree.send(from: one.district, to: one.village)
        try one.write("DELETE FROM family")
        try one.write("INSERT INTO family (area, id) VALUES (office(), x'01')")
        let category = try one.replica.read { try String.fetchOne($0, sql: "SELECT category FROM family") }
        #expect(category == "DB")
        try one.expectSound()
    }

    @Test func `one transaction in several areas, as parts that share its id`() throws {
        let areas = [one.district, one.village].map(\.digits)
        let replica = one.tree[one.district]
        for sql in ["INSERT INTO family (area, id, name) VALUES (?, x'01', 'n')", "DELETE FROM family WHERE area = ?"] {
            try replica.write(as: ActingUser("乙")) { db in
                for area in areas { try db.execute(sql: sql, arguments: [area]) }
            }
        }
        let headers = try replica.read { db in
            try Row.fetchAll(db, sql: "SELECT header FROM sanji_change_set ORDER BY seq").suffix(4)
                .map { try ChangeSetHeader(parsing: [UInt8]($0["header"] as Data)) }
        }
        #expect(headers.map(\.feed.scope.area.digits) == areas + areas)
        #expect(headers.map(\.part) == [0, 1, 0, 1] && headers.allSatisfy { $0.parts == 2 })
        #expect(Set(headers.map(\.transaction)).count == 2)
        try one.tree.send(from: one.district, to: one.village)
        try one.expectSound()
    }

    @Test func `GRDB's records and savepoints`() throws {
        struct Stock: Codable, FetchableRecord, PersistableRecord {
            static let databaseTableName = "stock"
            var area: String, id: Data, amount: Int, note: String?
        }
        try one.replica.write(as: ActingUser("甲")) { db in
            var stock = Stock(area: OneVillage.area, id: Data([1]), amount: 4, note: nil)
            try stock.insert(db)
            try db.inSavepoint {
                try Stock.deleteAll(db)
                return .rollback
            }
            stock.note = "a"
            try stock.update(db, columns: ["note"])
            try stock.upsert(db)
            #expect(try Stock.fetchCount(db) == 1)
        }
        #expect(
            try one.operations() == [
                [.insert(table: "stock", key: OneVillage.key(1), values: [.integer(4), .text("a")])]
            ])
        try one.expectSound()
    }
}
