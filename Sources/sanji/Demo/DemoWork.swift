import Assistance
import ChangeSets
import Foundation
import Node

/// The demo's second half, the work itself: two families of the news report behind this program (docs/domain.md).
final class DemoWork {
    /// How the demo's offices are reached and spoken of.
    struct Stage {
        let district: DemoOffice
        let town: DemoOffice
        let village: DemoOffice
        let folder: URL
        let setLine: (_ isCut: Bool) -> Void
        let wait: (_ what: String, _ isSo: () throws -> Bool) async throws -> Void
        let tell: (String) -> Void
    }

    private let stage: Stage
    private let today: CalendarDate
    private var month: String { "\(today.calendarMonth)" }
    private let nextMonth: String

    init(_ stage: Stage) throws {
        self.stage = stage
        today = try Today.date()
        nextMonth = today.calendarMonth.adding(months: 1)?.description ?? ""
    }

    // MARK: The family with large medical bills

    func findFamily() async throws {
        try run(stage.district, "param", "import", "--example", "--as", "乙二")
        try run(
            stage.district, "param", "set", "income.disposable", "20000", "--from", "2025-01-01", "--document", "试1号",
            "--as",
            "乙二")
        let home = try await register("D01", wife: "990001197506204586", birth: "1975-06-20")
        let lines = zip([9800, 7600, 6300, 5100], [90, 70, 50, 30]).enumerated().map { index, bill in
            "\(index + 1),990001197506204586,\(day(bill.1)),\(bill.0)"
        }
        let sheet = try file("bills.csv", (["no,id_number,date,self_paid"] + lines).joined(separator: "\n"))
        try run(stage.district, "import", "medical", sheet, "--department", "医保", "--batch", month, "--as", "乙二")
        stage.tell(
            "the district imports four bills, 28,800 yuan paid by the family itself: a red warning, before anybody asked"
        )
        try await stage.wait("the warning is at the village") {
            try self.count("alert_fact", at: self.stage.village) == 4
        }
        let warning = try decoded(DemoData.Alerts.self, stage.village, "alert", "list").alerts.first?.id ?? ""
        stage.setLine(true)
        try run(stage.village, "alert", "ack", warning, "--as", "丁一")
        try run(
            stage.village, "alert", "visit", warning, "--visitor", "丁一", "--visitor", "丁二", "--seen", "甲一",
            "--findings",
            "家中有人住院", "--as", "丁一")
        try run(
            stage.village, "fact", "expense", home, "--kind", "medical", "--on", day(30), "--gross", "28800",
            "--receipt", "R1",
            "--person", "乙一", "--as", "丁一")
        let opened = try run(
            stage.village, "case", "open", home, "--kind", "DB", "--on", day(12), "--applicant", "甲一", "--channel",
            "alert", "--consent", "--as", "丁一")
        try run(stage.village, "alert", "verdict", warning, "real", "--led-to", opened, "--as", "丁一")
        try visit(opened)
        stage.setLine(false)
        stage.tell(
            "the village sees kind and colour, not the bills; cut off again, it visits, judges and applies with the family"
        )
        try await decide(opened, document: "试民〔2026〕1号")
        try await refer(home)
    }

    private func refer(_ home: String) async throws {
        try run(stage.district, "referral", "send", home, "--to", "rural", "--need", "防贫帮扶", "--as", "乙二")
        let medical = try run(
            stage.district, "referral", "send", home, "--to", "medical_insurance", "--need", "医疗救助", "--person", "乙一",
            "--as",
            "乙二"
        ).prefix(32)
        try run(
            stage.district, "referral", "reply", String(medical), "given", "--programme", "医疗救助", "--amount", "28000",
            "--month", month, "--as", "乙二")
        try await stage.wait("the answer is at the village") {
            try self.count("referral_reply", at: self.stage.village) == 1
        }
        stage.tell(
            "the district refers it to medical insurance and to the countryside's department; at the village its list says:"
        )
        for line in try run(
            stage.village, "list", home, "--month", month, "--purpose", "payment", "--reason", "发给本人", "--as", "丁一"
        ).split(separator: "\n") {
            stage.tell("  \(line)")
        }
    }

    // MARK: The couple whose category changes

    func changeCategory() async throws {
        let home = try await register("D02", wife: "", birth: "1978-01-01")
        let opened = try run(
            stage.village, "case", "open", home, "--kind", "DB", "--on", day(12), "--applicant", "甲一", "--consent",
            "--as", "丁一")
        try visit(opened)
        try await decide(opened, document: "试民〔2026〕2号")
        stage.tell("2,900 yuan of wages for two: an edge family, which gets nothing a month")
        try run(
            stage.village, "fact", "expense", home, "--kind", "medical", "--on", day(20), "--gross", "34800",
            "--receipt", "R2",
            "--person", "乙一", "--as", "丁一")
        try await stage.wait("the bill is at the district") {
            try self.count("rigid_item", at: self.stage.district) == 2
        }
        let decided = try run(stage.district, "review", "decide", home, "--document", "试民〔2026〕3号", "--as", "乙二")
        stage.tell("then 34,800 yuan of bills; the district looks again: \(decided)")
        try await pay(home)
        stage.tell("next month's list of the family, at the village:")
        for line in try run(
            stage.village, "list", home, "--month", nextMonth, "--purpose", "payment", "--reason", "发给本人", "--as", "丁一"
        ).split(separator: "\n") {
            stage.tell("  \(line)")
        }
    }

