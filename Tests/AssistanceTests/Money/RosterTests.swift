import Assistance
import ChangeSets
import GRDB
import Replica
import TestReplicas
import Testing

private let other = ActingUser("乙九")
private let july = CalendarMonth(written: "2026-07")!

extension Couple {
    /// The couple of W4, confirmed with 2,344 yuan from July on.
    static func confirmed() throws -> Couple {
        let couple = try Couple()
        try couple.bills("34800")
        let id = try couple.forwarded()
        _ = try couple.entry(district, on: "2026-06-24").confirm(id, document: "区1")
        try couple.tree.exchangeAll()
        return couple
    }

    func accounts(_ user: ActingUser, on day: String = "2026-06-25") -> AccountEntry {
        AccountEntry(tree[town], as: user, today: date(day))
    }

    func account(_ number: String = "990000000001", on day: String = "2026-06-25") throws {
        let id = try accounts(clerk, on: day).add(household, person: nil, holder: "甲一", bank: "试行", number: number)
        _ = try accounts(other, on: day).check(household, id.hex)
        try tree.exchangeAll()
    }

    func roster(_ user: ActingUser = clerk, at office: OfficeCode = district, on day: String = "2026-07-01")
        -> RosterEntry
    {
        RosterEntry(tree[office], as: user, today: date(day))
    }

    func build(_ month: CalendarMonth = july, at office: OfficeCode = district) throws -> Roster {
        try Roster.build(.dibao, month, in: office, of: tree[office])
    }

    /// Frozen by one, approved by another, sent.
    func paid(_ month: CalendarMonth = july) throws -> String {
        let batch = try roster().freeze(.dibao, month, withoutAgreement: "试").batch.id.hex
        _ = try roster(other).approve(batch)
        _ = try roster().export(batch)
        // What is looked at later follows from here on.
        for office in [village, town, district] { _ = try looked(office) }
        return batch
    }
}

/// Domain 4.6.
@Suite struct `The monthly roster` {
    @Test func `names a line that is much more or less than the month before, by the share of its town`() throws {
        let couple = try Couple.confirmed()
        try couple.account()
        _ = try couple.paid()
        try couple.tree[district].run(
            """
            INSERT INTO decision (area, id, household, predecessor, outcome, category, people, base_fen, total_fen, from_month, day,
                document, members, settles)
            SELECT area, uuid7(), household, id, 'changed', 'DB', people, 250000, 250000, '2026-08', '2026-07-10', '区2', members,
                lower(hex(id))
            FROM decision
            """)
        let august = CalendarMonth(written: "2026-08")!
        func share(_ text: String, of place: OfficeCode) throws {
            _ = try Publishing.publish(
                [
                    PublishedValue(
                        area: place, name: "roster.change", validFrom: date("2026-07-01"), text: text, document: "1")
                ], in: couple.tree[district], as: clerk)
        }
        func warnings() throws -> [[Roster.Warning]] { try couple.build(august).lines.map(\.warnings) }
        #expect(try warnings() == [[]])
        try share("5%", of: town)
        #expect(try warnings() == [[.changed(from: money("2344"))]])
        try share("5%", of: district)
        try share("50%", of: town)
        #expect(try warnings() == [[]])
    }

