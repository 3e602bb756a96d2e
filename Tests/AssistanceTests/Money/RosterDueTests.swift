import Assistance
import ChangeSets
import GRDB
import Replica
import TestReplicas
import Testing

private let other = ActingUser("乙九")
private let july = CalendarMonth(written: "2026-07")!
private let august = CalendarMonth(written: "2026-08")!

/// Domain 4.3 (A6 holds the next payment), 4.6: what a month is due by all that is known.
@Suite struct `What a month is due` {
    func payable() throws -> Couple {
        let couple = try Couple.confirmed()
        try couple.account()
        return couple
    }

    func decide(_ couple: Couple, on day: String, _ document: String = "区2") throws -> Decision {
        try ReviewEntry(couple.tree[district], as: clerk, today: date(day)).decide(couple.household, document: document)
    }

    func leave(
        _ couple: Couple, _ name: String = "乙一", because: MemberChange = .death, on day: String,
        heard: String = "2026-08-20", at office: OfficeCode = town
    ) throws {
        try MemberEntry(couple.tree[office], as: clerk, today: date(heard))
            .leave(name, of: couple.household, because: because, on: date(day))
        try couple.tree.exchangeAll()
    }

    /// By hand, as an office unaware of a list writes it.
    func decideByHand(_ couple: Couple, _ category: String, _ fen: Int, from month: String) throws {
        try couple.tree[district].run(
            """
            INSERT INTO decision (area, id, household, predecessor, outcome, category, people, base_fen, total_fen, from_month, day,
                document, members)
            SELECT area, uuid7(), household, id, 'changed', '\(category)', people, \(fen), \(fen), '\(month)', '2026-06-28', '区9', members
            FROM decision
            """)
    }

    @Test func `who was held for a death is paid for that month once it is decided for those who are left`() throws {
        let couple = try payable()
        try leave(couple, on: "2026-07-12")
        #expect(try couple.build().held.map(\.hold) == [.death] && couple.build().lines.isEmpty)
        let next = try decide(couple, on: "2026-07-14")
        #expect(next.fromMonth == august && next.people == 1)
        // July, in which she died, was due for both.
        #expect(try couple.build().held.isEmpty && couple.build().lines.map(\.total) == [money("2344")])
        #expect(try couple.build(august).lines.map(\.total) == [next.total])
    }

    @Test func `a month that begins after a death is due as it is decided for those who are left`() throws {
        let couple = try payable()
        try leave(couple, on: "2026-06-28")
        let next = try decide(couple, on: "2026-07-02")
        #expect(try couple.build().lines.map(\.total) == [next.total] && next.total < money("2344"))
    }

    @Test func `who moved out holds the payment until it is decided without them`() throws {
        let couple = try payable()
        try leave(couple, because: .otherOut, on: "2026-07-12")
        #expect(try couple.build().held.map(\.hold) == [.members])
        _ = try ReviewEntry(couple.tree[district], as: clerk, today: date("2026-07-14"))
            .stop(couple.household, document: "区2", reason: "迁出")
        #expect(try couple.build().lines.map(\.total) == [money("2344")])
        #expect(try couple.build(august).lines.isEmpty)
    }

    @Test func `nobody below brings back to life whom the town has told dead`() throws {
        let couple = try payable()
        try leave(couple, on: "2026-06-28")
        try couple.tree[village].run("UPDATE person SET death_date = NULL")
        try couple.tree.exchangeAll()
        #expect(try couple.build().held.map(\.hold) == [.death])
        let questions = try couple.assess(at: district, on: date("2026-07-01")).family.questions
        #expect(questions.map(\.kind) == [.death])
        let below = MemberEntry(couple.tree[village], as: clerk, today: date("2026-07-01"))
        #expect(throws: MemberError.notYours(town)) { try below.revive("乙一", of: couple.household, text: "在世") }
        let at = MemberEntry(couple.tree[town], as: clerk, today: date("2026-07-01"))
        #expect(throws: CaseError.empty("reason")) { try at.revive("乙一", of: couple.household, text: " ") }
        try at.revive("乙一", of: couple.household, text: "误报")
        #expect(throws: MemberError.lives) { try at.revive("乙一", of: couple.household, text: "误报") }
        try couple.tree.exchangeAll()
        #expect(try couple.build().held.isEmpty && couple.assess(at: district, on: date("2026-07-01")).isSettled)
    }

