import Assistance
import ChangeSets
import GRDB
import Replica
import TestReplicas
import Testing

private let july = CalendarMonth(written: "2026-07")!
private let august = CalendarMonth(written: "2026-08")!
private let september = CalendarMonth(written: "2026-09")!

extension Couple {
    /// She is there again.
    fileprivate func back(on day: String, at office: OfficeCode) throws {
        try tree[office].run(
            """
            UPDATE person SET household = x'01', relation = 'spouse' WHERE id = x'12';
            INSERT INTO member_event (area, id, household, person, kind, day)
                VALUES ('\(village)', uuid7(), x'01', x'12', 'other_in', '\(day)')
            """)
        try tree.exchangeAll()
    }

    fileprivate func away(
        _ name: String = "乙一", because: MemberChange = .away, on day: String, heard: String,
        at office: OfficeCode = town
    ) throws {
        try MemberEntry(tree[office], as: clerk, today: date(heard))
            .leave(name, of: household, because: because, on: date(day))
        try tree.exchangeAll()
    }

    fileprivate func decide(on day: String, _ document: String = "区2") throws -> Decision {
        try ReviewEntry(tree[district], as: clerk, today: date(day)).decide(household, document: document)
    }

    fileprivate func word(_ month: CalendarMonth, _ amount: String) throws {
        try ReviewEntry(tree[district], as: clerk, today: date("2026-09-30"))
            .decide(household, in: month, money(amount), document: "区5", reason: "一人在家")
    }
}

/// Domain 4.3, 4.6: what months are due in which somebody was gone for a time.
@Suite struct `What months of absence are due` {
    private func payable() throws -> Couple {
        let couple = try Couple.confirmed()
        try couple.account()
        return couple
    }

    @Test func `whoever came back has not left on the day before that`() throws {
        let couple = try payable()
        try couple.away(on: "2026-06-20", heard: "2026-06-26")
        try couple.tree[village].run("UPDATE person SET household = x'01', relation = 'spouse' WHERE id = x'12'")
        try couple.tree.exchangeAll()
        let whole = try couple.decide(on: "2026-06-28")
        #expect(whole.people == 2)
        _ = try couple.paid()
        try couple.away(on: "2026-07-20", heard: "2026-07-21", at: village)
        _ = try couple.decide(on: "2026-07-22", "区3")
        #expect(try couple.looked().overpaid.isEmpty)
    }

    @Test func `months of absence are not paid in full once somebody is back`() throws {
        let couple = try payable()
        try couple.away(on: "2026-07-05", heard: "2026-07-06")
        #expect(try couple.build(august).held.map(\.hold) == [.members])
        try couple.back(on: "2026-09-10", at: town)
        // July, in which she left, and September, in which she came back, are due as they were decided.
        #expect(try couple.build(july).held.map(\.hold) == [])
        #expect(try couple.build(august).held.map(\.hold) == [.unsaid])
        #expect(try couple.build(september).held.map(\.hold) == [])
        // Somebody says what the month between is due, until something else is told of it.
        func review(_ office: OfficeCode, _ amount: String, on day: String = "2026-09-11") throws {
            try ReviewEntry(couple.tree[office], as: clerk, today: date(day))
                .decide(couple.household, in: august, money(amount), document: "区5", reason: "一人在家")
        }
        #expect(throws: CaseError.notYours(.town)) { try review(town, "1172") }
        #expect(throws: CaseError.moreThanDecided(money("2344"))) { try review(district, "2344.01") }
        #expect(throws: FactError.later("month")) { try review(district, "1172", on: "2026-07-31") }
        try review(district, "1172")
        try couple.tree.exchangeAll()
        let built = try couple.build(august)
        #expect(built.held.isEmpty && built.lines.map(\.total) == [money("1172")])
        try couple.away(because: .death, on: "2026-08-20", heard: "2026-09-12")
        #expect(try couple.build(august).held.map(\.hold) == [.death])
    }

    @Test func `a word on a month hides no death that is told later`() throws {
        let couple = try payable()
        try ReviewEntry(couple.tree[district], as: clerk, today: date("2026-08-02"))
            .decide(couple.household, in: august, money("2344"), document: "区5", reason: "试")
        _ = try couple.paid(august)
        try couple.tree.exchangeAll()
        try couple.away(because: .death, on: "2026-07-12", heard: "2026-08-20")
        let next = try couple.decide(on: "2026-08-21")
        let found = try couple.looked().overpaid
        #expect(found.map(\.month) == [august] && found.map(\.due) == [next.total])
    }

