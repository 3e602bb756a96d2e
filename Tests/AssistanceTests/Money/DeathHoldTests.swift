import Assistance
import ChangeSets
import GRDB
import Replica
import TestReplicas
import Testing

/// Domain 4.3: a warning of a death holds the next payment until it is entered or judged not to be so.
extension `What a month is due` {
    /// A6 about one of the couple, as monitoring raises it.
    private func warn(_ couple: Couple, of person: String = "12") throws -> String {
        let id = String(repeating: "a6", count: 16)
        try couple.tree[district].run(
            """
            INSERT INTO alert (area, id, household, kind, issued_on) VALUES ('\(village)', x'\(id)', x'01', 'A6', '2026-06-26');
            INSERT INTO alert_fact (area, id, alert, colour, day, person)
                VALUES ('\(village)', x'f6', x'\(id)', 3, '2026-06-26', x'\(person)')
            """)
        return id
    }

    @Test func `a death that is judged real holds until it is entered, whoever has died before`() throws {
        let couple = try payable()
        // Somebody of the household died years ago, and a village tells of the death of nobody.
        try couple.tree[village].run(
            """
            INSERT INTO person (area, id, household, name, birth, death_date)
                VALUES (office(), x'13', x'01', '甲零', '1930-01-01', '2020-01-01');
            INSERT INTO member_event (area, id, household, person, kind, day)
                VALUES (office(), uuid7(), x'01', x'00', 'death', '2020-01-01')
            """)
        try couple.tree.exchangeAll()
        let id = try warn(couple)
        let entry = WarningEntry(couple.tree[district], as: clerk, today: date("2026-06-27"))
        #expect(try couple.build().held.map(\.hold) == [.deathWarning])
        _ = try entry.act(.verdict, on: id, .covered)
        #expect(throws: WarningError.deathNotEntered) { try entry.act(.close, on: id) }
        // Closed by hand all the same, it still holds.
        try couple.tree[district].run(
            """
            INSERT INTO alert_action (area, id, alert, action, day, settles)
                VALUES ('\(village)', x'c6', x'\(id)', 'close', '2026-06-27', 'f6')
            """)
        #expect(try couple.tree[district].read { try WarningReading.one(id, $0) }.state.stage == .closed)
        #expect(try couple.build().held.map(\.hold) == [.deathWarning])
        try leave(couple, on: "2026-06-26")
        #expect(try couple.build().held.map(\.hold) == [.death])
        let next = try decide(couple, on: "2026-06-28")
        #expect(try couple.build().lines.map(\.total) == [next.total])
    }

    @Test func `a hold says what lifts it: another decision after a death, and the answer to its warning`() throws {
        let couple = try payable()
        let id = try warn(couple)
        let entry = WarningEntry(couple.tree[district], as: clerk, today: date("2026-06-27"))
        let told = try #require(try couple.build().held.first).hold
        #expect(told == .deathWarning && "\(told)".contains("‘sanji household leave … --because death’"))
        _ = try entry.act(.verdict, on: id, .covered)
        try leave(couple, on: "2026-06-26")
        let dead = try #require(try couple.build().held.first).hold
        #expect(dead == .death && "\(dead)".contains("‘sanji review decide’") && !"\(dead)".contains("warning"))
        // Decided anew, what is left is the warning.
        let next = try decide(couple, on: "2026-06-28")
        #expect(try couple.build().held.map(\.hold) == [.deathWarning] && "\(told)".contains("‘sanji alert close’"))
        _ = try entry.act(.close, on: id)
        #expect(try couple.build().held.isEmpty && couple.build().lines.map(\.total) == [next.total])
    }

    @Test func `whoever was taken for dead and lives is paid again once a town says so`() throws {
        let couple = try payable()
        let id = try warn(couple)
        let entry = WarningEntry(couple.tree[district], as: clerk, today: date("2026-06-27"))
        _ = try entry.act(.verdict, on: id, .covered)
        try leave(couple, on: "2026-06-26")
        _ = try entry.act(.close, on: id)
        try couple.tree.exchangeAll()
        try MemberEntry(couple.tree[town], as: clerk, today: date("2026-06-28"))
            .revive("乙一", of: couple.household, text: "同名")
        try couple.tree.exchangeAll()
        #expect(try couple.build().held.isEmpty && couple.build().lines.map(\.total) == [money("2344")])
    }

