import Assistance
import Foundation
import Testing

@testable import Node

extension `Offices as processes` {
    /// Domain 4.3, the Xiajiang fixture [S1]: what medical insurance knows finds a family before it asks.
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
                try await checkOpening(warning, home, at: district)
                try await district.run(["alert", "close", warning, "--as", "戊一"]).expecting(0)
                try await refer(home, at: district)
                try await tree.until("the answer is at the village") {
                    try village.count("SELECT count(*) FROM referral_reply") == 1
                }
                try await checkList(home, at: village)
                try await district.stop()
                try await takeLists(at: district)
                #expect(try town.count("SELECT count(*) FROM department_grant") == 0)
                try await tree.start(district)
                try await tree.until("what others have paid is at the village") {
                    try village.count("SELECT count(*) FROM department_grant") == 3
                }
                for office in [village, town, district] { try await checkWhole(home, at: office) }
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
            try await checkDue(warning, at: village)
            try await village.run([
                "alert", "visit", warning, "--visitor", "丙一", "--visitor", "丙二", "--seen", "甲一", "--findings", "乙一住院",
                "--as", "丙一",
            ]).expecting(0)
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

        /// Domain 4.9: what was found in the house is for whoever says why.
        private func checkOpening(_ warning: String, _ home: String, at office: Office) async throws {
            let purpose = ["--purpose", "warning", "--reason", "核对", "--as", "戊一"]
            for command in [["alert", "show", warning], ["household", "visits", home]] {
                let closed = try await office.run(command + ["--json"]).expecting(0)
                #expect(!closed.output.contains("乙一住院"), "\(command)")
                let opened = try await office.run(command + purpose + ["--json"]).expecting(0)
                #expect(opened.output.contains("乙一住院"), "\(command)")
            }
            let list = try await office.run(["alert", "list", "--all", "--json"])
            #expect(list.output.contains(warning) && !list.output.contains("乙一住院"))
        }

        /// A red one is visited within three days of the day the village had it.
        private func checkDue(_ warning: String, at village: Office) async throws {
            let shown = try await village.run(["alert", "show", warning, "--json"]).expecting(0).object()
            let days = ["issuedOn", "deliveredOn"].compactMap {
                (shown[$0] as? String).flatMap { CalendarDate(written: $0) }
            }
            #expect(days.count == 2 && shown["due"] as? String == "visit")
            #expect(shown["dueOn"] as? String == days.max()?.adding(days: 3)?.description)
        }

        /// Cash of over 20,000 yuan and an insurance against poverty, and what a charity gives.
        private func takeLists(at district: Office) async throws {
            for (department, lines) in [
                ("rural", ["temporary,帮扶救助金,农1号,20500", "insurance,,农2号,3000"]), ("charity", ["charity,,,2000"]),
            ] {
                let sheet = district.folder.url.appending(path: "\(department).csv")
                let rows = lines.enumerated().map { index, line in
                    let cells = line.split(separator: ",", omittingEmptySubsequences: false)
                    return "\(index + 1),990001197506204586,\(Story.thisMonth),\(cells.joined(separator: ",")),,,"
                }
                try (["no,id_number,month,kind,programme,basis,amount,quantity,value,paid_on"] + rows)
                    .joined(separator: "\n").write(to: sheet, atomically: true, encoding: .utf8)
                try await district.run(["grant", "import", sheet.path, "--department", department, "--as", "戊一"])
                    .expecting(0)
            }
        }

        private func checkWhole(_ home: String, at office: Office) async throws {
            let list = try await office.run([
                "list", home, "--month", Story.thisMonth, "--purpose", "payment", "--reason", "发给本人", "--as", "甲一",
                "--json",
            ]).expecting(0).object()
            let lines = try #require(list["lines"] as? [[String: Any]])
            // Each with whose it is: none of them is paid by civil affairs.
            let counted = lines.filter { $0["status"] as? String == "counted" }.map {
                "\($0["department"] as? String ?? "?") \($0["programme"] as? String ?? "?") \($0["amountFen"] as? Int ?? 0)"
            }
            #expect(
                Set(counted) == [
                    "医保 医疗救助 2800000", "农业农村 帮扶救助金 2050000", "农业农村 防贫保险 300000", "慈善总会 慈善救助 200000",
                ], "at \(office.code)")
            #expect(counted.count == 4 && list["totalFen"] as? Int == 5_350_000, "at \(office.code)")
            // Visited in time, as every tier counts it.
            let figures = try await office.run(["stats", "--json"]).expecting(0, 2).object()
            let visits = try #require((figures["punctuality"] as? [[String: Any]])?.first)
            #expect(
                ["due", "onTime", "late", "undelivered"].map { visits[$0] as? Int } == [1, 1, 0, 0], "at \(office.code)"
            )
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
            let list = try await village.run([
                "list", home, "--month", Story.thisMonth, "--purpose", "payment", "--reason", "发给本人", "--as", "甲一",
                "--json",
            ]).expecting(0).object()
            let lines = try #require(list["lines"] as? [[String: Any]])
            #expect(list["totalFen"] as? Int == 2_800_000)
            #expect(lines.map { $0["department"] as? String } == ["医保", "农业农村"])
            #expect(lines.map { $0["status"] as? String } == ["counted", "not_reported"])
            let next = try await village.run([
                "list", home, "--month", Story.nextMonth, "--purpose", "payment", "--reason", "发给本人", "--as", "甲一",
                "--json",
            ]).expecting(0).object()
            #expect(next["category"] as? String == "DB" && next["totalFen"] as? Int == 0)
            let read = try await village.run([
                "list", home, "--month", Story.nextMonth, "--purpose", "payment", "--reason", "发给本人", "--as", "甲一",
            ]).expecting(0).output
            #expect(read.contains("合计 0.00 元") && read.contains("“待发放”的金额未计入合计"))
        }
    }
}
