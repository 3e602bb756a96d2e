import ArgumentParser
import Assistance
import ChangeSets
import Foundation
import GRDB
import Node
import Replica

struct Why: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "One record: each change with author, user, time, and how far it has travelled; conflicts.")
    @OptionGroup var options: ReplicaOptions
    @Argument(help: "A synced table.") var table: String
    @Argument(help: "The key: hexadecimal for an id; AREA/KEY where several areas know it.") var key: String

    struct Report: Encodable {
        struct Change: Encodable {
            let office: String, author: String, number: UInt64, user: String, userVerified: Bool
            let time: String, operation: String, state: String, reason: String?
            let old: JSONValue, new: JSONValue, reached: [String], refusedCells: [String]
        }
        let table: String, area: String, key: String, isThere: Bool
        let values: JSONValue
        let changes: [Change]
        let conflicts: [ConflictReport]
    }

    func run() throws {
        let replica = try options.replica()
        let history = try replica.history(table: table, key: key)
        let report = Report(
            table: history.record.table, area: history.record.area.digits, key: history.record.keyText,
            isThere: history.isThere, values: .object(history.values.map { ($0.column, $0.value) }),
            changes: history.changes.map { change in
                Report.Change(
                    office: change.office?.digits ?? "", author: change.feed.author.description, number: change.number,
                    user: change.user, userVerified: change.userVerified, time: Timestamp.rfc3339(change.time_ms),
                    operation: "\(change.operation)", state: change.state.name, reason: change.state.reason,
                    old: .object(change.columns.compactMap { column in column.old.map { (column.column, $0) } }),
                    new: .object(change.columns.compactMap { column in column.new.map { (column.column, $0) } }),
                    reached: change.reached.map(\.digits), refusedCells: change.refusedCells.map(\.cell))
            }, conflicts: history.conflicts.map(ConflictReport.init))
        if options.json { return try Output.json(report) }
        print("\(report.table) \(report.area)/\(report.key), \(report.isThere ? "there" : "not there")")
        for change in history.changes {
            let user = change.user + (change.userVerified ? "" : " (unverified)")
            print("\(Timestamp.rfc3339(change.time_ms)) \(change.office?.digits ?? "?") \(user) \(change.operation)")
            for column in change.columns {
                print("    \(column.column): \(column.old?.shown ?? "") → \(column.new?.shown ?? "")")
            }
            let reached = change.reached.map(\.digits).joined(separator: ", ")
            print(
                "    \(change.state.name)\(change.state.reason.map { ": \($0)" } ?? "")"
                    + (reached.isEmpty ? "" : "; reached \(reached)"))
        }
        for conflict in report.conflicts {
            print("conflict \(conflict.id) in \(conflict.columns.joined(separator: ", "))")
        }
    }
}

struct LogCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "log", abstract: "Change sets in log order.")
    @OptionGroup var options: ReplicaOptions
    @Option(help: "Only this area.") var area: OfficeCode?
    @Option(help: "Only this author.") var author: String?
    @Option(help: "At most this many.") var limit: Int?
    @Flag(help: "Go on with what comes.") var follow = false

    struct Report: Encodable {
        struct Entry: Encodable {
            let seq: Int64, area: String, audience: String
            @OrNull var office: String?
            let author: String, number: UInt64, user: String, time: String, received: String, bytes: Int, state: String
            @OrNull var reason: String?
            let tables: [String: Int]
        }
        let changeSets: [Entry]
    }

    func run() throws {
        let replica = try options.replica()
        let authorID = try author.map { text in
            guard let id = AuthorID(hex: text) else {
                throw ValidationError("‘\(text)’ is no author: 32 hexadecimal digits")
            }
            return id
        }
        var last = try show(replica, authorID, after: 0)
        guard follow else { return }
        let probe = try replica.commitProbe()
        while true {
            sleep(1)
            if try probe.hasChanged() { last = try show(replica, authorID, after: last) }
        }
    }

    /// - Returns: The place of the last change set shown.
    private func show(_ replica: OfficeReplica, _ author: AuthorID?, after: Int64) throws -> Int64 {
        var (last, left, report) = (after, limit ?? .max, [Report.Entry]())
        while left > 0 {
            let entries = try replica.log(area: area, author: author, after: last, limit: min(left, 500))
            guard let end = entries.last else { break }
            (last, left) = (end.seq, left - entries.count)
            if options.json { report += entries.map(Report.Entry.init) } else { entries.forEach(Self.write) }
        }
        // Following prints one object after another, none without change sets.
        if options.json, !follow || !report.isEmpty { try Output.json(Report(changeSets: report)) }
        Output.flush()
        return last
    }

    private static func write(_ entry: LogEntry) {
        let tables = entry.tables.map { "\($0.table) +\($0.inserts) ~\($0.updates) -\($0.deletes)" }
        print(
            "\(entry.seq) \(Timestamp.rfc3339(entry.header.wallClock_ms)) \(entry.header.feed.scope) "
                + "\(entry.office?.digits ?? "?") #\(entry.header.number) \(entry.header.user) "
                + "[\(tables.joined(separator: ", "))] \(entry.state.name)"
                + (entry.state.reason.map { ": \($0)" } ?? ""))
    }
}

