import Foundation
import Testing

@testable import Node

/// Domain 4.1 (R1 and R5 [S5], R4 [S11, S21], W2 to W6 after the seed article [S1]): the worked cases, entered through the commands at a
/// village that is off, and read at its town and the district when it is back.
private struct WorkedCase {
    let name: String
    /// Year of birth of each member; the first is the head.
    let born: [Int]
    /// Arguments of `sanji fact`, after the household.
    var facts: [[String]] = []
    /// Day of the assessment, whose rules hold.
    var day = "2025-01-15"
    let category: String
    var fen: Int?

    /// Rules of the example, but: 632 yuan in February 2025 (W1), no deduction in March (W5), an edge of 2.0 in April (W6).
    static let rules = [
        ["dibao.standard", "632", "--from", "2025-02-01", "--to", "2025-02-28"],
        ["dibao.standard", "1172", "--from", "2025-03-01"],
        ["rigid.deducted", "no", "--from", "2025-03-01", "--to", "2025-03-31"],
        ["rigid.deducted", "yes", "--from", "2025-04-01"],
        ["edge.factor", "2.0", "--from", "2025-04-01"],
    ]

    static func wage(_ yuan: String) -> [String] { ["income", "--kind", "wage", "--amount", yuan] }

    static func bills(_ yuan: String) -> [String] {
        ["expense", "--kind", "medical", "--on", "2024-12-01", "--gross", yuan, "--receipt", "R\(yuan)"]
    }

    static let couple = [1980, 1981]

    static let all: [WorkedCase] = [
        WorkedCase(
            name: "W1", born: [1980, 1981, 1990], facts: [wage("1894")], day: "2025-02-15", category: "DB", fen: 200),
        WorkedCase(name: "W2", born: couple, facts: [wage("2900")], category: "BY", fen: 0),
        WorkedCase(name: "W3", born: couple, facts: [wage("2900"), bills("24000")], category: "DB", fen: 144_400),
        WorkedCase(name: "W4", born: couple, facts: [wage("2900"), bills("34800")], category: "DB", fen: 234_400),
        WorkedCase(
            name: "W5", born: couple, facts: [wage("2900"), bills("24000")], day: "2025-03-15", category: "BY", fen: 0),
        WorkedCase(name: "W6", born: couple, facts: [wage("3516")], category: "NONE"),
        WorkedCase(name: "W6, k 2.0", born: couple, facts: [wage("3516")], day: "2025-04-15", category: "BY", fen: 0),
        WorkedCase(name: "W9, 0 failed", born: [1950], facts: care(0), category: "TK_D", fen: 164_200),
        WorkedCase(name: "W9, 3 failed", born: [1950], facts: care(3), category: "TK_D", fen: 187_600),
        WorkedCase(name: "W9, 4 failed", born: [1950], facts: care(4), category: "TK_D", fen: 222_800),
        WorkedCase(name: "W11", born: [1980], facts: [wage("1172")], category: "BY", fen: 0),
    ]

    /// Nobody who owes support is able to. 130 % of 1,172 a month, and for care 10, 30 or 60 %, each rounded up to whole yuan.
    private static func care(_ failed: Int) -> [[String]] {
        let acts = ["eating", "dressing", "bed", "toilet"].prefix(failed).flatMap { ["--failed", $0] }
        return [
            ["obligor", "--name", "无"],
            ["care", "--person", "甲一", "--on", "2025-01-02", "--assessors", "丙一、丙二"] + acts,
        ]
    }
}

