import ChangeSets
import Foundation
import GRDB
import TestReplicas
import Testing

@testable import Replica

@Suite struct `A write block` {
    let one: OneVillage

    init() throws {
        one = try OneVillage()
        try one.insertFamilies(1)
    }

    /// Nothing of the block was kept, and the next one goes on as if it had never been.
    private func expectNothingKept() throws {
        #expect(try one.families() == ["01n1"])
        #expect(try one.replica.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM local_note") } == 0)
        try one.write("UPDATE family SET name = 'n1', phone = '9'")
        #expect(try one.changeSets().map(\.number) == [1, 2])
        try one.expectSound()
    }

    static let refused: [(String, RefusedStatement)] = [
        ("CREATE TEMP TABLE family (area, id)", .definition), ("CREATE TABLE other (x)", .definition),
        ("ALTER TABLE family ADD COLUMN x", .definition), ("DROP TABLE family", .definition),
        ("CREATE TEMP TRIGGER x AFTER INSERT ON family BEGIN SELECT 1; END", .definition),
        ("DROP TRIGGER sanji_guard_delete_family", .definition), ("REINDEX family", .definition),
        ("ANALYZE", .definition),
        ("ATTACH ':memory:' AS other", .attach), ("DETACH main", .attach),
        ("PRAGMA recursive_triggers = OFF", .pragma("recursive_triggers")),
        ("PRAGMA journal_mode", .pragma("journal_mode")),
        ("BEGIN", .transaction), ("COMMIT", .transaction), ("ROLLBACK", .transaction), ("END", .transaction),
        ("DELETE FROM sanji_stamp_family", .engineTable("sanji_stamp_family")),
        ("UPDATE SANJI_FEED SET stored = 0", .engineTable("sanji_feed")),
        ("INSERT INTO sanji_voided (area, id) VALUES ('330106', x'01')", .engineTable("sanji_voided")),
        ("INSERT INTO grdb_migrations VALUES ('x')", .engineTable("grdb_migrations")),
        ("SELECT sanji_row_deleted('family', 1, office(), x'01')", .engineFunction("sanji_row_deleted")),
        ("SELECT Sanji_Write_Block()", .engineFunction("sanji_write_block")),
        ("UPDATE family SET rowid = 9", .rowID("family")), ("UPDATE family SET _rowid_ = 9", .rowID("family")),
    ]

