import Assistance
import ChangeSets
import Foundation
import GRDB
import Replica
import TestReplicas
import Testing

@Suite struct `A case` {
    @Test func `goes from the village over the town to the district's decision, and is read at all three`() throws {
        let couple = try Couple()
        try couple.bills("34800")
        let id = try couple.forwarded()
        _ = try couple.entry(district, on: "2026-06-24").confirm(id, document: "西民〔2026〕1号")
        try couple.tree.exchangeAll()
        for office in [village, town, district] {
            let file = try couple.tree[office].read { try CaseReading.one(id, $0) }
            #expect(file.state.stage == .confirmed)
            #expect(file.number?.hasPrefix("DB-990000105-2026-00001-") == true)
            let decision = try #require(file.decisions.first)
            #expect(decision.category == .dibao && decision.total == money("2344"))
            #expect(decision.fromMonth.description == "2026-07" && decision.trace.contains("R4.2"))
            let decisions = try couple.tree[office].read { try Decisions(of: couple.household, $0) }
            #expect(decisions.holding(in: CalendarMonth(written: "2026-06")!) == nil)
            #expect(decisions.holding(in: CalendarMonth(written: "2026-08")!)?.id == decision.id)
        }
    }

    @Test func `is decided only after a visit by two, a notice that has ended, and consent`() throws {
        let couple = try Couple()
        try couple.bills("34800")
        let id = try couple.entry(village).open(.init(aidKind: "DB", hasConsent: false), for: couple.household).hex
        try couple.tree.exchangeAll()
        let at = couple.entry(town)
        #expect(throws: CaseStepError.stage(.forward, .draft)) { try at.step(.forward, id) }
        _ = try at.step(.accept, id)
        _ = try at.step(.investigate, id)
        _ = try at.visit(id, on: couple.today, by: ["丙一"], seen: "甲一", findings: "")
        _ = try at.visit(id, on: couple.today, by: ["丙一", "丙二"], seen: "", findings: "无人在家")
        _ = try at.step(.firstReview, id)
        #expect(throws: CaseError.noVisit) { try at.notice(id, posted: couple.today, place: "栏") }
        _ = try at.visit(id, on: couple.today, by: ["丙一", "丙二"], seen: "乙一", findings: "")
        // Nothing of a case hangs before it was applied for.
        #expect(throws: CaseError.noticeBefore(couple.today)) {
            try at.notice(id, posted: date("2026-06-14"), place: "栏")
        }
        _ = try at.notice(id, posted: couple.today, place: "栏")
        // Posted on the 15th it hangs from the 16th to the 22nd (domain 4.2).
        #expect(throws: CaseError.noticeRuns(until: date("2026-06-22"))) {
            try couple.entry(town, on: "2026-06-22").step(.forward, id)
        }
        _ = try couple.entry(town, on: "2026-06-23").step(.forward, id)
        try couple.tree.exchangeAll()
        let later = { couple.entry($0, on: "2026-06-23") }
        #expect(throws: CaseError.notYours(.town)) { try later(town).confirm(id, document: "1") }
        #expect(throws: CaseError.noConsent) { try later(district).confirm(id, document: "1") }
        #expect(try couple.tree[district].read { try CaseReading.one(id, $0) }.state.stage == .toDistrict)
    }

    @Test func `whose staff are related is visited by whoever decides`() throws {
        let couple = try Couple()
        try couple.bills("34800")
        let id = try couple.entry(village).open(
            .init(aidKind: "DB", hasConsent: true, kin: "丁一之弟"), for: couple.household
        ).hex
        try couple.tree.exchangeAll()
        let at = couple.entry(town)
        for step in [CaseStep.accept, .investigate] { _ = try at.step(step, id) }
        _ = try at.visit(id, on: couple.today, by: ["丙一", "丙二"], seen: "甲一", findings: "")
        for step in [CaseStep.firstReview, .forward] { _ = try at.step(step, id) }
        try couple.tree.exchangeAll()
        let above = couple.entry(district)
        #expect(throws: CaseError.notPublished) { try above.confirm(id, document: "1") }
        #expect(throws: CaseError.mustVisitItself) { try above.confirm(id, document: "1", withoutNotice: "未成年人") }
        _ = try above.visit(id, on: couple.today, by: ["戊一", "戊二"], seen: "甲一", findings: "")
        #expect(try above.confirm(id, document: "1", withoutNotice: "未成年人").state.stage == .confirmed)
    }

    @Test func `that somebody objects to goes back, is appraised, and is visited by whoever decides`() throws {
        let couple = try Couple()
        try couple.bills("34800")
        let id = try couple.forwarded()
        let (at, above) = (couple.entry(town, on: "2026-06-25"), couple.entry(district, on: "2026-07-20"))
        _ = try couple.entry(village, on: "2026-06-24").objection(id, text: "有车")
        _ = try couple.entry(village, on: "2026-06-24").objection(id, text: "有房")
        try couple.tree.exchangeAll()
        #expect(throws: CaseError.empty("reason")) { try above.step(.sendBack, id) }
        let back = try couple.entry(district, on: "2026-06-24").step(.sendBack, id, reason: "有异议")
        #expect(back.state.stage == .investigating && back.state.round == 1 && back.objections.count == 2)
        try couple.tree.exchangeAll()
        _ = try at.step(.firstReview, id)
        let votes = CaseEntry.Votes(inFavour: 9, against: 1, abstained: 2)
        let appraised = try at.appraise(
            id, on: date("2026-06-24"), place: "村委会", present: ["丙一", "丙二"], votes, conclusion: "符合")
        #expect(appraised.state.stage == .appraisal && appraised.appraisals == ["2026-06-24: 符合"])
        // What was sent back is visited and published anew.
        #expect(throws: CaseError.noVisit) { try at.notice(id, posted: date("2026-06-25"), place: "栏") }
        _ = try at.visit(id, on: date("2026-06-25"), by: ["丙一", "丙二"], seen: "甲一", findings: "属实")
        #expect(throws: CaseError.noticeBefore(date("2026-06-24"))) {
            try at.notice(id, posted: date("2026-06-23"), place: "栏")
        }
        _ = try at.notice(id, posted: date("2026-06-25"), place: "栏")
        _ = try couple.entry(town, on: "2026-07-10").step(.forward, id)
        try couple.tree.exchangeAll()
        #expect(throws: CaseError.mustVisitItself) { try above.confirm(id, document: "1") }
        _ = try above.visit(id, on: date("2026-07-19"), by: ["戊一", "戊二"], seen: "甲一", findings: "属实")
        // Somebody objects after that visit; and an objection of a day to come counts for nobody.
        try couple.tree[village].run(
            """
            INSERT INTO objection (area, id, application, day, text) SELECT area, uuid7(), id, '2026-07-20', '有车' FROM application;
            INSERT INTO objection (area, id, application, day, text) SELECT area, uuid7(), id, '2999-12-31', '有车' FROM application
            """)
        try couple.tree.exchangeAll()
        #expect(throws: CaseError.mustVisitItself) { try above.confirm(id, document: "1") }
        _ = try above.visit(id, on: date("2026-07-20"), by: ["戊一", "戊二"], seen: "甲一", findings: "属实")
        #expect(try above.confirm(id, document: "1").state.stage == .confirmed)
    }

    @Test func `is refused with its reason, also where too little is known to compute anything`() throws {
        let couple = try Couple()
        let id = try couple.forwarded()
        try couple.tree[district].run("UPDATE person SET death_date = '2026-06-01'")
        let above = couple.entry(district, on: "2026-06-24")
        #expect(throws: CaseError.empty("reason")) { try above.refuse(id, document: "1", reason: "") }
        #expect(throws: (any Error).self) { try above.confirm(id, document: "1") }
        let refused = try above.refuse(id, document: "1", reason: "已死亡")
        #expect(refused.state.stage == .refused && refused.decisions.map(\.total) == [.zero])
        let later = couple.entry(district, on: "2026-06-25")
        #expect(throws: CaseError.untold) { try later.step(.archive, id) }
        _ = try later.step(.told, id)
        #expect(try later.step(.archive, id).state.stage == .archived)
    }

    @Test func `gets the next number of its town, whatever numbers others write`() throws {
        let couple = try Couple()
        let year = "990000105-2026"
        let odd = try #require(CaseNumber(kind: "DB", office: town, year: 2026, sequence: 99_999))
        for number in [odd.description, "DB-\(year)-zzz"] {
            try couple.tree[village].run(
                "INSERT INTO case_step (area, id, application, step, number) VALUES (office(), uuid7(), x'77', 'accept', '\(number)')"
            )
        }
        var numbers: [String] = []
        for _ in 1...2 {
            let id = try couple.entry(village).open(
                .init(aidKind: "DB", hasConsent: true), for: couple.household, again: true
            ).hex
            try couple.tree.exchangeAll()
            numbers.append(try #require(try couple.entry(town).step(.accept, id).number))
        }
        #expect(numbers.map { $0.hasPrefix("DB-\(year)-0000") } == [true, true])
        #expect(numbers.compactMap { CaseNumber(written: $0)?.sequence } == [1, 2])
        #expect(try couple.tree[town].read { try CaseReading.one(numbers[1], $0) }.number == numbers[1])
    }

    @Test func `of temporary relief is not confirmed as a monthly amount`() throws {
        let couple = try Couple()
        let id = try couple.entry(village).open(.init(aidKind: "LS", hasConsent: true), for: couple.household).hex
        try couple.tree.exchangeAll()
        let at = couple.entry(town)
        for step in [CaseStep.accept, .investigate] { _ = try at.step(step, id) }
        _ = try at.visit(id, on: couple.today, by: ["丙一", "丙二"], seen: "甲一", findings: "")
        for step in [CaseStep.firstReview, .forward] { _ = try at.step(step, id) }
        try couple.tree.exchangeAll()
        #expect(throws: CaseError.otherAid("LS")) { try couple.entry(district).confirm(id, document: "1") }
    }

    @Test(arguments: ["dibao", "低保", "db", "", "NONE", "XXXX"])
    func `of what nobody applies for here is not taken down, and the kinds there are are named`(word: String) throws {
        let couple = try Couple()
        let error = try #require(throws: CaseError.self) {
            try couple.entry(village).open(.init(aidKind: word, hasConsent: true), for: couple.household)
        }
        #expect(error == .unknownKind(word))
        for kind in ["DB", "TK", "BY", "GX", "LS"] { #expect("\(error)".contains(kind)) }
        #expect(try couple.tree[village].rows("SELECT count(*) FROM application") == ["0"])
    }

    @Test func `whose beginning of an id is that of others too is not guessed, and how many there are is said`() throws
    {
        let couple = try Couple()
        try couple.tree[village].run(
            """
            INSERT INTO application (area, id, household, aid_kind, applied_on) VALUES
                (office(), x'aabbccdd000000000000000000000001', x'01', 'DB', '2026-06-15'),
                (office(), x'aabbccdd000000000000000000000002', x'01', 'DB', '2026-06-15')
            """)
        let error = try #require(throws: AmbiguousID.self) {
            try couple.tree[village].read { try CaseReading.one("aabbccdd", $0) }
        }
        #expect(error == AmbiguousID(text: "aabbccdd", count: 2) && "\(error)".contains("2 of them"))
        #expect(throws: CaseError.unknown("aabbccde")) {
            try couple.tree[village].read { try CaseReading.one("aabbccde", $0) }
        }
        let whole = "aabbccdd000000000000000000000002"
        #expect(try couple.tree[village].read { try CaseReading.one(whole, $0) }.id.hex == whole)
    }

    /// What happened on paper is typed in within thirty days (`case.late_days`).
    @Test func `is typed in late, but not any time later`() throws {
        let couple = try Couple()
        let new = CaseEntry.NewApplication(aidKind: "DB", hasConsent: true)
        #expect(throws: CaseError.tooLate(date("2026-05-15"), 30)) {
            try couple.entry(village).open(new, for: couple.household, on: date("2026-05-15"))
        }
        #expect(throws: FactError.later("day of the application")) {
            try couple.entry(village).open(new, for: couple.household, on: date("2026-06-16"))
        }
        let id = try couple.entry(village).open(new, for: couple.household, on: date("2026-05-16")).hex
        // By hand as early as one likes; no town takes that on.
        let odd = String(repeating: "aa", count: 16)
        try couple.tree[village].run(
            "INSERT INTO application (area, id, household, aid_kind, applied_on) VALUES (office(), x'\(odd)', x'01', 'DB', '2024-01-01')"
        )
        try couple.tree.exchangeAll()
        #expect(throws: CaseError.tooLate(date("2024-01-01"), 30)) {
            try couple.entry(town).step(.accept, odd)
        }
        #expect(try couple.entry(town).step(.accept, id).state.stage == .accepted)
    }

    /// The line was cut, or the family was asked for papers: that is nobody's lateness.
    @Test func `is accepted however long it was under way`() throws {
        let couple = try Couple()
        let id = try couple.entry(village).open(.init(aidKind: "DB", hasConsent: true), for: couple.household).hex
        try couple.tree.exchangeAll()
        let late = CaseEntry(couple.tree[town], as: clerk, today: date("2026-09-01"))
        _ = try late.step(.papers, id, reason: "户口本")
        #expect(try late.step(.accept, id).state.stage == .accepted)
    }

    /// Domain 3.6, C6, over real replicas.
    @Test func `confirmed at the district stands, and the village's withdrawal becomes a request to leave`() throws {
        let couple = try Couple()
        try couple.bills("34800")
        let id = try couple.forwarded()
        _ = try couple.entry(district, on: "2026-06-24").confirm(id, document: "1")
        _ = try couple.entry(village, on: "2026-06-24").step(.withdraw, id, reason: "找到工作")
        func open() throws -> Int {
            try Desk(couple.tree[town]).refresh()
            return try couple.tree[town].read { try CaseDesk.page(in: town, ended: false, $0) }.count
        }
        #expect(try open() == 1)
        try couple.tree.exchangeAll()
        // On the desk until somebody has decided about it.
        #expect(try open() == 1)
        for office in [village, town, district] {
            let state = try couple.tree[office].read { try CaseReading.one(id, $0) }.state
            #expect(state.stage == .confirmed && state.hasExitRequest)
        }
        _ = try ReviewEntry(couple.tree[district], as: clerk, today: date("2026-06-25"))
            .stop(couple.household, document: "2", reason: "本人退出")
        try couple.tree.exchangeAll()
        #expect(try open() == 0)
    }

    @Test func `is decided by no village, and by a town only where that is delegated`() throws {
        let couple = try Couple()
        try couple.bills("34800")
        #expect(throws: RefusedWrite.self) {
            try couple.tree[village].run(
                "INSERT INTO decision (area, id, household, outcome, category) VALUES (office(), x'05', x'01', 'confirmed', 'DB')"
            )
        }
        // What a town writes by hand without being allowed to decides nothing anywhere.
        try couple.tree[town].run(
            """
            INSERT INTO decision (area, id, household, outcome, category, from_month, day, total_fen)
            VALUES ('\(village)', x'05', x'01', 'confirmed', 'DB', '2026-07', '2026-06-15', 100)
            """)
        let id = try couple.forwarded()
        let known = try couple.tree[district].read { try Decisions(of: couple.household, $0) }
        #expect(known.all.isEmpty && known.withoutRight.map(\.office) == [town])
        _ = try Publishing.publish(
            [
                PublishedValue(
                    area: district, name: "decision.delegated", validFrom: date("2026-06-20"), text: "yes",
                    document: "试3号")
            ], in: couple.tree[district], as: clerk)
        try couple.tree.exchangeAll()
        #expect(try couple.entry(town, on: "2026-06-24").confirm(id, document: "1").state.stage == .confirmed)
        #expect(try couple.tree[town].read { try Decisions(of: couple.household, $0) }.all.count == 1)
    }

    private func withdrawBill(of couple: Couple) throws {
        let bill = try couple.tree[village].read { db in
            try StoredFact.all(of: couple.household, db).first { $0.kind == "rigid_item" }
        }
        try FactEntry.withdraw(try #require(bill), of: couple.household, in: couple.tree[village], as: clerk)
    }

    /// R7, over two decisions.
    @Test func `that leaves dibao for the edge band keeps what it had for six months`() throws {
        let couple = try Couple()
        try couple.bills("24000")
        let first = try couple.forwarded()
        _ = try couple.entry(district, on: "2026-06-24").confirm(first, document: "1")
        try couple.tree.exchangeAll()
        try withdrawBill(of: couple)
        let second = try couple.forwarded()
        let decision = try #require(
            try couple.entry(district, on: "2026-07-24").confirm(second, document: "2").decisions.first)
        #expect(decision.category == .edge && decision.total == .zero && decision.graceKept == money("1444"))
        #expect(decision.fromMonth.description == "2026-08" && decision.graceTo?.description == "2027-01")
        #expect(decision.amount(in: CalendarMonth(written: "2027-01")!) == money("1444"))
        #expect(decision.amount(in: CalendarMonth(written: "2027-02")!) == .zero)
        // Looked at again before it is over, the family keeps the rest.
        try couple.tree.exchangeAll()
        let third = try couple.forwarded()
        let again = try #require(
            try couple.entry(district, on: "2026-10-24").confirm(third, document: "3").decisions.first)
        #expect(again.graceKept == money("1444") && again.graceTo == decision.graceTo)
        #expect(again.amount(in: CalendarMonth(written: "2026-11")!) == money("1444"))
        #expect(again.amount(in: CalendarMonth(written: "2027-02")!) == .zero)
    }

    /// R7: "supplements are recalculated for living members"; of a member of 76 a tenth of 1,172, rounded up.
    @Test func `keeps in grace what is added for those who are old, and only in grace`() throws {
        let couple = try Couple()
        try couple.tree[village].run("UPDATE person SET birth = '1950-01-01' WHERE id = x'12'")
        try couple.bills("24000")
        let first = try couple.forwarded()
        let before = try #require(
            try couple.entry(district, on: "2026-06-24").confirm(first, document: "1").decisions.first)
        #expect(before.parts.base == money("1444") && before.total == money("1562"))
        try couple.tree.exchangeAll()
        try withdrawBill(of: couple)
        let second = try couple.forwarded()
        let decision = try #require(
            try couple.entry(district, on: "2026-07-24").confirm(second, document: "2").decisions.first)
        #expect(decision.category == .edge && decision.graceKept == money("1444"))
        // R7 is in its trace: what was kept, of what, and by which value.
        let trace = try JSONDecoder().decode(Trace.self, from: Data(decision.trace.utf8))
        let steps = trace.steps.filter { $0.rule == "R7" }.map { "\($0.what) = \($0.right)" }
        #expect(
            steps.suffix(4) == [
                "had before = 1444.00", "kept: no more than S n = 1444.00", "supplements of all who live = 118.00",
                "months = 2026-08 to 2027-01",
            ])
        #expect(trace.parameters.contains { $0.name == "grace.months" && $0.value == "6" })
        let last = CalendarMonth(written: "2027-01")!
        #expect(decision.amount(in: last) == money("1562") && decision.parts(in: last).supplement == money("118"))
        #expect(decision.amount(in: CalendarMonth(written: "2027-02")!) == .zero)
        try couple.tree.exchangeAll()
        for office in [village, town, district] {
            let known = try couple.tree[office].read { try Decisions(of: couple.household, $0) }.all.last
            #expect(known?.amount(in: last) == money("1562"))
        }
    }

    @Test func `keeps the hashes of its papers, and who signed`() throws {
        let couple = try Couple()
        let id = try couple.entry(village).open(.init(aidKind: "DB", hasConsent: true), for: couple.household).hex
        let photo = PaperHash(of: Array("abc".utf8))
        // FIPS 180-4, the example of one block.
        let hash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        #expect(photo.description == hash)
        _ = try couple.entry(village).visit(
            id, HomeVisit(on: couple.today, by: ["丙一", "丙二"], seen: "甲一", signedBy: ["丙一", "甲一"], papers: [photo]))
        _ = try couple.entry(village).visit(
            id, HomeVisit(on: couple.today, by: ["丙一", "丙二"], seen: "甲一"))
        try couple.tree.exchangeAll()
        for office in [village, town, district] {
            let papers = try couple.tree[office].read { try CaseReading.one(id, $0) }.papers
            #expect(papers.map(\.of) == ["visit"] && papers.map(\.day) == [couple.today])
            #expect(papers.map(\.hashes) == [[hash]] && papers.map(\.signedBy) == ["丙一、甲一"])
        }
    }

    /// Domain 3.6, C3.
    @Test func `shows what is to be settled as long as it is open`() throws {
        let couple = try Couple()
        let id = try couple.entry(village).open(.init(aidKind: "DB", hasConsent: true), for: couple.household).hex
        try couple.tree.exchangeAll()
        for (office, yuan) in [(village, "12000"), (town, "15000")] {
            try couple.add(
                .income(person: [0x12], kind: "wage", .annual, year: 2026, money(yuan), notCounted: nil, .declared),
                at: office)
        }
        try couple.tree.exchangeAll()
        func questions() throws -> [OpenQuestion.Kind] {
            try couple.tree[district].read { db in
                try CaseReading.questions(of: try CaseReading.one(id, db), on: couple.today, db)
            }.map(\.kind)
        }
        #expect(try questions() == [.income])
        _ = try couple.entry(village).step(.withdraw, id, reason: "找到工作")
        try couple.tree.exchangeAll()
        #expect(try questions() == [])
    }

    /// Domain 4.5: pending matters with due dates.
    @Test func `and papers that are due are on the family's list, until they are done`() throws {
        let couple = try Couple()
        let id = try couple.entry(village).open(.init(aidKind: "DB", hasConsent: true), for: couple.household).hex
        try couple.tree.exchangeAll()
        _ = try couple.entry(town).step(.accept, id)
        _ = try ReliefEntry(couple.tree[town], as: clerk, today: couple.today).give(
            .init(kind: .urgent, cause: "accident", amount: money("600"), document: "镇3", isPaidFirst: true),
            to: couple.household)
        try couple.tree.exchangeAll()
        func pending() throws -> [String] {
            try couple.tree[village].read { db in
                try AssistanceList(
                    of: couple.household, CalendarMonth(written: "2026-06")!, today: couple.today, db
                ).pending.map { "\($0.what) \($0.due?.description ?? "")" }
            }
        }
        #expect(try pending() == ["申请 DB 已受理 2026-07-27", "补齐手续 镇3 2026-06-29"])
        _ = try couple.entry(village).step(.withdraw, id, reason: "找到工作")
        #expect(try pending() == ["补齐手续 镇3 2026-06-29"])
    }

    /// R2: the twelve months end with the application, however long it takes.
    @Test func `counts what was spent in the twelve months before the application`() throws {
        let couple = try Couple()
        try couple.add(
            .rigidExpense(
                person: [0x12], kind: "medical", on: date("2025-06-20"), gross: money("34800"), reimbursed: .zero,
                receipt: "R1"))
        let id = try couple.forwarded()
        let decision = try #require(
            try couple.entry(district, on: "2026-06-24").confirm(id, document: "1").decisions.first)
        #expect(decision.category == .dibao && decision.total == money("2344"))
    }

    @Test func `decided by town and district unaware of each other is the district's, and both are named`() throws {
        let couple = try Couple()
        try couple.bills("34800")
        try couple.delegate()
        let (one, other) = (try couple.forwarded(), try couple.forwarded())
        _ = try couple.entry(town, on: "2026-06-25").confirm(one, document: "镇1")
        _ = try couple.entry(district, on: "2026-06-24").confirm(other, document: "区2")
        try couple.tree.exchangeAll()
        for office in [village, town, district] {
            let decisions = try couple.tree[office].read { try Decisions(of: couple.household, $0) }
            #expect(decisions.rivals.map(\.document) == ["镇1", "区2"])
            #expect(decisions.holding(in: CalendarMonth(written: "2026-07")!)?.document == "区2")
        }
        // Whoever knows both ends it by the next decision.
        let next = try couple.forwarded()
        _ = try couple.entry(district, on: "2026-07-24").confirm(next, document: "区3")
        let decisions = try couple.tree[district].read { try Decisions(of: couple.household, $0) }
        #expect(decisions.rivals.isEmpty)
        #expect(decisions.holding(in: CalendarMonth(written: "2026-08")!)?.document == "区3")
    }
}
