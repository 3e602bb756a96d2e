import Assistance
import ChangeSets
import Foundation
import GRDB
import Testing

@testable import Node

extension `Offices as processes` {
    /// Domain 4.6 [S5]: the month of one town, 312 + 81 + 144 households with 185,921 + 67,949 + 171,829 = 425,699.00 yuan.
    @Suite(.timeLimit(.minutes(5))) struct `The worked roster` {
        /// Rural and urban dibao, and the destitute.
        private static let groups = [("DB", 312, 18_592_100), ("DB", 81, 6_794_900), ("TK_D", 144, 17_182_900)]

        @Test func `is frozen at a district without a line, and adds up to the fen at all three tiers`() async throws {
            try await Tree.with(starting: [Tree.district, Tree.town, Tree.village]) { tree in
                let (district, town, village) = (tree[Tree.district], tree[Tree.town], tree[Tree.village])
                try await register(at: village)
                try await tree.until("all households are at the district") {
                    try district.count("SELECT count(*) FROM person") == 537
                }
                try decide(at: district)
                try await tree.until("the decisions are at the village, and the accounts at the town") {
                    try village.count("SELECT count(*) FROM decision") == 537
                        && town.count("SELECT count(*) FROM account_check") == 537
                }
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

        private func register(at village: Office) async throws {
            let lines = (1...537).map { "\($0),yes,甲\($0),head,male,1950-01-01,,\($0 > 312 ? "urban" : "rural")" }
            let file = village.folder.url.appending(path: "town.csv")
            try (["household_no,is_head,name,relation,sex,birth,id_number,hukou"] + lines).joined(separator: "\n")
                .write(to: file, atomically: true, encoding: .utf8)
            try await village.run(["household", "import", file.path, "--as", "丙一"]).expecting(0)
        }

        /// In bulk: decisions, and accounts that a second person has checked. Whole yuan that differ by one at most.
        private func decide(at district: Office) throws {
            var number = 0
            var rows: [(number: Int, category: String, fen: Int)] = []
            for (category, count, total) in Self.groups {
                for index in 0..<count {
                    number += 1
                    let yuan = total / 100 / count + (index < total / 100 % count ? 1 : 0)
                    rows.append((number, category, yuan * 100))
                }
            }
            try district.write(
                rows.map { row in
                    let home = "(SELECT id FROM household WHERE household_no = '\(row.number)')"
                    return """
                        INSERT INTO decision (
                            area, id, household, outcome, category, people, base_fen, total_fen, from_month, day, document)
                        VALUES ('\(Tree.village)', uuid7(), \(home), 'confirmed', '\(row.category)', 1, \(row.fen), \(row.fen),
                            '\(Story.thisMonth)', '\(Story.day(40))', '区');
                        INSERT INTO bank_account (area, id, household, holder, bank, number, created_by)
                        VALUES ('\(Tree.village)', uuid5('a\(row.number)'), \(home), '甲\(row.number)', '试行',
                            '99\(10_000_000 + row.number)', '戊一');
                        """
                }.joined(), as: "戊一")
            try district.write(
                rows.map { row in
                    """
                    INSERT INTO account_check (area, id, account, day, created_by)
                    VALUES ('\(Tree.village)', uuid7(), uuid5('a\(row.number)'), '\(Story.day(39))', '戊二');
                    """
                }.joined(), as: "戊二")
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
