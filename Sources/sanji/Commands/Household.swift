import ArgumentParser
import Assistance
import ChangeSets
import Foundation
import Node
import Replica

struct Household: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "household", abstract: "Households with their members.",
        subcommands: [
            Import.self, Export.self, Find.self, Show.self, New.self, Describe.self, Visit.self, Visits.self, Add.self,
            Leave.self,
            Alive.self,
            MemberCommand.self,
            Head.self, Split.self, Place.self, Discard.self,
            Changes.self, Agree.self, Consented.self, Access.self, AccessReview.self, Kin.self,
        ])

    struct Import: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "import", abstract: "Import households with members from CSV, as spreadsheets write it.",
            discussion: """
                UTF-8 and GB 18030, with or without byte-order mark. One line per person. When any line is refused
                nothing is imported, exit code 1; with --partial all households without a refused line are, exit code 2.
                Importing the same file again changes nothing. Exit code 2 also when households are of areas that have no
                office.
                """)
        @OptionGroup var options: ReplicaOptions
        @Argument(help: "A CSV file.") var file: String
        @OptionGroup var user: UserOption
        @Option(
            help: "Division code for lines that name none; this office's own at a village.",
            transform: OfficeCode.argument) var area: OfficeCode?
        @Flag(help: "Import every household none of whose lines is refused.") var partial = false
        @Option(help: "utf-8 or gb18030, where it is detected wrongly.") var encoding: StatedEncoding?
        @Option(help: "A new file for the refused lines as CSV, instead of standard error.") var report: String?

        struct Report: Encodable {
            struct Counts: Encodable { let new: Int, changed: Int, unchanged: Int }
            struct Refused: Encodable {
                let line: Int
                @OrNull var column: String?
                let reason: String
            }
            let imported: Bool
            let households: Counts
            let persons: Counts
            let refusedLines: Int
            let refused: [Refused]
            let areasWithoutOffice: [String]
        }

        enum StatedEncoding: String, ExpressibleByArgument, CaseIterable {
            case utf8 = "utf-8"
            case gb18030

            var textEncoding: TextEncoding {
                switch self {
                case .utf8: .utf8WithMark  // The mark is taken off where there is one.
                case .gb18030: .gb18030
                }
            }
        }

        func run() throws {
            let bytes = [UInt8](try InputFile.bytes(file))
            let replica = try options.replica()
            let list = try report.map { try OutputFile(new: $0) }
            do {
                try run(bytes, replica, list)
            } catch {
                // Refusals are in it by then, or there is nothing to write.
                if !(error is ExitCode) { list?.remove() }
                throw error
            }
        }

        private func run(_ bytes: [UInt8], _ replica: OfficeReplica, _ list: OutputFile?) throws {
            let isVillage = replica.office.tier == .village
            let outcome = try HouseholdImport.import(
                bytes, into: replica, as: user.user, defaultArea: area ?? (isVillage ? replica.office : nil),
                partial: partial, today: try Today.date(), encoding: encoding?.textEncoding,
                progress: { done, total in
                    if done.isMultiple(of: 500) || done == total { Output.progress("\(done) of \(total) rows") }
                })
            Output.progress("")
            try options.wakeNode()
            if outcome.refused.isEmpty {
                list?.remove()
            } else if let list, write(outcome, list) {
                Output.note("why \(outcome.refusedLines) lines were refused is in \(report ?? "")")
            } else if !options.json {
                for line in outcome.refused { Output.note("\(line)") }
            }
            try show(outcome)
            if !outcome.isImported { throw ExitCode.failure }
            if outcome.refusedLines > 0 || !outcome.areasWithoutOffice.isEmpty { throw needsAttention }
        }

        /// - Returns: Whether that was possible; the households are in by now.
        private func write(_ outcome: ImportReport, _ list: OutputFile) -> Bool {
            do {
                try list.write(Data(outcome.csv.utf8))
                return true
            } catch {
                Output.note("\(error); the refused lines follow here")
                return false
            }
        }

        private func show(_ outcome: ImportReport) throws {
            let report = Report(
                imported: outcome.isImported,
                households: .init(
                    new: outcome.households.new, changed: outcome.households.changed,
                    unchanged: outcome.households.unchanged),
                persons: .init(
                    new: outcome.persons.new, changed: outcome.persons.changed, unchanged: outcome.persons.unchanged),
                refusedLines: outcome.refusedLines,
                refused: outcome.refused.map {
                    .init(line: $0.line, column: $0.column?.title, reason: $0.reason.description)
                }, areasWithoutOffice: outcome.areasWithoutOffice.map(\.digits))
            if !outcome.areasWithoutOffice.isEmpty {
                Output.note(
                    "no office for \(report.areasWithoutOffice.joined(separator: ", ")): imported all the same; if that is a "
                        + "slip of the keyboard, correct the file and void those households")
            }
            if options.json {
                try Output.json(report)
            } else if outcome.isImported {
                Output.line(
                    "households: \(report.households.new) new, \(report.households.changed) changed, "
                        + "\(report.households.unchanged) as before; persons: \(report.persons.new) new, "
                        + "\(report.persons.changed) changed, \(report.persons.unchanged) as before")
            }
            if !outcome.isImported {
                Output.note(
                    "nothing was imported: \(report.refusedLines) lines were refused; correct them, or use --partial")
            }
        }
    }

    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "export",
            abstract:
                "Export households with members as CSV. Who took it and why is on record, and marked on every line.")
        @OptionGroup var options: ReplicaOptions
        @Argument(help: "A new file.") var file: String
        @Option(help: "Only this area.", transform: OfficeCode.argument) var area: OfficeCode?
        @Option(help: "utf8-mark (for spreadsheets), utf-8 or gb18030.") var encoding: SheetEncoding = .utf8Mark
        @Option(help: "\(AccessPurpose.allCases.map(\.rawValue).joined(separator: ", ")).") var purpose: AccessPurpose
        @Option(help: "Why it is taken.") var reason: String
        @Option(help: "Another person, who agrees that it is taken. Recorded as unverified.") var second: String
        @OptionGroup var user: UserOption

        enum SheetEncoding: String, ExpressibleByArgument, CaseIterable {
            case utf8Mark = "utf8-mark"
            case utf8 = "utf-8"
            case gb18030

            var textEncoding: TextEncoding {
                switch self {
                case .utf8Mark: .utf8WithMark
                case .utf8: .utf8
                case .gb18030: .gb18030
                }
            }
        }

        struct Report: Encodable {
            let file: String, households: Int, persons: Int, householdsWithoutMembers: Int, personsWithoutHousehold: Int
        }

        func run() throws {
            let replica = try options.replica()
            _ = try options.noteNode()
            let output = try OutputFile(new: file)
            let sheet: ExportedSheet
            do {
                sheet = try HouseholdExport.export(
                    from: replica, area: area, encoding: encoding.textEncoding, for: purpose, reason: reason,
                    as: user.user, secondedBy: second, today: try Today.date(),
                    progress: { done, total in
                        if done.isMultiple(of: 500) { Output.progress("\(done) of \(total) households") }
                    })
                Output.progress("")
                try output.write(Data(sheet.bytes))
            } catch {
                output.remove()
                throw error
            }
            try options.wakeNode()
            if options.json {
                try Output.json(
                    Report(
                        file: file, households: sheet.households, persons: sheet.persons,
                        householdsWithoutMembers: sheet.householdsWithoutMembers,
                        personsWithoutHousehold: sheet.personsWithoutHousehold))
            }
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
        guard let date = CalendarDate(shanghai_ms: Int64(Date().timeIntervalSince1970 * 1000)) else {
            throw ValidationError("the clock shows no date")
        }
        return date
    }
}
