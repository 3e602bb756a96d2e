import ChangeSets
import Foundation
import GRDB
import TestReplicas
import Testing

@testable import Replica

/// Some rows of every kind at every office, with a conflict, a deleted row and a refused change set among them.
func populated(_ algorithm: Algorithm = .ed25519) throws -> Branch {
    let branch = try Branch(algorithm)
    for number in 1...5 {
        let values = "(office(), x'0\(number)', '甲\(number)', '1')"
        try branch.write(Branch.village, "INSERT INTO family (area, id, name, phone) VALUES \(values)")
    }
    try branch.write(Branch.village, "INSERT INTO stock (area, id, amount) VALUES (office(), x'01', 10)")
    try branch.write(Branch.town, "INSERT INTO account (area, id, number) VALUES ('330106109201', x'01', '62')")
    try branch.settle()
    try branch.write(Branch.village, "UPDATE family SET name = '乙' WHERE id = x'01'")
    try branch.write(Branch.town, "UPDATE family SET name = '丙' WHERE id = x'01'")
    try branch.write(Branch.town, "DELETE FROM family WHERE id = x'02'")
    try branch.write(Branch.village, "UPDATE stock SET amount = amount + 5")
    try branch.settle()
    return branch
}

@Suite struct `Verifying a replica` {
    @Test(arguments: Algorithm.allCases)
    func `a sound one has no problem, and counts what was checked`(algorithm: Algorithm) throws {
        let branch = try populated(algorithm)
        for office in Branch.all {
            let replica = branch.tree[office]
            let report = try replica.verify()
            #expect(report.problems == [])
            #expect(report.ok)
            let rows = try replica.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM sanji_change_set") }
            #expect(report.changeSets == rows)
            #expect(report.digests == (try replica.digests()))
        }
        #expect(try branch.village.digests()[Branch.district] == branch.town.digests()[Branch.district])
    }

    @Test func `what was refused is due to be refused`() throws {
        let branch = try populated()
        let feed = try branch.town.vector(with: Branch.village)
            .first { $0.key.author == branch.tree.author(Branch.village).key.author }!
        let bad = branch.forge(
            Branch.village, number: feed.value.number + 1, after: feed.value.hash, body: [1, 2, 3])
        let outcome = try branch.hand([bad], to: Branch.town, from: Branch.village)
        #expect(outcome.refused.count == 1)
        #expect(try branch.town.verify().problems == [])
        try branch.tamper(Branch.town, "DELETE FROM sanji_refusal")
        let problem = try #require(try branch.town.verify().problems.first)
        guard case .refusal(feed.key, feed.value.number + 1, recorded: nil, due: .some) = problem else {
            Issue.record("\(problem)")
            return
        }
    }

