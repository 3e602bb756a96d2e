import ChangeSets
import Foundation
import GRDB
import Replica

/// Follows the log for tables of this office that are derived from rows, looking at each change once.
struct LogFollower {
    let replica: OfficeReplica
    let user: ActingUser
    /// Under which its position is kept. Another name begins anew, as a table does that is derived in another way than before.
    let key: String
    let tables: Set<String>

    static let migration = (
        name: "assistance 1 followed",
        sql: "CREATE TABLE followed (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID"
    )

    /// - Parameters:
    ///   - first: Derives everything from the rows as they are, where nothing was followed yet.
    ///   - derive: Derives what hangs on some rows, in the transaction that moves the position.
    func follow(first: (Database) throws -> Void, _ derive: (Set<RecordID>, Database) throws -> Void) throws {
        if try replica.read({ try Self.value(key, $0) }) == nil {
            // Taken before the rows are read: what is written between the two is looked at twice and not left out.
            let position = try replica.appliedPosition()
            try replica.write(as: user) { db in
                try first(db)
                try save(position, db)
            }
        }
        while true {
            var position = try replica.read { try Self.value(key, $0) }.flatMap(Self.position) ?? AppliedPosition()
            let before = position
            let (rows, more) = try replica.touchedRows(of: tables, since: &position)
            if position != before {
                try replica.write(as: user) { db in
                    try derive(rows, db)
                    try save(position, db)
                }
            }
            if !more { return }
        }
    }

    private func save(_ position: AppliedPosition, _ db: Database) throws {
        try Self.set(key, String(decoding: try JSONEncoder().encode(position), as: UTF8.self), db)
    }

    private static func position(_ text: String) -> AppliedPosition? {
        try? JSONDecoder().decode(AppliedPosition.self, from: Data(text.utf8))
    }

    static func value(_ key: String, _ db: Database) throws -> String? {
        try String.fetchOne(db.cachedStatement(sql: "SELECT value FROM followed WHERE key = ?"), arguments: [key])
    }

    static func set(_ key: String, _ value: String, _ db: Database) throws {
        try db.cachedStatement(sql: "INSERT OR REPLACE INTO followed VALUES (?, ?)").execute(arguments: [key, value])
    }
}
