import Assistance
import Foundation
import Testing

@testable import Node

extension `Offices as processes` {
    /// Domain 4.3, the Xiajiang fixture: what medical insurance knows finds a family before it asks.
    @Suite(.timeLimit(.minutes(5))) struct `The family with large medical bills` {
        @Test
        func `is found by the district, visited without a line, decided, referred, and has it all on its list`()
            async throws
        {
            try await Tree.with(starting: [Tree.district, Tree.town, Tree.village]) { tree in
                let (district, town, village) = (tree[Tree.district], tree[Tree.town], tree[Tree.village])
                try await district.run(["param", "import", "--example", "--as", "甲九"]).expecting(0)
                try await district.run([
                    "param", "set", "income.disposable", "20000", "--from", "2025-01-01", "--document", "试1号", "--as",
                    "甲九",
                ]).expecting(0)
                let home = try await Story.register(at: village)
                try await tree.until("the family is at the district") {
                    try district.count("SELECT count(*) FROM person") == 2
                }
                try await importBills(at: district)
                try await tree.until("the warning is at the village") {
                    try village.count("SELECT count(*) FROM alert_fact") == 4
                }
                #expect(try village.count("SELECT count(*) FROM signal") == 0)
                try await village.stop()
                let file = try await answer(home, at: village)
                try await tree.start(village)
                try await tree.until("the case is at the town") {
                    try town.count("SELECT count(*) FROM application") == 1
                }
                let number = try await Story.review(file, at: town, visitedBy: village, tree)
                try await tree.until("the case is on the district's desk") {
                    try district.count("SELECT count(*) FROM case_step WHERE step = 'forward'") == 1
                }
                try await district.run(["case", "confirm", number, "--document", "试民〔2026〕2号", "--as", "戊一"])
                    .expecting(0)
                let warning = try await warnings(at: district)[0]
                try await district.run(["alert", "close", warning, "--as", "戊一"]).expecting(0)
                try await refer(home, at: district)
                try await tree.until("the answer is at the village") {
                    try village.count("SELECT count(*) FROM referral_reply") == 1
                }
                try await checkList(home, at: village)
                #expect(try await village.run(["alert", "list", "--json"]).expecting(0).object()["alerts"] is [Any])
            }
        }

        private func warnings(at office: Office) async throws -> [String] {
            let listed = try await office.run(["alert", "list", "--json"]).expecting(2).object()
            let alerts = try #require(listed["alerts"] as? [[String: Any]])
            #expect(alerts.map { $0["kind"] as? String } == ["A1"] && alerts.map { $0["colour"] as? Int } == [3])
            return alerts.compactMap { $0["id"] as? String }
        }

        /// 9,800 + 7,600 + 6,300 + 5,100 = 28,800 yuan paid oneself.
        private func importBills(at district: Office) async throws {
            let sheet = district.folder.url.appending(path: "bills.csv")
            let lines = zip([9800, 7600, 6300, 5100], [90, 70, 50, 30]).enumerated().map { index, bill in
                "\(index + 1),990001197506204586,\(Story.day(bill.1)),\(bill.0)"
            }
            try (["no,id_number,date,self_paid"] + lines).joined(separator: "\n")
                .write(to: sheet, atomically: true, encoding: .utf8)
            let command = [
                "import", "medical", sheet.path, "--department", "医保", "--batch", "1", "--as", "己一", "--json",
            ]
            let taken = try await district.run(command).expecting(0).object()
            #expect(taken["new"] as? Int == 4 && (taken["warnings"] as? [String: Any])?["raised"] as? Int == 1)
            // Delivered twice, it says nothing new.
            let again = try await district.run(command).expecting(0).object()
            #expect(again["new"] as? Int == 0 && again["known"] as? Int == 4)
        }

        /// All that the village does without a line.
        /// - Returns: The application.
        private func answer(_ home: String, at village: Office) async throws -> String {
            let warning = try await warnings(at: village)[0]
            try await village.run(["alert", "ack", warning, "--as", "丙一"]).expecting(0)
            try await village.run(["alert", "visit", warning, "--findings", "乙一住院", "--as", "丙一"]).expecting(0)
            try await village.run([
                "fact", "expense", home, "--kind", "medical", "--on", Story.day(30), "--gross", "28800", "--receipt",
                "R1",
                "--person", "乙一", "--as", "丙一",
            ]).expecting(0)
            let opened = try await village.run([
                "case", "open", home, "--kind", "DB", "--on", Story.day(12), "--applicant", "甲一", "--channel", "alert",
                "--consent", "--as",
                "丙一",
            ]).expecting(0)
            let file = opened.output.trimmingCharacters(in: .whitespacesAndNewlines)
            try await village.run(["alert", "verdict", warning, "real", "--led-to", file, "--as", "丙一"]).expecting(0)
            return file
        }

        private func refer(_ home: String, at district: Office) async throws {
            let sent = try await district.run([
                "referral", "send", home, "--to", "medical_insurance", "--need", "医疗救助", "--person", "乙一", "--as", "戊一",
                "--json",
            ]).expecting(0).object()
            try await district.run(["referral", "send", home, "--to", "rural", "--need", "防贫帮扶", "--as", "戊一"])
                .expecting(0)
            let id = try #require(sent["id"] as? String)
            let told = district.folder.url.appending(path: "told.csv").path
            try await district.run(["referral", "export", id, told, "--as", "戊一"]).expecting(0)
            let sheet = try String(contentsOfFile: told, encoding: .utf8)
            #expect(sheet.hasPrefix("referral,name,id_number,category,from_month,bill_period,export_code\r\n"))
            try await district.run([
                "referral", "reply", id, "given", "--programme", "医疗救助", "--amount", "28000", "--month",
                Story.thisMonth,
                "--as", "戊一",
            ]).expecting(0)
        }

        private func checkList(_ home: String, at village: Office) async throws {
            let list = try await village.run(["list", home, "--month", Story.thisMonth, "--json"]).expecting(0).object()
            let lines = try #require(list["lines"] as? [[String: Any]])
            #expect(list["totalFen"] as? Int == 2_800_000)
            #expect(lines.map { $0["department"] as? String } == ["医保", "农业农村"])
            #expect(lines.map { $0["status"] as? String } == ["counted", "not_reported"])
            let next = try await village.run(["list", home, "--month", Story.nextMonth, "--json"]).expecting(0).object()
            #expect(next["category"] as? String == "DB")
        }
    }
}