    @Test func `of two words on one month the one that knew of the other stands, else the higher office's`() throws {
        let couple = try payable()
        try couple.delegate()
        try couple.tree.exchangeAll()
        func review(_ office: OfficeCode, _ amount: String) throws {
            try ReviewEntry(couple.tree[office], as: clerk, today: date("2026-07-11"))
                .decide(couple.household, in: july, money(amount), document: "\(office)", reason: "试")
        }
        func due() throws -> [Money] {
            try couple.tree.exchangeAll()
            return try couple.build(july).lines.map(\.total)
        }
        try review(town, "100")
        try review(district, "200")
        #expect(try due() == [money("200")])
        try review(town, "50")
        #expect(try due() == [money("50")])
    }

    /// An altered program writes three words that each know of the next, and ten thousand that know of nothing.
    @Test func `words on one month that hang on each other in a ring are one question, and many are read in time`()
        throws
    {
        let couple = try payable()
        try couple.tree[district].run(
            """
            INSERT INTO month_decision (area, id, household, month, amount_fen, day, document, settles) VALUES
                ('\(village)', x'a1', x'01', '2026-07', 30000, '2026-07-11', 'a', 'b1'),
                ('\(village)', x'b1', x'01', '2026-07', 20000, '2026-07-11', 'b', 'c1'),
                ('\(village)', x'c1', x'01', '2026-07', 10000, '2026-07-11', 'c', 'a1');
            WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
            INSERT INTO month_decision (area, id, household, month, amount_fen, day, document)
                SELECT '\(village)', CAST(printf('%05d', i) AS BLOB), x'01', '2026-08', 90000 + i, '2026-08-11', 'x' FROM n
            """)
        #expect(try couple.build(july).lines.map(\.total) == [money("100")])
        #expect(try couple.build(august).lines.map(\.total) == [money("900.01")])
    }

    @Test func `whoever is said to die one day is a question and paid nothing`() throws {
        let couple = try payable()
        try couple.tree[village].run("UPDATE person SET death_date = '2999-12-31' WHERE id = x'12'")
        try couple.tree.exchangeAll()
        #expect(try couple.build().held.map(\.hold) == [.death])
        #expect(try couple.assess(at: district).family.questions.map(\.kind) == [.death])
        try MemberEntry(couple.tree[town], as: clerk, today: date("2026-06-28"))
            .revive("乙一", of: couple.household, text: "误录")
        try couple.tree.exchangeAll()
        #expect(try couple.build().lines.count == 1)
    }

    /// No program of ours writes that; every office reads it alike.
    @Test func `decisions that claim to know of each other, or of themselves, are rivals until the next`() throws {
        let couple = try payable()
        for (id, knows) in [("a1", "a1"), ("b1", "c1"), ("c1", "b1")] {
            try couple.tree[district].run(
                """
                INSERT INTO decision (area, id, household, outcome, category, people, total_fen, from_month, day, settles)
                    VALUES ('\(village)', x'\(id)', x'01', 'changed', 'DB', 2, 90000, '2026-08', '2026-06-28', '\(knows)')
                """)
        }
        let decisions = try couple.tree[district].read { try Decisions(of: couple.household, $0) }
        #expect(Set(decisions.rivals.map(\.id.hex)).isSuperset(of: ["a1", "b1", "c1"]))
        #expect(try couple.build(august).held.map(\.hold) == [.rivals])
        let next = try decide(couple, on: "2026-07-05")
        let after = try couple.tree[district].read { try Decisions(of: couple.household, $0) }
        #expect(after.rivals.isEmpty && after.holding(in: august)?.id == next.id)
        #expect(try couple.build(august).held.isEmpty)
    }

    /// The first month goes down where a list is cancelled, or the bank gives a line back.
    @Test func `what is decided knowing of another ends it, also where the other begins later`() throws {
        let couple = try payable()
        try decideByHand(couple, "DB", 300_000, from: "2026-08")
        let review = ReviewEntry(couple.tree[district], as: clerk, today: date("2026-06-29"))
        #expect(try review.stop(couple.household, document: "区9", reason: "放弃").fromMonth == july)
        try couple.tree.exchangeAll()
        for office in [village, town, district] {
            let decisions = try couple.tree[office].read { try Decisions(of: couple.household, $0) }
            #expect(decisions.rivals.isEmpty)
            #expect([july, august].map { decisions.holding(in: $0)?.outcome } == [.stopped, .stopped])
        }
        let counted = try Statistics(august, today: date("2026-08-01"), in: couple.tree[district]).categories
        #expect(counted.isEmpty)
    }

