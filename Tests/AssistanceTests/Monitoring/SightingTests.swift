import Assistance
import ChangeSets
import GRDB
import Replica
import TestReplicas
import Testing

/// Domain 3.3: a village tells from what it sees, a town from its checks; 4.3: one open warning a household and kind.
@Suite struct `What somebody has seen` {
    private func see(
        _ watched: Watched, _ kind: WarningKind, _ colour: Colour = .yellow, person: [UInt8]? = nil,
        at office: OfficeCode = village
    ) throws {
        try FactEntry.add(
            .sighting(kind, colour, person: person, on: watched.today, text: "邻居所见"), to: watched.household,
            in: watched.tree[office], as: clerk, today: watched.today)
    }

    @Test func `at a village is a warning once the town looks, with the colour of its kind at least`() throws {
        let watched = try Watched()
        try see(watched, .accident)
        #expect(try watched.warnings(village).isEmpty)
        try watched.tree.exchangeAll()
        let report = try watched.monitor(town)
        #expect(report.raised == 1)
        try watched.tree.exchangeAll()
        for office in [village, town, district] {
            let warnings = try watched.warnings(office)
            #expect(warnings.map(\.kind) == [.accident] && warnings.map(\.colour) == [.red])
        }
        // Whoever looks next finds nothing new in it.
        #expect(try watched.monitor(district).raised == 0 && watched.monitor(town).raised == 0)
    }

