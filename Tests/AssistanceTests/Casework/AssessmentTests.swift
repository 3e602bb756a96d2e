import Assistance
import ChangeSets
import Foundation
import GRDB
import Replica
import TestReplicas
import Testing

@Suite struct `A household's assessment` {
    /// Domain 4.1: the four worked cases of the couple, at all three tiers.
    @Test(
        arguments: [
            ("W2", nil, "BY", "0"), ("W3", "24000", "DB", "1444"), ("W4", "34800", "DB", "2344"),
            ("more", "50000", "DB", "2344"),
        ] as [(String, String?, String, String)])
    func `is the same at every office that has its facts`(
        name: String, bills: String?, category: String, amount: String
    ) throws {
        let couple = try Couple()
        if let bills { try couple.bills(bills) }
        try couple.tree.exchangeAll()
        for office in [village, town, district] {
            let found = try couple.assess(at: office).determination
            #expect(found.category.rawValue == category, "\(name)")
            #expect(found.base == money(amount), "\(name)")
        }
        // Who is off the branch has nothing of the family.
        #expect(throws: FamilyError.self) { try couple.assess(at: otherVillage) }
    }

    /// W5: the same family by rules that do not deduct.
    @Test func `follows the rules of its day`() throws {
        let couple = try Couple()
        try couple.bills("24000")
        _ = try Publishing.publish(
            [
                PublishedValue(
                    area: district, name: "rigid.deducted", validFrom: date("2026-06-01"), text: "no", document: "试1号")
            ], in: couple.tree[district], as: clerk)
        try couple.tree.exchangeAll()
        #expect(try couple.assess(at: village).determination.category == .edge)
        #expect(try couple.assess(at: village, on: date("2026-05-31")).determination.category == .dibao)
        #expect(throws: RuleError.self) { try couple.assess(at: village, on: date("2023-12-31")) }
    }

    /// Domain 3.6, C3.
    @Test func `uses neither of two incomes that two offices name, until one is taken back`() throws {
        let couple = try Couple()
        func wage(_ yuan: String) -> NewFact {
            .income(person: [0x12], kind: "wage", .annual, year: 2025, money(yuan), notCounted: nil, .declared)
        }
        try couple.tree.exchangeAll()
        try couple.add(wage("12000"), at: village)
        try couple.add(wage("15000"), at: town)
        try couple.tree.exchangeAll()
        for office in [village, town, district] {
            let found = try couple.assess(at: office)
            #expect(found.family.questions.map(\.kind) == [.income] && !found.isSettled)
            #expect(found.family.facts.incomes.count == 1)
        }
        let wrong = try couple.tree[town].read { db in
            try StoredFact.all(of: couple.household, db).first {
                $0.office == village.digits && $0.values.contains { $0.value == .integer(1_200_000) }
            }
        }
        try FactEntry.withdraw(try #require(wrong), of: couple.household, in: couple.tree[town], as: clerk)
        try couple.tree.exchangeAll()
        for office in [village, town, district] {
            let found = try couple.assess(at: office)
            #expect(
                found.isSettled && Set(found.family.facts.incomes.map(\.amount)) == [money("2900"), money("15000")])
        }
    }

    @Test func `lets nobody take back what an office above has checked, nor correct one kind by another`() throws {
        let couple = try Couple()
        try couple.tree.exchangeAll()
        try couple.add(
            .asset(.vehicle, money("30000"), exempt: nil), at: town)
        try couple.tree.exchangeAll()
        let facts = try couple.tree[village].read { try StoredFact.all(of: couple.household, $0) }
        let (vehicle, wage) = (
            try #require(facts.first { $0.kind == "asset_item" }),
            try #require(facts.first { $0.kind == "income_item" })
        )
        #expect(throws: FactError.notYours(town.digits)) {
            try FactEntry.withdraw(vehicle, of: couple.household, in: couple.tree[village], as: clerk)
        }
        // Written by hand it has no effect anywhere.
        try couple.tree[village].run(
            "INSERT INTO asset_item (area, id, household, replaces, withdrawn) VALUES (office(), x'99', x'01', x'\(vehicle.id.hex)', 1)"
        )
        try couple.tree.exchangeAll()
        for office in [village, town, district] {
            #expect(try couple.assess(at: office).family.facts.assets.map(\.kind) == [.vehicle])
        }
        #expect(throws: FactError.otherKind("income_item", "asset_item")) {
            try FactEntry.add(
                .asset(.home, .zero, exempt: nil), to: couple.household, replacing: wage, in: couple.tree[village],
                as: clerk,
                today: couple.today)
        }
    }

    @Test func `counts the newest year of an income, and no certificate that another has followed`() throws {
        let couple = try Couple()
        for (year, yuan) in [(2024, "100"), (2025, "200")] {
            try couple.add(
                .income(person: [0x12], kind: "business", .annual, year: year, money(yuan), notCounted: nil, .declared))
        }
        #expect(
            Set(try couple.assess(at: village).family.facts.incomes.map(\.amount)) == [money("2900"), money("200")])
        for (grade, issued, end) in [(1, "2020-01-01", nil), (3, "2024-01-01", "2025-12-31")]
            as [(Int, String, String?)]
        {
            try couple.add(
                .disability(
                    person: [0x12], Disability(kind: 4, grade: grade)!, certificate: nil, issued: date(issued),
                    validTo: end.map(date)))
        }
        try couple.add(
            .disability(
                person: [0x12], Disability(kind: 1, grade: 2)!, certificate: nil, issued: date("2019-01-01"),
                validTo: nil))
        let wife = try #require(try couple.assess(at: village).family.facts.members.first { $0.id == [0x12] })
        #expect(wife.disabilities == [Disability(kind: 1, grade: 2)!])
    }

    @Test func `counts a corrected fact once, and nobody who has died`() throws {
        let couple = try Couple()
        let old = try couple.tree[village].read { try StoredFact.all(of: couple.household, $0) }[0]
        try FactEntry.add(
            .income(person: [0x11], kind: "wage", .monthly, year: 2026, money("100"), notCounted: nil, .checked),
            to: couple.household, replacing: old, in: couple.tree[village], as: clerk, today: couple.today)
        #expect(try couple.assess(at: village).family.facts.incomes.map(\.amount) == [money("100")])
        try couple.tree[village].run("UPDATE person SET death_date = '2026-06-01' WHERE id = x'12'")
        #expect(try couple.assess(at: village).family.members.map(\.name) == ["甲一"])
        #expect(try couple.assess(at: village, on: date("2026-05-31")).family.members.count == 2)
    }

    @Test(arguments: [
        (
            NewFact.income(person: nil, kind: "", .monthly, year: nil, .zero, notCounted: nil, .declared),
            FactError.empty("kind")
        ),
        (
            .rigidExpense(
                person: nil, kind: "medical", on: date("2026-06-01"), gross: money("1"), reimbursed: money("2"),
                receipt: nil), .reimbursedMore
        ),
        (.care(person: [0x11], on: date("2027-01-01"), failed: [], assessors: "丙一"), .later("day")),
    ])
    func `takes no fact that no family can have`(fact: NewFact, error: FactError) throws {
        let couple = try Couple()
        let before = try couple.tree[village].changeSets
        #expect(throws: error) { try couple.add(fact) }
        #expect(try couple.tree[village].changeSets == before)
    }
}
