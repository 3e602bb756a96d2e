import ArgumentParser
import Assistance
import ChangeSets
import Foundation
import Node
import Replica

struct LogCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "log", abstract: "Change sets in log order.")
    @OptionGroup var options: ReplicaOptions
    @Option(help: "Only this area.", transform: OfficeCode.argument) var area: OfficeCode?
    @Option(help: "Only this author.") var author: String?
    @Option(help: "Only the last ones, this many.") var limit: Int?
    @Flag(help: "Go on with what comes.") var follow = false

    struct Report: Encodable {
        struct Entry: Encodable {
            let seq: Int64, area: String, audience: String
            @OrNull var office: String?
            let author: String, number: UInt64, user: String, time: String, received: String, bytes: Int, state: String
            @OrNull var reason: String?
            let tables: [String: Int]
            let refusedCellReasons: [RefusedCellsReport]
            @OrNull var fate: String?
            @OrNull var fateOffice: String?
            @OrNull var fateReason: String?
        }
        let changeSets: [Entry]
    }

    func validate() throws {
        if let limit, limit < 1 { throw ValidationError("--limit takes a number above 0") }
    }

    func run() throws {
        let replica = try options.replica()
        let authorID = try author.map { text in
            guard let id = AuthorID(hex: text) else {
                throw ValidationError("‘\(text)’ is no author: 32 hexadecimal digits")
            }
            return id
        }
        let running = try options.noteNode()
        // Before the first look, so that nothing comes in between unseen.
        let probe = try replica.commitProbe()
        let start = try limit.map { try replica.logPlace(area: area, author: authorID, beforeLast: $0) } ?? 0
        var last = try show(replica, authorID, after: start, running)
        if last == start, area != nil || author != nil {
            let what = [area.map { _ in "area" }, author.map { _ in "author" }].compactMap { $0 }.joined(
                separator: " and ")
            Output.note("no change sets of this \(what) are here")
        }
        guard follow else { return }
        while true {
            sleep(1)
            if try probe.hasChanged() {
                last = try show(replica, authorID, after: last, try options.noteNode())
            }
        }
    }

    /// - Returns: The place of the last change set shown.
    private func show(
        _ replica: OfficeReplica, _ author: AuthorID?, after: Int64, _ running: Bool
    ) throws -> Int64 {
        var (last, report) = (after, [Report.Entry]())
        while true {
            let entries = try replica.log(area: area, author: author, after: last, limit: 500)
            guard let end = entries.last else { break }
            last = end.seq
            if options.json {
                report += entries.map { Report.Entry($0, at: replica.office) }
            } else {
                for entry in entries { Self.write(entry, at: replica.office) }
            }
        }
        // Following prints one object after another, none without change sets.
        if options.json, !follow || !report.isEmpty { try Output.json(Report(changeSets: report), running: running) }
        Output.flush()
        return last
    }

    private static func write(_ entry: LogEntry, at office: OfficeCode) {
        let tables = entry.tables.map { "\($0.table) +\($0.inserts) ~\($0.updates) -\($0.deletes)" }
        Output.line(
            "\(entry.seq) \(Timestamp.rfc3339(entry.header.wallClock_ms)) \(entry.header.feed.scope) "
                + "\(entry.office?.digits ?? "?") #\(entry.header.number) \(entry.header.user) "
                + "[\(tables.joined(separator: ", "))] \(entry.state.name)"
                + (entry.state.reason.map { ": \($0)" } ?? "") + (entry.fate.map { "; own change: \($0)" } ?? ""))
        for line in RefusedCellsReport.list(office, entry.refusedCells, entry.cellVerdicts) {
            Output.line("    \(line)")
        }
    }
}

extension LogCommand.Report.Entry {
    init(_ entry: LogEntry, at here: OfficeCode) {
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
        refusedCellReasons = RefusedCellsReport.list(here, entry.refusedCells, entry.cellVerdicts)
        fate = entry.fate?.name
        fateOffice = entry.fate?.office?.digits
        fateReason = entry.fate?.reason
    }
}
