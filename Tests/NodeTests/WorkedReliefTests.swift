import Assistance
import Foundation
import Testing

@testable import Node

extension `Offices as processes` {
    /// Domain 4.10: temporary relief by a town, and what follows a flood.
    @Suite(.timeLimit(.minutes(5))) struct `The worked relief` {
        /// Domain 4.10 [S5, S10]: S 632, so that a town gives up to three of it, 1,896 yuan, and nobody more than ten.
        @Test func `a town gives three standards and no fen more, whatever line it has`() async throws {
            try await Tree.with(starting: [Tree.district, Tree.town, Tree.village]) { tree in
                let (district, town, village) = (tree[Tree.district], tree[Tree.town], tree[Tree.village])
                try await district.run(["param", "import", "--example", "--as", "甲九"]).expecting(0)
                try await district.run([
                    "param", "set", "dibao.standard", "632", "--from", "2025-01-01", "--document", "试1号", "--as", "甲九",
                ]).expecting(0)
                let home = try await Story.register(at: village)
                // Domain 4.10, the seed: urgent relief asks for no registration, all other aid does.
                try await village.run([
                    "household", "set", home, "--hukou-region", "330103", "--as", "丙一",
                ]).expecting(0)
                try await tree.until("the rules and the family are at the town") {
                    try town.count("SELECT count(*) FROM household WHERE hukou_region = '330103'") == 1
                        && [town, village].allSatisfy {
                            try $0.count("SELECT count(*) FROM param WHERE value = '632'") == 1
                        }
                }
                try await town.stop()
                func give(_ amount: String, _ kind: String = "urgent", at office: Office) async throws -> Answer {
                    try await office.run([
                        "relief", "give", home, "--kind", kind, "--cause", "accident", "--amount", amount, "--document",
                        "救1", "--as", "丁一", "--json",
                    ])
                }
                try await give("1", "expense", at: town).expectError(1, "only urgent relief is given to it here")
                try await give("1896.01", at: town)
                    .expectError(1, "1896.01 yuan this year is more than the 1896.00 that a town gives")
                let given = try await give("1896", at: town).expecting(0).object()
                #expect(given["amountFen"] as? Int == 189_600)
                try await give("0.01", at: town).expectError(1, "more than the 1896.00 that a town gives")
                try await give("1", at: village).expectError(1, "a village proposes relief")
                #expect(try district.count("SELECT count(*) FROM relief") == 0)
                try await tree.start(town)
                try await tree.until("it is at both others") {
                    try [district, village].allSatisfy { try $0.count("SELECT count(*) FROM relief") == 1 }
                }
                for office in [district, town, village] {
                    let list = try await office.run([
                        "list", home, "--month", Story.thisMonth, "--purpose", "payment", "--reason", "发给本人", "--as",
                        "甲一", "--json",
                    ]).expecting(0)
                        .object()
                    #expect(list["totalFen"] as? Int == 189_600 && list["totalCapitals"] as? String == "壹仟捌佰玖拾陆元整")
                    let lines = try #require(list["lines"] as? [[String: Any]])
                    #expect(lines.map { $0["programme"] as? String } == ["临时救助"])
                    #expect(try await Story.assess(home, at: office) == ["NONE", "0"])
                }
                // 6,320 yuan in a year by everybody together; for the same cause again, which is allowed and said.
                try await give("4424.01", at: district).expectError(1, "more than the 6320.00 that anybody gives")
                let more = try await give("4424", at: district).expecting(2).object()
                #expect(more["sameCause"] as? [String] == ["救1"])
            }
        }

        /// Domain 4.10 [S12]: 20 yuan a day and head for three months at most; 3 x 90 x 20 = 5,400, which is more than a town gives.
        @Test func `after a flood three people have 5,400 yuan for ninety days, and nobody a day more`() async throws {
            try await Tree.with(starting: [Tree.district, Tree.town, Tree.village]) { tree in
                let (district, town, village) = (tree[Tree.district], tree[Tree.town], tree[Tree.village])
                try await Story.publishRules(at: district, to: village, tree)
                try await village.stop()
                let home = try await Story.register(at: village)
                try await village.run([
                    "household", "add", home, "--because", "other_in", "--name", "丙三", "--relation", "child", "--born",
                    "2010-01-01", "--sex", "female", "--as", "丙一",
                ]).expecting(0)
                // Who has died before has no days.
                try await village.run([
                    "household", "add", home, "--because", "other_in", "--name", "丁老", "--relation", "parent", "--born",
                    "1940-01-01", "--sex", "male", "--as", "丙一",
                ]).expecting(0)
                try await village.run([
                    "household", "leave", home, "丁老", "--because", "death", "--on", Story.day(1), "--as", "丙一",
                ]).expecting(0)
                try await tree.start(village)
                try await tree.until("the family is at the district") {
                    try district.count("SELECT count(*) FROM person") == 4
                        && district.count("SELECT count(*) FROM member_event WHERE kind = 'death'") == 1
                }
                func give(_ days: String, cause: String = "disaster", at office: Office) async throws -> Answer {
                    try await office.run([
                        "relief", "give", home, "--kind", "urgent", "--cause", cause, "--event", "2026年洪水",
                        "--transition", days, "--document", "救1", "--as", "戊一", "--json",
                    ])
                }
                try await give("91", at: district).expectError(
                    1, "91 days are not 1 to the 90 of relief.transition_days")
                try await give("0", at: district).expectError(1, "0 days are not 1 to the 90")
                try await give("90", cause: "illness", at: district).expectError(
                    1, "help by the day follows a disaster")
                try await give("90", at: town).expectError(1, "5400.00 yuan this year is more than the 3516.00")
                let both = try await district.run([
                    "relief", "give", home, "--kind", "urgent", "--cause", "disaster", "--transition", "90", "--amount",
                    "1", "--document", "救1", "--as", "戊一",
                ])
                #expect(both.exitCode == 64)
                try await town.stop()
                let given = try await give("90", at: district).expecting(0).object()
                let words = "过渡期 3 人 × 90 天 × 20.00 元 = 5400.00 元 (example)"
                #expect(given["amountFen"] as? Int == 540_000 && given["reason"] as? String == words)
                #expect(try town.count("SELECT count(*) FROM relief") == 0)
                try await tree.start(town)
                try await village.run(["sync"]).expecting(0, 2)
                try await tree.until("it is at both others") {
                    try [town, village].allSatisfy { try $0.count("SELECT count(*) FROM relief") == 1 }
                }
                for office in [district, town, village] {
                    let list = try await office.run([
                        "list", home, "--month", Story.thisMonth, "--purpose", "payment", "--reason", "发给本人", "--as",
                        "甲一", "--json",
                    ]).expecting(0).object()
                    #expect(list["totalFen"] as? Int == 540_000 && list["totalCapitals"] as? String == "伍仟肆佰元整")
                    // How it was worked out stands with what was given, which no other command prints.
                    #expect(try office.text("SELECT reason FROM relief") == words, "at \(office.code)")
                }
            }
        }
    }
}
