import Assistance
import ChangeSets
import GRDB
import Replica
import TestReplicas
import Testing

/// Domain 4.12.
@Suite struct `A referral` {
    private func entry(_ couple: Couple, _ office: OfficeCode, on day: String = "2026-06-25") -> ReferralEntry {
        ReferralEntry(couple.tree[office], as: clerk, today: date(day))
    }

    private func all(_ couple: Couple, _ office: OfficeCode) throws -> [Referral] {
        try couple.tree[office].read { try ReferralReading.all(of: couple.household, $0) }
    }

    @Test func `sent by village and town unaware of each other is one, and the second a note`() throws {
        let couple = try Couple()
        try couple.tree.exchangeAll()
        _ = try entry(couple, village).send(couple.household, to: .charity, need: "衣物", text: "冬衣")
        _ = try entry(couple, town).send(couple.household, to: .charity, need: "衣物")
        try couple.tree.exchangeAll()
        for office in [village, town, district] {
            let found = try all(couple, office)
            #expect(found.count == 1 && found[0].steps.count == 2 && found[0].state.stage == .sent)
        }
    }

    @Test func `is asked for below and sent by whoever may; a later need is another`() throws {
        let couple = try Couple()
        try couple.tree.exchangeAll()
        let id = try entry(couple, village).send(couple.household, to: .education, need: "助学").id.hex
        try couple.tree.exchangeAll()
        let asked = try entry(couple, town).send(couple.household, to: .education, need: "助学")
        #expect(asked.state.stage == .asked && asked.steps.count == 2)
        let found = try couple.tree[town].read { try ReferralReading.one(id, $0) }
        #expect(found.id == asked.id)
        #expect(throws: ReferralError.notSent) { try entry(couple, town).answer(id, .received) }
        #expect(throws: ReferralError.notYours(.village)) { try entry(couple, village).answer(id, .received) }
        try couple.tree.exchangeAll()
        #expect(try entry(couple, district).send(couple.household, to: .education, need: "助学").state.stage == .sent)
        #expect(try entry(couple, district).answer(id, .received).state.stage == .received)
        #expect(throws: ReferralError.nothingGiven) { try entry(couple, district).answer(id, .given) }
        #expect(try entry(couple, district).answer(id, .notEligible, text: "不在学").state.stage == .notEligible)
        #expect(throws: ReferralError.ended(.notEligible)) { try entry(couple, district).answer(id, .accepted) }
        try couple.tree.exchangeAll()
        let next = try entry(couple, village).send(couple.household, to: .education, need: "助学")
        #expect(next.episode == 2 && next.state.stage == .asked)
    }

    /// 2 working days to send, 3 for the receipt, 10 for the result; 25 June 2026 is a Thursday.
    @Test func `is due by working days at each stage`() throws {
        let couple = try Couple()
        try couple.tree.exchangeAll()
        func due(_ referral: Referral) throws -> String? {
            try couple.tree[district].read { try referral.due($0)?.date.description }
        }
        let id = try entry(couple, village).send(couple.household, to: .housing, need: "危房").id.hex
        try couple.tree.exchangeAll()
        #expect(try due(all(couple, district)[0]) == "2026-06-29")
        #expect(try due(entry(couple, district).send(couple.household, to: .housing, need: "危房")) == "2026-06-30")
        #expect(try due(entry(couple, district).answer(id, .accepted)) == "2026-07-09")
        let given = ReferralEntry.Given(
            programme: "危房改造", amount: money("5000"), month: CalendarMonth(written: "2026-06")!)
        #expect(try due(entry(couple, district).answer(id, .given, given)) == nil)
    }

    @Test func `tells a department the fields of the rule and no others, and charity no name without consent`() throws {
        let couple = try Couple()
        try couple.tree.exchangeAll()
        func fields(_ department: Department, agreed: Bool = false) throws -> [ReferralFields.Field] {
            let referral = try entry(couple, district).send(
                couple.household, to: department, need: "\(agreed)", agreed: agreed)
            return try couple.tree[district].read {
                try ReferralFields(referral, on: date("2026-06-25"), $0).values.map(\.field)
            }
        }
        #expect(try fields(.housing) == [.household, .address, .dwelling])
        try couple.add(.dwelling(.dangerous, on: couple.today, document: "房1"), at: district)
        let housing = try entry(couple, district).send(couple.household, to: .housing, need: "危房")
        #expect(
            try couple.tree[district].read { try ReferralFields(housing, on: date("2026-06-25"), $0) }.values.contains {
                $0.field == .dwelling && $0.value == "D"
            })
        #expect(try fields(.charity) == [.need, .gap, .text])
        #expect(try fields(.charity, agreed: true) == [.need, .gap, .text, .name, .phone])
        // 缺口, as it was said last.
        _ = try entry(couple, district).send(couple.household, to: .charity, need: "手术", gap: money("8000"))
        let gap = try entry(couple, district).send(couple.household, to: .charity, need: "手术", gap: money("5000"))
        #expect(
            try couple.tree[district].read { try ReferralFields(gap, on: date("2026-06-25"), $0) }.values
                .first { $0.field == .gap }?.value == "5000.00")
        #expect(throws: ReferralError.noFields(.finance)) { try fields(.finance) }
    }

    @Test func `given once is counted once, whichever offices tell of it`() throws {
        let couple = try Couple.confirmed()
        let july = CalendarMonth(written: "2026-07")!
        let id = try entry(couple, district).send(couple.household, to: .medicalInsurance, need: "医疗救助").id.hex
        try couple.tree.exchangeAll()
        for office in [town, district] {
            _ = try entry(couple, office).answer(
                id, .given, .init(programme: "医疗救助", amount: money("28000"), month: july))
        }
        try couple.tree.exchangeAll()
        for office in [village, town, district] {
            let list = try couple.tree[office].read {
                try AssistanceList(of: couple.household, july, today: date("2026-07-20"), $0)
            }
            #expect(list.lines.count { $0.programme == "医疗救助" } == 1)
        }
        let figures = try Statistics(july, today: date("2026-07-20"), in: couple.tree[district])
        #expect(figures.spending.filter { $0.programme == "医疗救助" }.map(\.amount) == [money("28000")])
    }

    @Test func `is told to the department only by the office that sends, once it is sent`() throws {
        let couple = try Couple()
        try couple.tree.exchangeAll()
        let id = try entry(couple, village).send(couple.household, to: .medicalInsurance, need: "医疗救助").id.hex
        #expect(throws: ReferralError.notSender(.village, .medicalInsurance)) { try entry(couple, village).export(id) }
        try couple.tree.exchangeAll()
        #expect(throws: ReferralError.notSender(.town, .medicalInsurance)) { try entry(couple, town).export(id) }
        #expect(throws: ReferralError.notSent) { try entry(couple, district).export(id) }
        _ = try entry(couple, district).send(couple.household, to: .medicalInsurance, need: "医疗救助")
        let (referral, _, file) = try entry(couple, district).export(id)
        #expect(String(decoding: file, as: UTF8.self).contains("export_code"))
        let log = try couple.tree[district].read { try ExportLog.all(in: district, $0) }
        // Of two rows of one millisecond either may be the first.
        #expect(log.map(\.content) == [.referral] && log.map(\.part) == [referral.id.hex])
    }
}
