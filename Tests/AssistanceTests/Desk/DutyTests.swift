import Assistance
import ChangeSets
import Replica
import TestReplicas
import Testing

/// Domain 4.2, beyond the way to a decision.
@Suite struct `The clocks around a case` {
    private func desk(_ couple: Couple, _ office: OfficeCode = town, ended: Bool = false) throws -> [DeskCase] {
        try Desk(couple.tree[office]).refresh()
        return try couple.tree[office].read { try CaseDesk.page(in: office, ended: ended, $0) }.cases
    }

    @Test func `a refusal is handed over in writing within three working days`() throws {
        let couple = try Couple()
        try couple.bills("34800")
        let id = try couple.forwarded()
        _ = try couple.entry(district, on: "2026-06-24").refuse(id, document: "区1", reason: "不符合条件")
        try couple.tree.exchangeAll()
        // Wednesday 24 June 2026.
        let item = try #require(try desk(couple).first)
        #expect(item.duty == "tell" && item.due == date("2026-06-29"))
        #expect(throws: CaseStepError.tier(.told, .village)) { try couple.entry(village).step(.told, id) }
        #expect(throws: CaseError.untold) { try couple.entry(town, on: "2026-06-25").step(.archive, id) }
        _ = try couple.entry(town, on: "2026-06-26").step(.told, id)
        #expect(try desk(couple).isEmpty && desk(couple, ended: true).map(\.duty) == [nil])
    }

    @Test func `what other departments are asked is answered before a decision, and holds for thirty days`() throws {
        let couple = try Couple()
        try couple.bills("34800")
        let id = try couple.forwarded()
        let at = couple.entry(town, on: "2026-06-23")
        #expect(throws: CaseError.empty("reason")) { try at.step(.check, id) }
        #expect(throws: CaseError.noCheck) {
            try couple.entry(district, on: "2026-06-23").step(.checked, id, reason: "无")
        }
        _ = try at.step(.check, id, reason: "存款、车辆")
        try couple.tree.exchangeAll()
        let above = couple.entry(district, on: "2026-06-24")
        #expect(throws: CaseError.unanswered(date("2026-06-23"))) { try above.confirm(id, document: "区1") }
        #expect(throws: CaseStepError.tier(.checked, .town)) { try at.step(.checked, id, reason: "无") }
        _ = try above.step(.checked, id, reason: "无存款")
        #expect(throws: CaseError.checkTooOld(date("2026-07-24"))) {
            try couple.entry(district, on: "2026-07-25").confirm(id, document: "区1")
        }
        #expect(try couple.entry(district, on: "2026-07-24").confirm(id, document: "区1").state.stage == .confirmed)
    }

    @Test func `nobody is asked about a family that has not agreed`() throws {
        let couple = try Couple()
        let id = try couple.entry(village).open(.init(aidKind: "DB", hasConsent: false), for: couple.household).hex
        try couple.tree.exchangeAll()
        _ = try couple.entry(town).step(.accept, id)
        #expect(throws: CaseError.noConsent) { try couple.entry(town).step(.check, id, reason: "存款") }
    }

    @Test func `temporary relief takes fifteen working days in all`() throws {
        let couple = try Couple()
        let id = try couple.entry(village).open(.init(aidKind: "LS", hasConsent: true), for: couple.household).hex
        try couple.tree.exchangeAll()
        _ = try couple.entry(town).step(.accept, id)
        // Monday 15 June 2026.
        #expect(try desk(couple).map(\.wholeDue) == [date("2026-07-06")])
    }

    @Test func `the papers of what was paid first are missing until they are there`() throws {
        let couple = try Couple()
        try couple.tree.exchangeAll()
        let entry = ReliefEntry(couple.tree[town], as: clerk, today: date("2026-06-25"))
        let relief = try entry.give(
            .init(kind: .urgent, cause: "accident", amount: money("500"), document: "镇1", isPaidFirst: true),
            to: couple.household
        ).relief
        let other = try entry.give(
            .init(kind: .expense, cause: "illness", amount: money("500"), document: "镇2"), to: couple.household
        ).relief
        try couple.tree.exchangeAll()
        func missing(_ office: OfficeCode) throws -> [CalendarDate?] {
            try couple.tree[office].read { try Reliefs.withoutPapers(in: office, $0) }.map(\.papersDue)
        }
        for office in [village, town, district] { #expect(try missing(office) == [date("2026-07-09")]) }
        #expect(throws: ReliefError.noPapers) { try entry.papers(other.id.hex, text: "申请表") }
        #expect(throws: CaseError.empty("list of papers")) { try entry.papers(relief.id.hex, text: "") }
        #expect(throws: ReliefError.notYours(.village)) {
            try ReliefEntry(couple.tree[village], as: clerk, today: date("2026-06-26")).papers(relief.id.hex, text: "表")
        }
        #expect(try entry.papers(relief.id.hex, text: "申请表").papersOn == date("2026-06-25"))
        try couple.tree.exchangeAll()
        for office in [village, town, district] { #expect(try missing(office).isEmpty) }
    }

    @Test func `a death is verified by the tenth of the next month`() throws {
        let couple = try Couple.confirmed()
        try couple.members().leave("乙一", of: couple.household, because: .death, on: date("2026-06-12"))
        try couple.tree.exchangeAll()
        for office in [town, district] {
            let due = try couple.tree[office].read { try ReviewReading.due(in: office, by: date("2026-06-25"), $0) }
            #expect(due.map(\.until) == [date("2026-07-10")])
        }
    }

    /// Domain 4.2: yearly, half-yearly where somebody can work.
    @Test func `what is decided is looked at again by itself`() throws {
        let couple = try Couple.confirmed()
        func due() throws -> [String] {
            try couple.tree[district].rows("SELECT review_every, review_due FROM household WHERE id = x'01'")
        }
        #expect(try due() == ["|2026-12-24"])
        try couple.tree[village].run("UPDATE person SET health = 'serious'")
        try couple.tree.exchangeAll()
        _ = try ReviewEntry(couple.tree[district], as: clerk, today: date("2026-06-25"))
            .decide(couple.household, document: "区2")
        #expect(try due() == ["|2027-06-25"])
        // As somebody has set, it stays.
        try ReviewEntry(couple.tree[district], as: clerk, today: date("2026-06-25"))
            .schedule(couple.household, every: .halfYear, next: date("2026-09-01"))
        _ = try ReviewEntry(couple.tree[district], as: clerk, today: date("2026-06-26"))
            .decide(couple.household, document: "区3")
        #expect(try due() == ["half_year|2026-12-26"])
    }
}

