import ArgumentParser
import Assistance
import ChangeSets
import Foundation
import GRDB
import Node
import Replica

/// 统计
struct Stats: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats",
        abstract:
            "Figures of this office and all below: people by category, warnings, spending, and how far each office is included.",
        discussion: "Exits 2 when an office's work is not wholly in the figures.")
    @OptionGroup var options: ReplicaOptions
    @Option(help: "The month; else this one.", transform: CalendarMonth.argument) var month: CalendarMonth?
    @Flag(help: "In their place how the work goes: days to a decision, who found whom, double payments, returns.")
    var indicators = false
    @Option(help: "Also as CSV, with figures under five shown as <5; a file that is not there yet.") var csv: String?
    @Option(name: .customLong("as"), help: "Who takes the file; with --csv.") var user: String?

    struct Report: Encodable {
        struct Category: Encodable { let area: String, category: String, households: Int, people: Int }
        struct Warnings: Encodable { let area: String, kind: String, colour: Int, days: String, count: Int }
        struct Spending: Encodable {
            let area: String, month: String, programme: String, department: String, lines: Int, amountFen: Int64
            let averageFen: Int64
        }
        struct Included: Encodable {
            let office: String, name: String
            @OrNull var upTo: String?
            let missing: Int

            init(_ office: Statistics.Included) {
                (self.office, name, missing) = (office.office.digits, office.name, office.missing)
                upTo = office.upTo
            }
        }
        struct Punctuality: Encodable {
            let area: String, due: Int, onTime: Int, late: Int, undelivered: Int, undeliveredDays: Int
            let casesLate: Int
        }
        let month: String, categories: [Category], warnings: [Warnings], spending: [Spending], included: [Included]
        let punctuality: [Punctuality]
    }

    func run() throws {
        let (replica, today) = (try options.replica(), try Today.date())
        if indicators { return try show(try Indicators(in: replica.office, on: today, of: replica)) }
        let figures = try Statistics(month ?? today.calendarMonth, today: today, in: replica)
        let running = try options.noteNode()
        if let csv, let user {
            let output = try OutputFile(new: csv)
            let bytes = try output.removedOnError {
                try figures.export(from: replica, as: ActingUser(user), today: today)
            }
            try output.write(Data(bytes))
            try options.wakeNode()
        }
        if options.json { try Output.json(report(figures), running: running) } else { write(figures) }
        if !figures.included.allSatisfy(\.isWhole) { throw needsAttention }
    }

    struct IndicatorReport: Encodable {
        let decided: Int, daysToDecision: Int, applications: Int, foundByUs: Int, doublesBeforePay: Int
        let doublesAfterPay: Int, lines: Int, returned: Int, repaired: Int, daysToRepair: Int
        let referralsDue: Int, referralsInTime: Int, conflicts: Int, conflictsOld: Int
        let included: [Report.Included]
    }

    private func show(_ found: Indicators) throws {
        try write(found)
        if !found.included.allSatisfy(\.isWhole) { throw needsAttention }
    }

    private func write(_ found: Indicators) throws {
        let running = try options.noteNode()
        if options.json {
            return try Output.json(
                IndicatorReport(
                    decided: found.decided, daysToDecision: found.daysToDecision, applications: found.applications,
                    foundByUs: found.foundByUs, doublesBeforePay: found.doublesBeforePay,
                    doublesAfterPay: found.doublesAfterPay, lines: found.lines, returned: found.returned,
                    repaired: found.repaired, daysToRepair: found.daysToRepair, referralsDue: found.referralsDue,
                    referralsInTime: found.referralsInTime, conflicts: found.conflicts,
                    conflictsOld: found.conflictsOld, included: found.included.map(Report.Included.init)),
                running: running)
        }
        func mean(_ total: Int, _ of: Int) -> String {
            of > 0 ? String(format: "%.1f", Double(total) / Double(of)) : ""
        }
        func share(_ part: Int, _ of: Int) -> String {
            of > 0 ? String(format: "%.1f %%", 100 * Double(part) / Double(of)) : ""
        }
        Output.table(
            ["of the last twelve months", "", "of"],
            [
                [
                    "days from application to decision, on average", mean(found.daysToDecision, found.decided),
                    "\(found.decided)",
                ],
                [
                    "found by village, warning or referral", share(found.foundByUs, found.applications),
                    "\(found.applications)",
                ],
                ["double payments told before both were paid", "\(found.doublesBeforePay)", ""],
                ["double payments told after both were paid", "\(found.doublesAfterPay)", ""],
                [
                    "referrals answered in time", share(found.referralsInTime, found.referralsDue),
                    "\(found.referralsDue)",
                ],
                ["given back by the bank", share(found.returned, found.lines), "\(found.lines)"],
                ["days until paid again, on average", mean(found.daysToRepair, found.repaired), "\(found.repaired)"],
                ["conflicts open for more than seven days, now", "\(found.conflictsOld)", "\(found.conflicts)"],
            ])
        write(found.included)
    }

    func validate() throws {
        if let user { try UserOption.check(user) }
        guard !indicators || (csv == nil && month == nil) else {
            throw ValidationError("indicators are of the last twelve months, and on the screen only")
        }
        guard (csv != nil) == (user != nil) else {
            throw ValidationError("a file is taken by somebody: --csv with --as")
        }
    }

    private func report(_ figures: Statistics) -> Report {
        Report(
            month: figures.month.description,
            categories: figures.categories.map {
                .init(
                    area: $0.area.digits, category: $0.category.rawValue, households: $0.households, people: $0.people)
            },
            warnings: figures.warnings.map {
                .init(
                    area: $0.area.digits, kind: $0.kind.rawValue, colour: $0.colour.rawValue, days: $0.age.rawValue,
                    count: $0.count)
            },
            spending: figures.spending.map {
                .init(
                    area: $0.area.digits, month: $0.month.description, programme: $0.programme,
                    department: $0.department, lines: $0.lines, amountFen: $0.amount.fen, averageFen: $0.average.fen)
            },
            included: figures.included.map(Report.Included.init),
            punctuality: figures.punctuality.map {
                .init(
                    area: $0.area.digits, due: $0.due, onTime: $0.onTime, late: $0.late, undelivered: $0.undelivered,
                    undeliveredDays: $0.undeliveredDays,
                    casesLate: $0.casesLate)
            })
    }

    private func write(_ figures: Statistics) {
        Output.table(
            ["area", "category", "households", "people"],
            figures.categories.map { [$0.area.digits, $0.category.rawValue, "\($0.households)", "\($0.people)"] })
        Output.table(
            ["area", "warning", "colour", "days", "open"],
            figures.warnings.map {
                [$0.area.digits, $0.kind.chinese, $0.colour.chinese, $0.age.rawValue, "\($0.count)"]
            })
        let spending: [[String]] = figures.spending.map { line in
            [
                line.month.description, line.area.digits, line.department, line.programme, "\(line.lines)",
                "\(line.amount)", "\(line.average)",
            ]
        }
        Output.table(["month", "area", "department", "programme", "lines", "yuan", "a line"], spending)
        Output.table(
            ["area", "visits due", "on time", "late", "undelivered", "days undelivered", "cases late"],
            figures.punctuality.map {
                [
                    $0.area.digits, "\($0.due)", "\($0.onTime)", "\($0.late)", "\($0.undelivered)",
                    "\($0.undeliveredDays)",
                    "\($0.casesLate)",
                ]
            })
        write(figures.included)
    }

    private func write(_ included: [Statistics.Included]) {
        for office in included {
            let missing = office.missing > 0 ? ", \(office.missing) change sets missing" : ""
            Output.line("\(office.office) \(office.name): included up to \(office.upTo ?? "never")\(missing)")
        }
    }
}
