import Assistance
import ChangeSets
import Foundation
import Testing

@testable import Node

extension `Offices as processes` {
    /// Domain 4.1, W2 to W4, and the seed article's couple: an edge family whose bills bring it into dibao, 2,344 yuan a month.
    @Suite(.timeLimit(.minutes(5))) struct `The couple whose category changes` {
        private let today = CalendarDate(dayNumber: Int(Date().timeIntervalSince1970) / 86400)!

        private func day(_ before: Int) -> String { today.adding(days: -before)!.description }

        @Test
        func `is registered without a line, reviewed at the town, decided at the district, and read at the village`()
            async throws
        {
            try await Tree.with(starting: [Tree.district, Tree.town, Tree.village]) { tree in
                let (district, town, village) = (tree[Tree.district], tree[Tree.town], tree[Tree.village])
                let rules = ["param", "import", "--example", "--as", "甲九"]
                try await district.run(rules).expecting(0)
                try await tree.until("the rules are at the village") {
                    try village.count("SELECT count(*) FROM param") > 50
                }
                // Off: its line alone would not be enough, as it has learnt other ways.
                try await village.stop()
                let home = try await register(at: village)
                #expect(try await assess(home, at: village) == ["BY", "0"])
                try await village.run([
                    "fact", "expense", home, "--kind", "medical", "--on", day(30), "--gross", "40000", "--reimbursed",
                    "5200",
                    "--receipt", "R1", "--person", "乙一", "--as", "丙一",
                ]).expecting(0)
                // What the clerk sees at once, without a line.
                #expect(try await assess(home, at: village) == ["DB", "234400"])
                let opened = try await village.run([
                    "case", "open", home, "--kind", "DB", "--applicant", "甲一", "--channel", "village", "--consent",
                    "--as", "丙一",
                ]).expecting(0)
                let id = opened.output.trimmingCharacters(in: .whitespacesAndNewlines)
                try await town.run(["case", "show", id]).expectError(1, "no one case")
                try await tree.start(village)
                try await tree.until("the case is at the district") {
                    try district.count("SELECT count(*) FROM application") == 1
                }
                #expect(try await assess(home, at: district) == ["DB", "234400"])
                let number = try await review(id, at: town, visitedBy: village, tree)
                try await tree.until("the case is on the district's desk") {
                    try district.count("SELECT count(*) FROM case_step WHERE step = 'forward'") == 1
                }
                try await district.run([
                    "case", "confirm", number, "--document", "试民〔2026〕1号", "--as", "戊一",
                ]).expecting(0)
                try await tree.until("the decision is at the village") {
                    try village.count("SELECT count(*) FROM decision") == 1
                }
                for office in [village, town, district] {
                    let shown = try await office.run(["case", "show", number, "--json"]).expecting(0).object()
                    #expect(shown["stage"] as? String == "09")
                    let decision = (shown["decisions"] as? [[String: Any]])?.first
                    #expect(decision?["category"] as? String == "DB" && decision?["amountFen"] as? Int == 234_400)
                    #expect(decision?["office"] as? String == "330106")
                }
                try await tree[Tree.village2].run(["case", "list", "--all", "--json"]).expecting(0).expectNone()
            }
        }

        private func register(at village: Office) async throws -> String {
            let sheet = village.folder.url.appending(path: "sheet.csv")
            try """
            household_no,is_head,name,relation,sex,birth,hukou
            001,yes,甲一,head,male,1976-01-01,urban
            001,no,乙一,spouse,female,1978-01-01,urban

            """.write(to: sheet, atomically: true, encoding: .utf8)
            try await village.run(["household", "import", sheet.path, "--as", "丙一"]).expecting(0)
            try await village.run([
                "fact", "income", "001", "--kind", "wage", "--amount", "2900", "--person", "甲一", "--as", "丙一",
            ]).expecting(0)
            return "\(village.code)/001"
        }

        /// - Returns: Category and amount in fen.
        private func assess(_ home: String, at office: Office) async throws -> [String] {
            let said = try await office.run(["case", "assess", home, "--json"]).expecting(0).object()
            return [said["category"] as? String ?? "?", "\(said["totalFen"] as? Int ?? -1)"]
        }

        /// - Returns: The number that the town gave the case.
        private func review(_ id: String, at town: Office, visitedBy village: Office, _ tree: Tree) async throws
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
                "属实", "--as", "丙一",
            ]).expecting(0)
            #expect(try town.count("SELECT count(*) FROM home_visit") == 0)
            try await town.run(["case", "step", id, "first_review", "--as", "丁一"]).expecting(0)
            let notice = ["case", "notice", id, "--posted", day(10), "--place", "村务公开栏", "--as", "丁一"]
            try await town.run(notice).expectError(1, "no home visit")
            try await tree.start(village)
            try await tree.until("the visit is at the town") { try town.count("SELECT count(*) FROM home_visit") == 1 }
            try await town.run(notice).expecting(0)
            try await town.run(["case", "step", id, "forward", "--as", "丁一"]).expecting(0)
            return try #require(accepted["number"] as? String)
        }
    }
}

extension Office {
    @discardableResult
    fileprivate func run(_ arguments: [String]) async throws -> Answer {
        try await SanjiProgram.run(arguments + ["--data", folder.url.path])
    }
}

extension Answer {
    fileprivate func expectNone() throws { #expect((try object()["cases"] as? [Any])?.isEmpty == true) }
}
