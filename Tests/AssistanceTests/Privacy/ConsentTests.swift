import Assistance
import ChangeSets
import GRDB
import Replica
import TestReplicas
import Testing

/// Domain 3.4 I, 4.2 (consent of every adult first), 4.12 (no identity before the family agrees).
@Suite struct `What a family agrees to` {
    private func say(
        _ couple: Couple, _ office: OfficeCode, _ member: String, _ purpose: Consent.Purpose = .check,
        isGiven: Bool = true,
        until: String? = nil, guardian: String? = nil
    ) throws {
        try couple.members(office).consent(
            member, of: couple.household, to: purpose, isGiven: isGiven, from: couple.today, to: until.map { date($0) },
            guardian: guardian)
    }

    private func accepted(consent: Bool) throws -> (Couple, String) {
        let couple = try Couple()
        let id = try couple.entry(village).open(.init(aidKind: "DB", hasConsent: consent), for: couple.household).hex
        try couple.tree.exchangeAll()
        _ = try couple.entry(town).step(.accept, id)
        _ = try couple.entry(town).step(.investigate, id)
        return (couple, id)
    }

    @Test func `is asked of every adult, and no department before`() throws {
        let (couple, id) = try accepted(consent: false)
        func ask() throws { _ = try couple.entry(town).step(.check, id, reason: "人社") }
        #expect(throws: CaseError.noConsent) { try ask() }
        try say(couple, town, "甲一")
        #expect(throws: CaseError.noConsent) { try ask() }
        try say(couple, town, "乙一", until: "2026-06-15")
        try ask()
        // What was given until a day is nothing after it.
        #expect(throws: CaseError.noConsent) {
            _ = try couple.entry(town, on: "2026-06-16").step(.check, id, reason: "医保")
        }
    }

    @Test func `ends by a withdrawal that knew nothing of it, wherever either is taken down, until they agree again`()
        throws
    {
        let (couple, id) = try accepted(consent: true)
        try couple.tree.exchangeAll()
        // The village hears of the one, the town of the other, unaware of each other.
        try say(couple, village, "乙一", isGiven: false)
        try say(couple, town, "乙一")
        try couple.tree.exchangeAll()
        for office in [town, district] {
            let entry = couple.entry(office)
            #expect(throws: CaseError.consentWithdrawn("乙一")) { _ = try entry.step(.check, id, reason: "人社") }
        }
        try say(couple, village, "乙一")
        try couple.tree.exchangeAll()
        _ = try couple.entry(town).step(.check, id, reason: "人社")
    }

    /// The village's clock is a day ahead.
    @Test func `ends at once, whatever day the other office's clock shows, and nothing is confirmed after it`() throws {
        let couple = try Couple()
        try couple.bills("40000")
        let id = try couple.forwarded()
        try MemberEntry(couple.tree[village], as: clerk, today: date("2026-06-25")).consent(
            "乙一", of: couple.household, to: .check, isGiven: false, from: date("2026-06-25"))
        try couple.tree.exchangeAll()
        #expect(throws: CaseError.consentWithdrawn("乙一")) {
            _ = try couple.entry(district, on: "2026-06-24").confirm(id, document: "区1")
        }
    }

    @Test func `is for children alone what somebody says for each of them`() throws {
        let (couple, id) = try accepted(consent: false)
        try couple.tree[village].run("UPDATE person SET birth = '2013-01-01'")
        try couple.tree.exchangeAll()
        func ask() throws { _ = try couple.entry(town).step(.check, id, reason: "人社") }
        #expect(throws: CaseError.noConsent) { try ask() }
        for child in ["甲一", "乙一"] { try say(couple, town, child, guardian: "丁一") }
        try ask()
        try say(couple, town, "乙一", isGiven: false)
        #expect(throws: CaseError.consentWithdrawn("乙一")) { try ask() }
    }

    /// 4.12: no identity before the family agrees.
    @Test func `is what a charity hears, as long as nobody of the family wants otherwise`() throws {
        let couple = try Couple()
        try couple.tree.exchangeAll()
        let entry = ReferralEntry(couple.tree[district], as: clerk, today: date("2026-06-25"))
        func isNamed(_ referral: Referral) throws -> Bool {
            try couple.tree[district].read {
                try ReferralFields(referral, on: date("2026-06-25"), $0).values.contains { $0.field == .name }
            }
        }
        let agreed = try entry.send(couple.household, to: .charity, need: "a", person: [0x12], agreed: true)
        let silent = try entry.send(couple.household, to: .charity, need: "b", person: [0x12])
        #expect(try isNamed(agreed) && !isNamed(silent))
        try say(couple, town, "乙一", .charity)
        try couple.tree.exchangeAll()
        #expect(try isNamed(agreed) && isNamed(silent))
        // The head speaks for the family as well, also once somebody else is head.
        try say(couple, village, "甲一", .charity, isGiven: false)
        try couple.members().makeHead("乙一", of: couple.household, on: couple.today)
        try couple.tree.exchangeAll()
        #expect(try !isNamed(agreed) && !isNamed(silent))
        // Once he is gone those who live there say it for themselves.
        try couple.members().leave("甲一", of: couple.household, because: .death, on: couple.today)
        try couple.tree.exchangeAll()
        #expect(try isNamed(agreed))
    }

    @Test func `of a child under fourteen a guardian says`() throws {
        let couple = try Couple()
        try couple.members().add(Couple.baby(), to: couple.household, because: .birth, on: date("2026-06-01"))
        #expect(throws: FactError.empty("guardian")) { try say(couple, village, "甲三", .charity) }
        try say(couple, village, "甲三", .charity, guardian: "甲一")
        #expect(throws: FactError.endsBefore) { try say(couple, village, "甲一", until: "2026-06-14") }
        try couple.tree.exchangeAll()
        let all = try couple.tree[district].read { try Consents.all(of: couple.household, $0) }
        #expect(all.map(\.name) == ["甲三"] && all.map(\.consent.guardian) == ["甲一"])
    }
}
