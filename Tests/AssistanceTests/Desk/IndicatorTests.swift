import Assistance
import ChangeSets
import Replica
import TestReplicas
import Testing

/// Domain 4.11: each indicator is a formula.
@Suite struct `The indicators` {
    private func indicators(_ couple: Couple, on day: String, at office: OfficeCode = district) throws -> Indicators {
        try Indicators(in: office, on: date(day), of: couple.tree[office])
    }

    @Test func `count days from application to decision, and who found whom`() throws {
        let couple = try Couple()
        try couple.bills("34800")
        let id = try couple.forwarded()
        let found = try couple.entry(village).open(
            .init(aidKind: "DB", channel: "alert", hasConsent: true), for: couple.household, again: true)
        #expect(!found.isEmpty)
        try couple.tree.exchangeAll()
        #expect(try indicators(couple, on: "2026-06-24").decided == 0)
        _ = try couple.entry(district, on: "2026-06-24").confirm(id, document: "区1")
        try couple.tree.exchangeAll()
        for office in [village, town, district] {
            let now = try indicators(couple, on: "2026-06-24", at: office)
            #expect(now.decided == 1 && now.daysToDecision == 9)
            #expect(now.applications == 2 && now.foundByUs == 1)
        }
        // Twelve months, and none of the days to come.
        #expect(try indicators(couple, on: "2026-06-23").decided == 0)
        #expect(try indicators(couple, on: "2027-07-01").decided == 0)
    }

    @Test func `count conflicts, and those that have been open for more than seven days`() throws {
        let couple = try Couple()
        try couple.tree.exchangeAll()
        #expect(try indicators(couple, on: "2026-06-24").conflicts == 0)
        try couple.tree[village].run("UPDATE person SET id_number = '990000196001010014' WHERE id = x'11'")
        try couple.tree[town].run("UPDATE person SET id_number = '990000196001010013' WHERE id = x'11'")
        try couple.tree.exchangeAll()
        // The replicas' clocks stand at 15 November 2023, in Shanghai.
        for (day, old) in [("2023-11-22", 0), ("2023-11-23", 1), ("2026-06-24", 1)] {
            let now = try indicators(couple, on: day)
            #expect(now.conflicts == 1 && now.conflictsOld == old)
        }
    }

    @Test func `count what the bank gave back, and the days until it was paid again`() throws {
        let couple = try Couple.confirmed()
        try couple.account()
        let batch = try couple.paid()
        #expect(try indicators(couple, on: "2026-07-02").lines == 1)
        _ = try couple.roster(on: "2026-07-08").takeBack(
            batch, line: 1, payee: "甲一", code: "R01", on: date("2026-06-28"))
        func spent() throws -> [String] {
            try Statistics(CalendarMonth(written: "2026-07")!, today: date("2026-07-09"), in: couple.tree[district])
                .spending
                .map { "\($0.lines) \($0.amount)" }
        }
        var now = try indicators(couple, on: "2026-07-09")
        #expect(now.lines == 1 && now.returned == 1 && now.repaired == 0)
        #expect(try spent().isEmpty)
        try couple.account("990000000002", on: "2026-07-09")
        _ = try couple.paid()
        now = try indicators(couple, on: "2026-07-09")
        #expect(try spent() == ["1 2344.00"])
        // Frozen on 1 July: three days after the bank gave it back.
        #expect(now.lines == 2 && now.returned == 1 && now.repaired == 1 && now.daysToRepair == 3)
    }

    @Test func `tell double payments that were found before both were paid from those found after`() throws {
        let couple = try Couple()
        for (id, colour) in [("a1", 2), ("a2", 3), ("a3", 3)] {
            try couple.tree[district].run(
                """
                INSERT INTO alert (area, id, household, kind, issued_on) VALUES ('\(village)', x'\(id)', x'01', 'A7', '2026-06-10');
                INSERT INTO alert_fact (area, id, alert, colour, day) VALUES ('\(village)', x'\(id)', x'\(id)', \(colour), '2026-06-10')
                """)
        }
        let now = try indicators(couple, on: "2026-06-15")
        #expect(now.doublesBeforePay == 1 && now.doublesAfterPay == 2)
    }

    /// 4.11, 4.12: the result in ten working days from sending.
    @Test func `count referrals whose result was due, and those that had it in time`() throws {
        let couple = try Couple()
        try couple.tree.exchangeAll()
        let entry = ReferralEntry(couple.tree[district], as: clerk, today: date("2026-06-15"))
        let quick = try entry.send(couple.household, to: .medicalInsurance, need: "医疗救助")
        let slow = try entry.send(couple.household, to: .housing, need: "危房")
        _ = try entry.send(couple.household, to: .education, need: "助学")
        func answer(_ referral: Referral, on day: String) throws {
            _ = try ReferralEntry(couple.tree[district], as: clerk, today: date(day)).answer(
                referral.id.hex, .notEligible, text: "试")
        }
        func counted(on day: String) throws -> [Int] {
            let now = try indicators(couple, on: day)
            return [now.referralsDue, now.referralsInTime]
        }
        #expect(try counted(on: "2026-06-15") == [0, 0])
        // Ten working days without a holiday in between: 29 June.
        try answer(quick, on: "2026-06-29")
        #expect(try counted(on: "2026-06-29") == [1, 1])
        // The day after, what has no answer was due as well.
        #expect(try counted(on: "2026-06-30") == [3, 1])
        try answer(slow, on: "2026-06-30")
        #expect(try counted(on: "2026-06-30") == [3, 1] && counted(on: "2027-06-16") == [0, 0])
    }
}
