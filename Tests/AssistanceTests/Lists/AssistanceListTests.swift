import Assistance
import ChangeSets
import GRDB
import Replica
import TestReplicas
import Testing

private let august = CalendarMonth(written: "2026-08")!

extension Couple {
    func list(_ month: CalendarMonth, at office: OfficeCode) throws -> AssistanceList {
        try tree[office].read { try AssistanceList(of: household, month, today: date("2026-08-20"), $0) }
    }
}

/// Domain 4.5.
@Suite struct `The assistance list` {
    /// The fixture: an edge family becomes one of dibao, and gets 2,344 yuan.
    @Test func `shows what is paid and why it is other than the month before, at all three tiers`() throws {
        let couple = try Couple()
        let id = try couple.forwarded()
        let edge = try couple.entry(district, on: "2026-06-24").confirm(id, document: "区1").decisions.first
        #expect(edge?.category == .edge && edge?.total == .zero)
        try couple.tree.exchangeAll()
        try couple.bills("34800")
        try couple.account()
        let decision = try ReviewEntry(couple.tree[district], as: clerk, today: date("2026-07-20"))
            .decide(couple.household, document: "区2", reason: "大病")
        #expect(decision.outcome == .changed && decision.category == .dibao && decision.total == money("2344"))
        // Decided, but on no frozen list: shown, and not counted.
        let before = try couple.list(august, at: district)
        #expect(before.lines.map(\.status) == [.awaited] && before.total == .zero)
        #expect(before.changes.map(\.direction) == [.new])
        _ = try couple.paid(august)
        // The district publishes another for the town; the district's is the hotline of the shipped values.
        _ = try Publishing.publish(
            [
                PublishedValue(
                    area: town, name: "contact.phone", validFrom: date("2026-01-01"), text: "000-1234567",
                    document: "镇1")
            ], in: couple.tree[district], as: clerk)
        try couple.tree.exchangeAll()
        for office in [village, town, district] {
            let list = try couple.list(august, at: office)
            #expect(list.lines.map(\.standard) == [money("1172")])
            #expect(list.phones.map(\.office) == [town, district])
            #expect(list.phones.map(\.number) == ["000-1234567", "12345"])
            #expect(list.total == money("2344") && list.total.chineseCapitals == "贰仟叁佰肆拾肆元整")
            #expect(list.lines.map(\.department) == ["民政"] && list.lines.map(\.basis) == ["区2"])
            #expect(list.lines.map(\.tail) == ["0001"] && list.category == .dibao && list.people == 2)
            let change = try #require(list.changes.first)
            #expect(change.direction == .new && change.difference == money("2344"))
            #expect(change.reason == .category(from: .edge, to: .dibao, document: "区2"))
            #expect(list.checkCode == (try couple.list(august, at: district)).checkCode)
        }
        // What goes on and is on no frozen list yet has not stopped.
        #expect(try couple.list(CalendarMonth(written: "2026-09")!, at: village).changes.isEmpty)
    }

    /// Domain 4.5: a change names why. What was given once does not stop.
    @Test func `says why in both languages, and nothing of what was given once`() throws {
        let couple = try Couple()
        _ = try ReliefEntry(couple.tree[town], as: clerk, today: date("2026-06-25")).give(
            .init(kind: .expense, cause: "illness", amount: money("500"), document: "镇救1"), to: couple.household)
        try couple.tree.exchangeAll()
        let june = try couple.list(CalendarMonth(written: "2026-06")!, at: village)
        #expect(june.changes.map(\.direction) == [.new] && june.changes.map(\.reason.english) == ["民政 镇救1"])
        #expect(try couple.list(CalendarMonth(written: "2026-07")!, at: village).changes.isEmpty)
        let changed = ChangeReason.category(from: .edge, to: .dibao, document: "区2")
        #expect(changed.english == "category changed from BY to DB (区2)")
        #expect(changed.chinese == "类别由低保边缘家庭变更为最低生活保障（区2）")
    }

    /// Domain 4.3, the end of the Xiajiang fixture: other departments' lines.
    @Test func `has what other departments gave, and says which have not answered yet`() throws {
        let couple = try Couple.confirmed()
        let entry = ReferralEntry(couple.tree[district], as: clerk, today: date("2026-07-03"))
        let medical = try entry.send(couple.household, to: .medicalInsurance, need: "医疗救助", person: [0x12])
        _ = try entry.send(couple.household, to: .rural, need: "防贫帮扶")
        _ = try entry.answer(
            medical.id.hex, .given,
            .init(
                programme: "医疗救助", basis: "试办〔2026〕1号", amount: money("28000"),
                month: CalendarMonth(written: "2026-07")!))
        try couple.tree.exchangeAll()
        for office in [village, town, district] {
            let list = try couple.list(CalendarMonth(written: "2026-07")!, at: office)
            #expect(Set(list.lines.map(\.status)) == [.awaited, .counted, .notReported])
            #expect(list.total == money("28000"))
            #expect(list.lines.first { $0.status == .counted }?.person == "乙一")
            #expect(list.lines.first { $0.status == .notReported }?.department == "农业农村")
            #expect(list.pending.map(\.what) == ["农业农村: 防贫帮扶"])
        }
    }
}
