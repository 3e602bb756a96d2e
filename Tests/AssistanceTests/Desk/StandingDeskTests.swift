import Assistance
import ChangeSets
import GRDB
import Replica
import TestReplicas
import Testing

private let july = CalendarMonth(written: "2026-07")!

/// What is derived for lists and figures says what reading all rows says.
@Suite struct `The desk` {
    private func page(_ couple: Couple, _ office: OfficeCode, ended: Bool = false) throws -> [DeskReferral] {
        try Desk(couple.tree[office]).refresh()
        return try couple.tree[office].read { try ReferralDesk.page(in: office, ended: ended, $0) }.referrals
    }

    private func entry(_ couple: Couple, _ office: OfficeCode, on day: String = "2026-06-25") -> ReferralEntry {
        ReferralEntry(couple.tree[office], as: clerk, today: date(day))
    }

    @Test func `lists a referral once, however many asked, until either of the rows was answered`() throws {
        let couple = try Couple()
        try couple.tree.exchangeAll()
        let first = try entry(couple, village).send(couple.household, to: .housing, need: "危房")
        let second = try entry(couple, district).send(couple.household, to: .housing, need: "危房")
        try couple.tree.exchangeAll()
        for office in [village, town, district] {
            let listed = try page(couple, office)
            #expect(listed.count == 1 && listed.first?.referral.steps.count == 2)
            #expect(listed.first?.due == date("2026-06-30"))
            #expect(listed.first?.isOverdue(on: date("2026-07-01")) == true)
        }
        let later = [first.id, second.id].max { $0.hex < $1.hex }!
        _ = try entry(couple, district).answer(later.hex, .notEligible, text: "已改造")
        try couple.tree.exchangeAll()
        for office in [village, town, district] {
            #expect(try page(couple, office).isEmpty)
            #expect(try page(couple, office, ended: true).count == 1)
        }
    }

    @Test func `counts a household in each month by the decision that holds in it`() throws {
        let couple = try Couple.confirmed()
        func counted(_ month: String) throws -> [String] {
            try Statistics(CalendarMonth(written: month)!, today: couple.today, in: couple.tree[district]).categories
                .map { "\($0.category.rawValue) \($0.households) \($0.people)" }
        }
        #expect(try counted("2026-06").isEmpty && counted("2026-07") == ["DB 1 2"])
        _ = try ReviewEntry(couple.tree[district], as: clerk, today: date("2026-08-10"))
            .stop(couple.household, document: "区3", reason: "迁出")
        #expect(try counted("2026-08") == ["DB 1 2"] && counted("2026-09").isEmpty)
        // Void, it counts nowhere.
        try couple.tree[district].run("UPDATE household SET row_state = 'void'")
        #expect(try counted("2026-08").isEmpty)
    }

    /// R4.5: valid for twelve months at most (民发〔2024〕57号).
    @Test func `counts a rigid-expense family for twelve months, and as nothing after them`() throws {
        let couple = try Couple.confirmed()
        try couple.tree[district].run(
            """
            INSERT INTO decision (area, id, household, predecessor, outcome, category, people, from_month, day, document, members)
            SELECT area, uuid7(), household, id, 'changed', 'GX', people, '2026-08', '2026-07-10', '区2', members FROM decision
            """)
        func counted(_ month: String) throws -> [String] {
            try Statistics(CalendarMonth(written: month)!, today: couple.today, in: couple.tree[district]).categories
                .map { "\($0.category.rawValue) \($0.households)" }
        }
        #expect(try counted("2026-07") == ["DB 1"] && counted("2026-08") == ["GX 1"])
        #expect(try counted("2027-07") == ["GX 1"] && counted("2027-08").isEmpty)
        let decisions = try couple.tree[district].read { try Decisions(of: couple.household, $0) }
        #expect(decisions.holding(in: CalendarMonth(written: "2027-08")!) == nil)
        // A district may have it hold for less, and no program for more.
        try couple.tree[district].run(
            """
            INSERT INTO decision (area, id, household, predecessor, outcome, category, people, from_month, to_month, day, document, members)
            SELECT area, uuid7(), household, id, 'changed', 'GX', people, '2028-01', '2028-06', '2027-12-10', '区4', members FROM decision
            WHERE document = '区2'
            UNION ALL
            SELECT area, uuid7(), household, id, 'changed', 'GX', people, '2029-01', '2040-01', '2028-12-10', '区5', members FROM decision
            WHERE document = '区2'
            """)
        #expect(try counted("2028-06") == ["GX 1"] && counted("2028-07").isEmpty)
        #expect(try counted("2029-12") == ["GX 1"] && counted("2030-01").isEmpty)
        // In its twelfth month, and after it, it is on the list of reviews, and is decided anew.
        try couple.tree[district].run("UPDATE household SET review_due = '2027-07-10'")
        for day in ["2027-07-10", "2027-08-10"] {
            let due = try couple.tree[district].read { try ReviewReading.due(in: district, by: date(day), $0) }
            #expect(due.map(\.household) == [couple.household])
        }
        let next = try ReviewEntry(couple.tree[district], as: clerk, today: date("2027-07-12"))
            .decide(couple.household, document: "区3")
        #expect(next.fromMonth == CalendarMonth(written: "2027-08")!)
    }