    @Test(arguments: refused)
    func `refuses what could hide changes, and keeps nothing`(sql: String, refusal: RefusedStatement) throws {
        #expect(throws: refusal) {
            try one.write("INSERT INTO local_note (text) VALUES ('x')", "DELETE FROM family", sql)
        }
        try expectNothingKept()
    }

    @Test func `refuses that a row changes its area`() throws {
        let error = #expect(throws: DatabaseError.self) { try one.write("UPDATE family SET area = '330106109'") }
        #expect(error?.message?.hasPrefix("a row of family cannot change its area by UPDATE; delete it") == true)
        try expectNothingKept()
    }

    @Test func `keeps nothing when its body throws, and throws that error`() throws {
        struct Mistake: Error {}
        #expect(throws: Mistake.self) {
            try one.replica.write(as: ActingUser("甲")) { db in
                try db.execute(sql: "DELETE FROM family")
                // What was refused before has nothing to do with it.
                try? db.execute(sql: "BEGIN")
                throw Mistake()
            }
        }
        try expectNothingKept()
    }

    @Test func `keeps nothing after an error that undid all, even if its body goes on`() throws {
        for sql in ["INSERT INTO local_note (text) VALUES ('x')", "DELETE FROM family", "SELECT 1"] {
            #expect(throws: RefusedStatement.rolledBack) {
                try one.replica.write(as: ActingUser("甲")) { db in
                    try? db.execute(sql: "INSERT OR ROLLBACK INTO family (area, id) VALUES (office(), x'01')")
                    try? db.execute(sql: sql)
                }
            }
        }
        // A savepoint opens a transaction of its own where the block's is gone.
        #expect(throws: (any Error).self) {
            try one.replica.write(as: ActingUser("甲")) { db in
                try db.execute(sql: "DELETE FROM family")
                try? db.execute(sql: "INSERT OR ROLLBACK INTO family (area, id, phone) VALUES (NULL, x'01', '2')")
                try db.execute(sql: "SAVEPOINT s; INSERT INTO family (area, id) VALUES (office(), x'07')")
            }
        }
        try expectNothingKept()
    }

    @Test func `is refused when it is too large for one change set`() throws {
        #expect(throws: RefusedWrite.tooLarge) { try one.write("UPDATE family SET phone = hex(zeroblob(\(9 << 20)))") }
        #expect(throws: RefusedWrite.declaration(.rowTooLarge("family"))) {
            try one.write("INSERT INTO family (area, id, phone) VALUES (office(), x'05', hex(zeroblob(\(4 << 20))))")
        }
        let rows = """
            WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i <= \(Limits.changesMax))
            INSERT INTO stock (area, id) SELECT office(), CAST(i AS BLOB) FROM n
            """
        #expect(throws: RefusedWrite.tooLarge) { try one.write(rows) }
        try expectNothingKept()
    }

    @Test func `is refused outside the office's authority, its tier's cells and the declaration`() throws {
        let town = try OfficeCode("330106109")
        let refusals: [(String, RefusedWrite)] = [
            (
                "INSERT INTO family (area, id) VALUES ('\(town)', x'02')",
                .authority(one.village, Scope(area: town, audience: .village))
            ),
            ("INSERT INTO family (area, id) VALUES ('330', x'02')", .unknownArea("family", "330")),
            (
                "INSERT INTO account (area, id) VALUES (office(), x'02')",
                .authority(one.village, Scope(area: one.village, audience: .town))
            ),
            (
                "UPDATE family SET category = 'DB'",
                .cell(table: "family", cell: "category", tier: .village, writers: [.district, .town])
            ),
            (
                "INSERT INTO family (area, id, name) VALUES (office(), x'02', CAST(x'ff' AS TEXT))",
                .declaration(.value("family", "name"))
            ),
        ]
        for (sql, refusal) in refusals {
            #expect(throws: refusal) { try one.write("INSERT INTO local_note (text) VALUES ('x')", sql) }
        }
        try expectNothingKept()
    }

    @Test func `never changes a row of an append-only table`() throws {
        try one.write("INSERT INTO visit (area, id, text) VALUES (office(), x'01', 'a')")
        for sql in [
            "UPDATE visit SET text = 'b'", "DELETE FROM visit",
            "INSERT OR REPLACE INTO visit (area, id) VALUES (office(), x'01')",
        ] {
            #expect(throws: RefusedWrite.declaration(.appendOnly("visit"))) { try one.write(sql) }
        }
        try one.expectSound()
    }

    @Test func `never adds a row that another tier adds`() throws {
        #expect(throws: RefusedWrite.declaration(.foreignRow("ruling", adders: [.district, .town]))) {
            try one.write("INSERT INTO ruling (area, id) VALUES (office(), x'01')")
        }
        try expectNothingKept()
    }

    @Test func `never inserts again the key of a counter`() throws {
        try one.write("INSERT INTO stock (area, id, amount) VALUES (office(), x'01', 5)")
        try one.write("DELETE FROM stock", "INSERT INTO stock (area, id, amount) VALUES (office(), x'01', 7)")
        try one.write("DELETE FROM stock")
        #expect(throws: RefusedWrite.counterKeyDeleted("stock")) {
            try one.write("INSERT INTO stock (area, id) VALUES (office(), x'01')")
        }
        try one.expectSound()
    }

    @Test func `keeps nothing on a full disk, and the chain goes on when there is room`() throws {
        func room(for pages: Int?) throws {
            try one.replica.engine { writer in
                let count = try writer.connection.statement("PRAGMA page_count").first { $0.integer(0) } ?? 0
                try writer.connection.execute("PRAGMA max_page_count = \(pages.map { Int(count) + $0 } ?? 1 << 30)")
            }
        }
        // Too little for the row, and enough for the row but not for its change set.
        for pages in [10, 40] {
            try room(for: pages)
            let error = #expect(throws: SQLiteFailure.self) {
                try one.write("INSERT INTO family (area, id, phone) VALUES (office(), x'02', hex(zeroblob(50000)))")
            }
            #expect(error?.isFull == true)
            try room(for: nil)
        }
        try expectNothingKept()
    }
}

@Suite struct `Ids of rows` {
    @Test func `of one moment stand in the order in which they were given`() throws {
        let tree = try TestTree(["330106", "330106109", "330106109201"], domain: TestDomain.schema)
        let ids = try tree["330106109201"].write(as: ActingUser("甲")) { db in
            try (0..<500).map { _ in try String.fetchOne(db, sql: "SELECT hex(uuid7())") ?? "" }
        }
        #expect(ids == ids.sorted() && Set(ids).count == 500)
        #expect(ids.allSatisfy { $0.dropFirst(12).first == "7" })
    }
}
