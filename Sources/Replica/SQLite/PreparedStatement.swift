// The hot path's statements: bound straight from changeset bytes, without turning values into Swift ones.
internal import CSQLite
import ChangeSets
import GRDB

/// One prepared statement of a connection. Used only inside its queue.
final class PreparedStatement {
    private let connection: OpaquePointer
    let handle: OpaquePointer
    /// Who finalizes it, where that is not this.
    private let shared: GRDB.Statement?

    init(_ connection: OpaquePointer, _ sql: String) throws {
        var statement: OpaquePointer?
        guard sqlite3_prepare_v3(connection, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil) == SQLITE_OK,
            let statement
        else { throw SQLiteFailure(connection, doing: sql) }
        self.connection = connection
        handle = statement
        shared = nil
    }

    init(_ connection: OpaquePointer, shared: GRDB.Statement) {
        self.connection = connection
        handle = shared.sqliteStatement
        self.shared = shared
    }

    deinit { if shared == nil { sqlite3_finalize(handle) } }

    /// Steps a statement that returns no rows, and makes it ready for the next use.
    func run() throws {
        let code = sqlite3_step(handle)
        sqlite3_reset(handle)
        guard code == SQLITE_DONE || code == SQLITE_ROW else { throw SQLiteFailure(connection, doing: "a statement") }
    }

    /// - Returns: Whether there is a row to read. The caller resets.
    func step() throws -> Bool {
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default:
            let failure = SQLiteFailure(connection, doing: "a statement")
            sqlite3_reset(handle)
            throw failure
        }
    }

    func reset() { sqlite3_reset(handle) }

    /// Reads all rows with `row`, then resets.
    func rows<T>(_ row: (PreparedStatement) throws -> T) throws -> [T] {
        defer { reset() }
        var result: [T] = []
        while try step() { result.append(try row(self)) }
        return result
    }

    /// Reads the first row, then resets.
    func first<T>(_ row: (PreparedStatement) throws -> T) throws -> T? {
        defer { reset() }
        return try step() ? row(self) : nil
    }

    @discardableResult func bind(_ index: Int32, _ value: Int64) -> Self {
        sqlite3_bind_int64(handle, index, value)
        return self
    }

    @discardableResult func bind(_ index: Int32, _ value: String) -> Self {
        var value = value
        value.withUTF8 { text in
            let start = text.baseAddress.map { UnsafeRawPointer($0) } ?? emptyBytes
            _ = sanji_sqlite_bind_copied_text(handle, index, start, Int32(text.count))
        }
        return self
    }

    @discardableResult func bind(_ index: Int32, blob: [UInt8]) -> Self {
        blob.withUnsafeBytes { _ = sanji_sqlite_bind_copied_blob(handle, index, $0.baseAddress, Int32($0.count)) }
        return self
    }

    @discardableResult func bindNull(_ index: Int32) -> Self {
        sqlite3_bind_null(handle, index)
        return self
    }

    func bind(_ index: Int32, _ value: CellValue) {
        switch value {
        case .null: sqlite3_bind_null(handle, index)
        case .integer(let value): sqlite3_bind_int64(handle, index, value)
        case .real(let value): sqlite3_bind_double(handle, index, value)
        case .text(let value): bind(index, value)
        case .blob(let value): bind(index, blob: value)
        }
    }

    /// Binds a value where it lies in `body`, which must stay alive and unmoved until the statement has run.
    func bind(_ index: Int32, _ span: ValueSpan, in body: UnsafeRawBufferPointer) {
        let offset = Int(span.offset)
        switch span.kind {
        case .undefined, .null: sqlite3_bind_null(handle, index)
        case .integer:
            sqlite3_bind_int64(
                handle, index,
                Int64(bigEndian: body.loadUnaligned(fromByteOffset: offset, as: Int64.self)))
        case .real:
            let bits = UInt64(bigEndian: body.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            sqlite3_bind_double(handle, index, Double(bitPattern: bits))
        case .text:
            // The base address exists: the span before this byte was read from it.
            _ = sanji_sqlite_bind_static_text(handle, index, body.baseAddress! + offset, Int32(span.length))
        case .blob:
            _ = sanji_sqlite_bind_static_blob(handle, index, body.baseAddress! + offset, Int32(span.length))
        }
    }

    func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

    /// A number of a change set, or a count of them, as this program writes them: from 0 to ``Limits/numberMax``.
    /// - Throws: ``DamagedReplica/number(_:_:)`` for any other: the file is not as this program left it.
    func number(_ column: Int32) throws -> UInt64 {
        try DamagedReplica.checkedNumber(integer(column), as: name(of: column))
    }

    /// The ordinal of a statement, likewise; no statement has the largest integer of all.
    func ordinal(_ column: Int32) throws -> UInt64 {
        try DamagedReplica.checkedOrdinal(integer(column), as: name(of: column))
    }

    private func name(of column: Int32) -> String {
        sqlite3_column_name(handle, column).map { String(cString: $0) } ?? "?"
    }

    func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }
    func text(_ column: Int32) -> String { String(decoding: blob(column), as: UTF8.self) }

    func blob(_ column: Int32) -> [UInt8] {
        guard let start = sqlite3_column_blob(handle, column) else { return [] }
        return [UInt8](UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column))))
    }

    func value(_ column: Int32) -> CellValue {
        switch sqlite3_column_type(handle, column) {
        case SQLITE_INTEGER: .integer(integer(column))
        case SQLITE_FLOAT: .real(sqlite3_column_double(handle, column))
        case SQLITE_TEXT: .text(text(column))
        case SQLITE_BLOB: .blob(blob(column))
        default: .null
        }
    }
}

nonisolated(unsafe) private let emptyBytes = UnsafeRawPointer(
    UnsafeMutableRawPointer.allocate(byteCount: 1, alignment: 1))

/// What SQLite said, with what was tried.
package struct SQLiteFailure: Error, CustomStringConvertible {
    package let code: Int32
    package let message: String
    package let doing: String

    init(_ connection: OpaquePointer?, doing: String) {
        code = sqlite3_extended_errcode(connection)
        message = connection.flatMap { String(validatingCString: sqlite3_errmsg($0)) } ?? "out of memory"
        self.doing = String(doing.prefix(200))
    }

    init(code: Int32, message: String, doing: String) {
        self.code = code
        self.message = message
        self.doing = doing
    }

    package var isFull: Bool { code & 0xff == SQLITE_FULL }
    /// A disk, memory or a file that failed, other than a lock that somebody holds.
    package var isOfTheMachine: Bool { !isOfTheData && !isBusy }
    var isTaken: Bool { code == SQLITE_CONSTRAINT | 8 << 8 }  // SQLITE_CONSTRAINT_UNIQUE, a macro Swift cannot see
    package var isBusy: Bool { code & 0xff == SQLITE_BUSY }
    /// What the data at hand brought about; everything else (disk, memory, locks) is the machine's.
    var isOfTheData: Bool { [SQLITE_ERROR, SQLITE_CONSTRAINT, SQLITE_MISMATCH, SQLITE_TOOBIG].contains(code & 0xff) }

    package var description: String {
        switch code & 0xff {
        case SQLITE_FULL: "the disk is full; nothing of this was kept: free some space and try again"
        case SQLITE_BUSY: "another program holds the replica's write lock; end it or wait, then try again"
        default: "\(message) (SQLite \(code))"
        }
    }
}