extension `Offices as processes` {
    @Suite(.timeLimit(.minutes(5))) struct `The worked cases of the rules` {
        @Test func `typed in without a line, are the same at all three tiers when it is back`() async throws {
            try await Tree.with(starting: [Tree.district, Tree.town, Tree.village]) { tree in
                let (district, town, village) = (tree[Tree.district], tree[Tree.town], tree[Tree.village])
                try await district.run(["param", "import", "--example", "--as", "甲九"]).expecting(0)
                for rule in WorkedCase.rules {
                    try await district.run(["param", "set"] + rule + ["--document", "试1号", "--as", "甲九"]).expecting(0)
                }
                try await tree.until("the rules are at the village") {
                    try village.count("SELECT count(*) FROM param WHERE name = 'edge.factor'") == 2
                }
                try await village.stop()
                try await enter(at: village)
                for example in WorkedCase.all { try await check(example, at: village) }
                // W12: nobody lives there; an income below nothing.
                try await village.run(["case", "assess", "W12"]).expectError(1, "Error: ")
                try await village.run(["fact", "income", "W2", "--kind", "wage", "--amount", "-1", "--as", "丙一"])
                    .expectError(64, "Error: ")
                #expect(try town.count("SELECT count(*) FROM income_item") == 0)
                try await tree.start(village)
                try await tree.until("all facts are at the district") {
                    try district.count("SELECT count(*) FROM care_assessment") == 3
                }
                for office in [town, district] {
                    for example in WorkedCase.all { try await check(example, at: office) }
                    try await office.run(["case", "assess", "W12"]).expectError(1, "Error: ")
                }
            }
        }

        private func enter(at village: Office) async throws {
            var sheet = "household_no,is_head,name,relation,sex,birth,id_number,hukou\n"
            for example in WorkedCase.all {
                for (index, year) in example.born.enumerated() {
                    let isHead = index == 0
                    sheet +=
                        "\(example.name),\(isHead ? "yes" : "no"),甲\("一二三"[index]),\(isHead ? "head" : "other"),"
                        + "male,\(year)-05-01,,urban\n"
                }
            }
            // Everybody of it has died.
            sheet += "W12,yes,庚一,head,male,1950-05-01,,urban\n"
            sheet = sheet.replacingOccurrences(of: "W6, k", with: "W6 k").replacingOccurrences(of: "W9, ", with: "W9 ")
            let file = village.folder.url.appending(path: "worked.csv")
            try sheet.write(to: file, atomically: true, encoding: .utf8)
            try await village.run(["household", "import", file.path, "--as", "丙一"]).expecting(0)
            try await village.run([
                "household", "leave", "W12", "庚一", "--because", "death", "--on", "2025-01-01", "--as", "丙一",
            ]).expecting(0)
            for example in WorkedCase.all {
                for fact in example.facts {
                    try await village.run(["fact", fact[0], number(example)] + fact.dropFirst() + ["--as", "丙一"])
                        .expecting(0)
                }
            }
        }

        private func number(_ example: WorkedCase) -> String { example.name.replacingOccurrences(of: ",", with: "") }

        private func check(_ example: WorkedCase, at office: Office) async throws {
            let said = try await office.run([
                "case", "assess", number(example), "--on", example.day, "--purpose", "application", "--reason", "核对",
                "--as",
                "丙一", "--json",
            ]).expecting(0).object()
            #expect(said["category"] as? String == example.category, "\(example.name) at \(office.code)")
            if let fen = example.fen {
                #expect(said["totalFen"] as? Int == fen, "\(example.name) at \(office.code)")
            }
        }
    }
}