    @Test func `that were paid before anybody heard of it are named until somebody says what they were due`() throws {
        let couple = try payable()
        for month in [july, august] { _ = try couple.paid(month) }
        try couple.away(on: "2026-07-05", heard: "2026-08-25")
        try couple.back(on: "2026-09-10", at: town)
        #expect(try couple.decide(on: "2026-09-12").people == 2)
        for office in [village, town, district] {
            #expect(try couple.looked(office).overpaid.isEmpty)
            #expect(try couple.looked(office).unsettled.map(\.month) == [august])
        }
        try couple.word(august, "1172")
        #expect(try couple.looked().overpaid.map(\.due) == [money("1172")] && couple.looked().unsettled.isEmpty)
    }

    @Test func `stay what they are when the same person dies later`() throws {
        let couple = try payable()
        for month in [july, august] { _ = try couple.paid(month) }
        try couple.away(on: "2026-07-05", heard: "2026-07-06")
        try couple.back(on: "2026-09-02", at: town)
        try couple.away(because: .death, on: "2026-09-20", heard: "2026-09-21")
        #expect(try couple.looked().unsettled.map(\.month) == [august])
    }

    @Test func `end by an office below only when it says so, and begin as the highest office has told`() throws {
        let couple = try payable()
        for month in [july, august] { _ = try couple.paid(month) }
        try couple.away(on: "2026-06-20", heard: "2026-06-26")
        // Typed on 12 September, as if it had been so all along.
        couple.tree.clock.set(1_789_185_600_000)
        try couple.back(on: "2026-06-21", at: village)
        #expect(try couple.looked().unsettled.map(\.month) == [july, august])
        try couple.tree[village].run(
            """
            INSERT INTO member_event (area, id, household, person, kind, day)
                VALUES (office(), uuid7(), x'01', x'12', 'other_out', '2026-09-20')
            """)
        try couple.tree.exchangeAll()
        #expect(try couple.looked().unsettled.map(\.month) == [july, august])
        // Who is there by the row alone has not come back.
        #expect(try couple.build(september).held.map(\.hold) == [.members])
    }

    @Test func `of everybody are nothing, unless somebody is back: then it is asked`() throws {
        let couple = try payable()
        for month in [july, august] { _ = try couple.paid(month) }
        for name in ["甲一", "乙一"] { try couple.away(name, on: "2026-07-05", heard: "2026-08-25") }
        #expect(try couple.looked().overpaid.map(\.due) == [.zero])
        try couple.back(on: "2026-09-03", at: town)
        #expect(try couple.looked().overpaid.isEmpty && couple.looked().unsettled.map(\.month) == [august])
    }

    @Test func `are held again when whoever knew of nobody's going has said what they are due`() throws {
        let couple = try payable()
        try couple.word(august, "2344")
        #expect(try couple.build(august).held.isEmpty)
        // Merged away: no event tells it.
        try couple.tree[town].run("UPDATE person SET row_state = 'void' WHERE id = x'12'")
        try couple.tree.exchangeAll()
        #expect(try couple.build(august).held.map(\.hold) == [.members])
        try couple.word(august, "1172")
        let built = try couple.build(august)
        #expect(built.held.isEmpty && built.lines.map(\.total) == [money("1172")])
    }

    /// An altered village chooses the time in its id, and a slow clock is one like it; what bears no time says nothing.
    @Test(arguments: [("uuid7()", [july]), ("x'a1'", [july, august])])
    func `are not undone by a village that knew of a return before anybody knew of the going`(
        id: String, months: [CalendarMonth]
    ) throws {
        let couple = try payable()
        for month in [july, august] { _ = try couple.paid(month) }
        // 26 August; what the village writes next bears 1 July.
        couple.tree.clock.set(1_787_716_800_000)
        try couple.away(on: "2026-06-20", heard: "2026-08-26")
        couple.tree.clock.set(1_782_878_400_000)
        try couple.tree[village].run(
            """
            UPDATE person SET household = x'01', relation = 'spouse' WHERE id = x'12';
            INSERT INTO member_event (area, id, household, person, kind, day)
                VALUES (office(), \(id), x'01', x'12', 'other_in', '2026-06-21')
            """)
        try couple.tree.exchangeAll()
        #expect(try couple.looked().unsettled.map(\.month) == months)
    }

