import Foundation
import Testing

@testable import Node

extension `Offices as processes` {
    /// What a clerk does at the desk without a sheet, at a village that is off, and what town and district read of it later.
    @Suite(.timeLimit(.minutes(3))) struct `Commands for the desk` {
        @Test func `register, correct, agree and tell at a village without a line, and are read above it`() async throws
        {
            try await Tree.with(starting: [Tree.district, Tree.town]) { tree in
                let (district, town, village) = (tree[Tree.district], tree[Tree.town], tree[Tree.village])
                try await district.run(["param", "import", "--example", "--as", "甲九"]).expecting(0)
                func clerk(_ words: String...) async throws -> Answer {
                    try await village.run(words + ["--as", "丙一", "--json"])
                }
                let changed: Set = ["area", "household", "events[]", "questions[]"]
                try await clerk("household", "new", "001", "--head", "甲一", "--id-number", "990000196001010014")
                    .expectError(
                        1, "identity number: the check character does not fit")
                let made = try await clerk(
                    "household", "new", "001", "--head", "甲一", "--id-number", "99000019600101001x", "--as-on-card",
                    "--born",
                    "1960-01-01", "--hukou", "rural", "--address", "一组"
                ).expecting(0)
                #expect(try made.fields() == changed)
                #expect(
                    try await clerk("household", "set", "001", "--phone", "13800000001").expecting(0).fields()
                        == changed)
                try await clerk("household", "set", "001", "--hukou-region", "3301").expectError(1, "no division code")
                try await clerk("household", "set", "001").expectError(1, "household set --help")
                #expect(
                    try await clerk("household", "member", "001", "甲一", "--employment", "务农").expecting(0).fields()
                        == changed)
                try await clerk("household", "member", "001", "甲一", "--relation", "head").expectError(
                    64, "household head")
                let agreed = try await clerk("household", "consent", "001", "甲一", "--to", "check").expecting(0)
                #expect(
                    try agreed.fields()
                        == Set(
                            [
                                "id", "person", "name", "purpose", "given", "from", "office", "user", "text", "until",
                                "guardian",
                            ]
                            .map { "consents[].\($0)" } + ["area", "household", "consents[]"]))
                try await clerk(
                    "household", "consent", "001", "甲一", "--to", "check", "--withdraw", "--until", "2099-01-01"
                )
                .expectError(64, "until somebody agrees again")
                for fact in [
                    ["illness", "001", "--person", "甲一", "--illness", "某病", "--serious", "--since", "2026-01-01"],
                    ["dwelling", "001", "--grade", "D", "--on", "2026-01-01"],
                ] {
                    let added = try await village.run(["fact"] + fact + ["--as", "丙一", "--json"]).expecting(0)
                    #expect(try added.fields() == ["household", "fact", "id"])
                }
                let told = try await clerk("alert", "raise", "001", "--kind", "A3", "--text", "邻居所见").expecting(0)
                #expect(try told.fields() == ["household", "fact", "id"])
                #expect(told.errors.contains("it becomes a warning at the town"))
                try await clerk("alert", "raise", "001", "--kind", "A7", "--text", "x").expectError(
                    64, "nobody raises it")
                let help = try await village.run(["alert", "raise", "--help"]).expecting(0).output
                #expect(help.contains("A3 意外事故") && !help.contains("A7"))
                try await village.run(["run", "--listen", "127.0.0.1:0", "--monitor-as", "丙一"]).expectError(
                    1, "330106009001")
                // The line is back, and the town's node monitors by itself.
                try await town.stop()
                try await town.start("--monitor-as", "丁一", "--monitor-every", "1")
                tree[Tree.village].line?.lead(to: town.address)
                try await tree.start(village)
                try await tree.until("the warning is at the village, and all at the district") {
                    try village.count("SELECT count(*) FROM alert_fact") == 1
                        && district.count("SELECT count(*) FROM sighting") == 1
                }
                let warnings = try await town.run(["alert", "list", "--json"]).expecting(2).object()
                #expect(((warnings["alerts"] as? [[String: Any]])?.first)?["kind"] as? String == "A3")
                let id = try #require((warnings["alerts"] as? [[String: Any]])?.first?["id"] as? String)
                for office in [village, town] {
                    let opening = ["--purpose", "warning", "--reason", "入户", "--as", "丙一"]
                    func told(_ words: [String]) async throws -> String? {
                        let shown = try await office.run(["alert", "show", id, "--json"] + words).expecting(0).object()
                        #expect(shown["provisional"] as? Bool == false)  // In days of the calendar.
                        return (shown["facts"] as? [[String: Any]])?.first?["text"] as? String
                    }
                    #expect(try await told([]) == nil)
                    #expect(try await told(opening) == "邻居所见")
                    let text = try await office.run(["alert", "show", id] + opening).expecting(0).output
                    #expect(text.contains("A3 意外事故; 邻居所见"))
                }
                let home = "\(village.code)/001"
                for office in [town, district] {
                    let file = try await office.run(["household", "show", home, "--json"]).expecting(0).object()
                    #expect(file["address"] as? String == "一组")
                    let said = try await office.run(["case", "assess", home, "--json"]).expecting(0).object()
                    #expect((said["doubts"] as? [String])?.count == 1)
                    let facts = try await office.run([
                        "fact", "list", home, "--purpose", "application", "--reason", "核对", "--as", "甲一", "--json",
                    ]).expecting(0).object()
                    let kinds = (facts["facts"] as? [[String: Any]] ?? []).compactMap { $0["fact"] as? String }
                    #expect(Set(kinds) == ["illness", "dwelling_check", "sighting"])
                }
                try await town.run(["list", home, "--purpose", "visit", "--reason", "核对", "--as", "甲一"]).expectError(
                    1, "those that do: application, payment, audit")
                let born = try await clerk(
                    "household", "add", "001", "--because", "birth", "--name", "甲小", "--relation", "grandchild"
                ).expecting(0)
                #expect(born.errors.contains("taken down as born on"))
                let parameters = try await district.run(["param", "list"])
                #expect(parameters.output.split(separator: "\n").allSatisfy { $0.count <= 120 })
                #expect(parameters.errors.contains("--json has all of it"))
                // What a town has in hand.
                try await town.run([
                    "relief", "float", "--town", "\(town.code)", "--amount", "1", "--document", "x", "--as", "丁一",
                ])
                .expectError(1, "the district gives a float")
                let floats = try await district.run([
                    "relief", "float", "--town", "\(town.code)", "--amount", "3000", "--document", "区1", "--as", "戊一",
                    "--json",
                ]).expecting(0)
                #expect(
                    try floats.fields() == [
                        "floats[]", "floats[].town", "floats[].givenFen", "floats[].paidFen", "floats[].leftFen",
                        "running",
                    ])
                let due = try await district.run(["recovery", "due", "--json"]).expecting(0)
                #expect(try due.fields() == ["overpayments[]", "unsettled[]", "running"])
                let lists = try await district.run(["roster", "list", "--json"]).expecting(0)
                #expect(try lists.fields() == ["batches[]", "overdue[]", "running"])
            }
        }
    }
}

