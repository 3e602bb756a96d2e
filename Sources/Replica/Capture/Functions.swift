// The SQL functions that our connections define. Guard triggers call two of them, so that any other program that
// writes a synced table fails with "no such function" and changes nothing.
internal import CSQLite
import ChangeSets
import Foundation
import GRDB
import Synchronization

/// Gives version 7 UUIDs of which each is greater than the one before it within a millisecond, so that rows read in order of their ids
/// stand as they were written (RFC 9562, 6.2, method 1: the twelve bits behind the time count).
private final class TimeOrderedIDs: Sendable {
    private let last = Mutex((time_ms: Int64.min, count: UInt16.max))

    func next(now_ms: Int64, random: [UInt8]) -> [UInt8] {
        let count = last.withLock { last in
            // Begins low, so that there is room; where it is used up, this one has no order beside the others of its millisecond.
            let start = UInt16(random[0]) << 3
            last.count = last.time_ms == now_ms && last.count < 0xfff ? last.count + 1 : start
            last.time_ms = now_ms
            return last.count
        }
        return UUIDs.version7(
            now_ms: now_ms, random: [UInt8(count >> 8), UInt8(truncatingIfNeeded: count)] + random.dropFirst(2))
    }
}

enum SQLFunctions {
    /// On every connection: `uuid7()`, `uuid5(TEXT)`, `office()`.
    static func addForEveryone(_ db: Database, office: OfficeCode, environment: ReplicaEnvironment) {
        let ids = TimeOrderedIDs()
        db.add(
            function: DatabaseFunction("uuid7", argumentCount: 0) { _ in
                Data(ids.next(now_ms: environment.now_ms(), random: environment.random(10)))
            })
        db.add(
            function: DatabaseFunction("uuid5", argumentCount: 1, pure: true) { values in
                guard let name = String.fromDatabaseValue(values[0]) else { return nil }
                return Data(UUIDs.version5(name))
            })
        db.add(function: DatabaseFunction("office", argumentCount: 0) { _ in office.digits })
        db.add(
            function: DatabaseFunction("shown_feed", argumentCount: 3, pure: true) { values in
                guard let feed = Int64.fromDatabaseValue(values[0]), let number = Int64.fromDatabaseValue(values[1]),
                    let detail = Data.fromDatabaseValue(values[2])
                else { return nil }
                return RowWriter.shownFeed(Dot(feed: feed, number: UInt64(bitPattern: number)), [UInt8](detail))
            })
    }

    /// On the writer only.
    static func addGuards(_ db: Database, _ guardian: WriteGuard) throws {
        let context = Unmanaged.passUnretained(guardian).toOpaque()
        let connection = db.sqliteConnection
        // C functions, not GRDB's: they run for every row written.
        var code = sqlite3_create_function_v2(
            connection, "sanji_write_block", 0, SQLITE_UTF8, context,
            { context, _, _ in
                let guardian = Unmanaged<WriteGuard>.fromOpaque(sqlite3_user_data(context)).takeUnretainedValue()
                if guardian.mode == .engine {
                    sqlite3_result_error(context, "synced tables are written inside a write block only", -1)
                }
            }, nil, nil, nil)
        guard code == SQLITE_OK else { throw SQLiteFailure(connection, doing: "sanji_write_block") }
        code = sqlite3_create_function_v2(
            connection, "sanji_row_deleted", -1, SQLITE_UTF8, context,
            { context, count, values in
                let guardian = Unmanaged<WriteGuard>.fromOpaque(sqlite3_user_data(context)).takeUnretainedValue()
                guard let values, count >= 2, let name = sqlite3_value_text(values[0]) else { return }
                var key: [UInt8] = []
                for index in 2..<Int(count) { key.appendValue(SQLFunctions.value(values[index])) }
                guardian.noteDeleted(String(cString: name), sqlite3_value_int64(values[1]), key)
            }, nil, nil, nil)
        guard code == SQLITE_OK else { throw SQLiteFailure(connection, doing: "sanji_row_deleted") }
        code = sqlite3_create_function_v2(
            connection, "sanji_number", 1, SQLITE_UTF8, nil,
            { context, _, values in
                let value = values?[0]
                guard sqlite3_value_type(value) == SQLITE_FLOAT else { return }
                let number = sqlite3_value_double(value)
                guard number.isZero, number.sign == .minus else { return }
                sqlite3_result_error(context, "-0.0 cannot be told from 0.0; write 0.0", -1)
            }, nil, nil, nil)
        guard code == SQLITE_OK else { throw SQLiteFailure(connection, doing: "sanji_number") }
    }

    private static func value(_ value: OpaquePointer?) -> CellValue {
        func bytes() -> [UInt8] {
            guard let start = sqlite3_value_blob(value) else { return [] }
            return [UInt8](UnsafeRawBufferPointer(start: start, count: Int(sqlite3_value_bytes(value))))
        }
        switch sqlite3_value_type(value) {
        case SQLITE_INTEGER: return .integer(sqlite3_value_int64(value))
        case SQLITE_FLOAT: return .real(sqlite3_value_double(value))
        case SQLITE_TEXT: return .text(String(decoding: bytes(), as: UTF8.self))
        case SQLITE_BLOB: return .blob(bytes())
        default: return .null
        }
    }
}