    @Test func `end on the day that the town has found, although the village told of the return first`() throws {
        let couple = try payable()
        for month in [july, august] { _ = try couple.paid(month) }
        couple.tree.clock.set(1_789_185_600_000)
        try couple.away(on: "2026-07-05", heard: "2026-07-06")
        try couple.back(on: "2026-07-20", at: village)
        #expect(try couple.looked().unsettled.map(\.month) == [august])
        try couple.back(on: "2026-07-22", at: town)
        #expect(try couple.looked().unsettled.map(\.month) == [])
    }

    /// Alone, and back by a village's word only: nobody was there before that was told.
    @Test func `of everybody stay nothing when only a village tells of a return`() throws {
        let couple = try payable()
        for month in [july, august] { _ = try couple.paid(month) }
        couple.tree.clock.set(1_789_185_600_000)
        for name in ["甲一", "乙一"] { try couple.away(name, on: "2026-07-05", heard: "2026-08-25") }
        try couple.back(on: "2026-09-10", at: village)
        #expect(try couple.looked().overpaid.map(\.due) == [.zero] && couple.looked().unsettled.isEmpty)
    }

    @Test func `of which a word said what they were due are whole again when the going is taken back`() throws {
        let couple = try payable()
        _ = try couple.paid(august)
        try couple.away(because: .death, on: "2026-07-12", heard: "2026-08-20")
        try couple.word(august, "1172")
        #expect(try couple.looked().overpaid.map(\.due) == [money("1172")])
        try MemberEntry(couple.tree[town], as: clerk, today: date("2026-09-01"))
            .revive("乙一", of: couple.household, text: "误报")
        try couple.tree.exchangeAll()
        #expect(try couple.looked() == PaidMonths() && couple.build(july).lines.map(\.total) == [money("2344")])
    }

    /// Placed in another household of the village: found from the one that was paid, and news to a word.
    @Test func `are found where somebody was placed elsewhere`() throws {
        let couple = try payable()
        try couple.word(august, "2344")
        for month in [july, august] { _ = try couple.paid(month) }
        let at = MemberEntry(couple.tree[town], as: clerk, today: date("2026-09-10"))
        let other = try at.create(
            "002", in: village, head: NewMember(name: "丁一", birth: date("1950-01-01"), relation: .head),
            HouseholdDescription())
        try at.place("乙一", of: couple.household, in: other, on: date("2026-06-20"))
        try couple.tree.exchangeAll()
        let all = try Overpayments.all(in: district, of: couple.tree[district])
        #expect(all.map(\.household) == [couple.household])
        #expect(all.flatMap(\.1.unsettled).map(\.month) == [july, august])
    }

    /// A second decision in the same month takes the place of the first, and says nothing of the months before either.
    @Test(arguments: [true, false])
    func `stay as those who stayed were judged first, whatever is decided in the same month after it`(stops: Bool)
        throws
    {
        let couple = try payable()
        for month in [july, august] { _ = try couple.paid(month) }
        try couple.away(because: .marriageOut, on: "2026-07-12", heard: "2026-08-20")
        try couple.tree[district].run(
            """
            INSERT INTO decision (area, id, household, outcome, category, people, base_fen, total_fen, from_month, day, document, members,
                settles)
            SELECT area, x'd2', household, 'changed', 'DB', 1, 117200, 117200, '2026-09', '2026-08-21', '区2', '11', lower(hex(id)) FROM decision
            """)
        #expect(try couple.looked().overpaid.map(\.due) == [money("1172")])
        if stops {
            _ = try ReviewEntry(couple.tree[district], as: clerk, today: date("2026-08-28"))
                .stop(couple.household, document: "区3", reason: "迁出")
        } else {
            try couple.tree[district].run(
                """
                INSERT INTO decision (area, id, household, outcome, category, people, base_fen, total_fen, from_month, day, document, members,
                    settles)
                SELECT area, x'd3', household, 'changed', 'DB', 1, 30000, 30000, '2026-09', '2026-08-28', '区3', '11', 'd2' FROM decision
                WHERE id = x'd2'
                """)
        }
        #expect(try couple.looked().overpaid.map(\.due) == [money("1172")] && couple.looked().unsettled.isEmpty)
    }

