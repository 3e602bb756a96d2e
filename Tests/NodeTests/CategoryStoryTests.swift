import Assistance
import ChangeSets
import Foundation
import Testing

@testable import Node

extension `Offices as processes` {
    /// Domain 4.1, W2 to W4, and the seed article's couple: an edge family whose bills bring it into dibao, 2,344 yuan a month.
    @Suite(.timeLimit(.minutes(5))) struct `The couple whose category changes` {
        @Test
        func `is registered without a line, reviewed at the town, decided at the district, and read at the village`()
            async throws
        {
            try await Tree.with(starting: [Tree.district, Tree.town, Tree.village]) { tree in
                let (district, town, village) = (tree[Tree.district], tree[Tree.town], tree[Tree.village])
                try await Story.publishRules(at: district, to: village, tree)
                // Off: its line alone would not be enough, as it has learnt other ways.
                try await village.stop()
                let home = try await Story.register(at: village)
                #expect(try await Story.assess(home, at: village) == ["BY", "0"])
                let opened = try await village.run([
                    "case", "open", home, "--kind", "BY", "--on", Story.day(12), "--applicant", "甲一", "--channel",
                    "village", "--consent",
                    "--as", "丙一",
                ]).expecting(0)
                let id = opened.output.trimmingCharacters(in: .whitespacesAndNewlines)
                try await town.run(["case", "show", id]).expectError(1, "no one case")
                try await tree.start(village)
                try await tree.until("the case is at the district") {
                    try district.count("SELECT count(*) FROM application") == 1
                }
                #expect(try await Story.assess(home, at: district) == ["BY", "0"])
                let number = try await Story.review(id, at: town, visitedBy: village, tree)
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
                    #expect(decision?["category"] as? String == "BY" && decision?["office"] as? String == "330106")
                    // What it gets is opened with a purpose.
                    #expect(decision?["amountFen"] is NSNull)
                }
                try await village.stop()
                try await village.run([
                    "fact", "expense", home, "--kind", "medical", "--on", Story.day(30), "--gross", "40000",
                    "--reimbursed",
                    "5200",
                    "--receipt", "R1", "--person", "乙一", "--as", "丙一",
                ]).expecting(0)
                // What the clerk sees at once, without a line.
                #expect(try await Story.assess(home, at: village) == ["DB", "234400"])
                try await tree.start(village)
                try await tree.until("the bill is at the district") {
                    try district.count("SELECT count(*) FROM rigid_item") == 1
                }
                #expect(try await Story.assess(home, at: district) == ["DB", "234400"])
                let again = ["review", "decide", home, "--document", "试民〔2026〕2号", "--as", "戊一"]
                try await district.run(again).expecting(0)
                try await tree.until("the new decision is at the village") {
                    try village.count("SELECT count(*) FROM decision") == 2
                }
                // Paid from next month on: by the account that a second person has checked.
                try await Story.pay(home, holder: "甲一", at: town, and: district, tree)
                try await tree.until("the payment is at the village") {
                    try village.count("SELECT count(*) FROM pay_step WHERE step = 'settle'") == 1
                }
                // Domain 4.5: 2,344 yuan, "because category changed to dibao".
                for office in [village, town, district] {
                    let list = try await office.run([
                        "list", home, "--month", Story.nextMonth, "--purpose", "payment", "--reason", "发给本人", "--as",
                        "甲一", "--json",
                    ]).expecting(0).object()
                    #expect(list["totalFen"] as? Int == 234_400 && list["totalCapitals"] as? String == "贰仟叁佰肆拾肆元整")
                    let change = (list["changes"] as? [[String: Any]])?.first
                    #expect(change?["change"] as? String == "new" && change?["differenceFen"] as? Int == 234_400)
                    #expect(change?["reason"] as? String == "category changed from BY to DB (试民〔2026〕2号)")
                }
                let figures = try await district.run(["stats", "--month", Story.nextMonth, "--json"]).object()
                #expect((figures["categories"] as? [[String: Any]])?.first?["category"] as? String == "DB")
                let upTo = (figures["included"] as? [[String: Any]])?.filter { $0["upTo"] is String }
                #expect((upTo?.count ?? 0) >= 2)
                try await tree[Tree.village2].run(["case", "list", "--all", "--json"]).expecting(0).expectNone()
            }
        }
    }
}

extension Answer {
    fileprivate func expectNone() throws { #expect((try object()["cases"] as? [Any])?.isEmpty == true) }
}
