import Assistance
import ChangeSets
import Replica
import TestReplicas
import Testing

@Suite struct `An application` {
    @Test func `is taken down once for a kind of aid while it is open, and again where somebody says so`() throws {
        let couple = try Couple()
        let new = CaseEntry.NewApplication(aidKind: "DB", hasConsent: true)
        let id = try couple.entry(village).open(new, for: couple.household).hex
        #expect(throws: CaseError.openAlready(id, couple.today)) {
            try couple.entry(village).open(new, for: couple.household)
        }
        _ = try couple.entry(village).open(.init(aidKind: "LS", hasConsent: true), for: couple.household)
        _ = try couple.entry(village).open(new, for: couple.household, again: true)
        try couple.tree.exchangeAll()
        // Once it has ended another may be made.
        let other = try couple.entry(village).open(.init(aidKind: "TK", hasConsent: true), for: couple.household).hex
        _ = try couple.entry(village).step(.withdraw, other, reason: "不需要")
        _ = try couple.entry(village).open(.init(aidKind: "TK", hasConsent: true), for: couple.household)
    }

    @Test func `is listed under the household's number and its head`() throws {
        let couple = try Couple()
        _ = try couple.entry(village).open(.init(aidKind: "DB", hasConsent: true), for: couple.household)
        try couple.tree.exchangeAll()
        for office in [village, town, district] {
            try Desk(couple.tree[office]).refresh()
            let cases = try couple.tree[office].read { try CaseDesk.page(in: office, ended: false, $0) }.cases
            #expect(cases.map(\.household.number) == ["001"] && cases.map(\.household.head) == ["甲一"])
        }
        // Whose head is none of theirs is known by the eldest.
        try couple.tree[village].run("UPDATE household SET head_person = x'99'")
        #expect(try couple.tree[village].read { try HouseholdName(couple.household, $0) }.head == "甲一")
        #expect(
            try couple.tree[village].read { try HouseholdName(HouseholdID(area: village, id: [9]), $0) }.number == "")
    }
}
