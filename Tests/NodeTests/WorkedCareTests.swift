import Assistance
import Foundation
import Replica
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
                let home = try await register(at: village)
                try await certify(at: village)
                try await missThrice(at: village)
                let file = try await Story.apply(home, kind: "TK", seen: "乙一", at: village)
                try await tree.start(village)
                try await tree.until("all is at the town") { try town.count("SELECT count(*) FROM home_visit") == 6 }
                try await town.run(["monitor", "--as", "丁一"]).expecting(0)
                try await Story.forward(file, at: town)
                try await tree.until("the case is on the district's desk") {
                    try district.count("SELECT count(*) FROM case_step WHERE step = 'forward'") == 1
                }
                try await Story.confirm(file, document: "区1", at: district)
                try await tree.until("the decision is at both others") {
                    try [town, village].allSatisfy { try $0.count("SELECT count(*) FROM decision") == 1 }
                }
                for office in [district, town, village] { try await checkDecided(file, at: office) }
                // Destitute from next month on, whose disability list pays somebody of the family as well.
                try await grant(at: town)
                try await tree.until("both warnings are at both others") {
                    try [district, village].allSatisfy {
                        try $0.count("SELECT count(*) FROM alert_fact") == town.count("SELECT count(*) FROM alert_fact")
                    }
                }
                for office in [district, town, village] { try await read(home, at: office) }
            }
        }

        /// Neither can work, nobody who owes support can give it, and there is no income.
        /// - Returns: The household.
        private func register(at village: Office) async throws -> String {
            let sheet = village.folder.url.appending(path: "care.csv")
            try """
            household_no,is_head,name,relation,sex,birth,id_number,hukou
            001,yes,甲一,head,male,1950-01-01,,urban
            001,no,乙一,spouse,female,1975-06-20,\(Self.number),urban

            """.write(to: sheet, atomically: true, encoding: .utf8)
            try await village.run(["household", "import", sheet.path, "--as", "丙一"]).expecting(0)
            try await village.run(["fact", "obligor", "001", "--name", "无", "--as", "丙一"]).expecting(0)
            return "\(village.code)/001"
        }

        /// 130 % of 1,172 yuan, rounded up, for each of two.
        private func checkDecided(_ id: String, at office: Office) async throws {
            let shown = try await office.run([
                "case", "show", id, "--purpose", "audit", "--reason", "核对", "--as", "甲一", "--json",
            ]).expecting(0).object()
            let decision = (shown["decisions"] as? [[String: Any]])?.first
            #expect(decision?["category"] as? String == "TK_D" && decision?["amountFen"] as? Int == 304_800)
            #expect(decision?["fromMonth"] as? String == Story.nextMonth, "at \(office.code)")
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

        /// The list of a month that has not come is taken by no command: in this process, on that month's first day, by what the commands
        /// call.
        private func grant(at town: Office) async throws {
            let file = town.folder.url.appending(path: "subsidy.csv")
            try """
            no,id_number,month,kind,programme,basis,amount,quantity,value,paid_on
            1,\(Self.number),\(Story.nextMonth),disability_living,,残1号,100,,,

            """.write(to: file, atomically: true, encoding: .utf8)
            let refused = try await town.run([
                "grant", "import", file.path, "--department", "disabled_federation", "--as", "丁一",
            ]).expecting(2)
            #expect(refused.errors.contains("is no month up to this one"))
            let first = try #require(CalendarDate(written: "\(Story.nextMonth)-01"))
            let (bytes, user) = ([UInt8](try Data(contentsOf: file)), ActingUser("丁一"))
            let taken = try GrantImport.import(
                bytes, department: "disabled_federation", into: try town.replica(), as: user, today: first)
            #expect(taken.new == 1 && taken.refused.isEmpty)
            let looked = try Monitor(try town.replica(), as: user, today: first).run { _, _ in }
            #expect(looked.failed.isEmpty)
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
            #expect(says.count == 1 && says.first?.contains("TK+disability_living \(Story.nextMonth)") == true)
            let facts = try await office.run([
                "fact", "list", home, "--purpose", "application", "--reason", "核对", "--as", "甲一", "--json",
            ]).expecting(0).object()["facts"]
            let certificates = (facts as? [[String: Any]] ?? []).filter { $0["fact"] as? String == "disability" }
            #expect(certificates.count == 3, "at \(office.code)")
        }
    }
}
