import ArgumentParser
import Assistance
import ChangeSets
import Foundation
import Node
import Replica

struct Household: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Households with their members.", subcommands: [Import.self, Export.self])

    struct Import: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Import households with members from CSV, as spreadsheets write it.",
            discussion: """
                UTF-8 and GB 18030, with or without byte-order mark. One line per person. When any line is refused
                nothing is imported, exit code 1; with --partial all households without a refused line are, exit code 2.
                Importing the same file again changes nothing.
                """)
        @OptionGroup var options: ReplicaOptions
        @Argument(help: "A CSV file.") var file: String
        @OptionGroup var user: UserOption
        @Option(help: "Division code for lines that name none; this office's own at a village.") var area: OfficeCode?
        @Flag(help: "Import every household none of whose lines is refused.") var partial = false
        @Option(help: "Write the refused lines here as CSV, instead of on standard error.") var report: String?

        struct Report: Encodable {
            struct Counts: Encodable { let new: Int, changed: Int, unchanged: Int }
            let imported: Bool
            let households: Counts
            let persons: Counts
            let refusedLines: Int
        }

        func run() throws {
            let bytes: [UInt8]
            do {
                bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: file)))
            } catch {
                throw ValidationError("\(file) cannot be read; check the path")
            }
            let replica = try options.replica()
            let isVillage = replica.office.tier == .village
            let outcome = try HouseholdImport.import(
                bytes, into: replica, as: user.user, defaultArea: area ?? (isVillage ? replica.office : nil),
                partial: partial, today: try Today.date(),
                progress: { done, total in
                    if done.isMultiple(of: 500) || done == total { Output.progress("\(done) of \(total) rows") }
                })
            Output.progress("")
            _ = ControlAnswer.ask(try options.folder())
            if !outcome.refused.isEmpty {
                if let report {
                    try Data(outcome.csv.utf8).write(to: URL(fileURLWithPath: report))
                } else {
                    for line in outcome.refused { Output.note("\(line)") }
                }
            }
            try show(outcome)
            if !outcome.isImported { throw ExitCode.failure }
            if outcome.refusedLines > 0 { throw needsAttention }
        }

        private func show(_ outcome: ImportReport) throws {
            let report = Report(
                imported: outcome.isImported,
                households: .init(
                    new: outcome.households.new, changed: outcome.households.changed,
                    unchanged: outcome.households.unchanged),
                persons: .init(
                    new: outcome.persons.new, changed: outcome.persons.changed, unchanged: outcome.persons.unchanged),
                refusedLines: outcome.refusedLines)
            if options.json { return try Output.json(report) }
            if outcome.isImported {
                print(
                    "households: \(report.households.new) new, \(report.households.changed) changed, "
                        + "\(report.households.unchanged) as before; persons: \(report.persons.new) new, "
                        + "\(report.persons.changed) changed, \(report.persons.unchanged) as before")
            } else {
                Output.note(
                    "nothing was imported: \(report.refusedLines) lines were refused; correct them, or use --partial")
            }
        }
    }

    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Export households with members as CSV.")
        @OptionGroup var options: ReplicaOptions
        @Argument(help: "A file to write.") var file: String
        @Option(help: "Only this area.") var area: OfficeCode?
        @Option(help: "utf8-mark (for spreadsheets), utf8 or gb18030.") var encoding: SheetEncoding = .utf8Mark

        enum SheetEncoding: String, ExpressibleByArgument, CaseIterable {
            case utf8Mark = "utf8-mark"
            case utf8
            case gb18030

            var textEncoding: TextEncoding {
                switch self {
                case .utf8Mark: .utf8WithMark
                case .utf8: .utf8
                case .gb18030: .gb18030
                }
            }
        }

        func run() throws {
            let sheet = try HouseholdExport.export(
                from: try options.replica(), area: area, encoding: encoding.textEncoding)
            try Data(sheet.bytes).write(to: URL(fileURLWithPath: file), options: .atomic)
            Output.note("\(sheet.households) households with \(sheet.persons) persons are in \(file)")
            let left = sheet.householdsWithoutMembers + sheet.personsWithoutHousehold
            if left > 0 {
                Output.note(
                    "\(left) records are not in the file: households without members, persons without household")
                throw needsAttention
            }
        }
    }
}

enum Today {
    /// Today in the offices' time zone, never the host's.
    static func date() throws -> CalendarDate {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(identifier: "Asia/Shanghai") ?? TimeZone(secondsFromGMT: 8 * 3600)!
        let parts = calendar.dateComponents([.year, .month, .day], from: Date())
        guard let year = parts.year, let month = parts.month, let day = parts.day,
            let date = CalendarDate(year: year, month: month, day: day)
        else { throw ValidationError("the clock shows no date") }
        return date
    }
}
