import ChangeSets
import Foundation
import GRDB
import TestReplicas
import Testing

@testable import Replica

@Suite struct `Damage of the engine's own tables` {
    /// Named, mended without anything else being lost, and everything goes on afterwards.
    private func mends(
        _ sql: String, at office: OfficeCode = Branch.town, naming: @escaping (String) -> Bool, doing: [String]? = nil
    ) throws {
        let branch = try populated()
        try branch.write(Branch.village, "UPDATE family SET name = '丁' WHERE id = x'05'")
        let feeds = try branch.tree[office].vector(with: office)
        let content = try ReadingContent(branch.tree[office])
        try branch.tamper(office, sql)
        let problems = try branch.tree[office].verify().problems.map(\.description)
        #expect(problems.contains(where: naming), "\(problems)")
        let repair = try branch.tree[office].repair()
        #expect(repair.unmended == [] && repair.dropped == [])
        #expect(!repair.mended.isEmpty)
        if let doing { #expect(repair.mended == doing) }
        #expect(try branch.tree[office].verify().problems == [])
        #expect(try branch.tree[office].vector(with: office) == feeds)
        #expect(try ReadingContent(branch.tree[office]) == content)
        try branch.write(office, "UPDATE family SET category = 'A' WHERE id = x'03'")
        try branch.settle()
        for office in Branch.all { #expect(try branch.tree[office].verify().problems == []) }
    }

    @Test(arguments: [
        "DELETE FROM sanji_feed",
        "DELETE FROM sanji_feed WHERE id = 2",
        "DELETE FROM sanji_feed WHERE area = '330106109201'",
        "UPDATE sanji_feed SET id = id + 10",
        "UPDATE sanji_feed SET author = x'00' WHERE id = 3",
    ])
    func `the list of feeds is made anew from the log`(sql: String) throws {
        try mends(sql) { $0.contains("sanji_feed does not name") || $0.contains("the change log is damaged: feed") }
    }

    /// The log is whole, the list of feeds says that nothing of it was stored.
    @Test(arguments: [Branch.village, Branch.town, Branch.district], [0, 2])
    func `a feed's end that was lowered is raised from the log`(office: OfficeCode, to number: Int) throws {
        let branch = try populated()
        let content = try ReadingContent(branch.tree[office])
        try branch.tamper(
            office,
            """
            UPDATE sanji_feed SET stored = \(number), applied = \(number), stored_hash = zeroblob(32)
            WHERE length(area) = 12 AND stored = 8
            """)
        if office == Branch.village {
            #expect(throws: DamagedReplica.self) { try branch.write(office, "UPDATE family SET name = '丁'") }
        }
        #expect(try branch.tree[office].verify().problems.contains { "\($0)".contains("recorded") })
        #expect(try branch.tree[office].repair().unmended == [])
        #expect(try branch.tree[office].verify().problems == [])
        #expect(try ReadingContent(branch.tree[office]) == content)
        try branch.write(Branch.village, "UPDATE family SET name = '丁' WHERE id = x'05'")
        try branch.settle()
        for office in Branch.all { #expect(try branch.tree[office].verify().problems == []) }
    }

    @Test func `a register that is behind the log is named, not taken for a failing disk`() throws {
        let branch = try populated()
        try branch.write(Branch.village, "UPDATE family SET name = '丁' WHERE id = x'05'")
        try branch.tamper(
            Branch.town,
            "UPDATE sanji_feed SET stored = 0, applied = 0, stored_hash = zeroblob(32) WHERE length(area) = 12")
        #expect(throws: DamagedReplica.self) { try branch.tree.send(from: Branch.village, to: Branch.town) }
    }

    /// What this office has said under its own signature proves that the numbers are used.
    @Test(arguments: [
        "DELETE FROM sanji_change_set WHERE feed = F AND number > 1; UPDATE sanji_feed SET stored = 1, applied = 1 WHERE id = F",
        "DELETE FROM sanji_change_set WHERE feed = F; UPDATE sanji_feed SET stored = 0, applied = 0 WHERE id = F",
        "DELETE FROM sanji_change_set WHERE feed = F; DELETE FROM sanji_feed WHERE id = F",
    ])
    func `own change sets that are gone from the end come back, and their numbers are not used again`(sql: String)
        throws
    {
        let branch = try populated()
        let content = try ReadingContent(branch.village)
        let feed = "(SELECT id FROM sanji_feed WHERE length(area) = 12 AND stored = 8)"
        let id = try #require(try branch.village.read { try Int64.fetchOne($0, sql: "SELECT \(feed)") })
        try branch.tamper(Branch.village, sql.replacingOccurrences(of: "= F", with: "= \(id)"))
        let own = FeedID(author: branch.tree.author(Branch.village).key.author, scope: Branch.villageScope)
        for _ in 0..<2 {
            #expect(throws: DamagedReplica.self) { try branch.write(Branch.village, "UPDATE family SET name = '丁'") }
            #expect(try branch.village.verify().problems.contains { $0.feed == own })
            #expect(try branch.village.ownDamage(try branch.village.fates()).map(\.feed) == [own])
            try branch.village.issueStatements()
            #expect(try !branch.village.repair().unmended.isEmpty)
        }
        let head = try #require(try branch.village.headsBeforeDamage()[own])
        var known = try branch.village.vector(with: Branch.town)
        known[own] = head.number > 0 ? head : nil
        let outcome = try branch.village.accept(
            try branch.tree.batch(from: Branch.town, to: Branch.village, knowing: known))
        #expect(outcome.rejected.isEmpty && outcome.forked.isEmpty)
        #expect(try branch.village.keyUsedElsewhere() == nil)
        #expect(try branch.village.repair().unmended == [])
        #expect(try branch.village.verify().problems == [])
        #expect(try ReadingContent(branch.village) == content)
        try branch.write(Branch.village, "UPDATE family SET name = '丁' WHERE id = x'05'")
        try branch.settle()
        for office in Branch.all { #expect(try branch.tree[office].verify().problems == []) }
    }

    @Test func `an own feed without its row is not begun anew`() throws {
        let branch = try populated()
        try branch.tamper(Branch.village, "DELETE FROM sanji_feed")
        #expect(throws: DamagedReplica.self) { try branch.write(Branch.village, "UPDATE family SET name = '丁'") }
        #expect(throws: DamagedReplica.self) {
            try branch.hand(
                [branch.forge(Branch.town, number: 1, body: Branch.family(9, name: "九"))], to: Branch.village,
                from: Branch.town)
        }
        _ = try branch.village.repair()
        try branch.write(Branch.village, "UPDATE family SET name = '丁'")
        try branch.settle()
        for office in Branch.all { #expect(try branch.tree[office].verify().problems == []) }
    }

    @Test(arguments: [
        "INSERT INTO sanji_fork SELECT feed, -1, x'00', header, body, NULL, 0 FROM sanji_change_set LIMIT 1",
        "INSERT INTO sanji_fork SELECT feed, 1, zeroblob(32), header, body, NULL, 0 FROM sanji_change_set LIMIT 1",
        "INSERT INTO sanji_fork SELECT 99, number, zeroblob(32), header, body, NULL, 0 FROM sanji_change_set LIMIT 1",
        "INSERT INTO sanji_fork SELECT feed, 1, zeroblob(32), x'ff', body, x'00', 0 FROM sanji_change_set LIMIT 1",
    ])
    func `branches that cannot be read stop nobody from looking, and go`(sql: String) throws {
        let branch = try populated()
        try branch.tamper(Branch.town, sql)
        _ = try branch.town.forks()
        _ = try branch.town.branches(for: Branch.district, known: [:], shown: [])
        try mends(
            sql, naming: { $0.contains("sanji_fork") || $0.contains("another branch") },
            doing: ["1 rows of sanji_fork"])
    }

    @Test func `the pinned key of the district is pinned again`() throws {
        try mends(
            "DELETE FROM sanji_meta",
            naming: { $0 == "the key of 330106, from which all others are verified, is missing" },
            doing: ["the key of 330106"])
    }

    @Test(arguments: [
        "UPDATE sanji_feed SET stored = -1, applied = -1",
        "UPDATE sanji_feed SET applied = -5",
        "UPDATE sanji_change_set SET number = -number",
        "UPDATE sanji_change_set SET feed = -feed",
        "UPDATE sanji_peer SET refused = -1",
        "UPDATE sanji_statement SET given = -1",
        "INSERT INTO sanji_not_taken VALUES (1, -1, '330106', 'x', 0)",
        "INSERT INTO sanji_refusal VALUES (1, -1, 'x')",
        "INSERT INTO sanji_signature VALUES (1, -1, x'00')",
    ])
    func `numbers that cannot be are told from the log, or forgotten`(sql: String) throws {
        let peer = "INSERT OR IGNORE INTO sanji_peer (office, refused) VALUES ('330106', 0);"
        try mends("PRAGMA ignore_check_constraints = ON; \(peer) \(sql)", naming: { $0.contains("be") })
    }

    @Test(arguments: ["header = CAST(x'ff' || substr(header, 2) AS BLOB)", "body = zeroblob(length(body))"])
    func `a damaged end of an own feed lets nothing be written after it`(change: String) throws {
        let branch = try populated()
        let feed = FeedID(author: branch.tree.author(Branch.village).key.author, scope: Branch.villageScope)
        try branch.tamper(
            Branch.village,
            """
            UPDATE sanji_change_set SET \(change)
            WHERE number = 8
            """)
        let damage = DamagedReplica.ownHead(feed, 8)
        #expect(throws: damage) { try branch.write(Branch.village, "UPDATE family SET name = '丁'") }
        if change.hasPrefix("header") { #expect(throws: DamagedReplica.self) { try branch.village.log() } }
        #expect(try branch.village.verify().problems.contains { $0.feed == feed })
    }

    @Test func `is kept out by SQLite where that costs nothing, also in a file of an earlier program`() throws {
        let branch = try populated()
        for sql in ["applied = -5", "stored = -1, applied = -1", "stored = 1 << 60"] {
            #expect(throws: Tampering.self) { try branch.tamper(Branch.town, "UPDATE sanji_feed SET \(sql)") }
            try branch.tree.open(Branch.town)
        }
        let content = try ReadingContent(branch.town)
        try branch.tamper(
            Branch.town,
            """
            CREATE TABLE kept AS SELECT * FROM sanji_feed; DROP TABLE sanji_feed;
            CREATE TABLE sanji_feed (id INTEGER PRIMARY KEY, author BLOB NOT NULL, area TEXT NOT NULL,
                audience INTEGER NOT NULL, stored INTEGER NOT NULL DEFAULT 0, stored_hash BLOB NOT NULL,
                applied INTEGER NOT NULL DEFAULT 0 CHECK (applied <= stored), hold TEXT,
                UNIQUE (area, audience, author)) STRICT;
            INSERT INTO sanji_feed SELECT * FROM kept; DROP TABLE kept;
            UPDATE sanji_feed SET applied = -5 WHERE id = 2;
            DELETE FROM grdb_migrations WHERE identifier = 'engine 2'
            """)
        #expect(try !branch.town.verify().ok)
        #expect(try branch.town.repair().unmended == [])
        #expect(try branch.town.verify().problems == [])
        #expect(try ReadingContent(branch.town) == content)
    }
}