    /// Which of a ring's ids is the smallest, and what day it names, is the ring's to choose.
    @Test(arguments: [["a2", "b2", "c2"], ["01", "02", "03"]], [false, true])
    func `three decisions in a ring are rivals, and stand before the next`(ids: [String], isAware: Bool) throws {
        let couple = try payable()
        let known = try couple.tree[district].read { try Decisions(of: couple.household, $0) }.all.map(\.id.hex)
        for (place, id) in ids.enumerated() {
            let settles = ([ids[(place + 1) % 3]] + (isAware ? known : [])).joined(separator: " ")
            try couple.tree[district].run(
                """
                INSERT INTO decision (area, id, household, outcome, category, people, base_fen, total_fen, from_month, day, document, settles)
                    VALUES ('\(village)', x'\(id)', x'01', 'confirmed', 'DB', 2, 700000, 700000, '2026-07', '2999-01-01', '环', '\(settles)')
                """)
        }
        #expect(try couple.build().held.map(\.hold) == [.rivals])
        _ = try ReviewEntry(couple.tree[district], as: clerk, today: date("2026-06-28"))
            .stop(couple.household, document: "区9", reason: "迁出")
        let decisions = try couple.tree[district].read { try Decisions(of: couple.household, $0) }
        #expect(decisions.rivals.isEmpty && decisions.holding(in: july)?.outcome == .stopped)
        #expect(try couple.build().lines.isEmpty)
    }

    @Test func `a long chain of decisions ends no program`() throws {
        let couple = try payable()
        // Ten thousand, whose ids run against the order in which they knew of each other.
        try couple.tree[district].run(
            """
            WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
            INSERT INTO decision (area, id, household, outcome, category, people, total_fen, from_month, day, settles)
                SELECT '\(village)', CAST(printf('%05d', 20000 - i) AS BLOB), x'01', 'changed', 'DB', 2, 90000, '2026-08',
                    '2026-06-28', hex(CAST(printf('%05d', 20001 - i) AS BLOB)) FROM n
            """)
        let decisions = try couple.tree[district].read { try Decisions(of: couple.household, $0) }
        #expect(decisions.holding(in: august)?.id == Array("10000".utf8))
    }

    @Test func `monitoring names who is told dead`() throws {
        let watched = try Watched()
        try watched.take(.death, "1,\(Watched.boy),2026-11-01")
        try watched.monitor()
        let named = try watched.tree[district].rows(
            "SELECT count(*) FROM alert_fact AS f JOIN person AS p ON p.id = f.person WHERE p.id_number = '\(Watched.boy)'"
        )
        #expect(named == ["1"])
    }

