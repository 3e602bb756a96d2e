import Assistance
import Foundation
import Testing

@testable import Node

extension `Offices as processes` {
    /// Domain 4.10, the Shangzhi fixture: 238 households that village and town register unaware of each other.
    @Suite(.timeLimit(.minutes(5))) struct `The worked flood` {
        private static let count = 238
        private static let event = "2026年洪水"

        @Test func `leaves 238 households, all visits and the average of its help at all three tiers`() async throws {
            try await Tree.with(starting: [Tree.district, Tree.town, Tree.village]) { tree in
                let (district, town, village) = (tree[Tree.district], tree[Tree.town], tree[Tree.village])
                try await Story.publishRules(at: district, to: village, tree)
                try await village.stop()
                try await town.stop()
                // Each takes down and visits every other family; the clerk's and the town's first by the commands themselves.
                let cases = try await register(at: village, visiting: 0) + register(at: town, visiting: 1)
                #expect(try district.count("SELECT count(*) FROM household") == 0)
                try await tree.start(town)
                try await tree.start(village)
                try await tree.until("every visit is at all three") {
                    try [district, town, village].allSatisfy {
                        try $0.count("SELECT count(*) FROM home_visit") == Self.count
                            && $0.count("SELECT count(*) FROM application") == Self.count
                    }
                }
                try await town.run(["monitor", "--as", "丁一"]).expecting(0)
                #expect(try town.count("SELECT count(*) FROM duplicate") > 0)
                try await review(cases, at: town)
                try await tree.until("every case is on the district's desk") {
                    try district.count("SELECT count(*) FROM case_step WHERE step = 'forward'") == Self.count
                }
                try await district.stop()
                try await decide(cases, at: district)
                try await help(at: district)
                #expect(try town.count("SELECT count(*) FROM decision") == 0)
                try await tree.start(district)
                // At once, not when each thinks of asking again.
                for office in [town, village] { try await office.run(["sync"]).expecting(0) }
                try await tree.until("decisions and help are at the village, and the pair at both") {
                    try village.count("SELECT count(*) FROM department_grant") == 317
                        && village.count("SELECT count(*) FROM decision") == Self.count
                        && [district, village].allSatisfy {
                            try $0.count("SELECT count(*) FROM duplicate")
                                == town.count("SELECT count(*) FROM duplicate")
                        }
                }
                for office in [district, town, village] { try await read(at: office) }
            }
        }

        /// One line a person, of a division that does not exist; the last two households name one sister. Every other family is
        /// visited by this office, and its application is taken down.
        /// - Returns: The applications.
        private func register(at office: Office, visiting parity: Int) async throws -> [String] {
            let lines = try (1...Self.count).flatMap { index in
                let own = "\(Tree.village),H\(index),yes,灾\(index),head,,,\(try identity(index)),rural,disaster"
                let sister = "\(Tree.village),H\(index),no,灾女,other,female,1975-06-20,,rural,disaster"
                return index > Self.count - 2 ? [own, sister] : [own]
            }
            let file = office.folder.url.appending(path: "flood.csv")
            try (["area,household_no,is_head,name,relation,sex,birth,id_number,hukou,cause"] + lines)
                .joined(separator: "\n").write(to: file, atomically: true, encoding: .utf8)
            let taken = try await office.run(["household", "import", file.path, "--as", "丙一", "--json"]).expecting(0)
                .object()
            #expect((taken["households"] as? [String: Int])?["new"] == Self.count)
            let own = (1...Self.count).filter { $0 % 2 == parity }
            let first = try await Story.apply(
                "\(Tree.village)/H\(own[0])", kind: "DB", seen: "灾\(own[0])", at: office, "--event", Self.event)
            let bulk = try BulkCasework(office)
            return try [first] + own.dropFirst().map { try bulk.apply("H\($0)", kind: "DB", event: Self.event) }
        }

        /// Accepted, published and sent on by the town; the first of either office by the commands themselves.
        private func review(_ cases: [String], at town: Office) async throws {
            for id in firsts(cases) { try await Story.forward(id, at: town) }
            let bulk = try BulkCasework(town)
            for id in cases where !firsts(cases).contains(id) { try bulk.forward(id) }
            bulk.end()
        }

        private func firsts(_ cases: [String]) -> [String] { [cases[0], cases[Self.count / 2]] }

        private func identity(_ index: Int) throws -> String {
            try IdentityNumber(
                division: "990000", birth: CalendarDate(year: 1980, month: 1, day: 1)!, sequence: index
            ).digits
        }

        private func decide(_ cases: [String], at district: Office) async throws {
            for id in firsts(cases) { try await Story.confirm(id, document: "救1", at: district) }
            let bulk = try BulkCasework(district)
            for id in cases where !firsts(cases).contains(id) { try bulk.confirm(id, document: "救1") }
        }

        /// The national totals by 4,000: 317 person-times and 152,500 yuan instead of 1,268,000 and 610,000,000. Person-times, not
        /// persons: 79 are helped twice.
        private func help(at district: Office) async throws {
            let lines = try (0..<317).map { index in
                let yuan = index == 0 ? 152_500 - 316 * 481 : 481
                return "L\(index),\(try identity(index % Self.count + 1)),\(Story.thisMonth),disaster,,应急1号,\(yuan),,,"
            }
            let file = district.folder.url.appending(path: "help.csv")
            try (["no,id_number,month,kind,programme,basis,amount,quantity,value,paid_on"] + lines)
                .joined(separator: "\n").write(to: file, atomically: true, encoding: .utf8)
            let taken = try await district.run([
                "grant", "import", file.path, "--department", "emergency", "--as", "戊一", "--json",
            ]).expecting(0).object()
            #expect(taken["new"] as? Int == 317)
        }

        private func read(at office: Office) async throws {
            // Exit code 2: the offices that this test never starts are not in it.
            let figures = try await office.run(["stats", "--month", Story.nextMonth, "--json"]).expecting(0, 2).object()
            let part = office.code == Tree.district ? Tree.town.digits : Tree.village.digits
            let categories = try #require(figures["categories"] as? [[String: Any]])
            #expect(categories.map { $0["category"] as? String } == ["DB"], "at \(office.code)")
            #expect(categories.first?["households"] as? Int == Self.count)
            #expect(categories.first?["area"] as? String == part)
            let spending = try #require(figures["spending"] as? [[String: Any]])
            #expect(spending.map { $0["programme"] as? String } == ["受灾人员救助"], "at \(office.code)")
            #expect(spending.first?["department"] as? String == "应急")
            #expect(spending.first?["lines"] as? Int == 317 && spending.first?["amountFen"] as? Int == 15_250_000)
            #expect(spending.first?["averageFen"] as? Int == 48_107)
            let cases = try await office.run(["case", "list", "--all", "--json"]).expecting(0).object()
            #expect(cases["count"] as? Int == Self.count)
            let pairs = try await office.run(["duplicate", "list", "--json"]).expecting(2).object()
            #expect(pairs["count"] as? Int == 1, "at \(office.code)")
            let warnings = try await office.run(["alert", "list", "--json"]).expecting(2).object()["alerts"]
            #expect((warnings as? [[String: Any]])?.map { $0["kind"] as? String } == ["A7", "A7"], "at \(office.code)")
            // What no other command prints: nobody's visit is lost, every decision goes back to the flood and says how it was worked out, and
            // every family was on the board before.
            let sql = """
                SELECT count(DISTINCT d.household), count(DISTINCT v.id), count(DISTINCT n.id),
                    count(DISTINCT iif(instr(d.trace, '"R4.2"') > 0, d.id, NULL)),
                    (SELECT sum(total_fen) FROM decision WHERE category = 'DB')
                FROM decision AS d JOIN application AS a ON a.area = d.area AND a.id = d.application AND a.event = '\(Self.event)'
                JOIN home_visit AS v ON v.area = a.area AND v.application = a.id
                JOIN notice AS n ON n.area = a.area AND n.application = a.id
                """
            let rows = try await office.run(["sql", sql, "--json"]).expecting(0).object()["rows"] as? [[Int]]
            // 1,172 yuan for each of 236 who live alone, and for each of two in the two families with a sister.
            #expect(rows == [[Self.count, Self.count, Self.count, Self.count, 240 * 117_200]], "at \(office.code)")
        }
    }
}
