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
            ? try NotUTF8.decode(FileHandle.standardInput.readDataToEndOfFile(), from: "standard input") : sql
        let replica = try options.replica()
        let report: Report
        do {
            if write, let user {
                report = try replica.write(as: ActingUser(user)) { try Self.run(text, $0, writes: true) }
                try options.wakeNode()
            } else {
                report = try Self.reading { try replica.read { try Self.run(text, $0, writes: false) } }
                _ = try options.noteNode()
            }
        } catch let error as DatabaseError where error.sql != nil {
            throw RefusedSQL(error: error)
        }
        if options.json { return try Output.json(report) }
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
        let before = db.totalChangesCount
        var columns: [String] = []
        var rows: [[JSONValue]] = []
        let statements = try db.allStatements(sql: text)
        while let statement = try statements.next() {
            guard writes || statement.isReadonly else { throw WritingStatement() }
            columns = statement.columnNames
            rows = try Row.fetchAll(statement).map { row in
                row.databaseValues.map { .value(CellValue($0)) }
            }
        }
        return Report(columns: columns, rows: rows, changes: db.totalChangesCount - before)
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
