import Assistance
import Foundation
import Testing

@testable import Node

extension `Offices as processes` {
    /// Domain 4.2: five working days over the national holidays, and a notice of seven days.
    ///
    /// What is typed is never later than today, whatever day that is, so the cases are those of 2020: from March on its weekdays are
    /// those of 2026, of which the text speaks. Both years' holidays are published.
    @Suite(.timeLimit(.minutes(5))) struct `The worked days` {
        /// 1 to 7 October are holidays, Saturday the 10th makes up for one.
        private static let special =
            ["2020", "2026"].flatMap { year in
                (1...7).map { ("\(year)-10-0\($0)", "holiday") } + [("\(year)-10-10", "make_up_workday")]
            }

        @Test func `published at a district that is off, are counted alike at all three tiers`() async throws {
            try await Tree.with(starting: [Tree.town, Tree.village]) { tree in
                let (district, town, village) = (tree[Tree.district], tree[Tree.town], tree[Tree.village])
                try await publish(at: district)
                try await answerComplaints(at: district)
                for office in [town, village] {
                    let days = try await office.run(["holiday", "list", "--json"]).expecting(0).object()["days"]
                    #expect((days as? [Any])?.isEmpty == true)
                }
                try await tree.start(district)
                try await tree.until("the rules are at the village") {
                    try village.count("SELECT count(*) FROM holiday") == Self.special.count
                        && village.count("SELECT count(*) FROM param WHERE name = 'case.notice'") == 3
                        && town.count("SELECT count(*) FROM complaint") == 1
                }
                // Of the village, so that it is nobody's below its town.
                #expect(try await complaints(at: town) == complaints(at: district))
                #expect(try village.count("SELECT count(*) FROM complaint") == 0)
                for office in [district, town, village] {
                    let listed = try await office.run(["holiday", "list", "--json"]).expecting(0).object()
                    let days = (listed["days"] as? [[String: String]] ?? []).map { "\($0["date"]!) \($0["kind"]!)" }
                    #expect(days == Self.special.map { "\($0) \($1)" }, "at \(office.code)")
                }
                try await village.stop()
                let cases = try await open(at: village)
                try await tree.start(village)
                try await tree.until("the cases are at the town") {
                    try town.count("SELECT count(*) FROM home_visit") == 3
                }
                try await notices(cases, at: town, tree)
                try await tree.until("the notices are at both others") {
                    try [district, village].allSatisfy { try $0.count("SELECT count(*) FROM notice") == 3 }
                }
                for office in [district, town, village] { try await read(cases, at: office) }
                // Seven days that are over, and seven that are not.
                try await town.run(["case", "step", cases[0], "forward", "--as", "丁一"]).expecting(0)
                try await town.run(["case", "step", cases[2], "forward", "--as", "丁一"])
                    .expectError(1, "until \(Story.day(-1))")
                try await tree.until("the case is at the district") {
                    try district.count("SELECT count(*) FROM case_step WHERE step = 'forward'") == 1
                }
                try await district.run(["case", "confirm", cases[0], "--document", "试1号", "--as", "戊一"]).expecting(0)
            }
        }

        /// Rules of the example from 2020 on; notices of seven days, but in the autumn of 2020 of five working days.
        private func publish(at district: Office) async throws {
            let rules = String(decoding: ParameterSheet.shipped, as: UTF8.self)
                .replacingOccurrences(of: ",2024-01-01,", with: ",2020-01-01,")
                .replacingOccurrences(of: "case.late_days,,2020-01-01,,30,", with: "case.late_days,,2020-01-01,,99999,")
            let holidays = Self.special.map { "\($0),\($1)" }
            for (name, text, command) in [
                ("rules.csv", rules, "param"),
                ("days.csv", (["date,kind"] + holidays).joined(separator: "\n"), "holiday"),
            ] {
                let file = district.folder.url.appending(path: name)
                try text.write(to: file, atomically: true, encoding: .utf8)
                try await district.run([command, "import", file.path, "--as", "甲九"]).expecting(0)
            }
            try await set("case.notice", "5 working", from: "2020-09-20", to: "2020-12-31", at: district)
            try await set("case.notice", "7 calendar", from: "2021-01-01", at: district)
        }

        private func set(
            _ name: String, _ value: String, from: String, to: String? = nil, at district: Office
        ) async throws {
            try await district.run(
                ["param", "set", name, value, "--from", from, "--document", "试1号", "--as", "甲九"]
                    + (to.map { ["--to", $0] } ?? [])
            ).expecting(0)
        }

        /// One to five working days after Wednesday, 30 September.
        private func answerComplaints(at district: Office) async throws {
            let took = try await district.run([
                "complaint", "take", "公示未张贴", "--about", "\(Tree.village)", "--on", "2020-09-30", "--as", "戊一",
                "--json",
            ]).expecting(0).object()
            let id = try #require(took["id"] as? String)
            for (days, due) in ["2020-10-08", "2020-10-09", "2020-10-10", "2020-10-12", "2020-10-13"].enumerated() {
                try await set("complaint.answer", "\(days + 1) working", from: "2020-09-30", at: district)
                #expect(try await complaints(at: district) == [id: due])
            }
        }

        /// Open complaints, and until when they must be answered.
        private func complaints(at office: Office) async throws -> [String: String] {
            let list = try await office.run(["complaint", "list", "--json"]).expecting(2).object()
            let all = try #require(list["complaints"] as? [[String: Any]])
            return Dictionary(
                uniqueKeysWithValues: all.map { ($0["id"] as? String ?? "", $0["due"] as? String ?? "") })
        }

        /// - Returns: Three applications: of two who applied in September 2020, and of one, for what is no dibao, two weeks ago.
        private func open(at village: Office) async throws -> [String] {
            var cases: [String] = []
            for (home, name, kind, day) in [
                ("001", "甲一", "DB", "2020-09-01"), ("002", "甲二", "DB", "2020-09-25"),
                ("003", "欧阳小三", "TK", Story.day(14)),
            ] {
                try await village.run([
                    "household", "new", home, "--head", name, "--born", "1980-01-01", "--sex", "male", "--hukou",
                    "rural", "--as", "丙一",
                ]).expecting(0)
                let opened = try await village.run([
                    "case", "open", home, "--kind", kind, "--on", day, "--applicant", name, "--consent", "--as", "丙一",
                ]).expecting(0)
                let id = opened.output.trimmingCharacters(in: .whitespacesAndNewlines)
                try await village.run([
                    "case", "visit", id, "--on", day, "--visitor", "丙一", "--visitor", "丙二", "--seen", name,
                    "--signed", "丙一", "--signed", "丙二", "--signed", name, "--as",
                    "丙一",
                ]).expecting(0)
                cases.append(id)
            }
            return cases
        }

        /// Hung out by a town that is off.
        private func notices(_ cases: [String], at town: Office, _ tree: Tree) async throws {
            try await town.stop()
            for (id, posted) in zip(cases, ["2020-09-07", "2020-09-30", Story.day(6)]) {
                for step in ["accept", "investigate", "first_review"] {
                    try await town.run(["case", "step", id, step, "--as", "丁一"]).expecting(0)
                }
                try await town.run(["case", "notice", id, "--posted", posted, "--place", "村务公开栏", "--as", "丁一"])
                    .expecting(0)
            }
            #expect(try tree[Tree.district].count("SELECT count(*) FROM notice") == 0)
            try await tree.start(town)
        }

        private func read(_ cases: [String], at office: Office) async throws {
            for (id, ends) in zip(cases, ["2020-09-14", "2020-10-13", Story.day(-1)]) {
                let shown = try await office.run(["case", "show", id, "--json"]).expecting(0).object()
                #expect(shown["noticeEnds"] as? String == ends, "at \(office.code)")
                #expect(shown["due"] as? String == "notice" && shown["dueOn"] as? String == ends)
            }
            // Posted on 7 September it hangs from the 8th to the 14th; five working days after the 30th end on 13 October.
            for (day, names) in [
                ("2020-09-07", []), ("2020-09-08", ["甲一"]), ("2020-09-14", ["甲一"]), ("2020-09-15", []),
                ("2020-09-30", []), ("2020-10-01", ["甲二"]), ("2020-10-13", ["甲二"]), ("2020-10-14", []),
                // Domain 4.9 [K]: named where the rule of dibao requires it, masked elsewhere.
                (Story.day(0), ["欧**三"]),
            ] {
                let board = try await office.run(["case", "board", "--on", day, "--json"]).expecting(0).object()
                let notices = try #require(board["notices"] as? [[String: Any]])
                #expect(notices.map { $0["name"] as? String } == names, "\(day) at \(office.code)")
            }
        }
    }
}
