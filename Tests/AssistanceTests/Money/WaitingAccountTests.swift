import Assistance
import ChangeSets
import Replica
import TestReplicas
import Testing

private let other = ActingUser("甲十")

@Suite struct `An account that the village has taken down` {
    private func waiting(_ couple: Couple, at office: OfficeCode = town) throws -> [String] {
        try Desk(couple.tree[office]).refresh()
        return try couple.tree[office].read { try AccountDesk.page(in: office, $0) }.waiting.map {
            "\($0.need.rawValue) \($0.name.number) \($0.name.head) \($0.since?.description ?? "")"
        }
    }

    private func takeDown(_ couple: Couple, _ number: String = "990000000003") throws -> [UInt8] {
        let id = try AccountEntry(couple.tree[village], as: clerk, today: date("2026-06-25"))
            .add(couple.household, person: nil, holder: "甲一", bank: "试行", number: number)
        try couple.tree.exchangeAll()
        return id
    }

    @Test func `waits at the town and the district until it is taken over, and then for a second person`() throws {
        let couple = try Couple.confirmed()
        #expect(try waiting(couple).isEmpty)
        let told = try takeDown(couple)
        for office in [town, district] {
            #expect(try waiting(couple, at: office) == ["take_over 001 甲一 2026-06-25"])
        }
        #expect(try couple.tree[village].read { try Accounts.told(of: couple.household, $0) }.map(\.id) == [told])
        #expect(throws: AccountError.notTakenOver) { try couple.accounts(other).check(couple.household, told.hex) }
        _ = try couple.accounts(clerk).takeOver(couple.household)
        #expect(try waiting(couple).map { String($0.prefix(5)) } == ["check"])
        #expect(throws: AccountError.nothingTold) { try couple.accounts(clerk).takeOver(couple.household) }
        // Whoever has noted the village's id means the account that it became.
        #expect(try couple.accounts(other).check(couple.household, told.hex).checkedBy == other.name)
        #expect(try waiting(couple).isEmpty)
        try couple.tree.exchangeAll()
        for office in [village, town, district] {
            #expect(try waiting(couple, at: office).isEmpty || office == village)
        }
    }

    @Test func `waits no more where the town types in the same one, and goes on waiting where it types another`() throws
    {
        let couple = try Couple.confirmed()
        _ = try takeDown(couple)
        let entry = couple.accounts(clerk)
        let id = try entry.add(couple.household, person: nil, holder: "甲一", bank: "试行", number: "990000000004")
        _ = try couple.accounts(other).check(couple.household, id.hex)
        #expect(try waiting(couple) == ["take_over 001 甲一 2026-06-25"])
        _ = try entry.add(couple.household, person: nil, holder: "甲一", bank: "试行", number: "9900 0000 0003")
        #expect(try waiting(couple).map { String($0.prefix(5)) } == ["check"])
    }

    /// Clocks never decide.
    @Test func `takes the place of one that the same village took down with a clock that ran ahead`() throws {
        let couple = try Couple.confirmed()
        try couple.tree[village].run(
            """
            INSERT INTO account_told (area, id, household, holder, number, day)
            VALUES (office(), x'ff000000000000000000000000000001', x'01', '甲一', '990000000003', '2027-06-25')
            """)
        let second = try takeDown(couple, "990000000005")
        #expect(try couple.tree[town].read { try Accounts.told(of: couple.household, $0) }.map(\.id) == [second])
        _ = try couple.accounts(clerk).takeOver(couple.household)
        #expect(try couple.tree[town].rows("SELECT number FROM bank_account") == ["990000000005"])
        // Unaware of each other both wait, until somebody names one.
        try couple.tree[village].run(
            """
            INSERT INTO account_told (area, id, household, holder, number, day) VALUES
                (office(), x'fd000000000000000000000000000001', x'01', '甲一', '990000000006', '2026-06-26'),
                (office(), x'fe000000000000000000000000000001', x'01', '甲一', '990000000007', '2026-06-26')
            """)
        try couple.tree.exchangeAll()
        #expect(
            throws: AccountError.severalTold(["fd000000000000000000000000000001", "fe000000000000000000000000000001"])
        ) {
            try couple.accounts(clerk).takeOver(couple.household)
        }
        _ = try couple.accounts(clerk).takeOver(couple.household, "fe")
        #expect(try couple.tree[town].read { try Accounts.told(of: couple.household, $0) }.isEmpty)
        // A household that is none any more waits for nobody.
        try couple.tree[village].run("UPDATE household SET row_state = 'void' WHERE id = x'01'")
        try couple.tree.exchangeAll()
        #expect(try waiting(couple).isEmpty)
    }
}
