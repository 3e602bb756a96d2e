import ArgumentParser
import Assistance
import ChangeSets
import Foundation
import Node
import Replica

/// 政策参数
struct Param: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "param", abstract: "Standards, thresholds and periods, from a day on.",
        subcommands: [List.self, Set.self, End.self, Import.self])

    /// Whose value it is.
    struct AreaOption: ParsableArguments {
        @Option(
            help: "One of the district's towns, whose value goes before the district's; the district if not given.",
            transform: OfficeCode.argument)
        var area: OfficeCode?

        func area(_ replica: OfficeReplica) -> OfficeCode { area ?? replica.root }
    }

    struct Value: Encodable {
        let area: String, name: String, registration: String, value: String, validFrom: String
        @OrNull var validTo: String?
        let document: String

        init(_ value: PublishedValue) {
            area = value.area.digits
            name = value.name
            registration = value.hukouKind
            self.value = value.text
            validFrom = value.validFrom.description
            validTo = value.validTo?.description
            document = value.document
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "What is published, as far as it has arrived here.",
            discussion: "Exits 2 when a rule has no value on that day: what needs it computes nothing.")
        @OptionGroup var options: ReplicaOptions
        @Option(help: "What holds on this day (YYYY-MM-DD); today if not given.", transform: CalendarDate.argument)
        var on: CalendarDate?
        @Flag(help: "Also what has ended and what has not begun.") var all = false
        @Flag(help: "The names that there are, with what they take.") var names = false

        struct Report: Encodable { let parameters: [Value], missing: [String] }
        struct Names: Encodable {
            struct Name: Encodable { let name: String, takes: String }
            let names: [Name]
        }

        func run() throws {
            if names { return try listNames() }
            let day = try on ?? Today.date()
            let values = try options.replica().read(PublishedRules.values)
            let running = try options.noteNode()
            let holding = values.filter { $0.validFrom <= day && $0.validTo.map { day <= $0 } ?? true }
            let missing = ParameterName.allCases.map(\.rawValue).filter { name in
                !holding.contains { $0.name == name && $0.area.tier == .district }
            }
            let shown = all ? values : holding
            if options.json {
                try Output.json(Report(parameters: shown.map(Value.init), missing: missing), running: running)
            } else {
                Output.table(
                    ["area", "name", "registration", "value", "from", "to", "document"],
                    shown.map { value in
                        [
                            value.area.digits, value.name, value.hukouKind, Self.cut(value.text),
                            value.validFrom.description, value.validTo?.description ?? "", value.document,
                        ]
                    })
                if shown.contains(where: { Self.cut($0.text) != $0.text }) {
                    Output.note("… is cut; --json has all of it")
                }
            }
            guard missing.isEmpty else {
                Output.note("without a value on \(day): \(missing.joined(separator: ", "))")
                throw needsAttention
            }
        }

        /// To what fits on a line of a terminal.
        private static func cut(_ text: String) -> String { text.count > 30 ? "\(text.prefix(29))…" : text }

        private func listNames() throws {
            let names = ParameterName.allCases.map { Names.Name(name: $0.rawValue, takes: $0.unit.example) }
            if options.json { return try Output.json(Names(names: names)) }
            Output.table(["name", "takes"], names.map { [$0.name, $0.takes] })
        }
    }

    struct Set: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "set", abstract: "Publish a value.",
            discussion:
                "It ends the value before it, and ends itself where a later one begins. Nothing that was decided changes."
        )
        @OptionGroup var options: ReplicaOptions
        @Argument(help: "Which parameter; `sanji param list --names` shows all.", transform: ParameterName.argument)
        var name: ParameterName
        @Argument(help: "Its value.") var value: String
        @Option(help: "Its first day.", transform: CalendarDate.argument) var from: CalendarDate
        @Option(help: "Its last day, where that is known.", transform: CalendarDate.argument) var to: CalendarDate?
        @Option(help: "urban or rural; for both if not given.") var registration: Registration?
        @Option(help: "Number of the paper that orders it.") var document: String
        @OptionGroup var place: AreaOption
        @OptionGroup var user: UserOption

        func run() throws {
            let replica = try options.replica()
            let published = PublishedValue(
                area: place.area(replica), name: name.rawValue, hukouKind: registration?.rawValue ?? "",
                validFrom: from,
                validTo: to, text: value, document: document)
            let report = try Publishing.publish([published], in: replica, as: user.user)
            try options.wakeNode()
            try PublishOutcome(report).show(options)
        }
    }

    struct End: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "end", abstract: "Say which day is a value's last.")
        @OptionGroup var options: ReplicaOptions
        @Argument(help: "Which parameter.", transform: ParameterName.argument) var name: ParameterName
        @Option(help: "The value's first day.", transform: CalendarDate.argument) var from: CalendarDate
        @Option(help: "Its last day.", transform: CalendarDate.argument) var on: CalendarDate
        @Option(help: "urban or rural, where it is for one only.") var registration: Registration?
        @Option(help: "Number of the paper that ends it.") var document: String
        @OptionGroup var place: AreaOption
        @OptionGroup var user: UserOption

        func run() throws {
            let replica = try options.replica()
            let ended = try Publishing.end(
                name, registration: registration?.rawValue ?? "", in: place.area(replica), from: from, on: on,
                document: document, in: replica, as: user.user)
            try options.wakeNode()
            if options.json { return try Output.json(Value(ended)) }
            Output.note("‘\(ended.text)’ of \(ended.name) ends on \(on)")
        }
    }

    struct Import: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "import", abstract: "Publish a sheet of values.",
            discussion: """
                CSV with the columns \(ParameterSheet.header.joined(separator: ", ")). When any line is refused nothing is \
                published. --example publishes the complete set that comes with the program, to begin with and to replace.
                """)
        @OptionGroup var options: ReplicaOptions
        @Argument(help: "A CSV file.") var file: String?
        @Flag(help: "The set that comes with the program; its document is called ‘example’.") var example = false
        @OptionGroup var place: AreaOption
        @OptionGroup var user: UserOption

        func validate() throws {
            guard (file == nil) == example else { throw ValidationError("give a file, or --example") }
        }

        func run() throws {
            let replica = try options.replica()
            let bytes = try file.map { [UInt8](try InputFile.bytes($0)) } ?? ParameterSheet.shipped
            let (values, refused) = try ParameterSheet.read(bytes, area: place.area(replica))
            try RefusedLines.stop(refused)
            let report = try Publishing.publish(values, in: replica, as: user.user)
            try options.wakeNode()
            try PublishOutcome(report).show(options)
        }
    }
}