    private func pay(_ home: String) async throws {
        let account = try run(
            stage.town, "account", "add", home, "--holder", "甲一", "--bank", "试行", "--number", "990000000001", "--as",
            "丙三")
        try run(stage.town, "account", "check", home, account, "--as", "丙四")
        try run(stage.town, "roster", "agree", "DB", nextMonth, "--as", "丙三")
        try await stage.wait("account and agreement are at the district") {
            try self.count("account_check", at: self.stage.district) == 1
                && self.count("roster_check", at: self.stage.district) == 1
        }
        let batch = try run(stage.district, "roster", "freeze", "DB", nextMonth, "--as", "乙二").prefix(32)
        try run(stage.district, "roster", "approve", String(batch), "--as", "乙三")
        try run(
            stage.district, "roster", "export", String(batch), stage.folder.appendingPathComponent("bank.csv").path,
            "--as",
            "乙二")
        stage.tell(
            "the town's second clerk checks the account, the district freezes the list, a second person approves it")
        try await stage.wait("the payment is at the village") {
            try self.count("pay_step", at: self.stage.village) == 2
        }
    }

    // MARK: Steps of both

    /// - Returns: `AREA/NUMBER`.
    private func register(_ number: String, wife identity: String, birth: String) async throws -> String {
        let sheet = try file(
            "\(number).csv",
            """
            household_no,is_head,name,relation,sex,birth,id_number,hukou
            \(number),yes,甲一,head,male,1976-01-01,,urban
            \(number),no,乙一,spouse,female,\(birth),\(identity),urban

            """)
        try run(stage.village, "household", "import", sheet, "--as", "丁一")
        let home = "\(stage.village.code)/\(number)"
        try run(
            stage.village, "fact", "income", home, "--kind", "wage", "--amount", "2900", "--person", "甲一", "--as", "丁一")
        try await stage.wait("the family is at the district") {
            try !self.run(self.stage.district, "household", "find", number).isEmpty
        }
        return home
    }

    private func visit(_ file: String) throws {
        try run(
            stage.village, "case", "visit", file, "--on", day(12), "--visitor", "丁一", "--visitor", "丁二", "--seen", "乙一",
            "--findings", "属实", "--signed", "丁一", "--signed", "丁二", "--signed", "乙一", "--as", "丁一")
    }

    /// The town accepts, reviews and posts the notice; the district confirms.
    private func decide(_ file: String, document: String) async throws {
        try await stage.wait("case and visit are at the town") {
            try !self.run(self.stage.town, accepted: [0, 1], "case", "show", file).isEmpty
        }
        let visits = try count("home_visit", at: stage.village)
        try await stage.wait("the visit is at the town") { try self.count("home_visit", at: self.stage.town) == visits }
        for step in ["accept", "investigate", "first_review"] {
            try run(stage.town, "case", "step", file, step, "--as", "丙三")
        }
        try run(stage.town, "case", "notice", file, "--posted", day(10), "--place", "村务公开栏", "--as", "丙三")
        try run(stage.town, "case", "step", file, "forward", "--as", "丙三")
        let forwarded = try count("case_step", at: stage.town)
        try await stage.wait("the case is on the district's desk") {
            try self.count("case_step", at: self.stage.district) == forwarded
        }
        let decided = try run(stage.district, "case", "confirm", file, "--document", document, "--as", "乙二")
        let line = decided.split(separator: "\n").last { $0.contains("confirmed") } ?? ""
        stage.tell("town and district do their part:\(line)")
    }

    private func day(_ before: Int) -> String { today.adding(days: -before)?.description ?? "" }

    private func file(_ name: String, _ text: String) throws -> String {
        let url = stage.folder.appendingPathComponent(name)
        try text.write(to: url, atomically: true, encoding: .utf8)
        return url.path
    }

    /// - Returns: What it printed, without the end of the line.
    @discardableResult
    private func run(_ office: DemoOffice, accepted: Set<Int32> = [0, 2], _ arguments: String...) throws -> String {
        try ChildProcesses.run(arguments + ["--data", office.folder], accepted: accepted).output
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private func decoded<Value: Decodable>(
        _ type: Value.Type, _ office: DemoOffice, _ arguments: String...
    ) throws -> Value {
        try ChildProcesses.run(arguments + ["--json", "--data", office.folder], accepted: [0, 2]).decoded(type)
    }

    private func count(_ table: String, at office: DemoOffice) throws -> Int {
        let rows = try decoded(DemoData.Rows.self, office, "sql", "SELECT count(*) FROM \(table)").rows
        return Int(rows[0][0].text) ?? 0
    }
}