/// Domain 3.3: the district audits a tenth of what towns have closed.
@Suite struct `A closed warning` {
    /// - Parameter share: Which part is looked at once more.
    private func closed(by office: OfficeCode = town, share: String = "100%") throws -> (Couple, String) {
        let couple = try Couple()
        _ = try Publishing.publish(
            [
                PublishedValue(
                    area: district, name: "warning.audit", validFrom: date("2026-06-01"), text: share, document: "试1号")
            ], in: couple.tree[district], as: clerk)
        let id = String(repeating: "a9", count: 16)
        try couple.tree[district].run(
            """
            INSERT INTO alert (area, id, household, kind, issued_on) VALUES ('\(village)', x'\(id)', x'01', 'A9', '2026-06-10');
            INSERT INTO alert_fact (area, id, alert, colour, day) VALUES ('\(village)', x'f6', x'\(id)', 1, '2026-06-10')
            """)
        try couple.tree.exchangeAll()
        let entry = WarningEntry(couple.tree[office], as: clerk, today: date("2026-06-12"))
        #expect(throws: WarningError.self) { try entry.act(.audit, on: id) }
        _ = try entry.act(.verdict, on: id, .unfounded)
        _ = try entry.act(.close, on: id)
        // A village's own closing, which closes nothing, changes nothing about it either.
        try couple.tree[village].run(
            "INSERT INTO alert_action (area, id, alert, action) VALUES (office(), uuid7(), x'\(id)', 'close')")
        try couple.tree.exchangeAll()
        return (couple, id)
    }

    private func toAudit(_ couple: Couple, at office: OfficeCode = district) throws -> [String] {
        try Desk(couple.tree[office]).refresh()
        return try couple.tree[office].read { try WarningDesk.page(in: office, closed: true, toAudit: true, $0) }
            .warnings.map(\.warning.id.hex)
    }

    @Test func `on which the lot falls is looked at by the district once more, and no town knows the lot`() throws {
        let (couple, id) = try closed()
        #expect(try toAudit(couple) == [id] && toAudit(couple, at: town).isEmpty)
        let at = WarningEntry(couple.tree[district], as: clerk, today: date("2026-06-20"))
        #expect(throws: WarningError.notYours(.yellow, .town)) {
            try WarningEntry(couple.tree[town], as: clerk, today: date("2026-06-20")).act(.audit, on: id)
        }
        #expect(try at.act(.audit, on: id, saying: "属实").state.stage == .closed)
        #expect(try toAudit(couple).isEmpty)
    }

    @Test func `on which it does not fall, or that the district has closed, is not`() throws {
        #expect(try toAudit(closed(share: "0%").0).isEmpty)
        #expect(try toAudit(closed(by: district).0).isEmpty)
    }
}
