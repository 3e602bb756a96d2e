import ArgumentParser
import Assistance
import ChangeSets
import Foundation
import GRDB
import Node
import Replica

/// 投诉
struct ComplaintCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "complaint", abstract: "Complaints about a village or a town, kept by the offices above it.",
        subcommands: [List.self, Take.self, Answer.self])

    struct Report: Encodable {
        struct Answer: Encodable {
            let text: String, day: String, office: String, user: String
            @OrNull var satisfied: Bool?
        }
        let id: String, about: String, source: String, complainant: String, text: String, day: String, office: String
        let open: Bool, answers: [Answer]
        @OrNull var due: String?

        init(_ complaint: Complaint, due: Deadline?) {
            id = complaint.id.hex
            about = complaint.about.digits
            source = complaint.source
            complainant = complaint.complainant
            text = complaint.text
            day = complaint.day.description
            office = complaint.office.digits
            open = complaint.isOpen
            answers = complaint.answers.map {
                Answer(
                    text: $0.text, day: $0.day?.description ?? "", office: $0.office.digits, user: $0.user,
                    satisfied: $0.isSatisfied)
            }
            self.due = due?.date.description
        }
    }

    static func show(_ complaint: Complaint, _ replica: OfficeReplica, _ options: ReplicaOptions) throws {
        try options.wakeNode()
        let due = try replica.read { try complaint.due($0) }
        if options.json { return try Output.json(Report(complaint, due: due)) }
        Output.line("\(complaint.id.hex)" + (due.map { " to be answered by \($0.date)" } ?? ""))
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "Complaints that are not settled, the oldest first.",
            discussion: "Exits 2 when there are any.")
        @OptionGroup var options: ReplicaOptions
        @Option(help: "Only about this office and those below it.", transform: OfficeCode.argument) var area:
            OfficeCode?
        @Flag(help: "Also those that are settled.") var all = false

        struct List: Encodable { let complaints: [Report] }

        func run() throws {
            let replica = try options.replica()
            let found = try replica.read { db in
                let complaints = try Complaints.all(in: area ?? replica.office, answered: all, db)
                return Array(zip(complaints, try Complaints.due(complaints, db)))
            }
            let running = try options.noteNode()
            if options.json {
                try Output.json(List(complaints: found.map { Report($0, due: $1) }), running: running)
            } else {
                Output.table(
                    ["id", "about", "since", "by", "from", "complaint", "answers"],
                    found.map { complaint, due in
                        [
                            String(complaint.id.hex.prefix(12)), complaint.about.digits, complaint.day.description,
                            due?.date.description ?? "", complaint.complainant, complaint.text,
                            complaint.answers.map(\.text).joined(separator: "; "),
                        ]
                    })
            }
            if found.contains(where: { $0.0.isOpen }) { throw needsAttention }
        }
    }

    struct Take: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "take", abstract: "Take a complaint down, at an office above the one that it is about.")
        @OptionGroup var options: ReplicaOptions
        @Option(help: "The village or town.", transform: OfficeCode.argument) var about: OfficeCode
        @Argument(help: "What is said.") var text: String
        @Option(help: "How it came: visit, letter, hotline …") var source = "visit"
        @Option(help: "Who complains; nothing where they do not want to be named.") var complainant = ""
        @Option(help: "The day; today if not given.", transform: CalendarDate.argument) var on: CalendarDate?
        @OptionGroup var user: UserOption

        func run() throws {
            let replica = try options.replica()
            let complaint = try ComplaintEntry(replica, as: user.user, today: try Today.date())
                .take(about: about, source: source, complainant: complainant, text: text, on: on)
            try ComplaintCommand.show(complaint, replica, options)
        }
    }

    struct Answer: ParsableCommand {
        static let configuration = CommandConfiguration(commandName: "answer", abstract: "Record what was answered.")
        @OptionGroup var options: ReplicaOptions
        @Argument(help: "Id of the complaint.") var id: String
        @Argument(help: "What was answered.") var text: String
        @Option(help: "Whether whoever complained is content: yes or no. It ends with that.") var satisfied: Content?
        @OptionGroup var user: UserOption

        enum Content: String, ExpressibleByArgument, CaseIterable { case yes, no }

        func run() throws {
            let replica = try options.replica()
            let complaint = try ComplaintEntry(replica, as: user.user, today: try Today.date())
                .answer(id, text: text, satisfied: satisfied.map { $0 == .yes })
            try ComplaintCommand.show(complaint, replica, options)
        }
    }
}

/// 导出记录
struct Exports: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exports",
        abstract: "Files with people's data that have left an office: who took them, when and why.",
        discussion: "With --code, the one that stands on a paper somebody has found.")
    @OptionGroup var options: ReplicaOptions
    @Option(help: "Only of this office and those below it.", transform: OfficeCode.argument) var area: OfficeCode?
    @Option(help: "The code on a line of the file, such as DC-0123456789.") var code: String?

    struct Item: Encodable {
        let code: String, office: String, user: String, day: String, content: String, part: String, lines: Int
        let purpose: String, reason: String, hash: String, secondedBy: String
    }
    struct List: Encodable { let exports: [Item] }

    func run() throws {
        let replica = try options.replica()
        let found = try replica.read { try ExportLog.all(in: area ?? replica.office, code: code, $0) }
        let running = try options.noteNode()
        if options.json {
            let items = found.map {
                Item(
                    code: $0.code, office: $0.office.digits, user: $0.user, day: $0.day?.description ?? "",
                    content: $0.content.rawValue, part: $0.part, lines: $0.lines, purpose: $0.purpose,
                    reason: $0.reason, hash: $0.hash, secondedBy: $0.secondedBy)
            }
            return try Output.json(List(exports: items), running: running)
        }
        Output.table(
            ["code", "office", "by", "seconded by", "day", "what", "lines", "purpose", "why"],
            found.map {
                [
                    $0.code, $0.office.digits, $0.user, $0.secondedBy, $0.day?.description ?? "", $0.content.chinese,
                    "\($0.lines)",
                    $0.purpose, $0.reason,
                ]
            })
    }
}
