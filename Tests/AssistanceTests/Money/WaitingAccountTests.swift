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
        #expect(try couple.tree[village].read { try Accounts.told(of: couple.household, $0) }?.id == told)
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

    @Test func `waits no more where the town enters one in the knowledge of it, and does where another came since`()
        throws
    {
        let couple = try Couple.confirmed()
        _ = try takeDown(couple)
        let id = try couple.accounts(clerk).add(
            couple.household, person: nil, holder: "甲一", bank: "试行", number: "990000000004")
        _ = try couple.accounts(other).check(couple.household, id.hex)
        #expect(try waiting(couple).isEmpty)
        _ = try takeDown(couple, "990000000005")
        #expect(try waiting(couple) == ["take_over 001 甲一 2026-06-25"])
    }
}
