import Assistance
import ChangeSets
import GRDB
import Replica
import TestReplicas
import Testing

@Suite struct `A case that is to be confirmed` {
    /// Domain 4.2.
    @Test func `says at every office what is missing before it can be confirmed, and is not confirmed unsigned`() throws
    {
        let couple = try Couple()
        try couple.bills("34800")
        let id = try couple.entry(village).open(
            .init(aidKind: "DB", hasConsent: false, kin: "丁一之弟"), for: couple.household
        ).hex
        try couple.tree[village].run("UPDATE person SET hukou_kind = NULL")
        try couple.tree.exchangeAll()
        func missing(_ office: OfficeCode, on day: CalendarDate) throws -> [String] {
            try couple.tree[office].read { try CaseChecks(CaseReading.one(id, $0), on: day, $0).missing() }
        }
        for office in [village, town, district] {
            #expect(
                try missing(office, on: couple.today) == [
                    FamilyError.noRegistration("001").description, CaseError.noConsent.description,
                    CaseError.notPublished.description, CaseError.noVisit.description,
                    CaseError.mustVisitItself.description,
                ])
        }
        try couple.tree[village].run("UPDATE person SET hukou_kind = 'urban' WHERE id = x'11'")
        for member in ["甲一", "乙一"] {
            try couple.members(village).consent(
                member, of: couple.household, to: .check, isGiven: true, from: couple.today)
        }
        try couple.tree.exchangeAll()
        let at = couple.entry(town)
        for step in [CaseStep.accept, .investigate] { _ = try at.step(step, id) }
        _ = try at.visit(
            id, HomeVisit(on: couple.today, by: ["丙一", "丙二"], seen: "甲一", signedBy: ["丙一", "甲一"]))
        _ = try at.step(.firstReview, id)
        _ = try at.notice(id, posted: couple.today, place: "栏")
        #expect(
            try missing(town, on: couple.today) == [
                CaseError.noticeRuns(until: date("2026-06-22")).description, CaseError.notSigned.description,
                CaseError.mustVisitItself.description,
            ])
        _ = try couple.entry(town, on: "2026-06-23").step(.forward, id)
        try couple.tree.exchangeAll()
        let above = couple.entry(district, on: "2026-06-24")
        _ = try above.visit(id, HomeVisit(on: date("2026-06-24"), by: ["戊一", "戊二"], seen: "甲一"))
        #expect(try missing(district, on: date("2026-06-24")) == [CaseError.notSigned.description])
        #expect(throws: CaseError.notSigned) { try above.confirm(id, document: "1") }
        let confirmed = try above.confirm(id, document: "1", unsigned: "户主手伤，无法签字")
        #expect(confirmed.decisions.map(\.reason) == ["户主手伤，无法签字"])
        #expect(try missing(district, on: date("2026-06-24")) == [])
    }

    @Test func `is confirmed with a visit whose paper the visitors and somebody of the family have signed`() throws {
        let couple = try Couple()
        try couple.bills("34800")
        let id = try couple.forwarded()
        #expect(try couple.entry(district, on: "2026-06-24").confirm(id, document: "1").state.stage == .confirmed)
    }
}
