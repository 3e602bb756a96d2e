import ArgumentParser
import Assistance
import ChangeSets
import Foundation
import Node
import Replica

struct Why: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "why",
        abstract: "One record: each change with author, user, time, and how far it has travelled; conflicts.",
        discussion: "Masked as a work list is; --purpose and --reason open the family's file, which is written down.")
    @OptionGroup var options: ReplicaOptions
    @Argument(help: "A synced table.") var table: String
    @Argument(help: "The whole key: hexadecimal for an id; AREA/KEY where several areas know it.") var key: String
    @OptionGroup var opening: Opening

    struct Report: Encodable {
        struct Change: Encodable {
            let office: String, author: String, number: UInt64, user: String, userVerified: Bool
            let time: String, operation: String, state: String, reason: String?
            let old: JSONValue, new: JSONValue, reached: [String], refusedCells: [String]
            /// Columns whose new value is another than the old one: two masked values may look the same.
            let changed: [String]
            let refusedCellReasons: [RefusedCellsReport]
            @OrNull var fate: String?
            @OrNull var fateOffice: String?
            @OrNull var fateReason: String?
        }
        struct MissingReference: Encodable { let columns: [String], values: [JSONValue], table: String }
        let table: String, area: String, key: String, isThere: Bool
        let values: JSONValue
        let changes: [Change]
        let conflicts: [ConflictReport]
        let missingReferences: [MissingReference]
        let revealed: [String]
    }

    func run() throws {
        let replica = try options.replica()
        let history = try replica.history(table: table, key: key)
        let fields = try opening.fields(of: history.record, known: history.lastKnown, in: replica, options)
        let shown = ShownRecord(history.record.table, opening: fields)
        func masked(_ column: String, _ value: CellValue) -> (String, CellValue) {
            (column, shown.value(value, of: column))
        }
        let report = Report(
            table: history.record.table, area: history.record.area.digits, key: history.record.keyText,
            isThere: history.isThere, values: .object(history.values.map { masked($0.column, $0.value) }),
            changes: history.changes.map { change in
                Report.Change(
                    office: change.office?.digits ?? "", author: change.feed.author.description, number: change.number,
                    user: change.user, userVerified: change.userVerified, time: Timestamp.rfc3339(change.time_ms),
                    operation: "\(change.operation)", state: change.state.name, reason: change.state.reason,
                    old: .object(change.columns.compactMap { column in column.old.map { masked(column.column, $0) } }),
                    new: .object(change.columns.compactMap { column in column.new.map { masked(column.column, $0) } }),
                    reached: change.reached.map(\.digits), refusedCells: change.refusedCells.map(\.cell),
                    changed: change.columns.filter { $0.old != $0.new }.map(\.column),
                    refusedCellReasons: RefusedCellsReport.list(
                        replica.office, change.refusedCells, change.cellVerdicts),
                    fate: change.fate?.name, fateOffice: change.fate?.office?.digits, fateReason: change.fate?.reason)
            }, conflicts: history.conflicts.map { ConflictReport($0, opening: fields) },
            missingReferences: history.missingReferences.map {
                .init(columns: $0.columns, values: $0.values.map(JSONValue.value), table: $0.target)
            }, revealed: fields.map(\.rawValue).sorted())
        let running = try options.noteNode()
        if options.json { return try Output.json(report, running: running) }
        Output.line("\(report.table) \(report.area)/\(report.key), \(report.isThere ? "there" : "not there")")
        for change in history.changes {
            let user = change.user + (change.userVerified ? "" : " (unverified)")
            Output.line(
                "\(Timestamp.rfc3339(change.time_ms)) \(change.office?.digits ?? "?") \(user) \(change.operation)")
            for column in change.columns {
                let ends = [column.old, column.new].compactMap { $0 }.map { masked(column.column, $0).1.shown }
                let looksSame = ends.count == 2 && ends[0] == ends[1] && column.old != column.new
                Output.line("    \(column.column): \(ends.joined(separator: " → "))\(looksSame ? " (differs)" : "")")
            }
            let reached = change.reached.map(\.digits).joined(separator: ", ")
            Output.line(
                "    \(change.state.name)\(change.state.reason.map { ": \($0)" } ?? "")"
                    + (reached.isEmpty ? "" : "; reached \(reached)"))
            if let fate = change.fate { Output.line("    own change: \(fate)") }
            for line in RefusedCellsReport.list(replica.office, change.refusedCells, change.cellVerdicts) {
                Output.line("    \(line)")
            }
        }
        for missing in history.missingReferences {
            let values = zip(missing.columns, missing.values).map { "\($0) = \($1.shown)" }.joined(separator: ", ")
            Output.line("refers to a row of \(missing.target) that is not there: \(values)")
        }
        for conflict in report.conflicts {
            let what = conflict.columns.isEmpty ? "a delete that met an edit" : conflict.columns.joined(separator: ", ")
            Output.line("conflict \(conflict.id): \(what)")
        }
    }
}

extension RecordHistory {
    /// What was last said in each column, also where the record is not there any more.
    fileprivate var lastKnown: [String: CellValue] {
        changes.reduce(into: [:]) { known, change in
            for column in change.columns { known[column.column] = column.new ?? column.old }
        }
    }
}

/// Cells of a change set that an office refuses; the rest of the change set stands.
struct RefusedCellsReport: Encodable, CustomStringConvertible {
    let office: String
    /// null where the office has told only how many.
    @OrNull var cell: String?
    let cells: Int
    let reason: String

    /// - Parameters:
    ///   - here: Found at this office.
    ///   - above: As offices above have said of this office's own change sets.
    static func list(
        _ office: OfficeCode, _ here: [RefusedCellReason], _ above: [CellVerdict]
    ) -> [RefusedCellsReport] {
        here.map { RefusedCellsReport(office: office.digits, cell: $0.cell, cells: 1, reason: $0.reason) }
            + above.map { RefusedCellsReport(office: $0.office.digits, cell: nil, cells: $0.cells, reason: $0.reason) }
    }

    var description: String { "\(cell ?? "\(cells) cells") refused by \(office): \(reason)" }
}