    @Test func `of two decisions for one month counts the one that holds`() throws {
        let couple = try Couple.confirmed()
        try couple.members().leave("乙一", of: couple.household, because: .death, on: couple.today)
        try couple.tree.exchangeAll()
        let decision = try ReviewEntry(couple.tree[district], as: clerk, today: date("2026-06-26"))
            .decide(couple.household, document: "区2")
        #expect(decision.fromMonth == CalendarMonth(written: "2026-07") && decision.people == 1)
        let figures = try Statistics(decision.fromMonth, today: couple.today, in: couple.tree[district])
        #expect(figures.categories.map(\.people) == [1])
    }

    /// Domain 4.11: visits on time of those that were due, with what never reached its village shown apart.
    @Test func `counts visits by the day that ran from delivery`() throws {
        let watched = try Watched()
        watched.setClock("2026-11-10")
        try watched.take(.accident, "1,\(Watched.boy),2026-11-09,fire")
        try watched.take(.asset, "2,\(Watched.man),2026-11-01,vehicle")
        try watched.monitor()
        func figures(_ day: String) throws -> Statistics.Punctuality {
            let all = try Statistics(date(day).calendarMonth, today: date(day), in: watched.tree[town]).punctuality
            return try #require(all.first { $0.area == village })
        }
        try watched.tree.send(from: district, to: town)
        #expect(try figures("2026-11-12").undelivered == 2 && figures("2026-11-12").undeliveredDays == 4)
        watched.setClock("2026-11-12")
        try watched.deliver()
        // The red one by the 15th, three days after it came; the yellow one by the 24th: not twice its ten working days from then.
        #expect(try figures("2026-11-15").due == 0 && figures("2026-11-16").late == 1)
        let red = try #require(try watched.warnings(village).first { $0.kind == .accident })
        _ = try WarningEntry(watched.tree[village], as: clerk, today: date("2026-11-15"))
            .act(.visit, on: red.id.hex, day: date("2026-11-15"))
        try watched.tree.exchangeAll()
        let now = try figures("2026-11-16")
        #expect(now.due == 1 && now.onTime == 1 && now.late == 0 && now.undelivered == 0)
        #expect(try figures("2026-12-30").late == 1)
    }

    /// Kept by what it comes from; held against counting everything anew.
    @Test func `counts what is spent as all rows say it, whatever came in between`() throws {
        let couple = try Couple.paid()
        func spent(_ office: OfficeCode = district) throws -> [String] {
            func figures() throws -> [String] {
                try Statistics(july, today: date("2026-07-20"), in: couple.tree[office]).spending.map {
                    "\($0.programme) \($0.lines) \($0.amount)"
                }
            }
            let kept = try figures()
            try Desk(couple.tree[office]).forget()
            #expect(try kept == figures())
            return kept
        }
        let paid = "最低生活保障金 1 2344.00"
        #expect(try spent() == [paid])
        let batch = try #require(try couple.tree[district].read { try PayBatches.all(nil, nil, $0) }.first?.id.hex)
        let at = couple.roster(on: "2026-07-08")
        _ = try at.takeBack(batch, line: 1, payee: "甲一", code: "R01")
        #expect(try spent().isEmpty)
        _ = try at.undoReturn(batch, line: 1, reason: "误登")
        #expect(try spent() == [paid])
        _ = try ReliefEntry(couple.tree[district], as: clerk, today: date("2026-07-09")).give(
            .init(kind: .urgent, cause: "illness", amount: money("500"), document: "区2"), to: couple.household)
        try couple.grants("民政", "1,\(Couple.man),2026-07,old_age,,,100,,,2026-07-10")
        let referrals = ReferralEntry(couple.tree[district], as: clerk, today: date("2026-07-15"))
        let referral = try referrals.send(couple.household, to: .medicalInsurance, need: "医疗救助")
        _ = try referrals.answer(
            referral.id.hex, .given, .init(programme: "医疗救助", amount: money("28000"), month: july))
        let all = try spent()
        #expect(Set(all) == [paid, "临时救助 1 500.00", "高龄津贴 1 100.00", "医疗救助 1 28000.00"])
        // The department's own line of the same goes before its answer.
        try couple.grants("医保", "1,\(Couple.man),2026-07,medical,医疗救助,,28000,,,2026-07-16")
        #expect(try spent().count == 4)
        try couple.tree.exchangeAll()
        #expect(try Set(spent(town)) == Set(spent()))
    }

    @Test func `counts no household that is void, and counts it again once it is not`() throws {
        let couple = try Couple.confirmed()
        func counted() throws -> [Int] {
            try Statistics(july, today: couple.today, in: couple.tree[district]).categories.map(\.households)
        }
        #expect(try counted() == [1])
        for (state, expected) in [("void", []), ("live", [1])] {
            try couple.tree[village].run("UPDATE household SET row_state = '\(state)' WHERE id = x'01'")
            try couple.tree.exchangeAll()
            #expect(try counted() == expected)
        }
    }

    @Test func `begins anew after a repair, and says the same`() throws {
        let couple = try Couple.confirmed()
        let all =
            "SELECT * FROM desk_holding UNION ALL SELECT area, id, stage, due, due_on, whole_due_on FROM desk_case"
        let desk = Desk(couple.tree[district])
        try desk.refresh()
        let before = try couple.tree[district].rows(all)
        try couple.tree[district].run("DELETE FROM desk_holding; UPDATE desk_case SET stage = '01'")
        try desk.refresh()
        #expect(try couple.tree[district].rows(all) != before)
        try desk.forget()
        try desk.refresh()
        #expect(try couple.tree[district].rows(all) == before && before.count == 2)
        // Monitoring looks at everybody again.
        #expect(try couple.monitor().looked == 1)
        #expect(try couple.monitor().looked == 0)
        try desk.forget()
        #expect(try couple.monitor().looked == 1)
    }
}