extension LogCommand.Report.Entry {
    init(_ entry: LogEntry) {
        seq = entry.seq
        area = entry.header.feed.scope.area.digits
        audience = entry.header.feed.scope.audience.description
        office = entry.office?.digits
        author = entry.header.feed.author.description
        number = entry.header.number
        user = entry.header.user
        time = Timestamp.rfc3339(entry.header.wallClock_ms)
        received = Timestamp.rfc3339(entry.received_ms)
        bytes = entry.headerBytes + entry.bodyBytes
        state = entry.state.name
        reason = entry.state.reason
        tables = Dictionary(
            entry.tables.map { ($0.table, $0.inserts + $0.updates + $0.deletes) }, uniquingKeysWith: +)
    }
}

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

    func run() throws {
        let text =
            sql == "-" ? String(decoding: FileHandle.standardInput.readDataToEndOfFile(), as: UTF8.self) : sql
        let replica = try options.replica()
        let report: Report
        if write {
            guard let user else { throw ValidationError("--write needs --as USER") }
            report = try replica.write(as: ActingUser(user)) { try Self.run(text, $0) }
            _ = ControlAnswer.ask(try options.folder())
        } else {
            report = try replica.read { try Self.run(text, $0) }
        }
        if options.json { return try Output.json(report) }
        if !report.columns.isEmpty {
            Output.table(
                report.columns,
                report.rows.map { $0.map { if case .value(let value) = $0 { value.shown } else { "" } } })
        }
        if write { Output.note("\(report.changes) rows changed") }
    }

    private static func run(_ text: String, _ db: Database) throws -> Report {
        let before = db.totalChangesCount
        var columns: [String] = []
        var rows: [[JSONValue]] = []
        let statements = try db.allStatements(sql: text)
        while let statement = try statements.next() {
            columns = statement.columnNames
            rows = try Row.fetchAll(statement).map { row in
                row.databaseValues.map { .value(CellValue($0)) }
            }
        }
        return Report(columns: columns, rows: rows, changes: db.totalChangesCount - before)
    }
}

struct SchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema", abstract: "The synced tables as the engine knows them.")
    @OptionGroup var options: ReplicaOptions

    struct Report: Encodable {
        struct Table: Encodable {
            let name: String, area: String, key: [String], areas: [String], audience: String, appendOnly: Bool
            let columns: [Column]
        }
        struct Column: Encodable {
            let name: String, type: String, notNull: Bool, rule: String
            @OrNull var group: String?
            /// null where every author of the area may write it.
            @OrNull var writers: [String]?
            let quiet: Bool
        }
        let version: UInt32
        let tables: [Table]
    }

    func run() throws {
        let schema = try options.replica().schemaDescription()
        let report = Report(
            version: schema.version,
            tables: schema.tables.map { table in
                Report.Table(
                    name: table.name, area: table.area, key: table.key, areas: table.areas.map(\.description),
                    audience: table.audience.description, appendOnly: table.appendOnly,
                    columns: table.columns.map {
                        Report.Column(
                            name: $0.name, type: $0.type, notNull: $0.notNull, rule: $0.rule, group: $0.group,
                            writers: $0.writers?.map(\.description), quiet: $0.quiet)
                    })
            })
        if options.json { return try Output.json(report) }
        for table in report.tables {
            print(
                "\(table.name) (\(table.area), \(table.key.joined(separator: ", "))) "
                    + "areas \(table.areas.joined(separator: "/")), audience \(table.audience)"
                    + (table.appendOnly ? ", append-only" : ""))
            for column in table.columns {
                let writers = column.writers.map { ", written by \($0.joined(separator: "/"))" } ?? ""
                print(
                    "    \(column.name) \(column.type) \(column.rule)"
                        + (column.group.map { " in \($0)" } ?? "") + writers + (column.quiet ? ", quiet" : ""))
            }
        }
    }
}
