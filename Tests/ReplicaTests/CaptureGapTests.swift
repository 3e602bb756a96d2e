import ChangeSets
import Foundation
import GRDB
import MergeModel
import TestReplicas
import Testing

@testable import Replica

/// The silent gaps of SQLite's session extension (design §3), and what else plain SQL may do to a row.
@Suite struct `Captured exactly` {
    let one: OneVillage

    init() throws { one = try OneVillage() }

    @Test func `a DELETE without WHERE that was prepared long before`() throws {
        try one.insertFamilies(1, 2)
        let delete = try one.replica.write(as: ActingUser("甲")) { try $0.cachedStatement(sql: "DELETE FROM family") }
        try one.replica.write(as: ActingUser("甲")) { _ in try delete.execute() }
        #expect(try Set(one.operations(from: 3).joined()) == [familyDelete(1), familyDelete(2)])
        try one.expectSound()
    }

    @Test func `a delete whose row id a new row takes, which is deleted as well`() throws {
        try one.insertFamilies(1, 2)
        try one.write(
            "DELETE FROM family WHERE id = x'02'", "INSERT INTO family (area, id) VALUES (office(), x'03')",
            "DELETE FROM family WHERE id = x'03'")
        #expect(try one.operations(from: 3) == [[familyDelete(2)]])
        try one.expectSound()
    }

    @Test func `a delete whose row id a new row keeps`() throws {
        try one.insertFamilies(1, 2)
        try one.write(
            "DELETE FROM family WHERE id = x'02'", "INSERT INTO family (area, id, name) VALUES (office(), x'03', 'n')")
        #expect(try Set(one.operations(from: 3).joined()) == [familyDelete(2), familyInsert(3, name: "n")])
        try one.expectSound()
    }

    @Test func `rows deleted and inserted again in another order, as updates of what changed`() throws {
        try one.insertFamilies(1, 2, 3)
        try one.write(
            "DELETE FROM family", "INSERT INTO family (area, id, name) VALUES (office(), x'03', 'n3')",
            "INSERT INTO family (area, id, name, phone) VALUES (office(), x'02', 'n2', '7')")
        #expect(
            try Set(one.operations(from: 4).joined()) == [
                familyDelete(1), familyUpdate(2, from: [0: .null], to: [0: .text("7")]),
            ])
        try one.expectSound()
    }

    @Test func `INSERT OR REPLACE, as an update of what changed`() throws {
        try one.insertFamilies(1, 2)
        try one.write("INSERT OR REPLACE INTO family (area, id, name, deadline) VALUES (office(), x'01', 'n1', 5)")
        #expect(try one.operations(from: 3) == [[familyUpdate(1, from: [4: .null], to: [4: .integer(5)])]])
        try one.expectSound()
    }

    @Test func `a replacement by the same, as nothing, and the row is whole after it`() throws {
        try one.insertFamilies(1, 2)
        try one.write("INSERT OR REPLACE INTO family (area, id, name) VALUES (office(), x'01', 'n1')")
        #expect(try one.changeSets().count == 2)
        try one.expectSound()
        try one.write("UPDATE family SET deadline = 1 WHERE id = x'01'")
        try one.expectSound()
    }

    @Test func `an upsert, as an update`() throws {
        try one.insertFamilies(1)
        try one.write(
            "INSERT INTO family (area, id, phone) VALUES (office(), x'01', '5') ON CONFLICT DO UPDATE SET phone = excluded.phone"
        )
        #expect(try one.operations(from: 2) == [[familyUpdate(1, from: [0: .null], to: [0: .text("5")])]])
        try one.expectSound()
    }

    @Test func `a new key, as a delete and an insert`() throws {
        try one.insertFamilies(1, 2)
        try one.write(
            "UPDATE family SET id = x'09' WHERE id = x'01'", "UPDATE OR REPLACE family SET id = x'01' WHERE id = x'02'")
        #expect(
            try Set(one.operations(from: 3).joined()) == [
                familyUpdate(1, from: [1: .text("n1"), 2: .null], to: [1: .text("n2"), 2: .null]), familyDelete(2),
                familyInsert(9, name: "n1"),
            ])
        try one.expectSound()
    }

    @Test func `a row that takes another's row id, as a delete and an insert`() throws {
        try one.insertFamilies(1, 2)
        try one.write("INSERT OR REPLACE INTO family (rowid, area, id, name) VALUES (1, office(), x'09', 'n')")
        #expect(try Set(one.operations(from: 3).joined()) == [familyDelete(1), familyInsert(9, name: "n")])
        try one.expectSound()
    }

    @Test func `what a savepoint takes back, as nothing`() throws {
        try one.insertFamilies(1, 2, 3)
        try one.write(
            "SAVEPOINT s", "DELETE FROM family", "INSERT INTO family (area, id) VALUES (office(), x'04')",
            "ROLLBACK TO s",
            "RELEASE s", "DELETE FROM family WHERE id = x'02'")
        #expect(try one.operations(from: 4) == [[familyDelete(2)]])
        try one.expectSound()
    }

    @Test func `a column of a group, with the whole group as it stands`() throws {
        try one.insertFamilies(1)
        try one.write("UPDATE family SET number = '7', phone = '1'")
        #expect(
            try one.operations(from: 2) == [
                [
                    familyUpdate(
                        1, from: [0: .null, 1: .text("n1"), 2: .null],
                        to: [0: .text("1"), 1: .text("n1"), 2: .text("7")])
                ]
            ])
        try one.expectSound()
    }
}
