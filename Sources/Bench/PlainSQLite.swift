// The floor: SQLite's C interface and nothing else, with the settings that the replica has.
import CSQLite
import ChangeSets
import GRDB

/// One statement of a replica's writer, prepared in the first write block and used in those after it.
final class BlockStatement {
    private let sql: String
    private var statement: PlainStatement?

    init(_ sql: String) { self.sql = sql }

    func prepared(_ db: Database) -> PlainStatement {
        if let statement { return statement }
        let made = PlainStatement(db.sqliteConnection!, sql)
        statement = made
        return made
    }

    /// Before the replica is closed: SQLite closes no connection that has statements.
    func end() { statement = nil }
}

final class PlainStatement {
    let handle: OpaquePointer

    init(_ connection: OpaquePointer, _ sql: String) {
        var statement: OpaquePointer?
        let code = sqlite3_prepare_v2(connection, sql, -1, &statement, nil)
        precondition(code == SQLITE_OK, String(cString: sqlite3_errmsg(connection)))
        handle = statement!
    }

    deinit { sqlite3_finalize(handle) }

    func insert(_ row: Workload.Row) {
        text(1, row.area)
        row.id.withUnsafeBytes { _ = sanji_sqlite_bind_copied_blob(handle, 2, $0.baseAddress, Int32($0.count)) }
        text(3, row.headName)
        text(4, row.idNumber)
        sqlite3_bind_int64(handle, 5, row.category)
        sqlite3_bind_int64(handle, 6, row.income)
        sqlite3_bind_int64(handle, 7, row.expenditure)
        text(8, row.phone)
        text(9, row.address)
        text(10, row.note)
        sqlite3_bind_int64(handle, 11, row.updatedAt)
        run()
    }

    func insert(_ area: String, _ id: [UInt8], _ texts: [String]) {
        text(1, area)
        id.withUnsafeBytes { _ = sanji_sqlite_bind_copied_blob(handle, 2, $0.baseAddress, Int32($0.count)) }
        for (index, value) in texts.enumerated() { text(Int32(index + 3), value) }
        run()
    }

    func update(_ row: Workload.Row, income: Int64) {
        sqlite3_bind_int64(handle, 1, income)
        text(2, row.area)
        row.id.withUnsafeBytes { _ = sanji_sqlite_bind_copied_blob(handle, 3, $0.baseAddress, Int32($0.count)) }
        run()
    }

    private func run() {
        let code = sqlite3_step(handle)
        precondition(code == SQLITE_DONE, String(cString: sqlite3_errmsg(sqlite3_db_handle(handle))))
        sqlite3_reset(handle)
    }

    private func text(_ index: Int32, _ value: String) {
        var value = value
        value.withUTF8 { _ = sanji_sqlite_bind_copied_text(handle, index, $0.baseAddress, Int32($0.count)) }
    }
}

final class PlainDatabase {
    let connection: OpaquePointer

    /// As a replica sets it; it has to come before the first connection of the process.
    private static let settings: Int32 = sanji_sqlite_without_memory_statistics()

    init(path: String) {
        precondition(Self.settings == SQLITE_OK)
        var opened: OpaquePointer?
        precondition(sqlite3_open(path, &opened) == SQLITE_OK)
        connection = opened!
        execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
        execute("PRAGMA cache_size = -16384; PRAGMA wal_autocheckpoint = 4000")
    }

    deinit { sqlite3_close_v2(connection) }

    func execute(_ sql: String) {
        precondition(
            sqlite3_exec(connection, sql, nil, nil, nil) == SQLITE_OK, String(cString: sqlite3_errmsg(connection)))
    }

    func apply(_ changeset: [UInt8]) {
        var changeset = changeset
        let count = Int32(changeset.count)
        let code = sqlite3changeset_apply_v2(
            connection, count, &changeset, nil, { _, _, _ in SQLITE_CHANGESET_OMIT }, nil, nil, nil, 1)
        precondition(code == SQLITE_OK, "sqlite3changeset_apply: \(code)")
    }
}