    /// Whoever is sent there reads it with the warning.
    @Test func `is read with its warning in the words of whoever saw it, until they are taken back`() throws {
        let watched = try Watched()
        try see(watched, .accident)
        try see(watched, .incomeDrop, at: town)
        try watched.take(.accident, "1,\(Watched.man),2026-11-01,traffic")
        try watched.tree.exchangeAll()
        try watched.monitor(district)
        try watched.tree.exchangeAll()
        func words(_ office: OfficeCode) throws -> [WarningWords] {
            let warning = try #require(try watched.warnings(office).first { $0.kind == .accident })
            return try watched.tree[office].read { try WarningReading.words(of: warning, $0) }
        }
        for office in [village, town, district] {
            #expect(try Set(words(office).map(\.seen)) == ["邻居所见", nil], "\(office)")
            #expect(try words(office).allSatisfy { !$0.says.contains("邻居") })
        }
        let fact = try #require(
            try watched.tree[village].read { try StoredFact.all(of: watched.household, $0) }
                .first { $0.values.contains { $0.value == .text("A3") } })
        try FactEntry.withdraw(fact, of: watched.household, in: watched.tree[village], as: clerk)
        try watched.tree.exchangeAll()
        #expect(try words(town).allSatisfy { $0.seen == nil })
    }

    @Test func `twice is one warning, which a second look can only make more urgent`() throws {
        let watched = try Watched()
        try see(watched, .incomeDrop)
        try see(watched, .incomeDrop, .red, at: town)
        try watched.tree.exchangeAll()
        _ = try watched.monitor(town)
        #expect(try watched.warnings(town).map(\.colour) == [.red])
        try see(watched, .incomeDrop, at: town)
        #expect(try watched.monitor(town).heavier == 1)
        #expect(try watched.warnings(town).map(\.colour) == [.red])
    }

    @Test func `is taken back before anybody looks, and is none of what follows from rows`() throws {
        let watched = try Watched()
        try see(watched, .disaster)
        let fact = try watched.tree[village].read { try StoredFact.all(of: watched.household, $0) }
        #expect(fact.map(\.kind) == ["sighting"])
        try FactEntry.withdraw(fact[0], of: watched.household, in: watched.tree[village], as: clerk)
        try see(watched, .duplicate, .red)
        try watched.tree.exchangeAll()
        #expect(try watched.monitor(town).raised == 0)
        #expect(try watched.warnings(town).isEmpty)
    }

    /// The village's clock is ahead of the town's, or its battery is dead.
    @Test(arguments: ["2026-11-11", "2000-01-01"])
    func `is a warning also where it was seen tomorrow, or in another century`(day: String) throws {
        let watched = try Watched()
        try FactEntry.add(
            .sighting(.accident, .red, person: nil, on: date(day), text: "邻居所见"), to: watched.household,
            in: watched.tree[village], as: clerk, today: date(day))
        try watched.tree.exchangeAll()
        #expect(try watched.monitor(town).raised == 1)
    }

    /// Judged not real it comes back by nothing but another sighting; what a department says comes back (domain 4.3).
    @Test func `is looked at once, and what is wrong with it is not asked again`() throws {
        let watched = try Watched()
        try see(watched, .accident)
        try watched.take(.accident, "1,\(Watched.man),2026-11-01,traffic")
        try watched.tree.exchangeAll()
        try watched.monitor(district)
        try watched.tree.exchangeAll()
        let warning = try #require(try watched.warnings(district).first)
        let entry = watched.entry(district)
        _ = try entry.act(.visit, on: warning.id.hex)
        _ = try entry.act(.verdict, on: warning.id.hex, .unfounded)
        _ = try entry.act(.close, on: warning.id.hex)
        try watched.tree.exchangeAll()
        // The town knows the sighting only, the district the department's line as well.
        #expect(try watched.monitor(town, on: date("2026-12-20")).raised == 0)
        #expect(try watched.monitor(district, on: date("2026-12-20")).raised == 1)
    }

    /// Judged not real, it makes nothing more urgent that comes afterwards.
    @Test func `is no reason any more once it was judged not real`() throws {
        let watched = try Watched()
        try see(watched, .incomeDrop, .red)
        try watched.tree.exchangeAll()
        try watched.monitor(town)
        let warning = try #require(try watched.warnings(town).first)
        #expect(warning.colour == .red)
        let entry = watched.entry(district)
        try watched.tree.exchangeAll()
        _ = try entry.act(.visit, on: warning.id.hex)
        _ = try entry.act(.verdict, on: warning.id.hex, .unfounded)
        _ = try entry.act(.close, on: warning.id.hex)
        try watched.tree.exchangeAll()
        try see(watched, .incomeDrop, at: town)
        #expect(try watched.monitor(town).raised == 1)
        #expect(try watched.warnings(town).filter { $0.id != warning.id }.map(\.colour) == [.yellow])
        // Nor later, when something else is seen.
        try see(watched, .incomeDrop, .orange, at: town)
        #expect(try watched.monitor(town).heavier == 1)
        #expect(try watched.warnings(town).filter { $0.id != warning.id }.map(\.colour) == [.orange])
    }

    @Test func `of a death is nothing once the death is entered, nor of somebody of another household`() throws {
        let watched = try Watched()
        try see(watched, .death, person: [0x12])
        try MemberEntry(watched.tree[village], as: clerk, today: watched.today)
            .leave("甲二", of: watched.household, because: .death, on: watched.today)
        try watched.tree[village].run(
            """
            INSERT INTO sighting (area, id, household, person, kind, colour, day, text)
                VALUES (office(), uuid7(), x'01', x'99', 'A6', 3, '2026-11-10', 'x')
            """)
        try watched.tree.exchangeAll()
        #expect(try watched.monitor(town).raised == 0)
    }

    /// An altered program writes thousands.
    @Test func `counts a hundred times at most`() throws {
        let watched = try Watched()
        try watched.tree[village].run(
            """
            WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
            INSERT INTO sighting (area, id, household, kind, colour, day, text)
                SELECT office(), CAST(printf('%05d', i) AS BLOB), x'01', 'A3', 3, '2026-11-10', 'x' FROM n
            """)
        try watched.tree.exchangeAll()
        #expect(try watched.monitor(town).raised == 1)
        #expect(try watched.tree[town].rows("SELECT count(*) FROM alert_fact") == ["100"])
        // They hide nothing of what the town sees.
        try see(watched, .accident, at: town)
        #expect(try watched.monitor(town).heavier == 1)
    }

    /// Told dead by mistake, and found alive by the town: what was seen is answered as well.
    @Test func `of a death is answered where somebody entitled has found them alive`() throws {
        let watched = try Watched()
        try see(watched, .death, person: [0x12])
        try MemberEntry(watched.tree[village], as: clerk, today: watched.today)
            .leave("甲二", of: watched.household, because: .death, on: watched.today)
        try watched.tree.exchangeAll()
        #expect(try watched.monitor(town).raised == 0)
        try MemberEntry(watched.tree[town], as: clerk, today: watched.today)
            .revive("甲二", of: watched.household, text: "误报")
        #expect(try watched.monitor(town).raised == 0)
    }

    /// Placed in another household meanwhile, by an office unaware of it.
    @Test func `of a death stays with the household that told it when its member is placed elsewhere`() throws {
        let watched = try Watched()
        try watched.tree[town].run(
            "INSERT INTO household (area, id, household_no) VALUES ('\(village)', x'02', '002')")
        try watched.tree.exchangeAll()
        try see(watched, .death, person: [0x12])
        try MemberEntry(watched.tree[town], as: clerk, today: watched.today).place(
            "甲二", of: watched.household, in: HouseholdID(area: village, id: [2]), on: watched.today)
        try watched.tree.exchangeAll()
        #expect(try watched.monitor(town).raised == 1)
    }

    /// Any source that says so holds the next payment (domain 4.3, A6).
    @Test func `of a death names who`() throws {
        let watched = try Watched()
        #expect(throws: FactError.empty("member who has died")) { try see(watched, .death) }
        try see(watched, .death, person: [0x12])
        try watched.tree.exchangeAll()
        _ = try Monitor(watched.tree[town], as: clerk, today: watched.today).run(on: watched.household)
        let named = try watched.tree[town].rows(
            "SELECT p.name FROM alert_fact AS f JOIN person AS p ON p.id = f.person")
        #expect(named == ["甲二"])
        let warning = try #require(try watched.warnings(town).first)
        let words = try watched.tree[town].read { try WarningReading.words(of: warning, $0) }
        #expect(words.map(\.person) == ["甲二"])
        #expect(throws: SignalImportError.village(village)) {
            try Monitor(watched.tree[village], as: clerk, today: watched.today).run(on: watched.household)
        }
    }
}