    /// Merged away and back, or a row that says dead and no longer: no event tells either.
    @Test(arguments: ["row_state = 'void'", "death_date = '2026-07-12'"])
    func `of which a word said what they were due are whole again when nobody was gone after all`(gone: String) throws {
        let couple = try payable()
        _ = try couple.paid(august)
        try couple.tree[village].run("UPDATE person SET \(gone) WHERE id = x'12'")
        try couple.tree.exchangeAll()
        try couple.word(august, "1172")
        #expect(try couple.looked().overpaid.map(\.due) == [money("1172")])
        try couple.tree[village].run("UPDATE person SET row_state = 'live', death_date = NULL WHERE id = x'12'")
        try couple.tree.exchangeAll()
        #expect(try couple.looked() == PaidMonths())
    }

    /// The certificate says the day after; a village tells the same going again a day later.
    @Test(arguments: [true, false])
    func `of which a word said what they were due stay so when a day moves by one`(isDeath: Bool) throws {
        let couple = try payable()
        _ = try couple.paid(august)
        try couple.away(
            because: isDeath ? .death : .otherOut, on: "2026-07-12", heard: "2026-08-20", at: isDeath ? village : town)
        try couple.word(august, "1172")
        #expect(try couple.looked().overpaid.map(\.due) == [money("1172")])
        if isDeath {
            try couple.away(because: .death, on: "2026-07-13", heard: "2026-09-10")
        } else {
            try couple.tree[village].run(
                """
                INSERT INTO member_event (area, id, household, person, kind, day) VALUES
                    (office(), uuid7(), x'01', x'12', 'other_in', '2026-07-12'),
                    (office(), uuid7(), x'01', x'12', 'other_out', '2026-07-13')
                """)
            try couple.tree.exchangeAll()
        }
        #expect(try couple.looked().overpaid.map(\.due) == [money("1172")] && couple.looked().unsettled.isEmpty)
    }

    /// A village's word, however honest, undoes no word of the district: it is asked anew.
    @Test func `of which a word said what they were due are asked anew when only a village tells of a return`() throws {
        let couple = try payable()
        _ = try couple.paid(august)
        couple.tree.clock.set(1_787_198_400_000)  // 20 August
        try couple.away(on: "2026-06-20", heard: "2026-08-20")
        try couple.word(august, "1172")
        try couple.back(on: "2026-08-20", at: village)
        #expect(try couple.looked().unsettled.map(\.month) == [august])
    }

    @Test func `are held for a word where a village tells of the return, and no decision is asked for again and again`()
        throws
    {
        let couple = try payable()
        couple.tree.clock.set(1_789_185_600_000)
        try couple.away(on: "2026-07-05", heard: "2026-07-06")
        try couple.back(on: "2026-09-10", at: village)
        #expect(try couple.decide(on: "2026-09-12").people == 2)
        #expect(try couple.build(august).held.map(\.hold) == [.unsaid])
    }

    /// A grant long after a stop says nothing of what was due before it.
    @Test func `stay as they were judged before a stop, whatever is granted later`() throws {
        let couple = try payable()
        _ = try couple.paid(august)
        try couple.away(because: .marriageOut, on: "2026-07-12", heard: "2026-08-20")
        try couple.tree[district].run(
            """
            INSERT INTO decision (area, id, household, outcome, category, people, base_fen, total_fen, from_month, day, document, members,
                settles)
            SELECT area, x'd2', household, 'changed', 'DB', 1, 117200, 117200, '2026-09', '2026-08-21', '区2', '11', lower(hex(id)) FROM decision
            """)
        _ = try ReviewEntry(couple.tree[district], as: clerk, today: date("2026-08-28"))
            .stop(couple.household, document: "区3", reason: "迁出")
        try couple.tree[district].run(
            """
            INSERT INTO decision (area, id, household, outcome, category, people, base_fen, total_fen, from_month, day, document, members,
                settles)
            SELECT area, x'd5', household, 'confirmed', 'DB', 1, 234400, 234400, '2027-02', '2027-01-10', '区5', '11', group_concat(lower(hex(id)), ' ')
            FROM decision
            """)
        #expect(try couple.looked().overpaid.map(\.due) == [money("1172")])
    }
}
