import ChangeSets
import Foundation
import Node

/// The story that a newcomer is told: a cut line, edits on both sides, one conflict, two families (``DemoWork``), and the proof
/// that all agree.
final class DemoStory {
    private let topology: Topology
    private let households: Int
    private let folder: URL
    private var offices: [OfficeCode: DemoOffice] = [:]
    private let district: OfficeCode
    private let villages: [OfficeCode]
    private var line: CuttableLine?
    private let started = ContinuousClock.now

    init(topology: Topology, households: Int, folder: URL) throws {
        self.topology = topology
        self.households = households
        self.folder = folder
        district = topology.root.code
        villages = topology.offices.map(\.code).filter { $0.tier == .village }
        guard villages.count > 1 else { throw DemoFailure(what: "the topology needs two villages or more") }
    }

    /// The village whose line is cut, and its town.
    private var cutOff: OfficeCode { villages[0] }
    private var town: OfficeCode { cutOff.parent! }  // A village's code has a town's before it.

    func play() async throws {
        try await openOffices()
        try await importHouseholds()
        let record = try await cutAndEdit()
        try await mend(record)
        try await resolve(record)
        try await work()
        try prove()
        say("")
        say("That is all. \(seconds) s, \(offices.count) offices, each with its own file, keys and process.")
    }

    // MARK: The acts

    private func openOffices() async throws {
        say("1. A district, its towns and villages open, each a process of its own with its own SQLite file.")
        for office in topology.offices {
            offices[office.code] = DemoOffice(code: office.code, name: office.name, in: folder)
        }
        let root = try office(district)
        try sanji(
            "district", "create", "--data", root.folder, "--code", district.digits, "--name", root.name,
            "--listen", "127.0.0.1:0")
        let file = folder.appendingPathComponent("topology.yaml")
        try topologyText.write(to: file, atomically: true, encoding: .utf8)
        try sanji("topology", "apply", file.path, "--data", root.folder)
        try root.start()
        tell("\(district) \(root.name) listens at \(root.address!)")
        for next in topology.offices where next.code != district { try await open(next.code) }
    }

    private func open(_ code: OfficeCode) async throws {
        let office = try office(code)
        guard let parentCode = code.parent, let parent = try self.office(parentCode).address else { return }
        if code == town {
            let line = try await CuttableLine.open(to: nil)
            self.line = line
            Task { try await line.run() }
        }
        let address = code == cutOff ? line?.address ?? parent : parent
        let token = try sanji("invite", code.digits, "--data", try self.office(district).folder).output
            .trimmingCharacters(in: .whitespacesAndNewlines)
        try sanji("join", token, "--data", office.folder, "--parent", "\(address)")
        // The line is the only way to the town that anybody is told of: no office finds another one when it is cut.
        try office.start(advertise: code == town ? line?.address : nil)
        if code == town, let address = office.address { line?.forward(to: address) }
        tell("\(code) \(office.name) joined with a one-time token")
    }

    /// How many of the households a village has.
    private func share(ofVillage index: Int) -> Int {
        households / villages.count + (index < households % villages.count ? 1 : 0)
    }

    private func importHouseholds() async throws {
        say("2. \(households) made-up households are imported at the villages.")
        for (index, village) in villages.enumerated() {
            let count = share(ofVillage: index)
            let file = folder.appendingPathComponent("\(village).csv")
            try DemoData.csv(area: village, count: count, seed: UInt64(index)).write(to: file)
            try sanji("household", "import", file.path, "--data", try office(village).folder, "--as", "丁一")
        }
        try await wait("the district has them all") {
            try self.count("household", at: self.district) == self.households
        }
        for (index, village) in villages.enumerated() {
            guard try count("household", at: village) == share(ofVillage: index),
                try count("household", at: village, outside: village) == 0
            else { throw DemoFailure(what: "\(village) does not hold exactly its own households") }
        }
        tell("the district holds \(households) households; each village still holds only its own")
    }

    private func cutAndEdit() async throws -> String {
        say("3. The line of \(cutOff) is cut. Everyone goes on working.")
        line?.cut()
        let (record, other) = try twoHouseholds()
        let clerk = "UPDATE household SET address = '新村 1 号', cause_main = 'illness' WHERE id = x'\(record)'"
        try write(clerk, at: cutOff, user: "丁一")
        try write("UPDATE household SET phone = '0000-7654321' WHERE id = x'\(other)'", at: cutOff, user: "丁一")
        tell("the village's clerk writes an address and a cause of hardship, and another household's telephone number")
        try write(
            "UPDATE household SET cause_main = 'disability' WHERE id = x'\(record)'", at: district, user: "乙二")
        tell("the district, which cannot know, writes another cause for the same household")
        try write("UPDATE household SET cause_main = 'disaster' WHERE id = x'\(other)'", at: district, user: "乙二")
        tell("and a cause for that other one too: another field than the village's, so that both will stand")
        try write(
            "INSERT INTO announcement (area, id, title, body) VALUES (office(), uuid7(), '通知', '汛期值守')", at: district,
            user: "乙二")
        tell("it publishes a notice for all")
        let status = try status(of: cutOff)
        guard status.changes.waiting == 2 else { throw DemoFailure(what: "the village's changes are not waiting") }
        tell("at the village: \(status.changes.waiting) changes waiting, nothing lost, nothing claimed")
        return record
    }

