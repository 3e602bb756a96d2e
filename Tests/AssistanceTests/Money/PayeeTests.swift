import Assistance
import ChangeSets
import GRDB
import Replica
import TestReplicas
import Testing

private let other = ActingUser("乙九")
private let july = CalendarMonth(written: "2026-07")!

/// Domain 4.6: who holds the money, and what the bank is told.
@Suite struct `Whom a list pays` {
    @Test func `is a guardian where a paper says so`() throws {
        let couple = try Couple.confirmed()
        func add(_ guardian: String?) throws {
            let id = try couple.accounts(clerk).add(
                couple.household, person: nil, holder: "某福利院", bank: "试行", number: "990000000009", guardian: guardian)
            _ = try couple.accounts(other).check(couple.household, id.hex)
            try couple.tree.exchangeAll()
        }
        try add(nil)
        #expect(try couple.build().held.map(\.hold) == [.otherHolder])
        #expect(throws: CaseError.empty("guardian's paper")) { try add(" ") }
        try add("监护协议1号")
        #expect(try couple.build().lines.map(\.payeeName) == ["甲一"])
        // The bank is told both names.
        let batch = try couple.paid()
        let sheet = String(decoding: try couple.roster().export(batch).sheet, as: UTF8.self)
        #expect(sheet.contains(",甲一,,某福利院,试行,"))
    }

    /// A second household with an account of its own or the first one's, about which a paper says so much a month.
    private func second(_ couple: Couple, gets fen: Int64, account: String) throws {
        try couple.tree[village].run(
            """
            INSERT INTO household (area, id, household_no, head_person) VALUES (office(), x'02', '002', x'21');
            INSERT INTO person (area, id, household, name, birth) VALUES (office(), x'21', x'02', '丁四', '1960-03-15')
            """)
        try couple.tree.exchangeAll()
        try couple.tree[district].run(
            """
            INSERT INTO decision (area, id, household, outcome, category, people, base_fen, total_fen, from_month, day, document)
            VALUES ('\(village)', uuid7(), x'02', 'confirmed', 'DB', 1, \(fen), \(fen), '2026-07', '2026-06-25', '区9')
            """)
        let at = { AccountEntry(couple.tree[district], as: $0, today: date("2026-06-26")) }
        let home = HouseholdID(area: village, id: [2])
        let id = try at(clerk).add(home, person: nil, holder: "丁四", bank: "试行", number: account)
        _ = try at(other).check(home, id.hex)
    }

    @Test func `is told where two households have one account number`() throws {
        let couple = try Couple.confirmed()
        try couple.account("990000000001")
        #expect(try couple.build().lines.map(\.warnings) == [[]])
        try second(couple, gets: 50_000, account: "990000000001")
        #expect(try couple.build().lines.map(\.warnings) == [[.sharedAccount], [.sharedAccount]])
    }