extension `Offices as processes` {
    /// Domain 4.4 and 4.12: what two offices do without a line, unaware of each other, and what all show when it is back.
    @Suite(.timeLimit(.minutes(5))) struct `The worked cases between offices` {
        private static let number = "990000195803150021"

        /// Domain 4.4 [P], and the hard checks of 4.6.
        @Test func `one person at two villages is one pair and a warning at each, and paid once`() async throws {
            try await Tree.with(starting: [Tree.district, Tree.town, Tree.village, Tree.village2]) { tree in
                let (district, town) = (tree[Tree.district], tree[Tree.town])
                let villages = [tree[Tree.village], tree[Tree.village2]]
                try await district.run(["param", "import", "--example", "--as", "甲九"]).expecting(0)
                try await tree.until("the rules are at the villages") {
                    try villages.allSatisfy { try $0.count("SELECT count(*) FROM param") > 50 }
                }
                for village in villages { try await village.stop() }
                for (index, village) in villages.enumerated() {
                    let file = village.folder.url.appending(path: "one.csv")
                    try """
                    household_no,is_head,name,relation,sex,birth,id_number,hukou
                    00\(index),yes,戊五,head,female,1958-03-15,\(Self.number),urban

                    """.write(to: file, atomically: true, encoding: .utf8)
                    try await village.run(["household", "import", file.path, "--as", "丙一"]).expecting(0)
                }
                for village in villages { try await tree.start(village) }
                try await tree.until("both are at the town") { try town.count("SELECT count(*) FROM person") == 2 }
                try await town.run(["monitor", "--as", "丁一"]).expecting(0)
                try await tree.until("each village has its warning") {
                    try villages.allSatisfy { try $0.count("SELECT count(*) FROM alert WHERE kind = 'A7'") == 1 }
                }
                for village in villages {
                    let pairs = try await village.run(["duplicate", "list", "--json"]).expecting(2).object()
                    #expect(pairs["count"] as? Int == 1)
                    #expect(try village.count("SELECT count(*) FROM household") == 1)
                }
                let shown = try await town.run(["duplicate", "list", "--json"]).expecting(2).object()
                let pair = try #require((shown["pairs"] as? [[String: Any]])?.first)
                #expect(shown["count"] as? Int == 1 && pair["points"] as? Int == 100)
                #expect(pair["decider"] as? String == Tree.town.digits)
                let id = try #require(pair["id"] as? String)
                try await payOnce(at: district, and: town, tree)
                try await town.run([
                    "duplicate", "merge", id, "--survivor", Tree.village.digits, "--reason", "迁居", "--as", "丁一",
                ]).expecting(0)
                try await tree.until("the word is at both villages") {
                    try villages.allSatisfy { try $0.count("SELECT count(*) FROM duplicate_verdict") == 1 }
                }
                try await villages[1].run(["household", "find", Self.number, "--json"]).expecting(0)
                #expect(try villages[1].count("SELECT count(*) FROM person WHERE row_state = 'live'") == 0)
                #expect(try villages[0].count("SELECT count(*) FROM person WHERE row_state = 'live'") == 1)
            }
        }

        /// Both households are decided, and each has a checked account: the next roster holds the person once.
        private func payOnce(at district: Office, and town: Office, _ tree: Tree) async throws {
            let homes = [(Tree.village, "000"), (Tree.village2, "001")]
            // Each village takes an application down and visits, unaware of the other.
            var cases: [String] = []
            for (village, number) in homes {
                cases.append(
                    try await Story.apply("\(village)/\(number)", kind: "DB", seen: "戊五", at: tree[village]))
            }
            try await tree.until("both visits are at the town") {
                try town.count("SELECT count(*) FROM home_visit") == 2
            }
            for id in cases { try await Story.forward(id, at: town) }
            try await tree.until("both cases are on the district's desk") {
                try district.count("SELECT count(*) FROM case_step WHERE step = 'forward'") == 2
            }
            for (index, (village, number)) in homes.enumerated() {
                try await Story.confirm(cases[index], document: "区\(index + 1)", at: district)
                let home = "\(village)/\(number)"
                let added = try await district.run([
                    "account", "add", home, "--holder", "戊五", "--bank", "试行", "--number", "99000000000\(number)",
                    "--as",
                    "戊一",
                ]).expecting(0)
                let account = added.output.trimmingCharacters(in: .whitespacesAndNewlines)
                try await district.run(["account", "check", home, account, "--as", "戊二"]).expecting(0)
            }
            try await tree.until("decisions and accounts are at the town, and the decisions at the villages") {
                try town.count("SELECT count(*) FROM account_check") == 2
                    && homes.allSatisfy { try tree[$0.0].count("SELECT count(*) FROM decision") == 1 }
            }
            for (index, home) in homes.enumerated() {
                for office in [district, town, tree[home.0]] { try await checkDecided(cases[index], at: office) }
            }
            for office in [district, town] {
                let built = try await office.run(["roster", "build", "DB", Story.nextMonth, "--json"]).expecting(2)
                    .object()
                #expect((built["lines"] as? [[String: Any]])?.map { $0["area"] as? String } == [Tree.village.digits])
                #expect(built["totalFen"] as? Int == 129_000)
                let held = built["held"] as? [[String: String]]
                #expect(held == [["area": Tree.village2.digits, "household": "001", "reason": "duplicate"]])
            }
            let frozen = try await district.run([
                "roster", "freeze", "DB", Story.nextMonth, "--without-them", "试", "--as", "戊一", "--json",
            ]).expecting(2)
            #expect(frozen.errors.contains("held \(Tree.village2) 001: duplicate"))
            let batch = try frozen.object()
            #expect(batch["lines"] as? Int == 1 && batch["totalFen"] as? Int == 129_000)
            try await district.run(["roster", "approve", batch["id"] as? String ?? "", "--as", "戊二"]).expecting(0)
            // Nor by another batch of the month.
            try await district.run(["roster", "freeze", "DB", Story.nextMonth, "--without-them", "试", "--as", "戊一"])
                .expectError(1, "nobody is to be paid")
            try await tree.until("the batch is at the town") { try town.count("SELECT count(*) FROM pay_line") == 1 }
            let paid = try await town.run(["roster", "show", batch["id"] as? String ?? "", "--json"]).expecting(0)
                .object()
            #expect((paid["lines"] as? [[String: Any]])?.map { $0["payee"] as? String } == ["戊五"])
        }

        /// By nobody's hand: 1,172 yuan without any income, and a tenth of it, rounded up, for somebody over sixty.
        private func checkDecided(_ id: String, at office: Office) async throws {
            let shown = try await office.run([
                "case", "show", id, "--purpose", "audit", "--reason", "核对", "--as", "甲一", "--json",
            ]).expecting(0).object()
            #expect(shown["stage"] as? String == "09", "at \(office.code)")
            let decision = (shown["decisions"] as? [[String: Any]])?.first
            #expect(decision?["category"] as? String == "DB" && decision?["office"] as? String == "330106")
            #expect(decision?["amountFen"] as? Int == 129_000, "at \(office.code)")
            #expect((decision?["trace"] as? String)?.contains("R4.2") == true, "at \(office.code)")
        }

        /// Domain 4.12 [P].
        @Test func `a referral asked for at the village and at the town is one, the second a note`() async throws {
            try await Tree.with(starting: [Tree.district, Tree.town, Tree.village]) { tree in
                let (district, town, village) = (tree[Tree.district], tree[Tree.town], tree[Tree.village])
                try await district.run(["param", "import", "--example", "--as", "甲九"]).expecting(0)
                let home = try await Story.register(at: village)
                try await tree.until("the family and the rules are everywhere") {
                    try town.count("SELECT count(*) FROM household") == 1
                        && village.count("SELECT count(*) FROM param") > 50
                }
                try await village.stop()
                let ask = ["referral", "send", home, "--to", "housing", "--need", "危房", "--as"]
                try await village.run(ask + ["丙一"]).expecting(0)
                try await town.run(ask + ["丁一"]).expecting(0)
                try await tree.start(village)
                try await tree.until("both are at all three") {
                    try [district, town, village].allSatisfy { try $0.count("SELECT count(*) FROM referral") == 2 }
                }
                for office in [district, town, village] {
                    let listed = try await office.run(["referral", "list", "--json"]).expecting(0).object()
                    #expect(listed["count"] as? Int == 1)
                    let steps = (listed["referrals"] as? [[String: Any]])?.first?["steps"] as? [Any]
                    #expect(steps?.count == 2)
                }
            }
        }
    }
}

extension String {
    fileprivate subscript(index: Int) -> Character { self[self.index(startIndex, offsetBy: index)] }
}
