import Assistance
import ChangeSets
import Foundation
import GRDB
import Testing

@testable import Node

extension `Offices as processes` {
    /// Domain 4.6 [S5]: the month of one town, 312 + 81 + 144 households with 185,921 + 67,949 + 171,829 = 425,699.00 yuan.
    @Suite(.timeLimit(.minutes(5))) struct `The worked roster` {
        /// Rural and urban dibao, and the destitute, of whom each lives alone.
        private struct Home {
            let number: Int
            let kind: String
            let isUrban: Bool
            /// What they earn a month, in yuan.
            var wage = 0
            /// How many of the six acts of self-care fail, where somebody has assessed it.
            var failed = 0
            var name: String { "甲\(number)" }
            /// The first of its kind, which goes through the commands themselves.
            var isFirst: Bool { [1, 313, 394].contains(number) }
        }

        /// Rural S 632 [S5] and urban S 910; the rest of the rules as they are shipped. What is due is S less the wage: 281 x 596 + 31 x 595 and
        /// 71 x 839 + 10 x 838 yuan. The destitute have 130 % of S, and for care 10, 30 or 60 %, each rounded up to whole yuan: of 95 rural
        /// ones 29 x 886, 33 x 1,012 and 33 x 1,202, of 49 urban ones 16 x 1,274, 16 x 1,456 and 17 x 1,729 yuan.
        private static let homes: [Home] = {
            let groups: [(count: Int, kind: String, isUrban: Bool, wage: Int, failed: Int)] = [
                (281, "DB", false, 36, 0), (31, "DB", false, 37, 0), (71, "DB", true, 71, 0), (10, "DB", true, 72, 0),
                (29, "TK", false, 0, 0), (33, "TK", false, 0, 3), (33, "TK", false, 0, 4),
                (16, "TK", true, 0, 0), (16, "TK", true, 0, 3), (17, "TK", true, 0, 4),
            ]
            let all = groups.flatMap { Array(repeating: $0, count: $0.count) }
            return zip(1..., all).map { number, group in
                Home(
                    number: number, kind: group.kind, isUrban: group.isUrban, wage: group.wage, failed: group.failed)
            }
        }()
        /// Of rural and urban dibao and of the destitute, in fen.
        private static let totals = [18_592_100, 6_794_900, 17_182_900]

        @Test func `is frozen at a district without a line, and adds up to the fen at all three tiers`() async throws {
            try await Tree.with(starting: [Tree.district, Tree.town, Tree.village]) { tree in
                let (district, town, village) = (tree[Tree.district], tree[Tree.town], tree[Tree.village])
                try await publish(at: district, to: village, tree)
                try await village.stop()
                let cases = try await register(at: village)
                try await tree.start(village)
                try await tree.until("all visits are at the town", within: .seconds(60)) {
                    try town.count("SELECT count(*) FROM home_visit") == 537
                }
                // The village is off until all is decided: else it would ask its town, which is off, more and more seldom.
                try await village.stop()
                try await town.stop()
                try await review(cases, at: town)
                try await tree.start(town)
                try await tree.until("all cases and accounts are at the district", within: .seconds(60)) {
                    try district.count("SELECT count(*) FROM case_step WHERE step = 'forward'") == 537
                        && district.count("SELECT count(*) FROM account_check") == 537
                }
                try await district.stop()
                try await decide(cases, at: district)
                #expect(try town.count("SELECT count(*) FROM decision") == 0)
                try await tree.start(district)
                try await town.run(["sync"]).expecting(0)
                try await tree.start(village)
                try await tree.until("the decisions are at the village", within: .seconds(60)) {
                    try village.count("SELECT count(*) FROM decision") == 537
                }
                for office in [district, town, village] { try await checkDecided(cases, at: office) }
                for office in [district, town, village] { try await checkBuilt(at: office) }
                try await town.run(["roster", "freeze", "DB", Story.nextMonth, "--as", "丁一"])
                    .expectError(1, "the district freezes, approves and sends; a town checks")
                for office in [village, town] {
                    for kind in ["DB", "TK"] {
                        try await office.run(["roster", "agree", kind, Story.nextMonth, "--as", "丁一"]).expecting(0)
                    }
                }
                try await tree.until("the town has agreed") {
                    try district.count("SELECT count(*) FROM roster_check") == 4
                }
                try await district.stop()
                let batches = try await freeze(at: district)
                #expect(try town.count("SELECT count(*) FROM pay_batch") == 0)
                try await tree.start(district)
                // At once, not when each thinks of asking again.
                for office in [town, village] { try await office.run(["sync"]).expecting(0) }
                try await tree.until("the batches are at the village") {
                    try village.count("SELECT count(*) FROM pay_step WHERE step = 'settle'") == 2
                        && village.count("SELECT count(*) FROM pay_line") == 537 + 394
                }
                for office in [district, town, village] {
                    for batch in batches { try await checkFrozen(batch, at: office) }
                }
                // What goes to the bank stays at the district.
                #expect(try town.count("SELECT count(*) FROM pay_payee") == 0)
                #expect(try village.count("SELECT count(*) FROM bank_account") == 0)
            }
        }

        private func publish(at district: Office, to village: Office, _ tree: Tree) async throws {
            try await district.run(["param", "import", "--example", "--as", "甲九"]).expecting(0)
            for (registration, yuan) in [("rural", "632"), ("urban", "910")] {
                try await district.run([
                    "param", "set", "dibao.standard", yuan, "--registration", registration, "--from", "2024-01-01",
                    "--document", "试1号", "--as", "甲九",
                ]).expecting(0)
            }
            try await tree.until("the rules are at the village") {
                try village.count("SELECT count(*) FROM param WHERE value IN ('632', '910')") == 2
            }
        }

        /// Registered, with what is known of each, applied for and visited.
        /// - Returns: The applications.
        private func register(at village: Office) async throws -> [String] {
            let lines = Self.homes.map { home in
                "\(home.number),yes,\(home.name),head,male,\(home.kind == "DB" ? 1985 : 1950)-01-01,,"
                    + (home.isUrban ? "urban" : "rural")
            }
            let file = village.folder.url.appending(path: "town.csv")
            try (["household_no,is_head,name,relation,sex,birth,id_number,hukou"] + lines).joined(separator: "\n")
                .write(to: file, atomically: true, encoding: .utf8)
            try await village.run(["household", "import", file.path, "--as", "丙一"]).expecting(0)
            let bulk = try BulkCasework(village)
            var cases: [String] = []
            for home in Self.homes {
                guard !home.isFirst else {
                    cases.append(try await enter(home, at: village))
                    continue
                }
                try bulk.facts(of: "\(home.number)", head: home.name) { person in
                    home.kind == "DB"
                        ? [
                            .income(
                                person: person, kind: "wage", .monthly, year: nil, Money(yuan: "\(home.wage)")!,
                                notCounted: nil, .declared)
                        ]
                        : [
                            .obligor(name: "无", relation: nil, isAble: false, support: .zero),
                            .care(
                                person: person, on: Story.today.adding(days: -13)!,
                                failed: Set(SelfCareAct.allCases.prefix(home.failed)), assessors: "丙一、丙二"),
                        ]
                }
                cases.append(try bulk.apply("\(home.number)", kind: home.kind))
            }
            return cases
        }

        /// By the commands themselves.
        private func enter(_ home: Home, at village: Office) async throws -> String {
            let number = "\(home.number)"
            if home.kind == "DB" {
                try await village.run([
                    "fact", "income", number, "--kind", "wage", "--amount", "\(home.wage)", "--person", home.name,
                    "--as", "丙一",
                ]).expecting(0)
            } else {
                try await village.run(["fact", "obligor", number, "--name", "无", "--as", "丙一"]).expecting(0)
                try await village.run(
                    [
                        "fact", "care", number, "--person", home.name, "--on", Story.day(13), "--assessors", "丙一、丙二",
                        "--as", "丙一",
                    ] + SelfCareAct.allCases.prefix(home.failed).flatMap { ["--failed", $0.rawValue] }
                ).expecting(0)
            }
            return try await Story.apply("\(Tree.village)/\(number)", kind: home.kind, seen: home.name, at: village)
        }

        /// All that the town does about the cases, and accounts that a second person has checked.
        private func review(_ cases: [String], at town: Office) async throws {
            let bulk = try BulkCasework(town)
            for (home, id) in zip(Self.homes, cases) {
                let number = "99\(10_000_000 + home.number)"
                guard home.isFirst else {
                    try bulk.forward(id)
                    try bulk.account(of: "\(home.number)", holder: home.name, number)
                    continue
                }
                try await Story.forward(id, at: town)
                let added = try await town.run([
                    "account", "add", "\(home.number)", "--holder", home.name, "--bank", "试行", "--number", number,
                    "--as", "丁一",
                ]).expecting(0)
                let account = added.output.trimmingCharacters(in: .whitespacesAndNewlines)
                try await town.run(["account", "check", "\(home.number)", account, "--as", "丁二"]).expecting(0)
            }
        }

        private func decide(_ cases: [String], at district: Office) async throws {
            let bulk = try BulkCasework(district)
            for (home, id) in zip(Self.homes, cases) {
                if home.isFirst {
                    try await Story.confirm(id, document: "区1", at: district)
                } else {
                    try bulk.confirm(id, document: "区1")
                }
            }
        }

        /// The first of each group as `case show` has it, and all of them by group: what the rules gave, with the way it was worked out.
        private func checkDecided(_ cases: [String], at office: Office) async throws {
            for (home, id) in zip(Self.homes, cases) where home.isFirst {
                let shown = try await office.run(["case", "show", id, "--json"]).expecting(0).object()
                #expect(shown["stage"] as? String == "09" && shown["visits"] as? Int == 1, "at \(office.code)")
                let steps = (shown["steps"] as? [[String: Any]])?.compactMap { $0["step"] as? String }
                #expect(steps == ["accept", "investigate", "first_review", "notice", "forward"], "at \(office.code)")
                let category = (shown["decisions"] as? [[String: Any]])?.first?["category"] as? String
                #expect(category == (home.kind == "DB" ? "DB" : "TK_D"), "at \(office.code)")
            }
            let sql = """
                SELECT count(*), sum(d.total_fen), count(DISTINCT v.household), count(DISTINCT n.application),
                    sum(instr(d.trace, '"R5"') > 0)
                FROM decision AS d JOIN household AS h ON h.area = d.area AND h.id = d.household
                JOIN home_visit AS v ON v.area = d.area AND v.application = d.application
                JOIN notice AS n ON n.area = d.area AND n.application = d.application
                GROUP BY CAST(h.household_no AS INTEGER) > 312, CAST(h.household_no AS INTEGER) > 393
                """
            let rows = try await office.run(["sql", sql, "--json"]).expecting(0).object()["rows"] as? [[Int]]
            let expected = zip([312, 81, 144], Self.totals).map { [$0, $1, $0, $0, $0] }
            #expect(rows == expected, "at \(office.code)")
        }

        private func checkBuilt(at office: Office) async throws {
            var totals: [Int] = []
            for (kind, count) in [("DB", 393), ("TK", 144)] {
                let built = try await office.run(["roster", "build", kind, Story.nextMonth, "--json"]).expecting(0)
                    .object()
                let lines = try #require(built["lines"] as? [[String: Any]])
                #expect(lines.count == count && (built["held"] as? [Any])?.isEmpty == true, "at \(office.code)")
                // The village reads names and amounts, and has no account of anybody.
                #expect(lines.allSatisfy { ($0["tail"] as? String == "") == (office.code == Tree.village) })
                totals.append(built["totalFen"] as? Int ?? 0)
            }
            #expect(totals == [25_387_000, 17_182_900] && totals.reduce(0, +) == 42_569_900, "at \(office.code)")
        }

        /// Frozen by one, approved by another, sent and settled; and refused as soon as a line is not what was frozen.
        /// - Returns: The batches as they were frozen.
        private func freeze(at district: Office) async throws -> [[String: Any]] {
            func roster(_ words: String..., as user: String = "戊一") async throws -> Answer {
                try await district.run(["roster"] + words + ["--as", user, "--json"])
            }
            let spoilt = try await roster("freeze", "DB", Story.nextMonth).expecting(0).object()
            let spoiltID = try #require(spoilt["id"] as? String)
            try await roster("approve", spoiltID).expectError(1, "another person")
            try await roster("approve", spoiltID, as: "戊二").expecting(0)
            let change = "UPDATE pay_line SET total_fen = total_fen + 100 WHERE number = 1"
            try await district.run(["sql", change, "--write", "--as", "戊三"]).expectError(1, "append-only")
            // A line more, as an altered program writes it.
            let line =
                "INSERT INTO pay_line (area, id, batch, number, household, payee_name, category, total_fen) "
                + "SELECT area, uuid7(), batch, 394, household, payee_name, category, 100 FROM pay_line WHERE number = 1"
            try await district.run(["sql", line, "--write", "--as", "戊三"]).expecting(0)
            let file = district.folder.url.appending(path: "spoilt.csv").path
            try await roster("export", spoiltID, file).expectError(1, "the lines are not those that were frozen")
            #expect(!FileManager.default.fileExists(atPath: file))
            try await roster("cancel", spoiltID, "--reason", "错").expecting(0)
            var batches: [[String: Any]] = []
            for kind in ["DB", "TK"] {
                let frozen = try await roster("freeze", kind, Story.nextMonth).expecting(0).object()
                let id = try #require(frozen["id"] as? String)
                try await roster("approve", id, as: "戊二").expecting(0)
                let sheet = district.folder.url.appending(path: "\(kind).csv").path
                try await roster("export", id, sheet).expecting(0)
                let rows = try String(contentsOfFile: sheet, encoding: .utf8).split(separator: "\r\n").map {
                    $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
                }
                let amount = try #require(rows.first?.firstIndex(of: "amount"))
                let fen = rows.dropFirst().compactMap { Money(yuan: $0[amount]) }
                #expect(fen.count == frozen["lines"] as? Int)
                #expect(fen.reduce(Money.zero, +).fen == (frozen["totalFen"] as? Int).map(Int64.init))
                try await roster("settle", id).expecting(0)
                batches.append(frozen)
            }
            #expect(batches.map { $0["lines"] as? Int } == [393, 144])
            #expect(batches.compactMap { $0["totalFen"] as? Int }.reduce(0, +) == 42_569_900)
            return batches
        }

        private func checkFrozen(_ batch: [String: Any], at office: Office) async throws {
            let id = try #require(batch["id"] as? String)
            var lines: [[String: Any]] = []
            for skip in [0, 200] {
                let shown = try await office.run(["roster", "show", id, "--skip", "\(skip)", "--json"]).expecting(0)
                    .object()
                let found = try #require(shown["batch"] as? [String: Any])
                #expect(found["stage"] as? String == "settled" && found["hash"] as? String == batch["hash"] as? String)
                #expect(found["totalFen"] as? Int == batch["totalFen"] as? Int, "at \(office.code)")
                lines += try #require(shown["lines"] as? [[String: Any]])
            }
            #expect(lines.compactMap { $0["number"] as? Int } == Array(1...(batch["lines"] as? Int ?? 1)))
            #expect(lines.compactMap { $0["totalFen"] as? Int }.reduce(0, +) == batch["totalFen"] as? Int)
        }
    }
}
