import Assistance
import ChangeSets
import Replica
import TestReplicas
import Testing

/// Domain 4.2.
@Suite struct `A case on the desk` {
    private func desk(_ couple: Couple, _ office: OfficeCode) throws -> DeskCase {
        try Desk(couple.tree[office]).refresh()
        return try #require(
            try couple.tree[office].read { try CaseDesk.page(in: office, ended: true, $0) }.cases.first)
    }

    @Test func `says what is due next and when all of it must be done`() throws {
        let couple = try Couple()
        couple.tree.clock.set(Int64(couple.today.dayNumber) * 86_400_000 + 4 * 3_600_000)
        let id = try couple.entry(village).open(.init(aidKind: "DB", hasConsent: true), for: couple.household).hex
        try couple.tree.exchangeAll()
        var item = try desk(couple, town)
        #expect(item.duty == "accept" && item.due == couple.today && item.wholeDue == nil)
        // Monday 15 June 2026, no holidays: three working days, ten, and thirty in all.
        _ = try couple.entry(town).step(.accept, id)
        item = try desk(couple, town)
        #expect(item.duty == "investigate" && item.due == date("2026-06-18") && item.wholeDue == date("2026-07-27"))
        _ = try couple.entry(town).step(.investigate, id)
        item = try desk(couple, town)
        #expect(item.duty == "visit" && item.due == date("2026-06-29"))
        #expect(!item.isOverdue(on: date("2026-06-29")) && item.isOverdue(on: date("2026-06-30")))
        _ = try couple.entry(town).visit(
            id, on: couple.today, by: ["丙一", "丙二"], seen: "甲一", findings: "属实")
        item = try desk(couple, town)
        #expect(item.duty == nil && item.wholeDue == date("2026-07-27"))
        _ = try couple.entry(town).step(.firstReview, id)
        _ = try couple.entry(town).notice(id, posted: date("2026-06-15"), place: "公开栏")
        item = try desk(couple, town)
        #expect(item.duty == "notice" && item.due == date("2026-06-22"))
        // Somebody objects: it is complex now, and has forty-five days.
        try couple.tree.exchangeAll()
        _ = try couple.entry(village).objection(id, text: "有车")
        try couple.tree.exchangeAll()
        item = try desk(couple, town)
        #expect(item.duty == nil && item.wholeDue == date("2026-08-17"))
    }

    /// Domain 4.2: the holidays of a year are published in the autumn before.
    @Test func `marks what was counted over a year without published holidays, until they are published`() throws {
        let couple = try Couple()
        func publish(_ days: String...) throws {
            _ = try Publishing.holidays(
                Dictionary(uniqueKeysWithValues: days.map { (date($0), .holiday) }), in: couple.tree[district],
                as: clerk)
            try couple.tree.exchangeAll()
        }
        couple.tree.clock.set(Int64(date("2026-12-14").dayNumber) * 86_400_000 + 4 * 3_600_000)
        let at = couple.entry(town, on: "2026-12-14")
        let id = try couple.entry(village, on: "2026-12-14").open(
            .init(aidKind: "DB", hasConsent: true), for: couple.household
        ).hex
        try couple.tree.exchangeAll()
        _ = try at.step(.accept, id)
        var item = try desk(couple, town)
        #expect(item.due == date("2026-12-17") && item.isProvisional && item.isWholeProvisional)
        try publish("2026-01-01")
        item = try desk(couple, town)
        #expect(item.due == date("2026-12-17") && !item.isProvisional)
        #expect(item.wholeDue == date("2027-01-25") && item.isWholeProvisional)
        try publish("2027-01-01")
        item = try desk(couple, town)
        #expect(item.wholeDue == date("2027-01-26") && !item.isWholeProvisional)
    }

    /// "Papers incomplete: one complete list of what is missing, the same day": from the day the application is at the town.
    @Test func `is to be taken on the day it comes to the town, or its family told what is missing`() throws {
        let couple = try Couple()
        func clock(_ day: String) { couple.tree.clock.set(Int64(date(day).dayNumber) * 86_400_000 + 4 * 3_600_000) }
        clock("2026-06-15")
        let id = try couple.entry(village).open(.init(aidKind: "DB", hasConsent: true), for: couple.household).hex
        // The line is down for three days: nobody is late with what nobody has told them.
        #expect(try desk(couple, village).due == nil)
        clock("2026-06-18")
        try couple.tree.exchangeAll()
        let item = try desk(couple, town)
        #expect(item.duty == "accept" && item.due == date("2026-06-18"))
        #expect(!item.isOverdue(on: date("2026-06-18")) && item.isOverdue(on: date("2026-06-19")))
        _ = try couple.entry(town, on: "2026-06-18").step(.papers, id, reason: "收入证明")
        #expect(try desk(couple, town).duty == nil)
        _ = try couple.entry(town, on: "2026-06-24").step(.accept, id)
        #expect(try desk(couple, town).duty == "investigate")
    }

    @Test func `runs at the district from the day it came there`() throws {
        let couple = try Couple()
        try couple.bills("34800")
        func clock(_ day: String) { couple.tree.clock.set(Int64(date(day).dayNumber) * 86_400_000 + 4 * 3_600_000) }
        clock("2026-06-25")
        let id = try couple.forwarded()  // On 23 June; it came there on the 25th.
        let item = try desk(couple, district)
        #expect(item.duty == "confirm" && item.due == date("2026-07-09"))
        // The town knows only that it may not be there yet, and then that it is.
        #expect(try desk(couple, town).due == date("2026-07-21"))
        try couple.tree[district].issueStatements()
        var batch = IncomingBatch()
        batch.statements = try couple.tree[district].statements(forChild: town, known: [:])
        _ = try couple.tree[town].accept(batch)
        #expect(try desk(couple, town).due == date("2026-07-09"))
        _ = try couple.entry(district, on: "2026-06-26").confirm(id, document: "1")
        let ended = try desk(couple, district)
        #expect(ended.duty == nil && ended.wholeDue == nil && ended.file.state.stage == .confirmed)
        #expect(try couple.tree[district].read { try CaseDesk.page(in: district, ended: false, $0) }.count == 0)
    }

    @Test func `is visited sooner where the family gets something already`() throws {
        let couple = try Couple()
        try couple.bills("34800")
        let first = try couple.forwarded()
        _ = try couple.entry(district, on: "2026-06-24").confirm(first, document: "1")
        try couple.tree.exchangeAll()
        let again = try couple.entry(village, on: "2026-08-03")
            .open(.init(aidKind: "DB", hasConsent: true), for: couple.household).hex
        try couple.tree.exchangeAll()
        for step in [CaseStep.accept, .investigate] { _ = try couple.entry(town, on: "2026-08-03").step(step, again) }
        try Desk(couple.tree[town]).refresh()
        let items = try couple.tree[town].read { try CaseDesk.page(in: town, ended: false, $0) }.cases
        #expect(items.map(\.due) == [date("2026-08-10")])
    }
}
