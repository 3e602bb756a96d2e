import Foundation
import Testing

@testable import Node

extension `Offices as processes` {
    /// Domain 4.13 and 4.14: who was not at home, a certificate's number, and kinds of aid that exclude each other.
    @Suite(.timeLimit(.minutes(5))) struct `The worked care` {
        /// Of a division that does not exist.
        private static let number = "990001197506204586"

        @Test func `typed at a village without a line, warns the same at all three tiers`() async throws {
            try await Tree.with(starting: [Tree.district, Tree.town, Tree.village]) { tree in
                let (district, town, village) = (tree[Tree.district], tree[Tree.town], tree[Tree.village])
                try await Story.publishRules(at: district, to: village, tree)
                try await village.stop()
                let home = try await Story.register(at: village)
                try await certify(at: village)
                try await missThrice(at: village)
                try await tree.start(village)
                try await tree.until("all is at the district") {
                    try district.count("SELECT count(*) FROM home_visit") == 5
                }
                // Destitute in a month whose disability list pays somebody of the family as well.
                try district.write(
                    """
                    INSERT INTO decision (area, id, household, outcome, category, people, base_fen, total_fen, from_month, day, document)
                    SELECT area, uuid7(), id, 'confirmed', 'TK_D', 2, 164200, 164200, '\(Story.thisMonth)', '\(Story.day(40))', '区'
                    FROM household WHERE household_no = '001'
                    """, as: "戊一")
                try await tree.until("the decision is at the town") {
                    try town.count("SELECT count(*) FROM decision") == 1
                }
                try await grant(at: town)
                try await town.run(["monitor", "--as", "丁一"]).expecting(0)
                try await tree.until("both warnings are at both others") {
                    try [district, village].allSatisfy {
                        try $0.count("SELECT count(*) FROM alert_fact") == town.count("SELECT count(*) FROM alert_fact")
                    }
                }
                for office in [district, town, village] { try await read(home, at: office) }
            }
        }

        /// Domain 4.14 [S19]: 18 digits of the holder, then kind and grade. What does not fit is said, and taken down all the same.
        private func certify(at village: Office) async throws {
            for (certificate, warning) in [
                ("\(Self.number)42", nil), ("\(Self.number)43", "does not end in its kind and grade"),
                ("99000019700101000X42", "does not begin with the person's identity number"),
            ] {
                let said = try await village.run([
                    "fact", "disability", "001", "--person", "乙一", "--kind", "4", "--grade", "2", "--issued",
                    "2024-01-01", "--certificate", certificate, "--as", "丙一",
                ]).expecting(0)
                if let warning { #expect(said.errors.contains(warning)) } else { #expect(said.errors.isEmpty) }
            }
        }

        /// Domain 4.13 [P]: nobody home three times in ten days; with two it is nothing yet.
        private func missThrice(at village: Office) async throws {
            try await village.run([
                "household", "new", "002", "--head", "庚一", "--born", "1980-01-01", "--sex", "male", "--as", "丙一",
            ]).expecting(0)
            try await village.run([
                "household", "add", "002", "--because", "other_in", "--name", "庚二", "--relation", "spouse", "--born",
                "1981-01-01", "--sex", "female", "--as", "丙一",
            ]).expecting(0)
            for (home, days) in [("001", [9, 5, 1]), ("002", [5, 1])] {
                for day in days {
                    try await village.run([
                        "household", "visit", home, "--on", Story.day(day), "--visitor", "丙一", "--visitor", "丙二",
                        "--as",
                        "丙一",
                    ]).expecting(0)
                }
            }
        }

        private func grant(at town: Office) async throws {
            let file = town.folder.url.appending(path: "subsidy.csv")
            try """
            no,id_number,month,kind,programme,basis,amount,quantity,value,paid_on
            1,\(Self.number),\(Story.thisMonth),disability_living,,残1号,100,,,

            """.write(to: file, atomically: true, encoding: .utf8)
            try await town.run(["grant", "import", file.path, "--department", "disabled_federation", "--as", "丁一"])
                .expecting(0)
        }

        private func read(_ home: String, at office: Office) async throws {
            let listed = try await office.run(["alert", "list", "--json"]).expecting(2).object()
            let alerts = try #require(listed["alerts"] as? [[String: Any]])
            // Orange: lost contact, and two kinds of aid of which one is only decided.
            let found = alerts.map { "\($0["kind"] as? String ?? "?") \($0["colour"] as? Int ?? 0)" }
            #expect(Set(found) == ["A7 2", "A11 2"] && found.count == 2, "at \(office.code): \(found)")
            #expect(Set(alerts.compactMap { $0["household"] as? String }).count == 1)
            let seven = try #require(alerts.first { $0["kind"] as? String == "A7" }?["id"] as? String)
            let shown = try await office.run(["alert", "show", seven, "--json"]).expecting(0).object()
            let says = (shown["facts"] as? [[String: Any]] ?? []).compactMap { $0["says"] as? String }
            #expect(says.count == 1 && says.first?.contains("TK+disability_living \(Story.thisMonth)") == true)
            let facts = try await office.run([
                "fact", "list", home, "--purpose", "application", "--reason", "核对", "--as", "甲一", "--json",
            ]).expecting(0).object()["facts"]
            let certificates = (facts as? [[String: Any]] ?? []).filter { $0["fact"] as? String == "disability" }
            #expect(certificates.count == 3, "at \(office.code)")
        }
    }
}
