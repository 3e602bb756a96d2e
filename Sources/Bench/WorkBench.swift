import Assistance
import ChangeSets
import Foundation
import GRDB
import Node
import Replica

/// The offices' work at the size of a district: a county's share of the national platform is loaded and monitored, then as many
/// households more as a large district has, and every list is opened. All through the commands, from the start of the process to
/// its end.
struct WorkBench {
    let run: ([String]) throws -> String
    let folder: URL
    /// 66,000,000 people over 2,844 counties (domain 3.4).
    let people: Int
    let signals: Int
    let households: Int

    private static let code = "330106"
    private static let villages = try! (1...200).map { number in  // Codes of twelve digits.
        try OfficeCode("\(code)\(109 + number % 12)\(200 + number / 12)")
    }
    private static let openings = 5
    private static let householdsOfASheet = 25_000

    private var data: String { folder.appendingPathComponent("work").path }

    func figures() throws -> [BenchFigure] {
        _ = try run(
            ["district", "create", "--data", data, "--code", Self.code, "--name", "西湖区", "--listen", "127.0.0.1:0"])
        let rules = folder.appendingPathComponent("rules.csv")
        try Data(ParameterSheet.shipped).write(to: rules)
        _ = try sanji("param", "import", rules.path, "--as", "bench")
        return try load() + (try lists())
    }

    // MARK: Monitoring

    private func load() throws -> [BenchFigure] {
        let register = share()
        let identities = register.flatMap { $0.members.compactMap { $0.identity?.digits } }
        let sheet = try file("people.csv", HouseholdSheet.text(of: register))
        let loaded = try seconds { _ = try sanji("household", "import", sheet, "--as", "bench") }
        var random = SplitMix64(state: 7)
        let first = try file("first.csv", bills(0..<signals, of: identities, &random))
        let monitored = try seconds { try take(first, batch: "2026-10") }
        let again = try seconds { _ = try sanji("monitor", "--as", "bench") }
        let more = try file("more.csv", bills(signals..<signals + 100, of: identities, &random))
        let changed = try seconds { try take(more, batch: "2026-11") }
        return [
            BenchFigure(name: "people of one county, import", value: loaded, unit: "s", bound: ""),
            BenchFigure(name: "signals, import and monitoring", value: monitored, unit: "s", bound: ""),
            BenchFigure(name: "monitoring again", value: again / monitored, unit: "of the first", bound: "≤ 0.05"),
            BenchFigure(name: "100 signals more", value: changed / monitored, unit: "of the first", bound: "≤ 0.05"),
        ]
    }

    /// Made-up households until they have so many people.
    private func share() -> [SheetHousehold] {
        var left = people
        return MadeUpHouseholds.households(count: people, areas: Self.villages, seed: 1).filter { household in
            defer { left -= household.members.count }
            return left > 0
        }
    }

    private func bills(_ numbers: Range<Int>, of identities: [String], _ random: inout SplitMix64) -> String {
        var lines = ["no,id_number,date,self_paid"]
        for number in numbers {
            let identity = identities[Int.random(in: identities.indices, using: &random)]
            let month = String(format: "%02d", Int.random(in: 1...10, using: &random))
            let paid = Int.random(in: 10...900, using: &random)
            lines.append("\(number),\(identity),2026-\(month)-15,\(paid)")
        }
        return lines.joined(separator: "\n")
    }

    private func take(_ path: String, batch: String) throws {
        _ = try sanji("import", "medical", path, "--department", "医保", "--batch", batch, "--as", "bench")
    }

    // MARK: Lists

