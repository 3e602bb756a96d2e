import Assistance
import ChangeSets
import GRDB
import Replica
import TestReplicas
import Testing

/// Domain 0.11, 3.6 (C3: never sum both silently), 4.1.
@Suite struct `What counts of a family's money` {
    private func wage(_ yuan: String, _ person: [UInt8]?, year: Int? = nil) -> NewFact {
        .income(person: person, kind: "wage", .annual, year: year, money(yuan), notCounted: nil, .declared)
    }

    @Test func `is not what the dead and those who left have earned`() throws {
        let couple = try Couple()
        try couple.bills("12000")
        try couple.members().leave("甲一", of: couple.household, because: .death, on: couple.today)
        let after = try couple.assess(at: village).family.facts
        #expect(after.incomes.isEmpty && after.members.count == 1)
        // What the family has spent on one who has died since, it has spent.
        try couple.members().leave("乙一", of: couple.household, because: .death, on: couple.today)
        try couple.members().add(Couple.baby(), to: couple.household, because: .birth, on: couple.today)
        try couple.tree[village].run("UPDATE person SET hukou_kind = 'urban'")
        #expect(try couple.assess(at: village).family.facts.rigidExpenses.count == 1)
    }

    @Test(arguments: [([0x12], nil), ([0x12], 2026), (nil, 2026)] as [([UInt8]?, Int?)])
    func `is asked where two offices name one income, with a year and a person or without`(
        person: [UInt8]?, year: Int?
    ) throws {
        let couple = try Couple(wages: "0")
        try couple.tree.exchangeAll()
        try couple.add(wage("12000", [0x12]), at: village)
        try couple.add(wage("15000", person, year: year), at: town)
        try couple.tree.exchangeAll()
        for office in [village, town, district] {
            let family = try couple.assess(at: office).family
            #expect(!family.questions.isEmpty && family.questions.allSatisfy { $0.kind == .income })
            #expect(!family.facts.incomes.contains { $0.amount == money("12000") || $0.amount == money("15000") })
        }
    }

    @Test func `is asked where two offices name one bill, and not both by its receipt`() throws {
        let couple = try Couple()
        try couple.tree.exchangeAll()
        func bill(_ receipt: String?, on day: String = "2026-05-02") -> NewFact {
            .rigidExpense(
                person: nil, kind: "medical", on: date(day), gross: money("24000"), reimbursed: .zero, receipt: receipt)
        }
        try couple.add(bill(nil), at: village)
        try couple.add(bill("R7"), at: town)
        try couple.add(bill("R8", on: "2026-05-03"), at: town)
        try couple.tree.exchangeAll()
        for office in [village, town, district] {
            let family = try couple.assess(at: office).family
            #expect(family.questions.map(\.kind) == [.expense] && family.facts.rigidExpenses.map(\.receipt) == ["R8"])
        }
    }

    @Test func `is asked where two offices name a possession of one kind`() throws {
        let couple = try Couple()
        try couple.tree.exchangeAll()
        try couple.add(.asset(.deposit, money("20000"), exempt: nil), at: village)
        try couple.add(.asset(.vehicle, money("1000"), exempt: nil), at: village)
        #expect(try couple.assess(at: village).isSettled)
        try couple.add(.asset(.deposit, money("20000"), exempt: nil), at: town)
        try couple.tree.exchangeAll()
        #expect(try couple.assess(at: district).family.questions.map(\.kind) == [.asset])
    }

    /// Domain 4.14: a mismatch is a soft warning.
    @Test func `is not held up by a certificate's number, which is compared and shown masked`() throws {
        let couple = try Couple()
        let fact = NewFact.disability(
            person: [0x11], Disability(kind: 4, grade: 2)!, certificate: "99000019760101001343",
            issued: date("2026-01-01"), validTo: nil)
        try couple.add(fact)
        try couple.tree[village].run("UPDATE person SET id_number = '990000197601010014' WHERE id = x'11'")
        let (doubts, stored) = try couple.tree[village].read { db in
            (
                try FactEntry.doubts(about: fact, of: couple.household, db),
                try StoredFact.all(of: couple.household, db).first { $0.kind == "disability" }
            )
        }
        #expect(doubts.count == 2)
        // Whoever decides sees it as well, at whatever office.
        try couple.tree.exchangeAll()
        for office in [village, town, district] {
            let family = try couple.assess(at: office).family
            #expect(family.doubts.suffix(2) == doubts.map { "甲一: \($0)" } && family.questions.isEmpty)
        }
        #expect(stored?.values.contains { $0.value == .text("990000********001343") } == true)
        let matching = NewFact.disability(
            person: [0x11], Disability(kind: 4, grade: 2)!, certificate: "99000019760101001442",
            issued: date("2026-01-01"), validTo: nil)
        #expect(
            try couple.tree[village].read { try FactEntry.doubts(about: matching, of: couple.household, $0) }.isEmpty)
    }
}