    private func mend(_ record: String) async throws {
        say("4. The line returns.")
        line?.mend()
        try await wait("the village's changes are at the district") {
            let changes = try self.status(of: self.cutOff).changes
            return changes.waiting == 0 && changes.reached[self.district.digits] == changes.own
        }
        try await wait("the district's notice is at the village") {
            try self.count("announcement", at: self.cutOff) == 1
        }
        tell("the village sees that its changes are at the district: signed by the district itself")
        for code in [cutOff, district] {
            try await wait("the conflict is listed at \(code)") { try self.conflicts(at: code).count == 1 }
            for conflict in try conflicts(at: code) {
                let writers = conflict.siblings.map { "\($0.office) \($0.user)" }.joined(separator: " and ")
                tell(
                    "listed at \(code): \(conflict.columns.joined(separator: ", ")), otherwise by \(writers); masked until somebody says why they open it"
                )
            }
        }
    }

    private func resolve(_ record: String) async throws {
        say("5. The town asks the family and resolves the conflict; it closes everywhere.")
        try await wait("the town sees the conflict") { try self.conflicts(at: self.town).count == 1 }
        let id = try conflicts(at: town)[0].id
        try sanji("conflicts", "resolve", id, "--keep", cutOff.digits, "--data", try office(town).folder, "--as", "丙三")
        for code in [cutOff, district] {
            try await wait("it is closed at \(code)") { try self.conflicts(at: code).isEmpty }
        }
        let shown = try sql("SELECT cause_main, address FROM household WHERE id = x'\(record)'", at: district)
        tell("at the district the household now shows: \(shown.rows.first?.map(\.text).joined(separator: ", ") ?? "")")
    }

    private func work() async throws {
        let work = try DemoWork(
            DemoWork.Stage(
                district: try office(district), town: try office(town), village: try office(cutOff), folder: folder,
                setLine: { [line] isCut in isCut ? line?.cut() : line?.mend() },
                wait: { try await self.wait($0, $1) }, tell: { self.tell($0) }))
        say("6. A family with large medical bills is found before it asks.")
        try await work.findFamily()
        say("7. A couple on small wages falls ill: its category changes, and the list says so.")
        try await work.changeCategory()
    }

    private func prove() throws {
        say("8. Every office checks every chain, signature and digest, and compares itself with its parent.")
        for office in topology.offices.map(\.code) {
            let against = office == district ? [] : ["--against", "parent"]
            let folder = try self.office(office).folder
            let answer = try ChildProcesses.run(["verify", "--data", folder] + against)
            tell("\(office): \(answer.output.trimmingCharacters(in: .whitespacesAndNewlines))")
        }
    }

    // MARK: Ending

    func sayHowToLook() {
        say("")
        say("The offices keep running. Look at them from another terminal:")
        for code in topology.offices.map(\.code) {
            guard let office = offices[code] else { continue }
            Output.line("    \(ChildProcesses.executable.path) status --data \(office.folder)")
        }
        Output.line("    \(ChildProcesses.executable.path) tree --data \(offices[district]?.folder ?? "")")
        Output.line("Ctrl-C ends them and removes their folder.")
        Output.flush()
    }

    // MARK: What a person at an office would type

    @discardableResult
    private func sanji(_ arguments: String...) throws -> ChildProcesses.Answer { try ChildProcesses.run(arguments) }

    private func write(_ sql: String, at code: OfficeCode, user: String) throws {
        try sanji("sql", sql, "--write", "--as", user, "--data", try office(code).folder)
    }

    private func sql(_ sql: String, at code: OfficeCode) throws -> DemoData.Rows {
        try sanji("sql", sql, "--json", "--data", try office(code).folder).decoded(DemoData.Rows.self)
    }

    /// - Parameter area: Only rows of other areas than this one.
    private func count(_ table: String, at code: OfficeCode, outside area: OfficeCode? = nil) throws -> Int {
        let condition = area.map { " WHERE area <> '\($0)'" } ?? ""
        return Int(try sql("SELECT count(*) FROM \(table)\(condition)", at: code).rows[0][0].text) ?? 0
    }

    private func twoHouseholds() throws -> (String, String) {
        let rows = try sql("SELECT id FROM household ORDER BY household_no LIMIT 2", at: cutOff).rows
        guard rows.count == 2 else {
            throw DemoFailure(what: "\(cutOff) needs two households; give a larger --households")
        }
        return (rows[0][0].text, rows[1][0].text)
    }

    private func status(of code: OfficeCode) throws -> DemoData.Status {
        let folder = try office(code).folder
        return try ChildProcesses.run(["status", "--json", "--data", folder], accepted: [0, 2]).decoded(
            DemoData.Status.self)
    }

    private func conflicts(at code: OfficeCode) throws -> [DemoData.Conflict] {
        let folder = try office(code).folder
        return try ChildProcesses.run(["conflicts", "list", "--json", "--data", folder], accepted: [0, 2])
            .decoded(DemoData.Conflicts.self).conflicts
    }

    private func office(_ code: OfficeCode) throws -> DemoOffice {
        guard let office = offices[code] else { throw DemoFailure(what: "no office \(code)") }
        return office
    }

    /// Asks again until it is so; the deadline only bounds a failure.
    private func wait(_ what: String, _ isSo: () throws -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(120)
        while try !isSo() {
            guard ContinuousClock.now < deadline else { throw DemoFailure(what: "\(what): not after two minutes") }
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    private var seconds: Int64 { (ContinuousClock.now - started).components.seconds }
    private func tell(_ text: String) { say("   \(text)") }

    private func say(_ text: String) {
        Output.line(text)
        Output.flush()  // Told line by line, into a pipe as well.
    }

    private var topologyText: String {
        topology.offices.map { "  - code: \"\($0.code)\"\n    name: \($0.name)\n" }.reduce("offices:\n", +)
    }
}
