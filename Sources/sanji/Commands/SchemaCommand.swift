import ArgumentParser
import Assistance
import ChangeSets
import Foundation
import Node
import Replica

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
        let running = try options.noteNode()
        if options.json { return try Output.json(report, running: running) }
        for table in report.tables {
            Output.line(
                "\(table.name) (\(table.area), \(table.key.joined(separator: ", "))) "
                    + "areas \(table.areas.joined(separator: "/")), audience \(table.audience)"
                    + (table.appendOnly ? ", append-only" : ""))
            for column in table.columns {
                let writers = column.writers.map { ", written by \($0.joined(separator: "/"))" } ?? ""
                Output.line(
                    "    \(column.name) \(column.type) \(column.rule)"
                        + (column.group.map { " in \($0)" } ?? "") + writers + (column.quiet ? ", quiet" : ""))
            }
        }
    }
}
