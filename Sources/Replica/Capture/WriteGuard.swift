// Decides which SQL may run on the writer's connection, and tells guard triggers whether a write block is open.
internal import CSQLite
import ChangeSets

/// Keeps plain SQL inside a write block from doing what capture would miss.
///
/// It replaces GRDB's own authorizer on the writer's connection for good (setting one at each block would make SQLite
/// prepare every statement anew); GRDB uses its own only for database observation, which the engine does not offer.
final class WriteGuard {
    enum Mode {
        /// Between blocks: the engine's own statements.
        case engine
        /// Plain SQL of a caller.
        case block
        /// A block in which the engine itself writes its replicated tables.
        case directoryBlock
    }

    var mode = Mode.engine
    /// Why the last statement was refused; SQLite's own message says only "not authorized".
    private(set) var lastRefusal: RefusedStatement?
    /// Rows deleted in this block by the row id they had when it began: table → row id → encoded key.
    private(set) var deleted: [String: [Int64: [UInt8]]] = [:]
    /// Whether SQLite has undone the block's transaction by itself, after some errors; a SAVEPOINT would open another.
    private(set) var wasRolledBack = false
    private let synced: Set<String>

    init(synced: [String]) { self.synced = Set(synced.map { $0.lowercased() }) }

    func begin(_ mode: Mode) {
        self.mode = mode
        lastRefusal = nil
        deleted.removeAll(keepingCapacity: true)
        wasRolledBack = false
    }

    func end() { mode = .engine }

    /// For the engine's own writes to synced tables at the end of a block, where triggers are on.
    func allowingWrites(_ body: () throws -> Void) rethrows {
        mode = .block
        defer { mode = .engine }
        try body()
    }

    /// The first row deleted under a row id is the one that had it when the block began.
    func noteDeleted(_ table: String, _ rowID: Int64, _ key: [UInt8]) {
        if deleted[table, default: [:]][rowID] == nil { deleted[table, default: [:]][rowID] = key }
    }

    func install(on connection: OpaquePointer) {
        sqlite3_set_authorizer(
            connection,
            { context, action, first, second, _, trigger in
                // Unretained: the replica keeps the guard as long as the connection.
                let guardian = Unmanaged<WriteGuard>.fromOpaque(context!).takeUnretainedValue()
                // Asked for every column of every statement.
                guard guardian.mode != .engine, action != SQLITE_READ, action != SQLITE_SELECT else { return SQLITE_OK }
                return guardian.decide(
                    action, first.map { String(cString: $0) } ?? "", second.map { String(cString: $0) },
                    trigger.map { String(cString: $0) })
            }, Unmanaged.passUnretained(self).toOpaque())
        // After an error that rolled back the block's transaction, each further statement would commit by itself.
        // GRDB's own hook, replaced here, only serves transaction observers, which the engine does not offer.
        sqlite3_commit_hook(
            connection,
            { Unmanaged<WriteGuard>.fromOpaque($0!).takeUnretainedValue().mode == .engine ? 0 : 1 },
            Unmanaged.passUnretained(self).toOpaque())
        sqlite3_rollback_hook(
            connection, { Unmanaged<WriteGuard>.fromOpaque($0!).takeUnretainedValue().wasRolledBack = true },
            Unmanaged.passUnretained(self).toOpaque())
    }

    private func decide(_ action: Int32, _ first: String, _ second: String?, _ trigger: String?) -> Int32 {
        guard mode != .engine else { return SQLITE_OK }
        switch action {
        case SQLITE_SELECT, SQLITE_READ, SQLITE_RECURSIVE, SQLITE_SAVEPOINT: return SQLITE_OK
        case SQLITE_FUNCTION:
            // The guard triggers' own, which say what a statement does: not for a statement to say.
            let isGuards = second?.lowercased().hasPrefix("sanji_") ?? false
            let isCalledByGuard = trigger?.lowercased().hasPrefix("sanji_guard_") ?? false
            return isGuards && !isCalledByGuard ? refuse(.engineFunction(second?.lowercased() ?? "")) : SQLITE_OK
        case SQLITE_INSERT, SQLITE_UPDATE, SQLITE_DELETE:
            let table = first.lowercased()
            // What DDL asks for first.
            if table == "sqlite_master" || table == "sqlite_temp_master" { return refuse(.definition) }
            let isOurs = table.hasPrefix("sanji_") && !(mode == .directoryBlock && synced.contains(table))
            // By the list of migrations a program knows whether it may open the file at all.
            if isOurs || table.hasPrefix("sqlite_") || table == "grdb_migrations" { return refuse(.engineTable(first)) }
            // Stamps find their rows by row id, and no session records such a change.
            let movesRow = action == SQLITE_UPDATE && second == "ROWID" && synced.contains(table)
            return movesRow ? refuse(.rowID(first)) : SQLITE_OK
        case SQLITE_PRAGMA:
            // What GRDB asks to learn a table's columns; none of these changes anything.
            let reading = [
                "database_list", "table_list", "table_info", "table_xinfo", "index_list", "index_info",
                "foreign_key_list",
            ]
            return reading.contains(first.lowercased()) ? SQLITE_OK : refuse(.pragma(first))
        case SQLITE_TRANSACTION: return refuse(.transaction)
        case SQLITE_ATTACH, SQLITE_DETACH: return refuse(.attach)
        default: return refuse(.definition)
        }
    }

    private func refuse(_ refusal: RefusedStatement) -> Int32 {
        lastRefusal = refusal
        return SQLITE_DENY
    }
}

/// SQL that may not run inside a write block.
package enum RefusedStatement: Error, Hashable, CustomStringConvertible {
    case engineTable(String)
    case engineFunction(String)
    case pragma(String)
    case transaction
    case attach
    case definition
    case rowID(String)
    case rolledBack

    package var description: String {
        switch self {
        case .engineTable(let table): "\(table) is the engine's own table; write through the commands"
        case .engineFunction(let name): "\(name)() is the engine's own function; leave it to the engine"
        case .pragma(let name): "PRAGMA \(name) is not allowed inside a write block; it could hide changes"
        case .transaction:
            "BEGIN, COMMIT and ROLLBACK are not allowed here; the block is one transaction, use SAVEPOINT"
        case .attach: "ATTACH and DETACH are not allowed inside a write block; import the data instead"
        case .rowID(let table): "the row id of \(table) cannot change; rows are named by area and key"
        case .rolledBack: "an error inside the block undid all of it; let such errors leave the block"
        case .definition: "the schema cannot change inside a write block; changes come with a release, as migrations"
        }
    }
}