    /// One decision of an altered program that may decide stops the list of a whole district otherwise, and names nobody.
    @Test func `is frozen also where one line is as large as any may be`() throws {
        let couple = try Couple.confirmed()
        try couple.account("990000000001")
        try second(couple, gets: 1_000_000_000_000, account: "990000000002")
        let batch = try couple.roster().freeze(.dibao, july, withoutAgreement: "试").batch
        #expect(batch.lineCount == 2 && batch.total.fen == 1_000_000_234_400)
        #expect(throws: DatabaseError.self) {
            try couple.tree[district].run(
                """
                INSERT INTO pay_line (area, id, batch, number, household, payee_name, category, total_fen)
                SELECT area, uuid7(), batch, 3, household, payee_name, category, 1000000000001 FROM pay_line LIMIT 1
                """)
        }
    }

    @Test func `is as it was frozen, numbers and all, whatever is corrected afterwards`() throws {
        let couple = try Couple.confirmed()
        try couple.account()
        try couple.tree[village].run("UPDATE person SET id_number = '990000195803150021' WHERE id = x'11'")
        try couple.tree.exchangeAll()
        let batch = try couple.roster().freeze(.dibao, july, withoutAgreement: "试").batch
        try couple.tree[village].run(
            """
            UPDATE person SET id_number = '990000196001010013' WHERE id = x'11';
            UPDATE household SET household_no = '9'
            """)
        try couple.tree.exchangeAll()
        _ = try couple.roster(other).approve(batch.id.hex)
        for _ in 1...2 {
            let sheet = String(decoding: try couple.roster().export(batch.id.hex).sheet, as: UTF8.self)
            #expect(sheet.contains("001,甲一,990000195803150021,甲一,试行,990000000001,2,2344.00,0.00,0.00,2344.00"))
        }
        #expect(try couple.tree[district].read { try BankSheet.corrected(since: batch, $0) } == [1])
        // Nowhere below the district.
        try couple.tree.exchangeAll()
        for office in [town, village] {
            #expect(try couple.tree[office].rows("SELECT count(*) FROM pay_payee") == ["0"])
        }
    }

    /// A decision whose parts are not its total, or more than any line may be, by an altered program that may decide.
    @Test func `is held or paid its total whatever the parts of a decision say, and the others are paid`() throws {
        let couple = try Couple.confirmed()
        try couple.account()
        try couple.tree.exchangeAll()
        func decide(_ document: String, _ base: Int64, _ care: Int64, _ total: Int64) throws {
            try couple.tree[district].run(
                """
                INSERT INTO decision (area, id, household, predecessor, outcome, category, people, base_fen, care_fen, total_fen,
                    from_month, grace_fen, grace_supplement_fen, grace_to, day, document, members, settles)
                SELECT area, uuid7(), household, id, 'changed', 'DB', people, \(base), \(care), \(total), from_month,
                    CASE WHEN \(total) > 1000000000 THEN \(total) ELSE 0 END, \(total), '2026-07', day, '\(document)', members,
                    (SELECT group_concat(lower(hex(id)), ' ') FROM decision)
                FROM decision ORDER BY id DESC LIMIT 1
                """)
        }
        try decide("x1", 100_000, 60_000, 50_000)
        #expect(try couple.build().lines.map(\.total) == [money("1000")])
        try decide("x2", 0, 0, 1_000_000_000_000)
        let held = try couple.build().held.map(\.hold)
        #expect(held == [.beyond])
    }

    @Test func `is nobody whose number two offices dispute, also once the list is frozen`() throws {
        let couple = try Couple.confirmed()
        try couple.account()
        try couple.tree[village].run("UPDATE person SET id_number = '990000195803150021' WHERE id = x'11'")
        try couple.tree.exchangeAll()
        let batch = try couple.roster().freeze(.dibao, july, withoutAgreement: "试").batch
        // The village's number is shown, and is the frozen one.
        try couple.tree[village].run("UPDATE person SET sex = 'female' WHERE id = x'11'")
        try couple.tree[town].run("UPDATE person SET id_number = '990000196001010013' WHERE id = x'11'")
        try couple.tree.exchangeAll()
        #expect(throws: RosterError.disputed(1)) { try couple.roster(other).approve(batch.id.hex) }
    }

    @Test func `is warned of where the bank gave a line back`() throws {
        let couple = try Couple.confirmed()
        try couple.account()
        let batch = try couple.paid()
        func warned() throws -> [WarningKind] {
            _ = try Monitor(couple.tree[district], as: clerk, today: date("2026-07-09")).run()
            return try couple.tree[district].read { try WarningReading.all(of: couple.household, $0) }
                .filter { $0.state.stage != .closed }.map(\.kind)
        }
        #expect(try warned().isEmpty)
        _ = try couple.roster(on: "2026-07-08").takeBack(batch, line: 1, payee: "甲一", code: "R01")
        #expect(try warned() == [.accountReturned])
        try couple.tree.exchangeAll()
        let below = try couple.tree[village].read { try WarningReading.all(of: couple.household, $0) }
        #expect(below.map(\.kind) == [.accountReturned])
    }
}