/// Domain 3.4 C (a visit is of a case, of a warning, or of neither), 4.3 A11.
@Suite struct `A home visit` {
    @Test func `because of a warning is contact, and is none where nobody was at home`() throws {
        let watched = try Watched()
        try watched.take(.accident, "1,\(Watched.man),2026-11-01,traffic")
        try watched.monitor(district)
        try watched.tree.exchangeAll()
        let warning = try #require(try watched.warnings(village).first)
        func visit(seen: String) throws -> Warning {
            try watched.entry(village).visit(
                warning.id.hex, HomeVisit(on: watched.today, by: ["丙一", "丙二"], seen: seen, findings: "属实"))
        }
        #expect(try visit(seen: "").state.stage == .open)
        #expect(try visit(seen: "甲一").state.stage == .visited)
        try MemberEntry(watched.tree[village], as: clerk, today: watched.today)
            .visit(watched.household, HomeVisit(on: watched.today, by: ["丙一"], seen: "甲一"))
        #expect(throws: CaseError.empty("list of visitors")) { _ = try HomeVisit(on: watched.today, by: [" "]) }
        #expect(throws: FactError.later("day of the visit")) {
            try watched.entry(village).visit(warning.id.hex, HomeVisit(on: date("2026-11-11"), by: ["丙一"], seen: "甲一"))
        }
        try watched.tree.exchangeAll()
        for office in [village, town, district] {
            let rows = try watched.tree[office].rows(
                "SELECT seen, alert IS NOT NULL, application IS NULL FROM home_visit ORDER BY seen, alert")
            #expect(rows == ["|1|1", "甲一|0|1", "甲一|1|1"])
            #expect(try watched.warnings(office).map(\.state.stage) == [.visited])
        }
    }
}