    @Test(arguments: [
        (
            "UPDATE sanji_change_set SET body = CAST(x'00' || substr(body, 2) AS BLOB) "
                + "WHERE feed = FEED AND number = 3", "body of number 3"
        ),
        (
            "UPDATE sanji_change_set SET body = zeroblob(length(body)) WHERE feed = FEED AND number = 8",
            "body of number 8"
        ),
        (
            "UPDATE sanji_change_set SET header = CAST(substr(header, 1, length(header) - 1) || x'09' AS BLOB) "
                + "WHERE feed = FEED AND number = 3", "breaks between number 3 and 4"
        ),
        ("UPDATE sanji_change_set SET header = x'ff' WHERE feed = FEED AND number = 2", "header of number 2"),
        ("DELETE FROM sanji_change_set WHERE feed = FEED AND number = 4", "number 4 of"),
        (
            "DELETE FROM sanji_change_set WHERE feed = FEED AND number = 8",
            "recorded up to number 8, the log has it up to 7"
        ),
        (
            "UPDATE sanji_signature SET signature = zeroblob(64) WHERE feed = FEED AND number = 8",
            "the signature on number 8"
        ),
        ("DELETE FROM sanji_signature WHERE feed = FEED", "no valid signature vouches for number 1"),
        ("UPDATE sanji_feed SET stored_hash = zeroblob(32) WHERE id = FEED", "number 8, is not the one recorded"),
        ("UPDATE sanji_feed SET applied = 7 WHERE id = FEED", "stock 330106109201/01 does not show"),
        ("UPDATE family SET phone = '110' WHERE id = x'03'", "family 330106109201/03 does not show"),
        ("DELETE FROM family WHERE id = x'03'", "family 330106109201/03 is missing"),
        ("INSERT INTO family (area, id) VALUES ('330106109201', x'99')", "family 330106109201/99 is there, although"),
        ("INSERT INTO family (area, id) VALUES ('330106109202', x'99')", "rows of 330106109202"),
        ("UPDATE sanji_stamp_family SET number = number + 1 WHERE rid = 3", "family 330106109201/03 has a stamp"),
        ("UPDATE sanji_stamp_family SET number = 1000 WHERE rid = 3", "the stamp of family 330106109201/03"),
        ("UPDATE sanji_stamp_family SET feed = 1000 WHERE rid = 3", "the stamp of family 330106109201/03"),
        ("UPDATE sanji_stamp_family SET detail = x'ffff' WHERE rid = 3", "the stamp of family 330106109201/03"),
        ("DELETE FROM sanji_stamp_family WHERE rid = 3", "the stamp of family 330106109201/03"),
        ("INSERT INTO sanji_stamp_family (rid, feed, number) VALUES (77, 1, 1)", "a stamp for row 77"),
        ("UPDATE stock SET amount = 100", "stock 330106109201/01 does not show"),
        ("UPDATE sanji_absent SET state = x'00000000'", "family 330106109201/02 is kept as deleted in another state"),
        ("DELETE FROM sanji_absent", "family 330106109201/02 is kept as deleted in another state"),
        ("DELETE FROM sanji_conflict", "the conflicts listed of family 330106109201/01"),
        ("UPDATE sanji_statement SET signature = zeroblob(64) WHERE area = '330106109201'", "the statement of author"),
        (
            "UPDATE sanji_office SET name = 'x' WHERE code = '330106109201'",
            "sanji_office 330106/330106109201 does not show"
        ),
        ("UPDATE account SET number = '63'", "account 330106109201/01 does not show"),
    ])
    func `names what somebody changed behind its back, and repair mends it`(sql: String, named: String) throws {
        let branch = try populated()
        let author = branch.tree.author(Branch.village).key.author
        let content = try ReadingContent(branch.town)
        let feed = try branch.town.read { db in
            try Int64.fetchOne(
                db, sql: "SELECT id FROM sanji_feed WHERE area = '330106109201' AND author = ?",
                arguments: [Data(author.bytes)])!
        }
        try branch.tamper(Branch.town, sql.replacingOccurrences(of: "FEED", with: "\(feed)"))
        let report = try branch.town.verify()
        #expect(!report.ok)
        #expect(report.problems.first?.description.contains(named) == true, "\(report.problems)")

        let repair = try branch.town.repair()
        #expect(repair.unmended == [])
        if repair.needsPeer {
            #expect(repair.dropped.map(\.feed.author) == [author])
            try branch.settle()
        }
        #expect(try branch.town.verify().problems == [])
        #expect(try ReadingContent(branch.town) == content)
        #expect(try branch.town.digests()[Branch.district] == branch.district.digests()[Branch.district])
        // And goes on as if nothing had been.
        try branch.write(Branch.village, "UPDATE family SET phone = '9'")
        try branch.write(Branch.town, "UPDATE family SET category = 'A'")
        try branch.settle()
        for office in Branch.all { #expect(try branch.tree[office].verify().problems == []) }
    }

    @Test func `headers whose bodies are still to come vouch for what has come`() throws {
        let branch = try Branch()
        let first = branch.forge(Branch.village, number: 1, body: Branch.family(1, name: "一"))
        let second = branch.forge(
            Branch.village, number: 2, after: first.sealed.hash, body: Branch.family(2, name: "二"))
        let feed = first.sealed.header.feed
        let key = branch.tree.author(Branch.village).key
        var cut = IncomingBatch()
        cut.changeSets = [first]
        cut.runs = [
            Run(
                feed: feed, headers: [first.sealed, second.sealed],
                signature: try key.sign(SignedMessage.header(second.sealed.hash)))
        ]
        #expect(try branch.town.accept(cut).applied == 1)
        let report = try branch.town.verify()
        #expect(report.problems == [] && report.changeSets == 2)
        try branch.tamper(Branch.town, "UPDATE sanji_tail SET signature = zeroblob(64)")
        #expect(try branch.town.verify().problems == [.keptHeaders(feed), .unsigned(feed, first: 1)])
        #expect(try branch.town.repair().dropped == [DroppedSuffix(feed: feed, first: 1, last: 1)])
        #expect(try branch.town.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM family") } == 0)
        try branch.hand([first, second], to: Branch.town, from: Branch.village)
        #expect(try branch.town.verify().problems == [])
        #expect(try branch.town.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM family") } == 2)
    }

    @Test func `what this office wrote is never dropped`() throws {
        let branch = try populated()
        let own = branch.tree.author(Branch.town).key.author
        try branch.write(Branch.town, "UPDATE family SET category = 'A' WHERE id = x'03'")
        let before = try branch.town.log(author: own).count
        try branch.tamper(
            Branch.town,
            """
            UPDATE sanji_change_set SET body = zeroblob(length(body))
            WHERE seq = (SELECT max(seq) FROM sanji_change_set)
            """)
        let scope = Branch.villageScope
        let problem = VerificationProblem.body(FeedID(author: own, scope: scope), 3)
        #expect(try branch.town.verify().problems == [problem])
        let repair = try branch.town.repair()
        #expect(repair.dropped == [])
        #expect(repair.unmended == [problem])
        #expect(!repair.rebuilt.contains(scope))
        #expect(try branch.town.log(author: own).count == before)
        let category = try branch.town.read { db in
            try String.fetchOne(db, sql: "SELECT category FROM family WHERE id = x'03'")
        }
        #expect(category == "A")
    }

    @Test func `conflicts keep their age through a repair`() throws {
        let branch = try populated()
        let since = try branch.town.conflicts().map(\.since_ms)
        branch.tree.clock.advance(1_000_000)
        _ = try branch.town.repair()
        #expect(try branch.town.conflicts().map(\.since_ms) == since)
    }

    @Test func `repair of a sound replica changes nothing`() throws {
        let branch = try populated()
        for office in Branch.all {
            let content = try ReadingContent(branch.tree[office])
            let report = try branch.tree[office].repair()
            #expect(report.dropped == [] && report.unmended == [])
            #expect(try ReadingContent(branch.tree[office]) == content)
        }
    }

    @Test func `damage of a page is named, not thrown`() throws {
        let branch = try populated()
        let page = try branch.town.read { db in
            try Int.fetchOne(db, sql: "SELECT rootpage FROM sqlite_schema WHERE name = 'account'")!
        }
        try branch.tamper(Branch.town, "UPDATE sanji_meta SET value = value") { path in
            let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
            // The end of a page holds its first row.
            try file.seek(toOffset: UInt64(page * 4096 - 40))
            try file.write(contentsOf: Data(repeating: 0x5a, count: 40))
            try file.close()
        }
        let report = try branch.town.verify()
        guard case .file? = report.problems.first else {
            Issue.record("\(report.problems)")
            return
        }
        #expect(report.changeSets > 0)
        let repair = try branch.town.repair()
        #expect(repair.rebuilt == [] && repair.dropped == [] && !repair.unmended.isEmpty)
    }
}

/// What a replica shows, with everything that stands behind it except this replica's own numbering.
struct ReadingContent: Equatable {
    let tables: [[String]]
    let digests: [OfficeCode: Digest]
    let conflicts: [Conflict]

    init(_ replica: OfficeReplica) throws {
        tables = try replica.read { db in
            try ["family", "stock", "visit", "ruling", "account", "sanji_office", "sanji_author"].map { table in
                try Row.fetchAll(db, sql: "SELECT * FROM \(table) ORDER BY 1, 2").map { $0.description }
            }
        }
        digests = try replica.digests()
        conflicts = try replica.conflicts(includingQuiet: true)
    }
}
