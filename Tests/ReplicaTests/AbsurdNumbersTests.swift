import CSQLite
import ChangeSets
import Foundation
import GRDB
import TestReplicas
import Testing

@testable import Replica

/// One integer column of the engine's tables at a time.
struct EngineColumn: CustomTestStringConvertible {
    let table: String
    let name: String
    var testDescription: String { "\(table).\(name)" }

    static func all(_ replica: OfficeReplica) throws -> [EngineColumn] {
        try replica.read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT m.name AS tbl, c.name AS col FROM sqlite_schema AS m JOIN pragma_table_info(m.name) AS c
                    WHERE m.type = 'table' AND m.name LIKE 'sanji!_%' ESCAPE '!' AND c.type IN ('INTEGER', 'ANY')
                    ORDER BY 1, 2
                    """
            ).map { EngineColumn(table: $0["tbl"], name: $0["col"]) }
        }
    }

    /// Labels for people, and keys whose value means nothing: whatever they hold is no damage.
    var isLabel: Bool { name.hasSuffix("_ms") || name == "seq" || table == "sanji_meta" }
}

extension Branch {
    /// At least one row in each of the engine's tables of the town, and of the district's invitations.
    static func full() throws -> Branch {
        let branch = try populated()
        let (town, district) = (branch.town, branch.district)
        try district.invite(Branch.town, tokenKey: [1], expires_ms: 5)
        try town.notePeer(PeerNote(office: Branch.village, contact_ms: 1, clockOffset_ms: 1, schema: 1))
        try town.noteRefusal(of: Branch.village, reason: "x")
        let feed = try town.read { try Int64.fetchOne($0, sql: "SELECT min(feed) FROM sanji_change_set")! }
        for sql in [
            "INSERT INTO sanji_tail VALUES (\(feed), 1, x'', x'')",
            "INSERT INTO sanji_refusal VALUES (\(feed), 1, 'x')",
            "INSERT INTO sanji_refused_cells VALUES (\(feed), 1, 1, 'x')",
            "INSERT INTO sanji_refused_cell VALUES (\(feed), 1, 'family', x'', 'phone', 'x')",
            "INSERT INTO sanji_attempt VALUES (x'00', 1, NULL)",
            "INSERT INTO sanji_not_taken VALUES (\(feed), 1, '330106', 'x', 1)",
            """
            INSERT INTO sanji_fork SELECT feed, number, zeroblob(32), header, body, NULL, 0
            FROM sanji_change_set LIMIT 1
            """,
        ] {
            try branch.tamper(Branch.town, sql)
        }
        return branch
    }

    /// Everything that the commands read or write; errors are welcome, a trap is not.
    func useEverything(of office: OfficeCode) {
        let replica = tree[office]
        func attempt(_ body: () throws -> Void) { do { try body() } catch {} }
        attempt { _ = try replica.verify() }
        attempt { _ = try replica.fates() }
        attempt { _ = try replica.officeProgress() }
        attempt { _ = try replica.peers() }
        attempt { _ = try replica.notTaken() }
        attempt { _ = try replica.heldFeeds() }
        attempt { _ = try replica.forks() }
        attempt { _ = try replica.refusals() }
        attempt { _ = try replica.refusedCells() }
        attempt { _ = try replica.comingDown() }
        attempt { _ = try replica.conflicts(includingQuiet: true) }
        attempt { _ = try replica.log(limit: 1_000) }
        attempt { _ = try replica.histories(table: "family", key: "01") }
        attempt { _ = try replica.digests() }
        attempt { try replica.issueStatements(isAlive: true) }
        attempt { _ = try replica.statementsForParent() }
        attempt { _ = try replica.knownStatements() }
        attempt { _ = try replica.statementMarks(of: office) }
        attempt { _ = try replica.noteNotTaken([], by: Branch.district, has: [:]) }
        attempt { try replica.noteRefusal(of: Branch.village, reason: "y") }
        attempt { _ = try replica.branches(for: Branch.district, known: [:], shown: []) }
        for peer in Branch.all where peer != office {
            attempt { try tree.send(from: office, to: peer) }
            attempt { try tree.send(from: peer, to: office) }
        }
        attempt { try write(office, "UPDATE family SET category = 'B' WHERE id = x'03'") }
        attempt { try write(office, "DELETE FROM family WHERE id = x'04'") }
        attempt { try write(office, "INSERT INTO family (area, id) VALUES ('330106109201', x'02')") }
        attempt {
            try write(Branch.village, "UPDATE family SET phone = '77'")
            try write(Branch.village, "UPDATE family SET name = '77' WHERE id = x'01'")
            try tree.send(from: Branch.village, to: office)
        }
    }
}

/// Files of a branch, to begin with the same again and again.
private struct Copies {
    private let branch: Branch
    private let folder: URL

    init(_ branch: Branch) throws {
        self.branch = branch
        folder = branch.tree.folder.appendingPathComponent("copies")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for office in Branch.all {
            try branch.tree[office].pool.writeWithoutTransaction { db in
                try db.execute(literal: "VACUUM INTO \(folder.appendingPathComponent(office.digits).path)")
            }
        }
    }

    func putBack() throws {
        for office in Branch.all {
            if branch.tree.replicas[office] != nil { try branch.tree.close(office) }
            let path = branch.tree.path(office)
            for name in ["", "-wal", "-shm", "-applying"] { try? FileManager.default.removeItem(atPath: path + name) }
            try FileManager.default.copyItem(atPath: folder.appendingPathComponent(office.digits).path, toPath: path)
            try branch.tree.open(office)
        }
    }
}

@Suite struct `A number that cannot be` {
    @Test(arguments: [-1, Int64.max])
    func `in the engine's own tables is named, and makes nothing trap`(value: Int64) throws {
        let branch = try Branch.full()
        let copies = try Copies(branch)
        let columns = try EngineColumn.all(branch.town)
        #expect(columns.count > 50)
        for column in columns {
            try copies.putBack()
            let office = column.table == "sanji_invitation" ? Branch.district : Branch.town
            do {
                try branch.tamper(
                    office,
                    """
                    PRAGMA ignore_check_constraints = ON;
                    UPDATE OR IGNORE \(column.table) SET \(column.name) = \(value)
                    """)
            } catch is Tampering {
                continue  // The office has no row in it.
            } catch is NewerReplica {
                continue
            }
            let problems = try branch.tree[office].verify().problems
            if value < 0, !column.isLabel, column.table != "sanji_invitation" {
                #expect(!problems.isEmpty, "\(column.testDescription)")
            }
            branch.useEverything(of: office)
            let first = try branch.tree[office].repair()
            // Others bring what had to be dropped, the directory first.
            branch.useEverything(of: office)
            let second = try branch.tree[office].repair()
            let left = try branch.tree[office].verify().problems
            if value < 0 { #expect(left.isEmpty, "\(column.testDescription): \(first) \(second)") }
        }
    }
}
