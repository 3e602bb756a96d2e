import ArgumentParser
import Assistance
import ChangeSets
import Foundation
import Node
import Replica

/// One conflict as the contract of `conflicts list --json` has it, its values masked as far as its family's file is not opened.
struct ConflictReport: Encodable {
    struct Sibling: Encodable {
        let office: String, author: String, user: String, time: String
        let values: [JSONValue]
        /// Columns in which it is other than what is shown: two masked values may look the same.
        let differs: [String]
    }
    struct Edit: Encodable {
        let office: String, author: String, user: String, time: String
        let values: JSONValue
    }
    let id: String, area: String, table: String, key: String
    let columns: [String]
    let quiet: Bool
    let shown: [JSONValue]
    let siblings: [Sibling]
    let edits: [Edit]
    let since: String

    init(_ conflict: Conflict, opening fields: Set<HouseholdFile.Field> = []) {
        let record = ShownRecord(conflict.record.table, opening: fields)
        id = conflict.id
        area = conflict.record.area.digits
        table = conflict.record.table
        key = conflict.record.keyText
        columns = conflict.columns
        quiet = conflict.quiet
        shown = conflict.shown(conflict.shown, record).map(JSONValue.value)
        siblings = conflict.siblings.map {
            Sibling(
                office: $0.office.digits, author: $0.author.description, user: $0.user,
                time: Timestamp.rfc3339($0.time_ms), values: conflict.shown($0.values, record).map(JSONValue.value),
                differs: conflict.differing($0))
        }
        edits = conflict.edits.map {
            Edit(
                office: $0.writer.office.digits, author: $0.writer.author.description, user: $0.writer.user,
                time: Timestamp.rfc3339($0.writer.time_ms),
                values: .object($0.values.map { ($0.column, record.value($0.value, of: $0.column)) }))
        }
        since = Timestamp.rfc3339(conflict.since_ms)
    }
}

extension Conflict {
    fileprivate func shown(_ values: [CellValue], _ record: ShownRecord) -> [CellValue] {
        zip(columns, values).map { record.value($1, of: $0) }
    }

    fileprivate func differing(_ sibling: ConflictSibling) -> [String] {
        zip(columns, zip(sibling.values, shown)).filter { $1.0 != $1.1 }.map { $0.0 }
    }
}

