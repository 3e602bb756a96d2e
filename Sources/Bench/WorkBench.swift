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
        try withRows { try $0.write() }
        _ = try sanji("monitor", "--as", "bench")
        // The district has no towns here that could agree.
        let frozen = try seconds {
            _ = try sanji(
                "roster", "freeze", "DB", "2026-10", "--without-them", "bench", "--as", "bench", "--json")
        }
        try withRows { try $0.writeAfterPayment() }
        let batch = try OfficeFolder(path: data).firstBatch()
        // What a list shows first is brought up to date once, after all that was written beside the commands.
        _ = try sanji("case", "list")
        let family = "L\(WorkRows.familyNumber)"
        let lists = WorkLists(
            family: family, name: rest[WorkRows.familyNumber].members[0].name, batch: batch
        ).all
        let freezing = BenchFigure(name: "roster of a month, freeze", value: frozen, unit: "s", bound: "")
        return [freezing, try start()] + (try lists.map { try open($0, hiding: batch) })
    }

    private func withRows(_ body: (WorkRows) throws -> Void) throws {
        let replica = try OfficeFolder(path: data).openReplica(domain: AssistanceSchema.domain)
        defer { try? replica.close() }
        try body(WorkRows(district: replica, villages: Self.villages, folder: folder))
    }

    /// What every list has in it: a machine that is half as fast takes twice as long for this too.
    private func start() throws -> BenchFigure {
        let times = try (0..<Self.openings).map { _ in try seconds { _ = try run(["--version"]) } }.sorted()
        return BenchFigure(name: "start of the program", value: times[times.count / 2] * 1000, unit: "ms", bound: "")
    }

    /// - Throws: ``EmptyList``: opening one that shows nothing measures nothing.
    private func open(_ list: [String], hiding batch: String) throws -> BenchFigure {
        let name = list.map { $0 == batch ? "BATCH" : $0 }.joined(separator: " ")
        var lines = 0
        let times = try (0..<Self.openings).map { _ in
            try seconds {
                lines = try run(list + ["--data", data]).split(separator: "\n").count
            }
        }.sorted()
        // Batches have no heading over them.
        guard lines > (list == ["roster", "list"] ? 0 : 1) else { throw EmptyList(name: name) }
        return BenchFigure(
            name: "\(name), \(lines) lines", value: times[times.count / 2] * 1000, unit: "ms", bound: "< 100")
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

private struct EmptyList: Error, CustomStringConvertible {
    let name: String
    var description: String { "`sanji \(name)` shows nothing; give the bench rows for it (WorkRows)" }
}
