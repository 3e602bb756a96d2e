import ChangeSets
import Foundation
import GRDB
import Replica
import TestReplicas

/// What the writer of one block saw at its end, and so was told is kept. Looked for after it, without asking the log.
struct Told {
    private struct Key: Hashable {
        let table: String
        let key: Data
    }

    /// Whether the block changed anything.
    private let changesSomething: Bool
    private let tables: [String]
    private let rows: [Key: Row]
    /// Rows that are not there but have something behind them: inserted again they show what the merge says (design §5), not
    /// what was inserted.
    private let absent: Set<Key>

    /// That something was written which is no row: it must be in the log.
    static var somethingElse: Told { Told(changesSomething: true, tables: [], rows: [:], absent: []) }

    /// Runs one write block.
    static func writing(to replica: OfficeReplica, _ body: (Database) throws -> Void) throws -> Told {
        // The directory's have other keys, and only the root writes them.
        let tables = replica.history.current.tables.filter { $0.key.map(\.name) == ["id"] }.map(\.name)
        return try replica.write(as: ActingUser("甲")) { db in
            let absent = try Row.fetchAll(db, sql: "SELECT tbl, key FROM sanji_absent")
            let before = try content(of: tables, db)
            try body(db)
            let after = try content(of: tables, db)
            return Told(
                changesSomething: before != after, tables: tables, rows: after,
                absent: Set(absent.map { Key(table: $0["tbl"], key: $0["key"]) }))
        }
    }

    /// - Parameters:
    ///   - replica: Any connection to the same file.
    ///   - isLogged: Whether a change set of the writer's own came to the log.
    /// - Throws: ``Broken`` where what was acknowledged is not there.
    func check(at replica: OfficeReplica, isLogged: Bool) throws {
        let found = try replica.read { db in try Self.content(of: tables, db) }
        for (key, row) in rows where found[key] != row && !(absent.contains(key) && found[key] != nil) {
            throw Broken(
                "\(replica.office) acknowledged \(row) and has \(found[key].map { "\($0)" } ?? "no such row")")
        }
        guard found.keys.allSatisfy({ rows[$0] != nil }) else {
            throw Broken("\(replica.office) acknowledged a delete and still has the row")
        }
        guard !changesSomething || isLogged else {
            throw Broken("\(replica.office) acknowledged a write that is in no change set")
        }
    }

    private static func content(of tables: [String], _ db: Database) throws -> [Key: Row] {
        var content: [Key: Row] = [:]
        for table in tables {
            for row in try Row.fetchAll(db, sql: "SELECT * FROM \"\(table)\"") {
                let key = LogReader.key([.text(row["area"]), .blob([UInt8](row["id"] as Data))])
                content[Key(table: table, key: Data(key))] = row
            }
        }
        return content
    }
}
