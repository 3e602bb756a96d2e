import ArgumentParser
import Assistance
import ChangeSets
import Foundation
import GRDB
import Node
import Replica

struct SQL: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sql", abstract: "Plain SQL on the replica: reading by default.",
        discussion: """
            With --write, all statements are one captured transaction. uuid7(), uuid5(TEXT) and office() are at hand;
            - reads the SQL from standard input.
            """)
    @OptionGroup var options: ReplicaOptions
    @Argument(help: "One or more statements; the last one's rows are printed.") var sql: String
    @Flag(help: "Write, as one captured transaction.") var write = false
    @Option(name: .customLong("as"), help: "Who acts. Recorded as unverified.") var user: String?

    struct Report: Encodable {
        let columns: [String]
        let rows: [[JSONValue]]
        let changes: Int
    }

    func validate() throws {
        if let user { try UserOption.check(user) }
        if write, user == nil { throw ValidationError("--write needs --as USER") }
        if !write, user != nil { throw ValidationError("--as USER goes with --write; without it nothing is written") }
    }

    func run() throws {
        let text =
            sql == "-"
            ? try NotUTF8.decode(InputFile.standardInput(), from: "standard input") : sql
        let replica = try options.replica()
        let report: Report
        var running: Bool?
        do {
            if write, let user {
                report = try replica.write(as: ActingUser(user)) { try Self.run(text, $0, writes: true) }
                try options.wakeNode()
            } else {
                report = try Self.reading { try replica.read { try Self.run(text, $0, writes: false) } }
                running = try options.noteNode()
            }
        } catch let error as DatabaseError where error.sql != nil {
            throw RefusedSQL(error: error)
        }
        if options.json { return try running.map { try Output.json(report, running: $0) } ?? Output.json(report) }
        if !report.columns.isEmpty {
            Output.table(
                report.columns,
                report.rows.map { $0.map { if case .value(let value) = $0 { value.shown } else { "" } } })
        }
        if write { Output.note("\(report.changes) rows changed") }
    }

    /// A write to a synced table fails for want of its guard's function, any other one because the connection only reads.
    private static func reading<T>(_ body: () throws -> T) throws -> T {
        do {
            return try body()
        } catch let error as DatabaseError
            where error.resultCode == .SQLITE_READONLY || error.message?.contains("no such function: sanji_") ?? false
        {
            throw WritingStatement()
        }
    }

    private static func run(_ text: String, _ db: Database, writes: Bool) throws -> Report {
        var changes = ChangeCount(db)
        var columns: [String] = []
        var rows: [[JSONValue]] = []
        let statements = try db.allStatements(sql: text)
        var isEmpty = true
        while let statement = try statements.next() {
            isEmpty = false
            guard writes || statement.isReadonly else { throw WritingStatement() }
            columns = statement.columnNames
            rows = try Row.fetchAll(statement).map { row in
                row.databaseValues.map { .value(CellValue($0)) }
            }
            changes.note(statement.sql, db)
        }
        guard !isEmpty else { throw ValidationError("there is no statement in this SQL") }
        return Report(columns: columns, rows: rows, changes: changes.count(db))
    }
}

/// Rows that a block has changed and not taken back to a savepoint.
private struct ChangeCount {
    private var start: Int
    private var savepoints: [(name: Substring, count: Int)] = []

    init(_ db: Database) { start = db.totalChangesCount }

    func count(_ db: Database) -> Int { db.totalChangesCount - start }

    /// - Parameter sql: A statement that has just run.
    mutating func note(_ sql: String, _ db: Database) {
        let words = sql.uppercased().split { !$0.isLetter && !$0.isNumber && $0 != "_" }
        guard let first = words.first, let name = words.last else { return }
        let place = savepoints.lastIndex { $0.name == name }
        switch first {
        case "SAVEPOINT": savepoints.append((name, count(db)))
        case "RELEASE": if let place { savepoints.removeSubrange(place...) }
        case "ROLLBACK":
            guard let place else { return }
            start = db.totalChangesCount - savepoints[place].count
            savepoints.removeSubrange((place + 1)...)
        default: break
        }
    }
}

/// A statement that SQLite or a rule of the schema does not take.
struct RefusedSQL: Error, CustomStringConvertible {
    let error: DatabaseError
    var description: String {
        "nothing was done: \(error.message ?? "SQLite error \(error.extendedResultCode)"), in \(error.sql ?? "")"
    }
}

struct WritingStatement: Error, CustomStringConvertible {
    var description: String { "this writes; give --write --as USER" }
}
