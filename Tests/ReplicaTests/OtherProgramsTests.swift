import CSQLite
import ChangeSets
import Foundation
import GRDB
import TestReplicas
import Testing

@testable import Replica

@Suite struct `Another program with the file` {
    let one: OneVillage

    init() throws {
        one = try OneVillage()
        try one.insertFamilies(1, 2, 3)
    }

    static let writes = [
        "INSERT INTO family (area, id) VALUES ('330106109201', x'09')", "UPDATE family SET phone = '5'",
        "DELETE FROM family WHERE id = x'01'", "DELETE FROM family",
        "INSERT OR REPLACE INTO family (area, id) VALUES ('330106109201', x'01')",
        "UPDATE family SET id = x'08' WHERE id = x'01'", "INSERT INTO sanji_office (area, code) VALUES ('330106', '1')",
    ]

    /// - Returns: What SQLite says; nil when all went well.
    private func run(_ sql: String) -> String? {
        var other: OpaquePointer?
        defer { sqlite3_close(other) }
        guard sqlite3_open(one.tree.path(one.village), &other) == SQLITE_OK else { return "cannot open" }
        return sqlite3_exec(other, sql, nil, nil, nil) == SQLITE_OK ? nil : String(cString: sqlite3_errmsg(other))
    }

    @Test(arguments: writes)
    func `cannot write a synced table`(sql: String) throws {
        #expect(run(sql)?.hasPrefix("no such function: sanji_") == true)
        #expect(try one.families() == ["01n1", "02n2", "03n3"])
        try one.expectSound()
    }

    static let shell = ["/usr/bin/sqlite3", "/usr/local/bin/sqlite3"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    @Test(.enabled(if: shell != nil, "no sqlite3 shell here"), arguments: writes)
    func `cannot write a synced table from the shell`(sql: String) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Self.shell ?? "")
        process.arguments = [one.tree.path(one.village), sql]
        let errors = Pipe()
        process.standardError = errors
        try process.run()
        let said = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus != 0)
        #expect(said.contains("no such function: sanji_"))
        #expect(try one.families() == ["01n1", "02n2", "03n3"])
    }

    @Test func `may read, and write what is local`() throws {
        #expect(run("SELECT * FROM family; INSERT INTO local_note (text) VALUES ('x')") == nil)
        try one.expectSound()
    }

    @Test func `may vacuum: rows keep their row ids, which the stamps rely on`() throws {
        func rows() throws -> [String] {
            try one.replica.read { try String.fetchAll($0, sql: "SELECT rowid || hex(id) FROM family ORDER BY 1") }
        }
        try one.write("DELETE FROM family WHERE id = x'01'", "INSERT INTO family (area, id) VALUES (office(), x'00')")
        let before = try rows()
        #expect(before == ["202", "303", "400"])
        #expect(run("VACUUM") == nil)
        #expect(try rows() == before)
        try one.write("UPDATE family SET phone = '1' WHERE id = x'02'", "DELETE FROM family WHERE id = x'03'")
        try one.expectSound()
    }

    @Test func `of ours writes as well, and the chain has no gap`() throws {
        let replica = one.replica
        let second = try OfficeReplica(
            path: one.tree.path(one.village), office: one.village, root: one.district, domain: TestDomain.schema,
            own: one.tree.author(one.village), environment: one.tree.clock.environment)
        DispatchQueue.concurrentPerform(iterations: 2) { index in
            for id in 0..<20 {
                do {
                    try [replica, second][index].write(as: ActingUser("p\(index)")) { db in
                        try db.execute(
                            sql:
                                "INSERT INTO family (area, id) VALUES (office(), x'\([UInt8(index + 1), UInt8(id)].hex)')"
                        )
                        try db.execute(sql: "UPDATE family SET deadline = coalesce(deadline, 0) + 1 WHERE id = x'01'")
                    }
                } catch {
                    Issue.record(error)
                }
            }
        }
        #expect(try one.changeSets().map(\.number) == Array(1...43))
        #expect(try second.read { try Int.fetchOne($0, sql: "SELECT deadline FROM family WHERE id = x'01'") } == 40)
        try one.expectSound()
        try second.close()
    }

    @Test func `of ours finds a closed replica closed`() throws {
        let replica = one.replica
        try one.tree.close(one.village)
        #expect(throws: ClosedReplica.self) { try replica.write(as: ActingUser("甲")) { _ in } }
    }
}
