import Assistance
import ChangeSets
import Foundation
import Testing

@testable import Node

/// What the acceptance stories have in common: a couple on a wage, and the way of their case.
enum Story {
    /// The offices are at +08:00.
    static let today = CalendarDate(dayNumber: (Int(Date().timeIntervalSince1970) + 8 * 3600) / 86400)!

    static func day(_ before: Int) -> String { today.adding(days: -before)!.description }

    static var thisMonth: String { "\(today.calendarMonth)" }
    static var nextMonth: String { "\(today.calendarMonth.adding(months: 1)!)" }

    /// Publishes what the program ships, until a village has it.
    static func publishRules(at district: Office, to village: Office, _ tree: Tree) async throws {
        try await district.run(["param", "import", "--example", "--as", "甲九"]).expecting(0)
        try await tree.until("the rules are at the village") {
            try village.count("SELECT count(*) FROM param") > 50
        }
    }

    static func register(at village: Office) async throws -> String {
        let sheet = village.folder.url.appending(path: "sheet.csv")
        try """
        household_no,is_head,name,relation,sex,birth,id_number,hukou
        001,yes,甲一,head,male,1976-01-01,,urban
        001,no,乙一,spouse,female,1975-06-20,990001197506204586,urban

        """.write(to: sheet, atomically: true, encoding: .utf8)
        try await village.run(["household", "import", sheet.path, "--as", "丙一"]).expecting(0)
        try await village.run([
            "fact", "income", "001", "--kind", "wage", "--amount", "2900", "--person", "甲一", "--as", "丙一",
        ]).expecting(0)
        return "\(village.code)/001"
    }

    /// - Returns: Category and amount in fen.
    static func assess(_ home: String, at office: Office) async throws -> [String] {
        let said = try await office.run([
            "case", "assess", home, "--purpose", "application", "--reason", "核对", "--as", "丙一", "--json",
        ]).expecting(0).object()
        return [said["category"] as? String ?? "?", "\(said["totalFen"] as? Int ?? -1)"]
    }

    /// - Returns: The number that the town gave the case.
    static func review(_ id: String, at town: Office, visitedBy village: Office, _ tree: Tree) async throws
        -> String
    {
        let accepted = try await town.run(["case", "step", id, "accept", "--as", "丁一", "--json"]).expecting(0)
            .object()
        try await town.run(["case", "step", id, "investigate", "--as", "丁一"]).expecting(0)
        // The visit is typed in while the village is off.
        try await village.stop()
        try await village.run([
            "case", "visit", id, "--on", day(12), "--visitor", "丙一", "--visitor", "丙二", "--seen", "乙一",
            "--findings",
            "属实", "--signed", "丙一", "--signed", "丙二", "--signed", "乙一", "--as", "丙一",
        ]).expecting(0)
        let visits = "SELECT count(*) FROM home_visit WHERE application IS NOT NULL"
        #expect(try town.count(visits) == 0)
        try await town.run(["case", "step", id, "first_review", "--as", "丁一"]).expecting(0)
        let notice = ["case", "notice", id, "--posted", day(10), "--place", "村务公开栏", "--as", "丁一"]
        try await town.run(notice).expectError(1, "no home visit")
        try await tree.start(village)
        try await tree.until("the visit is at the town") { try town.count(visits) == 1 }
        try await town.run(notice).expecting(0)
        try await town.run(["case", "step", id, "forward", "--as", "丁一"]).expecting(0)
        return try #require(accepted["number"] as? String)
    }

    // MARK: A case, a command at a time

    /// Takes an application down and visits the family.
    /// - Parameter seen: A member, who applies and is at home.
    /// - Returns: The application.
    static func apply(_ home: String, kind: String, seen: String, at office: Office, _ more: String...) async throws
        -> String
    {
        let opened = try await office.run(
            [
                "case", "open", home, "--kind", kind, "--on", day(12), "--applicant", seen, "--channel", "village",
                "--consent", "--as", "丙一",
            ] + more
        ).expecting(0)
        let id = opened.output.trimmingCharacters(in: .whitespacesAndNewlines)
        try await office.run([
            "case", "visit", id, "--on", day(12), "--visitor", "丙一", "--visitor", "丙二", "--seen", seen, "--findings",
            "属实", "--signed", "丙一", "--signed", "丙二", "--signed", seen, "--as", "丙一",
        ]).expecting(0)
        return id
    }

    /// All that a town does, up to the district's desk.
    static func forward(_ id: String, at town: Office) async throws {
        for step in ["accept", "investigate", "first_review"] {
            try await town.run(["case", "step", id, step, "--as", "丁一"]).expecting(0)
        }
        try await town.run(["case", "notice", id, "--posted", day(10), "--place", "村务公开栏", "--as", "丁一"]).expecting(0)
        try await town.run(["case", "step", id, "forward", "--as", "丁一"]).expecting(0)
    }

    static func confirm(_ id: String, document: String, at district: Office) async throws {
        try await district.run(["case", "confirm", id, "--document", document, "--as", "戊一"]).expecting(0)
    }

    /// Freezes, approves and settles next month's list.
    static func pay(
        _ home: String, holder: String, at town: Office, and district: Office, _ tree: Tree
    ) async throws {
        let added = try await town.run([
            "account", "add", home, "--holder", holder, "--bank", "试行", "--number", "990000000001", "--as", "丁一",
        ]).expecting(0)
        let account = added.output.trimmingCharacters(in: .whitespacesAndNewlines)
        try await town.run(["account", "check", home, account, "--as", "丁一"]).expectError(1, "another person")
        try await town.run(["account", "check", home, account, "--as", "丁二"]).expecting(0)
        try await town.run(["roster", "agree", "DB", nextMonth, "--as", "丁一"]).expecting(0)
        try await tree.until("account and agreement are at the district") {
            try district.count("SELECT count(*) FROM account_check") == 1
                && district.count("SELECT count(*) FROM roster_check") == 1
        }
        let frozen = try await district.run(["roster", "freeze", "DB", nextMonth, "--as", "戊一", "--json"]).expecting(0)
            .object()
        let batch = try #require(frozen["id"] as? String)
        try await district.run(["roster", "approve", batch, "--as", "戊一"]).expectError(1, "another person")
        try await district.run(["roster", "approve", batch, "--as", "戊二"]).expecting(0)
        let sheet = district.folder.url.appending(path: "bank.csv").path
        try await district.run(["roster", "export", batch, sheet, "--as", "戊一"]).expecting(0)
        #expect(try String(contentsOfFile: sheet, encoding: .utf8).contains("990000000001"))
        try await district.run(["roster", "settle", batch, "--as", "戊一"]).expecting(0)
    }
}

extension Office {
    @discardableResult
    func run(_ arguments: [String]) async throws -> Answer {
        try await SanjiProgram.run(arguments + ["--data", folder.url.path])
    }
}