    /// One UPDATE of a village neither drops a household unnamed nor has what was paid asked back.
    @Test func `a village's row alone holds the payment and lowers nothing`() throws {
        let couple = try payable()
        _ = try couple.paid()
        try couple.tree[village].run("UPDATE person SET death_date = '2020-01-01'")
        try couple.tree.exchangeAll()
        #expect(try couple.build(august).held.map(\.hold) == [.notLive] && couple.build(august).lines.isEmpty)
        #expect(try couple.looked().overpaid.isEmpty)
        for day in ["9999-99-99", "9999-12-31", "2026-02-30", "now"] {
            #expect(throws: (any Error).self) {
                try couple.tree[village].run("UPDATE person SET death_date = '\(day)'")
            }
        }
    }

    @Test func `the day of a death is the one that the highest office has told`() throws {
        let couple = try payable()
        for month in [july, august] { _ = try couple.paid(month) }
        try leave(couple, on: "2026-07-03")
        try couple.tree[village].run("UPDATE person SET death_date = '2026-08-30' WHERE id = x'12'")
        try couple.tree[village].run(
            """
            INSERT INTO member_event (area, id, household, person, kind, day)
                VALUES (office(), uuid7(), x'01', x'12', 'death', '2026-08-30')
            """)
        try couple.tree.exchangeAll()
        _ = try decide(couple, on: "2026-08-21")
        #expect(
            try couple.looked().overpaid.map(\.month) == [
                august
            ])
    }

    @Test func `nobody who goes later lowers a month, nor a day that is not theirs`() throws {
        let couple = try payable()
        try couple.members(town).add(
            NewMember(name: "丁一", sex: .male, birth: date("1950-01-01"), relation: .parent), to: couple.household,
            because: .livingTogether, on: couple.today)
        try couple.tree.exchangeAll()
        let whole = try decide(couple, on: "2026-06-25")
        #expect(whole.people == 3)
        _ = try couple.paid()
        _ = try couple.paid(august)
        // A split long before, by which only the parent moves; and another who is placed there in September.
        let at = MemberEntry(couple.tree[town], as: clerk, today: date("2026-09-10"))
        let new = try at.split(
            couple.household, number: "2", head: "丁一", members: ["丁一"], on: date("2026-09-01"))
        try at.place("乙一", of: couple.household, in: new, on: date("2026-09-05"))
        try couple.tree.exchangeAll()
        _ = try ReviewEntry(couple.tree[district], as: clerk, today: date("2026-09-11"))
            .stop(couple.household, document: "区4", reason: "分户")
        #expect(try couple.looked().overpaid.isEmpty)
    }

    @Test func `of two who went one after the other each lowers the months after it`() throws {
        let couple = try payable()
        try couple.members(town).add(
            NewMember(name: "丁一", sex: .male, birth: date("1950-01-01"), relation: .parent), to: couple.household,
            because: .livingTogether, on: couple.today)
        try couple.tree.exchangeAll()
        _ = try decide(couple, on: "2026-06-25")
        for month in [july, august] { _ = try couple.paid(month) }
        try leave(couple, "丁一", on: "2026-07-10", heard: "2026-08-01")
        let second = try decide(couple, on: "2026-08-02", "区3")
        try leave(couple, "乙一", on: "2026-08-20", heard: "2026-08-21")
        _ = try decide(couple, on: "2026-09-02", "区4")
        let found = try couple.looked().overpaid
        #expect(found.map(\.month) == [august] && found.map(\.due) == [second.total])
    }

    @Test func `a stop in the days after a list was frozen takes the place of what was decided in them`() throws {
        let couple = try payable()
        try couple.delegate()
        _ = try couple.roster(on: "2026-06-25").freeze(.dibao, july, withoutAgreement: "试")
        #expect(try decide(couple, on: "2026-06-28").fromMonth == august)
        try couple.tree.exchangeAll()
        let below = ReviewEntry(couple.tree[town], as: clerk, today: date("2026-06-29"))
        #expect(try below.stop(couple.household, document: "镇1", reason: "迁出").fromMonth == august)
        #expect(throws: CaseError.nothingToReview) { try below.decide(couple.household, document: "镇2") }
        try couple.tree.exchangeAll()
        for office in [village, town, district] {
            let decisions = try couple.tree[office].read { try Decisions(of: couple.household, $0) }
            #expect(decisions.rivals.isEmpty && decisions.holding(in: august)?.outcome == .stopped)
        }
    }

    @Test func `paid as one kind of aid it is not paid as another, and what is missing is named`() throws {
        let couple = try payable()
        _ = try couple.paid()
        try decideByHand(couple, "TK_D", 300_000, from: "2026-07")
        let roster = try Roster.build(.destitute, july, in: district, of: couple.tree[district])
        #expect(roster.lines.isEmpty)
        #expect(
            roster.held.map(\.hold) == [.paidOtherwise(.dibao, paid: money("2344"), due: money("3000"))])
    }

    @Test func `what was decided unaware of a list that paid less is named`() throws {
        let couple = try payable()
        _ = try couple.paid()
        try decideByHand(couple, "DB", 363_400, from: "2026-07")
        let roster = try couple.build()
        #expect(roster.lines.isEmpty && roster.paidBefore == 1)
        #expect(roster.held.map(\.hold) == [.paidOtherwise(.dibao, paid: money("2344"), due: money("3634"))])
    }

    @Test func `no two lists pay one month as two kinds of aid`() throws {
        let couple = try payable()
        let batch = try couple.roster().freeze(.dibao, july, withoutAgreement: "试").batch
        // What another machine of the district froze unaware of it.
        try couple.tree[district].run(
            """
            INSERT INTO pay_batch (area, id, aid_kind, month, lines, hash) VALUES (office(), x'77', 'TK', '2026-07', 1, 'x');
            INSERT INTO pay_line (area, id, batch, number, household, category, total_fen)
                VALUES ('\(village)', x'78', x'77', 1, x'01', 'TK_D', 100)
            """)
        #expect(throws: RosterError.paidTwice(1, "77")) { try couple.roster(other).approve(batch.id.hex) }
    }

    @Test func `what is decided after a list was frozen holds from the month after it`() throws {
        let couple = try payable()
        _ = try couple.roster(on: "2026-06-25").freeze(.dibao, july, withoutAgreement: "试")
        #expect(try decide(couple, on: "2026-06-28").fromMonth == august)
        #expect(try couple.build().held.isEmpty)
    }

    /// R7 beside R4.3: who is covered alone by more than what is kept loses nothing.
    @Test func `grace never gives less than what was decided`() throws {
        let couple = try payable()
        try couple.tree[district].run(
            """
            INSERT INTO decision (area, id, household, outcome, category, base_fen, total_fen, from_month, grace_fen, grace_to, day)
            SELECT area, uuid7(), household, 'changed', 'BY', 44300, 44300, '2026-09', 200, '2027-02', '2026-08-01' FROM decision
            """)
        let decision = try #require(try couple.tree[district].read { try Decisions(of: couple.household, $0) }.all.last)
        #expect(decision.amount(in: CalendarMonth(written: "2026-09")!) == money("443"))
    }
}