struct Conflicts: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "conflicts",
        abstract: "Values written without knowing of each other; each kept until a person judges.",
        subcommands: [List.self, Show.self, Resolve.self])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "The open conflicts of this replica, masked as a work list is.",
            discussion: "Exits 2 when there are any that call for attention.")
        @OptionGroup var options: ReplicaOptions
        @Flag(help: "Also those that call for nobody's attention.") var quiet = false

        struct Report: Encodable { let conflicts: [ConflictReport] }

        func run() throws {
            let conflicts = try options.replica().conflicts(includingQuiet: quiet)
            let running = try options.noteNode()
            if options.json {
                try Output.json(Report(conflicts: conflicts.map { ConflictReport($0) }), running: running)
            } else {
                for conflict in conflicts { Show.write(conflict) }
                if conflicts.isEmpty { Output.note("no open conflicts") }
            }
            if conflicts.contains(where: { !$0.quiet }) { throw needsAttention }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract:
                "One conflict, masked as a work list is; --purpose and --reason open the family's file, which is written down."
        )
        @OptionGroup var options: ReplicaOptions
        @Argument(help: "Its id, or the beginning of it.") var id: String
        @OptionGroup var opening: Opening

        private struct Single: Encodable {
            private enum CodingKeys: CodingKey { case revealed }
            let report: ConflictReport, revealed: [String]

            func encode(to encoder: any Encoder) throws {
                try report.encode(to: encoder)
                var container = encoder.container(keyedBy: CodingKeys.self)
                try container.encode(revealed, forKey: .revealed)
            }
        }

        func run() throws {
            let replica = try options.replica()
            let conflict = try replica.conflict(id: id)
            let fields = try opening.fields(of: conflict.record, in: replica, options)
            let running = try options.noteNode()
            if options.json {
                let report = ConflictReport(conflict, opening: fields)
                return try Output.json(
                    Single(report: report, revealed: fields.map(\.rawValue).sorted()), running: running)
            }
            let household = try replica.read { try HouseholdLookup.number(of: conflict.record, $0) }
            Self.write(conflict, household: household, opening: fields)
        }

        static func write(
            _ conflict: Conflict, household: String? = nil, opening fields: Set<HouseholdFile.Field> = []
        ) {
            let shown = ShownRecord(conflict.record.table, opening: fields)
            let what =
                conflict.isDelete ? "a delete that met an edit" : conflict.columns.joined(separator: ", ")
            let record = "\(conflict.record.table) \(conflict.record.area)/\(conflict.record.keyText)"
            Output.line("\(conflict.id) \(record)\(household.map { " (household \($0))" } ?? ""): \(what)")
            for (index, sibling) in conflict.siblings.enumerated() {
                let mark = conflict.isDelete ? "deleted" : index == 0 ? "shown" : "     "
                let differing = Set(conflict.differing(sibling))
                let values = zip(conflict.columns, conflict.shown(sibling.values, shown)).map { column, value in
                    let isAnother = differing.contains(column) && !shown.isWhole(column)
                    return value.shown + (isAnother ? " (differs)" : "")
                }.joined(separator: ", ")
                Output.line("  \(mark) \(writer(sibling))\(conflict.isDelete ? "" : ": \(values)")")
            }
            for edit in conflict.edits {
                let values = edit.values.map { "\($0.column) = \(shown.value($0.value, of: $0.column).shown)" }
                    .joined(separator: ", ")
                Output.line("  edited  \(writer(edit.writer)): \(values)")
            }
        }

        private static func writer(_ sibling: ConflictSibling) -> String {
            "\(sibling.office) \(sibling.user) \(Timestamp.rfc3339(sibling.time_ms))"
        }
    }

    struct Resolve: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "resolve", abstract: "Close a conflict everywhere, by an ordinary signed write.")
        @OptionGroup var options: ReplicaOptions
        @Argument(help: "Its id, or the beginning of it.") var id: String
        @OptionGroup var user: UserOption
        @Option(help: "Keep this office's value.", transform: OfficeCode.argument) var keep: OfficeCode?
        @Option(help: "A new value; for a group column=VALUE for each column.") var value: [String] = []
        @Flag(help: "A delete that met an edit: keep the record.") var restore = false
        @Flag(help: "A delete that met an edit: delete it after all.") var delete = false

        func validate() throws {
            let ways = (keep == nil ? 0 : 1) + (value.isEmpty ? 0 : 1) + (restore ? 1 : 0) + (delete ? 1 : 0)
            guard ways == 1 else { throw ValidationError("give one of --keep, --value, --restore and --delete") }
        }

        struct Report: Encodable { let id: String, area: String, table: String, key: String, closed: Bool }

        func run() throws {
            let replica = try options.replica()
            let conflict = try replica.conflict(id: id)
            if let keep {
                try replica.resolve(conflict.id, .keep(keep), as: user.user)
            } else if restore {
                try replica.resolve(conflict.id, .restore, as: user.user)
            } else if delete {
                try replica.resolve(conflict.id, .delete, as: user.user)
            } else {
                try replica.resolve(conflict.id, texts: try texts(conflict), as: user.user)
            }
            try options.wakeNode()
            if options.json {
                let record = conflict.record
                try Output.json(
                    Report(
                        id: conflict.id, area: record.area.digits, table: record.table, key: record.keyText,
                        closed: true))
            }
            Output.note("\(conflict.id) is closed here; it closes elsewhere as this change arrives")
        }

        private func texts(_ conflict: Conflict) throws -> [String: String?] {
            guard !conflict.isDelete else { throw ConflictError.isDelete(conflict.id) }
            let texts = try assigned(conflict)
            let record = ShownRecord(conflict.record.table)
            for (column, text) in texts {
                if let text, record.isMask(text, of: column) {
                    throw RecordOpeningError.masked(column: column, text)
                }
            }
            return texts
        }

        private func assigned(_ conflict: Conflict) throws -> [String: String?] {
            if conflict.columns.count == 1, value.count == 1 { return [conflict.columns[0]: value[0]] }
            var texts: [String: String?] = [:]
            for assignment in value {
                guard let equals = assignment.firstIndex(of: "=") else {
                    throw ValidationError("give each column of the group as --value column=VALUE")
                }
                let column = String(assignment[..<equals])
                let value = String(assignment[assignment.index(after: equals)...])
                guard texts.updateValue(value, forKey: column) == nil else {
                    throw ValidationError("--value names \(column) twice; give each column once")
                }
            }
            return texts
        }
    }
}
