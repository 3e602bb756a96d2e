import Assistance
import ChangeSets
import TestReplicas
import Testing

/// Domain 4.2, review: "change reported: at once".
@Suite struct `What is reported of a family that gets something` {
    private let on = date("2026-07-03")

    private func due(_ couple: Couple, _ office: OfficeCode = district) throws -> [ReviewDue.Reason] {
        try Desk(couple.tree[office]).refresh()
        return try couple.tree[office].read { try ReviewReading.due(in: office, by: on, $0) }.map(\.reason)
    }

    private func wage(_ couple: Couple, _ amount: String) throws -> [UInt8] {
        try FactEntry.add(
            .income(
                person: nil, kind: "wage", .monthly, year: nil, money(amount), notCounted: nil, .declared),
            to: couple.household, in: couple.tree[village], as: clerk, today: on)
    }

    private func decide(_ couple: Couple, _ document: String) throws {
        _ = try ReviewEntry(couple.tree[district], as: clerk, today: on).decide(couple.household, document: document)
    }

    @Test func `is looked at until whoever decides has decided knowing of it`() throws {
        let couple = try Couple.confirmed()
        #expect(try due(couple).isEmpty)
        _ = try wage(couple, "100")
        try couple.tree.exchangeAll()
        for office in [village, town, district] { #expect(try due(couple, office) == [.reported([.income])]) }
        // Unaware of the one, aware of the other.
        let second = try wage(couple, "50")
        try decide(couple, "区2")
        #expect(try due(couple).isEmpty)
        try couple.tree.exchangeAll()
        #expect(try due(couple) == [.reported([.income])])
        try decide(couple, "区3")
        try couple.tree.exchangeAll()
        for office in [village, town, district] { #expect(try due(couple, office).isEmpty) }
        // Taken back is news too.
        let fact = try couple.tree[village].read { try StoredFact.one(second.hex, of: couple.household, $0) }
        try FactEntry.withdraw(fact, of: couple.household, in: couple.tree[village], as: clerk)
        try couple.tree.exchangeAll()
        #expect(try due(couple) == [.reported([.income])])
    }

    /// Schooling, work and health are cells of the member's row, which keep no versions.
    @Test func `is also what a member's row says now, and what it said when it was decided is not`() throws {
        let couple = try Couple.confirmed()
        try decide(couple, "区2")
        try couple.tree.exchangeAll()
        #expect(try due(couple).isEmpty)
        func set(_ change: String) throws {
            try couple.tree[village].run("UPDATE person SET \(change) WHERE id = x'12'")
            try couple.tree.exchangeAll()
        }
        try set("health = 'serious'")
        for office in [village, town, district] { #expect(try due(couple, office) == [.reported([.health])]) }
        try set("school_stage = 'secondary'")
        #expect(try due(couple) == [.reported([.health, .identity])])
        try decide(couple, "区3")
        try couple.tree.exchangeAll()
        for office in [village, town, district] { #expect(try due(couple, office).isEmpty) }
        try set("phone = '0000-1'")
        #expect(try due(couple).isEmpty)
        try couple.tree[village].run("UPDATE household SET hukou_region = '990001'")
        try couple.tree.exchangeAll()
        #expect(try due(couple) == [.reported([.address])])
    }

    @Test func `is no news once nothing is given any more`() throws {
        let couple = try Couple.confirmed()
        _ = try wage(couple, "100")
        try couple.tree.exchangeAll()
        _ = try ReviewEntry(couple.tree[district], as: clerk, today: on)
            .stop(couple.household, document: "区2", reason: "试")
        #expect(try due(couple).isEmpty)
        _ = try wage(couple, "50")
        try couple.tree.exchangeAll()
        #expect(try due(couple).isEmpty)
    }
}