    private func lists() throws -> [BenchFigure] {
        let rest = MadeUpHouseholds.households(count: households, areas: Self.villages, seed: 2)
            .enumerated().map { index, household in
                SheetHousehold(
                    area: household.area, number: "L\(index)", address: household.address, phone: household.phone,
                    cause: household.cause, members: household.members)
            }
        for start in stride(from: 0, to: rest.count, by: Self.householdsOfASheet) {
            let part = rest[start..<min(start + Self.householdsOfASheet, rest.count)]
            let sheet = try file("rest-\(start).csv", HouseholdSheet.text(of: part))
            _ = try sanji("household", "import", sheet, "--as", "bench")
        }
        try fill()
        _ = try sanji("monitor", "--as", "bench")
        // The district has no towns here that could agree.
        let frozen = try seconds {
            _ = try sanji(
                "roster", "freeze", "DB", "2026-10", "--without-them", "bench", "--as", "bench", "--json")
        }
        let batch = try OfficeFolder(path: data).firstBatch()
        // What a list shows first is brought up to date once, after all that was written beside the commands.
        _ = try sanji("case", "list")
        let name = rest[rest.count / 2].members[0].name
        let lists = [
            ["household", "find", name], ["household", "show", "L\(rest.count / 2)"], ["alert", "list"],
            ["alert", "list", "--overdue"], ["case", "list"], ["case", "list", "--stage", "03"],
            ["case", "list", "--all"], ["referral", "list"], ["duplicate", "list"], ["review", "list"],
            ["roster", "list"], ["roster", "show", batch], ["recovery", "due"], ["recovery", "list"], ["exports"],
            ["param", "list"], ["stats"],
        ]
        let freezing = BenchFigure(name: "roster of a month, freeze", value: frozen, unit: "s", bound: "")
        return [freezing]
            + (try lists.map { list in
                let times = try (0..<Self.openings).map { _ in
                    try seconds { _ = try run(list + ["--data", data]) }
                }.sorted()
                return BenchFigure(
                    name: list.map { $0 == batch ? "BATCH" : $0 }.joined(separator: " "),
                    value: times[times.count / 2] * 1000, unit: "ms", bound: "< 100")
            })
    }

    /// Work at every stage: each fifth household gets something, each tenth has applied, each twentieth is referred to somebody.
    private func fill() throws {
        let replica = try OfficeFolder(path: data).openReplica(domain: AssistanceSchema.domain)
        defer { try? replica.close() }
        let chosen = "FROM household WHERE row_state = 'live' AND household_no LIKE 'L%' AND"
        let number = "CAST(substr(household_no, 2) AS INTEGER)"
        for part in 0..<10 {
            try replica.write(as: ActingUser("bench")) { db in
                try db.execute(
                    sql: """
                        INSERT INTO application (area, id, household, aid_kind, applied_on, consent)
                        SELECT area, uuid7(), id, 'DB', '2026-10-12', 1 \(chosen) \(number) % 100 = \(part * 10);
                        INSERT INTO case_step (area, id, application, step, day)
                        SELECT a.area, uuid7(), a.id, s.step, '2026-10-13'
                        FROM application AS a JOIN (SELECT 'accept' AS step UNION ALL SELECT 'investigate') AS s
                        WHERE NOT EXISTS (SELECT 1 FROM case_step AS c WHERE c.area = a.area AND c.application = a.id);
                        INSERT INTO decision (
                            area, id, household, outcome, category, people, base_fen, total_fen, from_month, day, document)
                        SELECT area, uuid7(), id, 'confirmed', 'DB', 2, 50000, 50000, '2026-03', '2026-02-20', '试1号'
                        \(chosen) \(number) % 50 = \(part * 5 + 1);
                        INSERT INTO bank_account (area, id, household, holder, bank, number, day, created_by)
                        SELECT h.area, uuid7(), h.id, p.name, '试行', '99000000' || h.household_no, '2026-02-20', 'a'
                        FROM household AS h JOIN person AS p ON p.area = h.area AND p.id = h.head_person
                        WHERE h.household_no LIKE 'L%' AND CAST(substr(h.household_no, 2) AS INTEGER) % 50 = \(part * 5 + 1);
                        INSERT INTO account_check (area, id, account, day, created_by)
                        SELECT a.area, uuid7(), a.id, '2026-02-21', 'b' FROM bank_account AS a
                        WHERE NOT EXISTS (SELECT 1 FROM account_check AS c WHERE c.area = a.area AND c.account = a.id);
                        INSERT INTO referral (area, id, household, department, need, episode, day)
                        SELECT area, uuid7(), id, 'medical_insurance', '医疗救助', 1, '2026-10-20'
                        \(chosen) \(number) % 200 = \(part * 20 + 2)
                        """)
            }
        }
    }

    private func sanji(_ arguments: String...) throws -> String { try run(arguments + ["--data", data]) }

    private func file(_ name: String, _ text: String) throws -> String {
        let url = folder.appendingPathComponent(name)
        try text.write(to: url, atomically: false, encoding: .utf8)
        return url.path
    }
}

extension OfficeFolder {
    fileprivate func firstBatch() throws -> String {
        let replica = try openReplica(domain: AssistanceSchema.domain)
        defer { try? replica.close() }
        return try replica.read { try String.fetchOne($0, sql: "SELECT lower(hex(id)) FROM pay_batch") } ?? ""
    }
}
