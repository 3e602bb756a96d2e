import Assistance
import ChangeSets
import GRDB
import Replica
import TestReplicas
import Testing

/// Two things done at two offices that do not know of each other, and what all offices show once they do (domain 3.6), whichever was done
/// and whichever arrived first.
struct ConcurrencyCase: Sendable, CustomTestStringConvertible {
    let name: String
    /// The couple, and what both know.
    var start: @Sendable () throws -> Couple = { try Couple() }
    let one: @Sendable (Couple) throws -> Void
    let other: @Sendable (Couple) throws -> Void
    let expect: @Sendable (Couple, OfficeCode) throws -> Void

    var testDescription: String { name }

    /// Between village (v), town (t) and district (d): who hands what to whom, until all have all.
    static let orders = [
        "vt td dt tv", "td vt td dt tv", "tv vt td dt tv", "dt tv vt td dt tv", "td dt tv vt td dt tv",
        "dt vt tv td dt tv",
    ]

    /// - Parameter isReversed: Whether what the other does is done first.
    func run(_ order: String, isReversed: Bool) throws {
        let couple = try start()
        try couple.tree.exchangeAll()
        for act in isReversed ? [other, one] : [one, other] { try act(couple) }
        let offices: [Character: OfficeCode] = ["v": village, "t": town, "d": district]
        for step in order.split(separator: " ") {
            let (from, to) = (try #require(offices[step.first!]), try #require(offices[step.last!]))
            // Once more is no more: a change set that comes again changes nothing (C13).
            for _ in 0..<2 { try couple.tree.send(from: from, to: to) }
        }
        for office in [village, town, district] { try expect(couple, office) }
        let tables = AssistanceSchema.version1.tables.filter { $0.audience == .village && $0.areas.contains(.village) }
        for table in tables {
            let columns = table.columns.map(\.name).joined(separator: ", ")
            let sql = "SELECT \(columns) FROM \(table.name) WHERE area = '\(village)' ORDER BY \(columns)"
            let here = try couple.tree[village].rows(sql)
            for office in [town, district] { #expect(try couple.tree[office].rows(sql) == here, "\(table.name)") }
        }
    }
}

private func conflicts(_ couple: Couple, _ office: OfficeCode, quiet: Bool) throws -> [Conflict] {
    try couple.tree[office].conflicts(includingQuiet: true).filter { $0.quiet == quiet }
}

@Suite struct `Two offices unaware of each other` {
    static let cases: [ConcurrencyCase] = [
        ConcurrencyCase(
            name: "C1: village and town change the telephone",
            one: { try $0.tree[village].run("UPDATE household SET phone = '0000-1'") },
            other: { try $0.tree[town].run("UPDATE household SET phone = '0000-2'") },
            expect: { couple, office throws in
                #expect(try couple.tree[office].rows("SELECT phone FROM household") == ["0000-1"])
                let quiet = try conflicts(couple, office, quiet: true)
                #expect(quiet.map { $0.siblings.map(\.values) } == [[[.text("0000-1")], [.text("0000-2")]]])
                #expect(try conflicts(couple, office, quiet: false).isEmpty)
            }),
        ConcurrencyCase(
            name: "C2: the village mends the name, the town the identity number", start: Couple.withAccount,
            one: { try $0.tree[village].run("UPDATE person SET name = '甲乙' WHERE id = x'11'") },
            other: { try $0.tree[town].run("UPDATE person SET id_number = '990000196001010013' WHERE id = x'11'") },
            expect: { couple, office throws in
                let found = try conflicts(couple, office, quiet: false)
                #expect(found.map(\.cell) == ["identity"] && found.first?.siblings.count == 2)
                if office == district { #expect(try couple.build().held.map(\.hold) == [.identity]) }
            }),
        ConcurrencyCase(
            name: "C2: the village mends the sex, the town the birth date, with one number", start: Couple.withAccount,
            one: { try $0.tree[village].run("UPDATE person SET sex = 'male' WHERE id = x'11'") },
            other: { try $0.tree[town].run("UPDATE person SET birth = '1976-01-02' WHERE id = x'11'") },
            expect: { couple, office throws in
                #expect(try conflicts(couple, office, quiet: false).map(\.cell) == ["identity"])
                if office == district { #expect(try couple.build().lines.count == 1) }
            }),
        ConcurrencyCase(
            name: "C3: village and town add a wage of one person and year",
            one: { try $0.add(wage("12000")) }, other: { try $0.add(wage("15000"), at: town) },
            expect: { couple, office throws in
                let family = try couple.assess(at: office).family
                #expect(family.questions.map(\.kind) == [.income])
                #expect(family.questions.first?.rows.count == 2 && family.facts.incomes.count == 1)
            }),
        ConcurrencyCase(
            name: "C4: village and town visit on one day", start: Couple.applied,
            one: { try $0.visit(village) }, other: { try $0.visit(town) },
            expect: { couple, office throws in #expect(try couple.onlyCase(office).visits.count == 2) }),
        ConcurrencyCase(
            name: "C6: the district confirms, the village withdraws", start: Couple.atDistrict,
            one: { couple in
                _ = try couple.entry(district, on: "2026-06-24").confirm(
                    try couple.onlyCase(district).id.hex, document: "1")
            },
            other: { couple in
                _ = try couple.entry(village, on: "2026-06-24").step(
                    .withdraw, try couple.onlyCase(village).id.hex, reason: "找到工作")
            },
            expect: { couple, office throws in
                let state = try couple.onlyCase(office).state
                #expect(state.stage == .confirmed && state.hasExitRequest)
            }),
        ConcurrencyCase(
            name: "C8: the village judges a warning unfounded, the town real", start: Couple.warned,
            one: { try $0.judge(.unfounded, at: village) }, other: { try $0.judge(.real, at: town) },
            expect: { couple, office throws in
                let warning = try #require(try couple.warnings(office).first)
                #expect(warning.state.verdict == .real && warning.state.isContested && warning.state.stage == .judged)
                #expect(warning.colour == .red)
            }),
        ConcurrencyCase(
            name: "C11: the town splits a household, the village adds a baby to the old one",
            one: { couple in
                try couple.members().add(
                    Couple.baby(), to: couple.household, because: .birth, on: date("2026-06-01"))
            },
            other: { couple in
                _ = try couple.members(town).split(
                    couple.household, number: "2", head: "乙一", members: ["乙一"], on: couple.today)
            },
            expect: { couple, office throws in
                let new = try couple.tree[office].read { try HouseholdLookup.one("\(village)/2", $0) }
                #expect(try couple.living(office) == ["甲一", "甲三"] && couple.living(office, in: new) == ["乙一"])
                for home in [couple.household, new] {
                    #expect(try couple.questions(office, of: home) == [.placement])
                }
                #expect(try couple.assess(at: office).isSettled == false)
            }),
    ]

    private static func wage(_ yuan: String) -> NewFact {
        .income(person: [0x12], kind: "wage", .annual, year: 2026, money(yuan), notCounted: nil, .declared)
    }

    @Test(arguments: cases, [false, true])
    func `show the same in the end, whoever was first`(example: ConcurrencyCase, isReversed: Bool) throws {
        for order in ConcurrencyCase.orders { try example.run(order, isReversed: isReversed) }
    }

    /// C11, answered: who says where the baby lives knows of the split.
    @Test(arguments: [true, false]) func `a baby of a household that was split is placed`(stays: Bool) throws {
        let couple = try Couple()
        try couple.tree.exchangeAll()
        try couple.members().add(Couple.baby(), to: couple.household, because: .birth, on: date("2026-06-01"))
        let new = try couple.members(town).split(
            couple.household, number: "2", head: "乙一", members: ["乙一"], on: couple.today)
        try couple.tree.exchangeAll()
        try couple.members(town).place(
            "甲三", of: couple.household, in: stays ? couple.household : new, on: couple.today, text: "随母")
        try couple.tree.exchangeAll()
        for office in [village, town, district] {
            #expect(try couple.questions(office).isEmpty && couple.questions(office, of: new).isEmpty)
            #expect(try couple.living(office, in: stays ? couple.household : new).contains("甲三"))
            #expect(try couple.assess(at: office).isSettled)
        }
    }
}

extension Couple {
    fileprivate static func withAccount() throws -> Couple {
        let couple = try Couple.confirmed()
        try couple.account()
        return couple
    }

    fileprivate static func applied() throws -> Couple {
        let couple = try Couple()
        _ = try couple.entry(village).open(.init(aidKind: "DB", hasConsent: true), for: couple.household)
        return couple
    }

    fileprivate static func atDistrict() throws -> Couple {
        let couple = try Couple()
        try couple.bills("34800")
        _ = try couple.forwarded()
        return couple
    }

    fileprivate static func warned() throws -> Couple {
        let couple = try Couple()
        try couple.tree[village].run("UPDATE person SET id_number = '990000196001010013' WHERE id = x'11'")
        try couple.tree.exchangeAll()
        let lines = [SignalKind.accident.header.joined(separator: ","), "1,990000196001010013,2026-06-14,fire"]
        _ = try SignalImport.import(
            Array(lines.joined(separator: "\n").utf8), .accident, department: "应急", batch: "1",
            into: couple.tree[district],
            as: clerk, today: couple.today)
        _ = try Monitor(couple.tree[district], as: clerk, today: couple.today).run()
        return couple
    }

    fileprivate func visit(_ office: OfficeCode) throws {
        _ = try entry(office).visit(
            try onlyCase(office).id.hex, on: today, by: ["丙一", "丙二"], seen: "甲一", findings: "\(office)")
    }

    fileprivate func onlyCase(_ office: OfficeCode) throws -> CaseFile {
        try #require(try tree[office].read { try CaseReading.all(of: household, $0) }.first)
    }

    fileprivate func warnings(_ office: OfficeCode) throws -> [Warning] {
        try tree[office].read { try WarningReading.all(of: household, $0) }
    }

    fileprivate func judge(_ verdict: WarningVerdict, at office: OfficeCode) throws {
        let id = try #require(try warnings(office).first).id.hex
        _ = try WarningEntry(tree[office], as: clerk, today: today).act(.verdict, on: id, verdict)
    }
}