    @Test func `a death that is told of a day to come, or of a row made void, answers no warning`() throws {
        let couple = try payable()
        let id = try warn(couple)
        let entry = WarningEntry(couple.tree[district], as: clerk, today: date("2026-06-27"))
        _ = try entry.act(.verdict, on: id, .covered)
        try couple.tree[village].run(
            """
            INSERT INTO member_event (area, id, household, person, kind, day)
                VALUES (office(), uuid7(), x'01', x'12', 'death', '2999-12-31')
            """)
        try couple.tree.exchangeAll()
        #expect(throws: WarningError.deathNotEntered) { try entry.act(.close, on: id) }
        try couple.tree[village].run(
            """
            UPDATE person SET id_number = '990001197506204586' WHERE id = x'12';
            INSERT INTO person (area, id, household, name, birth, id_number)
                VALUES (office(), x'22', x'01', '乙一', '1978-01-01', '990001197506204586');
            UPDATE person SET row_state = 'void' WHERE id = x'12'
            """)
        try couple.tree.exchangeAll()
        #expect(throws: WarningError.deathNotEntered) { try entry.act(.close, on: id) }
    }

    /// By the commands alone: out of the household, and in again without a number.
    @Test func `whoever is entered anew under another row is not dead by that`() throws {
        let couple = try payable()
        let id = try warn(couple)
        let entry = WarningEntry(couple.tree[district], as: clerk, today: date("2026-06-27"))
        _ = try entry.act(.verdict, on: id, .covered)
        try leave(couple, because: .otherOut, on: "2026-06-26")
        let at = MemberEntry(couple.tree[village], as: clerk, today: date("2026-06-27"))
        try at.add(
            NewMember(name: "乙一", sex: .female, birth: date("1978-01-01"), relation: .spouse), to: couple.household,
            because: .otherIn, on: date("2026-06-27"))
        try couple.tree.exchangeAll()
        #expect(throws: WarningError.deathNotEntered) { try entry.act(.close, on: id) }
        try at.leave("乙一", of: couple.household, because: .death, on: date("2026-06-26"))
        try couple.tree.exchangeAll()
        #expect(try entry.act(.close, on: id).state.stage == .closed)
    }

    @Test func `a death is entered also where the village, unaware, has told that they had left`() throws {
        let couple = try payable()
        let id = try warn(couple)
        let entry = WarningEntry(couple.tree[district], as: clerk, today: date("2026-06-27"))
        _ = try entry.act(.verdict, on: id, .covered)
        try leave(couple, because: .otherOut, on: "2026-06-26")
        #expect(throws: WarningError.deathNotEntered) { try entry.act(.close, on: id) }
        #expect(throws: FamilyError.noSuchMember("乙二")) { try leave(couple, "乙二", on: "2026-06-26") }
        try leave(couple, on: "2026-06-26")
        #expect(try entry.act(.close, on: id).state.stage == .closed)
    }

    @Test func `a namesake's death is not that of whoever lives on`() throws {
        let couple = try payable()
        let id = try warn(couple)
        let entry = WarningEntry(couple.tree[district], as: clerk, today: date("2026-06-27"))
        _ = try entry.act(.verdict, on: id, .covered)
        // The same person registered twice, or another of the same name and day of birth.
        try couple.tree[village].run(
            """
            INSERT INTO household (area, id, household_no) VALUES (office(), x'09', '9');
            INSERT INTO person (area, id, household, name, birth) SELECT area, x'99', x'09', name, birth FROM person WHERE id = x'12';
            INSERT INTO member_event (area, id, household, person, kind, day)
                VALUES (office(), uuid7(), x'09', x'99', 'death', '2026-06-25')
            """)
        try couple.tree.exchangeAll()
        #expect(throws: WarningError.deathNotEntered) { try entry.act(.close, on: id) }
        #expect(try couple.build().held.map(\.hold) == [.deathWarning])
    }

    @Test func `a death that is judged not to be so holds nobody`() throws {
        let couple = try payable()
        let id = String(repeating: "a6", count: 16)
        try couple.tree[district].run(
            "INSERT INTO alert (area, id, household, kind, issued_on) VALUES ('\(village)', x'\(id)', x'01', 'A6', '2026-06-26')"
        )
        let entry = WarningEntry(couple.tree[district], as: clerk, today: date("2026-06-27"))
        _ = try entry.act(.verdict, on: id, .unfounded)
        _ = try entry.act(.close, on: id)
        #expect(try couple.build().held.isEmpty && couple.build().lines.count == 1)
    }
}