extension `Offices as processes` {
    /// Domain 4.9: the alarm when staff open their own or a relative's file.
    @Suite(.timeLimit(.minutes(3))) struct `A file opened by a relative` {
        @Test func `is told to whoever opens it, and stands in the status above until it is looked into`() async throws
        {
            try await Tree.with(starting: [Tree.district, Tree.town]) { tree in
                let (district, town, village) = (tree[Tree.district], tree[Tree.town], tree[Tree.village])
                try await district.run(["param", "import", "--example", "--as", "甲九"]).expecting(0)
                try await tree.until("the rules are at the town") { try town.count("SELECT count(*) FROM param") > 50 }
                try await village.sanji("sync").expecting(0)
                for words in [
                    ["new", "001", "--head", "甲一", "--sex", "male", "--born", "1960-01-01"],
                    ["kin", "001", "--staff", "丙九", "--relation", "侄"],
                ] {
                    try await village.run(["household"] + words + ["--as", "丙一"]).expecting(0)
                }
                let show = ["household", "show", "001", "--purpose", "visit", "--reason", "看看", "--as"]
                let opened = try await village.run(show + ["丙九"]).expecting(0)
                #expect(opened.errors.contains("told to the offices above"))
                #expect(try await !village.run(show + ["丙一"]).expecting(0).errors.contains("told to"))
                try await village.sanji("status").expecting(0)
                try await village.sanji("sync").expecting(0)
                let status = try await town.run(["status", "--json"]).expecting(2).object()
                let attention = try #require(status["attention"] as? [[String: String]])
                #expect(attention.map { $0["code"] } == ["relatives"])
                let list = ["household", "access", "--by-relatives", "--json"]
                let listed = try await town.run(list).expecting(2)
                let fields: Set = [
                    "area", "household", "day", "office", "user", "purpose", "reason", "related", "id", "review",
                    "toLookInto",
                ]
                #expect(try listed.fields() == Set(["openings[]"] + fields.map { "openings[].\($0)" }))
                let opening = (try listed.object()["openings"] as? [[String: Any]])?.first?["id"] as? String
                let review = [
                    "household", "access-review", try #require(opening), "--text", "已谈话", "--as", "丁一", "--json",
                ]
                #expect(try await town.run(review).expecting(0).fields() == fields)
                try await town.sanji("status").expecting(0)
                try await town.run(list).expecting(0)
            }
        }
    }
}