/// Domain 4.2, 4.9.
@Suite struct `What hangs on a board` {
    private func onNotice(_ kind: String) throws -> (Couple, String) {
        let couple = try Couple()
        try couple.bills("34800")
        let id = try couple.entry(village).open(.init(aidKind: kind, hasConsent: true), for: couple.household).hex
        try couple.tree.exchangeAll()
        for step in [CaseStep.accept, .investigate] { _ = try couple.entry(town).step(step, id) }
        _ = try couple.entry(town).visit(id, on: couple.today, by: ["丙一", "丙二"], seen: "甲一", findings: "属实")
        _ = try couple.entry(town).step(.firstReview, id)
        return (couple, id)
    }

    private func board(_ couple: Couple, on day: String) throws -> [PublicNotice] {
        try couple.tree[town].read { try PublicNotices.hanging(in: town, on: date(day), $0).notices }
    }

    @Test func `names what the rule has named, from the day after to the last day`() throws {
        let (couple, id) = try onNotice("DB")
        _ = try couple.entry(town).notice(id, posted: couple.today, place: "栏")
        #expect(try board(couple, on: "2026-06-15").isEmpty && board(couple, on: "2026-06-23").isEmpty)
        let notices = try board(couple, on: "2026-06-22")
        #expect(notices.map(\.name) == ["甲一"] && notices.map(\.people) == [2])
        #expect(notices.map(\.amount) == [money("2344")])
        #expect(
            try couple.tree[otherVillage].read {
                try PublicNotices.hanging(in: town, on: date("2026-06-20"), $0).notices
            }
            .isEmpty)
    }

    @Test func `masks the names that no rule has named, and never shows a child's case`() throws {
        let (couple, id) = try onNotice("BY")
        try couple.tree[town].run("UPDATE person SET birth = '2010-01-01' WHERE id = x'11'")
        #expect(throws: CaseError.noticeOfMinor) { try couple.entry(town).notice(id, posted: couple.today, place: "栏") }
        // Also where a child applies, or the only adults are dead.
        try couple.tree[town].run(
            """
            UPDATE person SET birth = '1976-01-01' WHERE id = x'11';
            UPDATE person SET birth = '2012-01-01' WHERE id = x'12'
            """)
        let child = try couple.entry(village).open(
            .init(aidKind: "BY", applicant: [0x12], hasConsent: true), for: couple.household, again: true
        ).hex
        try couple.tree.exchangeAll()
        for step in [CaseStep.accept, .investigate] { _ = try couple.entry(town).step(step, child) }
        _ = try couple.entry(town).visit(child, on: couple.today, by: ["丙一", "丙二"], seen: "甲一", findings: "")
        _ = try couple.entry(town).step(.firstReview, child)
        #expect(throws: CaseError.noticeOfMinor) {
            try couple.entry(town).notice(child, posted: couple.today, place: "栏")
        }
        try couple.tree[town].run(
            """
            UPDATE person SET birth = '1976-01-01', death_date = '2026-05-01' WHERE id = x'11';
            UPDATE person SET birth = '2012-01-01' WHERE id = x'12'
            """)
        #expect(throws: CaseError.noticeOfMinor) { try couple.entry(town).notice(id, posted: couple.today, place: "栏") }
        try couple.tree[town].run("UPDATE person SET death_date = NULL")
        _ = try couple.entry(town).notice(id, posted: couple.today, place: "栏")
        #expect(try board(couple, on: "2026-06-20").map(\.name) == ["甲*"])
        // Nor where the last adult dies while it hangs.
        try couple.members(town).leave("甲一", of: couple.household, because: .death, on: couple.today)
        #expect(try board(couple, on: "2026-06-20").isEmpty)
    }
}