enum Registration: String, ExpressibleByArgument, CaseIterable { case urban, rural }

private struct PublishOutcome: Encodable {
    let new: Int, changed: Int, unchanged: Int, ended: [Param.Value]

    init(_ report: PublishReport) {
        new = report.new
        changed = report.changed
        unchanged = report.unchanged
        ended = report.ended.map(Param.Value.init)
    }

    func show(_ options: ReplicaOptions) throws {
        for value in ended {
            Output.note("\(value.name) ‘\(value.value)’ from \(value.validFrom) ends on \(value.validTo ?? "")")
        }
        if options.json { return try Output.json(self) }
        Output.line("\(new) new, \(changed) changed, \(unchanged) as before")
    }
}

/// 节假日
struct Holiday: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "holiday", abstract: "Holidays, and weekends that are worked instead.",
        subcommands: [List.self, Import.self])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "The days that are published.")
        @OptionGroup var options: ReplicaOptions

        struct Report: Encodable {
            struct Day: Encodable { let date: String, kind: String }
            let days: [Day]
        }

        func run() throws {
            let calendar = try options.replica().read(PublishedRules.calendar)
            let running = try options.noteNode()
            let days = calendar.special.sorted { $0.key < $1.key }.map {
                Report.Day(date: $0.key.description, kind: $0.value.rawValue)
            }
            if options.json { return try Output.json(Report(days: days), running: running) }
            Output.table(["date", "kind"], days.map { [$0.date, $0.kind] })
            if days.isEmpty {
                Output.note(
                    "none is published; deadlines are counted without holidays, and those of cases and warnings are marked as provisional"
                )
            }
        }
    }

    struct Import: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "import", abstract: "Publish the special days of a year or several.",
            discussion: """
                CSV with the columns \(HolidaySheet.header.joined(separator: ", ")); kinds are holiday (休) and \
                make_up_workday (班). What was published before for these years and is not in the file is taken back.
                """)
        @OptionGroup var options: ReplicaOptions
        @Argument(help: "A CSV file.") var file: String
        @OptionGroup var user: UserOption

        struct Report: Encodable { let days: Int, changed: Int }

        func run() throws {
            let (days, refused) = try HolidaySheet.read([UInt8](try InputFile.bytes(file)))
            try RefusedLines.stop(refused)
            let changed = try Publishing.holidays(days, in: try options.replica(), as: user.user)
            try options.wakeNode()
            if options.json { return try Output.json(Report(days: days.count, changed: changed)) }
            Output.line("\(days.count) days, of which \(changed) changed")
        }
    }
}

enum RefusedLines {
    /// Says every line that was refused, and ends the command: nothing of such a file is taken.
    static func stop(_ refused: [some CustomStringConvertible]) throws {
        guard !refused.isEmpty else { return }
        for line in refused { Output.note("\(line)") }
        Output.note("nothing was published: \(refused.count) lines were refused; correct them")
        throw ExitCode.failure
    }
}

extension CalendarDate {
    static func argument(_ text: String) throws -> CalendarDate {
        guard let date = CalendarDate(written: text) else {
            throw ValidationError("‘\(text)’ is no date; write 2026-01-31")
        }
        return date
    }
}

extension ParameterName {
    static func argument(_ text: String) throws -> ParameterName {
        guard let name = ParameterName(rawValue: text) else { throw ValidationError("\(ParameterFault.unknown(text))") }
        return name
    }
}