    @Test func `follows from decisions, and holds whoever has no account that a second person has checked`() throws {
        let couple = try Couple.confirmed()
        #expect(try couple.build().held.map(\.hold) == [.noAccount])
        let id = try couple.accounts(clerk).add(
            couple.household, person: nil, holder: "甲一", bank: "试行", number: "9900 0000 0001")
        try couple.tree.exchangeAll()
        #expect(try couple.build().held.map(\.hold) == [.noAccount])
        #expect(throws: AccountError.sameUser(clerk.name)) {
            try couple.accounts(clerk).check(couple.household, id.hex)
        }
        _ = try couple.accounts(other).check(couple.household, id.hex)
        try couple.tree.exchangeAll()
        for office in [town, district] {
            let roster = try couple.build(at: office)
            #expect(roster.held.isEmpty && roster.lines.map(\.total) == [money("2344")])
            #expect(roster.lines.map(\.payeeName) == ["甲一"] && roster.lines.map(\.tail) == ["0001"])
        }
        // The village reads names and amounts, and has no account of it.
        #expect(try couple.build(at: village).lines.map(\.tail) == [""])
        #expect(try couple.tree[village].rows("SELECT count(*) FROM bank_account") == ["0"])
        #expect(try couple.build(CalendarMonth(written: "2026-06")!).lines.isEmpty)
    }

    @Test func `pays to no other name, and takes over what the village has taken down`() throws {
        let couple = try Couple.confirmed()
        let atVillage = AccountEntry(couple.tree[village], as: clerk, today: date("2026-06-25"))
        _ = try atVillage.add(couple.household, person: nil, holder: "丙三", bank: "试行", number: "990000000003")
        #expect(throws: AccountError.village) { try atVillage.takeOver(couple.household) }
        #expect(throws: AccountError.number("12a")) {
            try atVillage.add(couple.household, person: nil, holder: "甲一", bank: "试行", number: "12a")
        }
        try couple.tree.exchangeAll()
        let id = try couple.accounts(clerk).takeOver(couple.household)
        _ = try couple.accounts(other).check(couple.household, id.hex)
        try couple.tree.exchangeAll()
        #expect(try couple.build().held.map(\.hold) == [.otherHolder])
    }

    @Test func `is frozen once towns agree, approved by another, and only then sent`() throws {
        let couple = try Couple.confirmed()
        try couple.account()
        #expect(throws: RosterError.notAgreed([town])) { try couple.roster().freeze(.dibao, july) }
        #expect(throws: RosterError.notDistrict(.town)) { try couple.roster(at: town).freeze(.dibao, july) }
        try couple.roster(at: town).agree(.dibao, july)
        try couple.tree.exchangeAll()
        let batch = try couple.roster().freeze(.dibao, july).batch
        #expect(batch.lineCount == 1 && batch.total == money("2344") && batch.stage == .frozen)
        #expect(throws: RosterError.sameUser(clerk.name)) { try couple.roster().approve(batch.id.hex) }
        #expect(throws: RosterError.stage(.frozen, wanted: .approved)) { try couple.roster().export(batch.id.hex) }
        #expect(try couple.roster(other).approve(batch.id.hex).stage == .approved)
        let (sent, sheet) = try couple.roster().export(batch.id.hex)
        let text = String(decoding: sheet, as: UTF8.self)
        #expect(sent.stage == .exported && text.contains("990000000001") && text.contains("2344.00"))
        #expect(try couple.roster().settle(batch.id.hex).stage == .settled)
        // Nobody is paid twice for a month.
        #expect(try couple.build().lines.isEmpty && couple.build().paidBefore == 1)
        #expect(throws: RosterError.nothing) { try couple.roster().freeze(.dibao, july, withoutAgreement: "试") }
        try couple.tree.exchangeAll()
        for office in [village, town, district] {
            let found = try couple.tree[office].read { try PayBatches.all(nil, nil, $0) }
            #expect(found.map(\.stage) == [.settled])
        }
    }

    /// Domain 4.6, also where it was changed and checked before the month began.
    @Test func `names a line that goes to another account than the list before it`() throws {
        let couple = try Couple.confirmed()
        try couple.account()
        _ = try couple.paid()
        let august = CalendarMonth(written: "2026-08")!
        // The same number typed again is no other account.
        try couple.account(on: "2026-07-05")
        #expect(try couple.build(august).lines.map(\.warnings) == [[]])
        try couple.account("990000000002", on: "2026-07-20")
        #expect(try couple.build(august).lines.map(\.warnings) == [[.newAccount]])
        _ = try couple.paid(august)
        #expect(try couple.build(CalendarMonth(written: "2026-09")!).lines.map(\.warnings) == [[]])
        // A month without payment hides nothing.
        try couple.account("990000000003", on: "2026-08-20")
        #expect(try couple.build(CalendarMonth(written: "2026-10")!).lines.map(\.warnings) == [[.newAccount]])
    }

    @Test func `is approved only as it was frozen`() throws {
        let couple = try Couple.confirmed()
        try couple.account()
        let batch = try couple.roster().freeze(.dibao, july, withoutAgreement: "试").batch
        try couple.tree[district].run(
            """
            INSERT INTO pay_line (area, id, batch, number, household, payee_name, category, total_fen)
            VALUES ('\(village)', uuid7(), x'\(batch.id.hex)', 2, x'01', '丁四', 'DB', 1)
            """)
        #expect(throws: RosterError.changed) { try couple.roster(other).approve(batch.id.hex) }
        #expect(try couple.roster(other).cancel(batch.id.hex, reason: "错").stage == .cancelled)
        #expect(try couple.build().lines.count == 1)
        // Below the district nobody can add or take away a line.
        #expect(throws: (any Error).self) {
            try couple.tree[town].run(
                "INSERT INTO pay_line (area, id, batch, number, household, total_fen) VALUES ('\(village)', uuid7(), x'01', 1, x'01', 5)"
            )
        }
    }

    @Test func `pays a line again that the bank returned, once another account is checked`() throws {
        let couple = try Couple.confirmed()
        try couple.account()
        let batch = try couple.paid()
        let at = couple.roster(on: "2026-07-08")
        #expect(throws: RosterError.otherPayee(1)) { try at.takeBack(batch, line: 1, payee: "乙一", code: "R01") }
        let line = try at.takeBack(batch, line: 1, payee: "甲一", code: "R01")
        #expect(throws: RosterError.returned(1)) { try at.takeBack(batch, line: 1, payee: "甲一", code: "R01") }
        #expect(try couple.build().held.map(\.hold) == [.noAccount])
        try couple.account("990000000002", on: "2026-07-09")
        let again = try couple.build()
        #expect(again.lines.map(\.reissues) == [line.id] && again.lines.map(\.total) == [money("2344")])
        _ = try couple.paid()
        #expect(try couple.build().lines.isEmpty)
    }

    @Test func `pays to the account that took the place of the others, whatever a clock said`() throws {
        let couple = try Couple.confirmed()
        try couple.account("990000000001", on: "2027-06-25")
        try couple.account("990000000002", on: "2026-06-26")
        #expect(try couple.build().lines.map(\.tail) == ["0002"])
    }

    @Test func `takes back a return that was taken down by mistake, as long as nobody was paid again`() throws {
        let couple = try Couple.confirmed()
        try couple.account()
        let batch = try couple.paid()
        let at = couple.roster(on: "2026-07-08")
        #expect(throws: RosterError.notReturned(1)) { try at.undoReturn(batch, line: 1, reason: "误登") }
        _ = try at.takeBack(batch, line: 1, payee: "甲一", code: "R01")
        #expect(try at.undoReturn(batch, line: 1, reason: "误登").returned == nil)
        #expect(try couple.build().lines.isEmpty && couple.build().paidBefore == 1)
        // Returned once more, and paid again: now it stays.
        _ = try at.takeBack(batch, line: 1, payee: "甲一", code: "R02")
        try couple.account("990000000002", on: "2026-07-09")
        let second = try couple.paid()
        #expect(throws: RosterError.paidAgain(second)) { try at.undoReturn(batch, line: 1, reason: "误登") }
        // No town writes that the bank gave something back.
        try couple.tree.exchangeAll()
        #expect(throws: (any Error).self) {
            try couple.tree[town].run(
                "INSERT INTO pay_return (area, id, line, day) VALUES ('\(village)', uuid7(), x'01', '2026-07-10')")
        }
        #expect(throws: RosterError.notDistrict(.town)) {
            try couple.roster(at: town).takeBack(second, line: 1, payee: "甲一", code: "R")
        }
    }

    @Test func `approves nothing that another batch of the month pays, and calls back what the bank does not have yet`()
        throws
    {
        let couple = try Couple.confirmed()
        try couple.account()
        let first = try couple.roster().freeze(.dibao, july, withoutAgreement: "试").batch
        // What another machine of the district froze unaware of it.
        try couple.tree[district].write(as: clerk) { db in
            try db.execute(
                sql: """
                    INSERT INTO pay_batch (area, id, aid_kind, month, lines, total_fen, hash, created_by)
                    SELECT area, x'77', aid_kind, month, lines, total_fen, hash, '丙九' FROM pay_batch;
                    INSERT INTO pay_line (area, id, batch, number, household, payee, payee_name, account, tail, people, category,
                        base_fen, supplement_fen, total_fen, decision)
                    SELECT area, x'78', x'77', number, household, payee, payee_name, account, tail, people, category, base_fen,
                        supplement_fen, total_fen, decision FROM pay_line
                    """)
        }
        #expect(throws: RosterError.paidTwice(1, "77")) { try couple.roster(other).approve(first.id.hex) }
        try couple.tree[district].run(
            "INSERT INTO pay_step (area, id, batch, step, day) VALUES (office(), uuid7(), x'77', 'cancel', '2026-07-01')"
        )
        #expect(try couple.roster(other).approve(first.id.hex).stage == .approved)
        #expect(try couple.roster(other).cancel(first.id.hex, reason: "错").stage == .cancelled)
        let again = try couple.paid()
        #expect(throws: RosterError.stage(.exported, wanted: .frozen)) {
            try couple.roster(other).cancel(again, reason: "错")
        }
        #expect(throws: RosterError.laterMonth(CalendarMonth(written: "2027-07")!)) {
            try couple.roster().freeze(.dibao, CalendarMonth(written: "2027-07")!, withoutAgreement: "试")
        }
    }

    @Test func `holds a household of whom somebody died even where another was born, or was merged away`() throws {
        let couple = try Couple.confirmed()
        try couple.account()
        let members = MemberEntry(couple.tree[town], as: clerk, today: date("2026-06-28"))
        try members.add(Couple.baby(), to: couple.household, because: .birth, on: date("2026-06-26"))
        // Whoever came holds up nobody.
        try couple.tree.exchangeAll()
        #expect(try couple.build().lines.count == 1)
        try members.leave("乙一", of: couple.household, because: .death, on: date("2026-06-27"))
        try couple.tree.exchangeAll()
        #expect(try couple.build().held.map(\.hold) == [.death])
        try couple.tree[town].run(
            "UPDATE person SET death_date = NULL, row_state = 'merged_into' WHERE name = '乙一'")
        try couple.tree.exchangeAll()
        // The village's own row says that she lives; the death that the town has told of stands.
        #expect(try couple.build().held.map(\.hold) == [.death])
    }

    @Test func `lets nobody go whom somebody holds for a reason that the release did not know of`() throws {
        let couple = try Couple.confirmed()
        try couple.account()
        func hold(_ office: OfficeCode, _ isHeld: Bool, _ reason: String) throws {
            try couple.roster(at: office).hold(couple.household, .dibao, july, isHeld: isHeld, reason: reason)
        }
        try hold(village, true, "外出")
        try couple.tree.exchangeAll()
        // The town lets go what it knows of; the village, unaware of that, holds for another reason.
        try hold(town, false, "在家")
        try hold(village, true, "死亡待核")
        try couple.tree.exchangeAll()
        #expect(try couple.build().held.map(\.hold) == [.reported("死亡待核")])
        try hold(town, false, "已核")
        try couple.tree.exchangeAll()
        #expect(try couple.build().held.isEmpty)
    }

    @Test func `names a household that was decided without the right, and pays nobody unnoticed after a stop`() throws {
        let couple = try Couple.confirmed()
        try couple.account()
        let first = try #require(
            try couple.tree[district].read { try Decisions(of: couple.household, $0) }.all.last)
        // The town decides although nothing is delegated.
        try couple.tree[town].run(
            """
            INSERT INTO decision (area, id, household, predecessor, outcome, category, people, total_fen, from_month, day, document)
            VALUES ('\(village)', uuid7(), x'01', x'\(first.id.hex)', 'changed', 'DB', 2, 90000, '2026-07', '2026-06-25', '镇1')
            """)
        try couple.tree.exchangeAll()
        #expect(try couple.build().held.map(\.hold) == [.withoutRight])
        // Two of the district's, of which one stops and the other, unaware of it, goes on later.
        for (id, outcome, month) in [("a1", "stopped", "2026-08"), ("a2", "changed", "2026-09")] {
            try couple.tree[district].run(
                """
                INSERT INTO decision (area, id, household, predecessor, outcome, category, people, total_fen, from_month, day, document)
                VALUES ('\(village)', x'\(id)', x'01', x'\(first.id.hex)', '\(outcome)', 'DB', 2, 90000, '\(month)', '2026-07-05', '\(id)')
                """)
        }
        #expect(try couple.build(CalendarMonth(written: "2026-09")!).held.map(\.hold) == [.rivals])
    }

    @Test func `holds whoever died or is reported, and lets nobody below let go what the town holds`() throws {
        let couple = try Couple.confirmed()
        try couple.account()
        try couple.roster(at: town).hold(couple.household, .dibao, july, isHeld: true, reason: "外出")
        try couple.tree.exchangeAll()
        try couple.roster(at: village).hold(couple.household, .dibao, july, isHeld: false, reason: "在家")
        try couple.tree.exchangeAll()
        #expect(try couple.build().held.map(\.hold) == [.reported("外出")])
        try couple.roster(at: town).hold(couple.household, .dibao, july, isHeld: false, reason: "在家")
        try couple.tree.exchangeAll()
        #expect(try couple.build().held.isEmpty)
        try couple.tree[village].run("UPDATE person SET death_date = '2026-06-28' WHERE id = x'12'")
        try couple.tree.exchangeAll()
        #expect(try couple.build().held.map(\.hold) == [.death])
        // Decided anew for who is left, it is paid from the next month.
        _ = try ReviewEntry(couple.tree[district], as: clerk, today: date("2026-07-02"))
            .decide(couple.household, document: "区2", reason: "死亡")
        let august = try couple.build(CalendarMonth(written: "2026-08")!)
        #expect(august.held.isEmpty && august.lines.map(\.people) == [1])
    }

    /// Domain 4.4: registered by two villages, paid once.
    @Test func `pays nobody twice who is registered in two villages`() throws {
        let couple = try Couple.confirmed()
        try couple.account()
        let number = "990000195803150021"
        try couple.tree[village].run("UPDATE person SET id_number = '\(number)' WHERE id = x'11'")
        try couple.tree[otherVillage].run(
            """
            INSERT INTO household (area, id, household_no, head_person) VALUES (office(), x'02', '002', x'21');
            INSERT INTO person (area, id, household, name, birth, id_number)
                VALUES (office(), x'21', x'02', '甲一', '1958-03-15', '\(number)')
            """)
        try couple.tree.exchangeAll()
        try couple.tree[district].run(
            """
            INSERT INTO decision (area, id, household, outcome, category, people, base_fen, total_fen, from_month, day, document)
            VALUES ('\(otherVillage)', uuid7(), x'02', 'confirmed', 'DB', 1, 50000, 50000, '2026-07', '2026-06-25', '区9')
            """)
        let second = HouseholdID(area: otherVillage, id: [2])
        let atDistrict = { AccountEntry(couple.tree[district], as: $0, today: date("2026-06-26")) }
        let id = try atDistrict(clerk).add(second, person: nil, holder: "甲一", bank: "试行", number: "990000000007")
        _ = try atDistrict(other).check(second, id.hex)
        let roster = try couple.build()
        #expect(roster.lines.map(\.household) == [couple.household])
        #expect(roster.held.map(\.household) == [second] && roster.held.map(\.hold) == [.duplicate])
        // Paid in the month's first batch, and so not in a second one either, nor as another kind of aid.
        _ = try couple.paid()
        #expect(try couple.build().held.map(\.hold) == [.duplicate])
        try couple.tree[district].run("UPDATE household SET remarks = 'x' WHERE id = x'02'")
        try couple.tree[district].run(
            """
            INSERT INTO decision (area, id, household, predecessor, outcome, category, people, base_fen, total_fen, from_month, day, document)
            SELECT area, uuid7(), household, id, 'changed', 'TK_D', 1, 60000, 60000, '2026-07', '2026-06-26', '区10'
            FROM decision WHERE household = x'02'
            """)
        let destitute = try Roster.build(.destitute, july, in: district, of: couple.tree[district])
        #expect(destitute.lines.isEmpty && destitute.held.map(\.hold) == [.duplicate])
        // Two people, somebody has judged.
        _ = try Monitor(couple.tree[district], as: clerk, today: date("2026-07-02")).run()
        let pair = try #require(
            try couple.tree[district].read { try DuplicateReading.page(in: district, decided: false, $0) }.pairs.first)
        _ = try DuplicateEntry(couple.tree[district], as: clerk, today: date("2026-07-02"))
            .part(pair.id.hex, reason: "录错号码")
        #expect(try Roster.build(.destitute, july, in: district, of: couple.tree[district]).lines.count == 1)
    }

    /// Domain 4.6, the fixture of one town: 312 + 81 + 144 households, 425,699.00 yuan a month.
    @Test func `of a whole town adds up to the fen`() throws {
        let tree = try assistanceTree()
        let groups = [("DB", 312, 18_592_100), ("DB", 81, 6_794_900), ("TK_D", 144, 17_182_900)]
        var number = 0
        try tree[village].write(as: clerk) { db in
            for _ in 0..<groups.map(\.1).reduce(0, +) {
                number += 1
                try db.execute(
                    sql: """
                        INSERT INTO household (area, id, household_no) VALUES (office(), uuid5(?), ?);
                        INSERT INTO person (area, id, household, name, birth) VALUES (office(), uuid5(?), uuid5(?), ?, '1950-01-01')
                        """,
                    arguments: ["h\(number)", "\(number)", "p\(number)", "h\(number)", "甲\(number)"])
            }
        }
        try tree.exchangeAll()
        for user in [clerk, other] {
            try tree[district].write(as: user) { db in
                var number = 0
                for (category, count, total) in groups {
                    for index in 0..<count {
                        number += 1
                        guard user == clerk else {
                            try db.execute(
                                sql:
                                    "INSERT INTO account_check (area, id, account, day, created_by) VALUES (?, uuid7(), uuid5(?), '2026-06-02', ?)",
                                arguments: [village.digits, "a\(number)", user.name])
                            continue
                        }
                        let amount = total / count / 100 * 100 + (index < total / 100 % count ? 100 : 0)
                        try db.execute(
                            sql: """
                                INSERT INTO decision (
                                    area, id, household, outcome, category, people, base_fen, total_fen, from_month, day, document)
                                VALUES (?1, uuid7(), uuid5(?2), 'confirmed', ?3, 1, ?4, ?4, '2026-07', '2026-06-01', '区')
                                """, arguments: [village.digits, "h\(number)", category, amount])
                        try db.execute(
                            sql: """
                                INSERT INTO bank_account (area, id, household, holder, bank, number, created_by)
                                VALUES (?, uuid5(?), uuid5(?), ?, '试行', ?, ?)
                                """,
                            arguments: [
                                village.digits, "a\(number)", "h\(number)", "甲\(number)", "99\(10_000_000 + number)",
                                user.name,
                            ])
                    }
                }
            }
        }
        let entry = RosterEntry(tree[district], as: clerk, today: date("2026-07-01"))
        let batches = try Roster.AidKind.allCases.map { try entry.freeze($0, july, withoutAgreement: "试").batch }
        #expect(batches.map(\.lineCount) == [393, 144])
        #expect(batches.map(\.total) == [money("253870"), money("171829")])
        #expect(batches.reduce(Money.zero) { $0 + $1.total } == money("425699.00"))
        _ = try RosterEntry(tree[district], as: other, today: date("2026-07-01")).approve(batches[0].id.hex)
        try tree.exchangeAll()
        let lines = try tree[village].read { try PayBatches.lines(of: batches[0].id, $0) }
        #expect(lines.count == 393 && lines.map(\.number) == Array(1...393))
    }

    /// By rule by the 10th of the month.
    @Test func `is late where the bank has not paid it by the day of the rules`() throws {
        let couple = try Couple.confirmed()
        try couple.account()
        let frozen = try couple.roster().freeze(.dibao, july, withoutAgreement: "试").batch
        func payBy(_ batch: PayBatch) throws -> CalendarDate? {
            try couple.tree[district].read { try batch.payBy($0, in: district) }
        }
        let day = try payBy(frozen)
        #expect(day == date("2026-07-10"))
        #expect(!frozen.isOverdue(day, on: date("2026-07-10")) && frozen.isOverdue(day, on: date("2026-07-11")))
        _ = try couple.roster(ActingUser("乙九")).cancel(frozen.id.hex, reason: "试")
        let cancelled = try couple.tree[district].read { try PayBatches.all(nil, july, $0) }
        #expect(cancelled.allSatisfy { !$0.isOverdue(day, on: date("2026-07-11")) })
    }
}
