import Assistance
import ChangeSets
import GRDB
import Replica
import TestReplicas
import Testing

extension Watched {
    /// Noon of a day at the offices; the replicas' clocks and the days of work agree.
    func setClock(_ day: String) { tree.clock.set(Int64(date(day).dayNumber) * 86_400_000 + 4 * 3_600_000) }

    func desk(_ office: OfficeCode) throws -> DeskWarning {
        try Desk(tree[office]).refresh()
        let found = try tree[office].read { try WarningDesk.page(in: office, closed: true, $0) }
        return try #require(found.warnings.first)
    }

    func publish(_ name: String, _ value: String, from day: String) throws {
        _ = try Publishing.publish(
            [PublishedValue(area: district, name: name, validFrom: date(day), text: value, document: "试2号")],
            in: tree[district], as: clerk)
    }

    /// The village has what its town has, and the town and the district hear that.
    func deliver() throws {
        try tree.send(from: town, to: village)
        try tree.tellUp(from: village, to: town)
        try tree.tellUp(from: town, to: district)
    }
}

/// Domain 4.2, offline fairness, and 4.3, the periods by colour.
@Suite struct `A warning on the desk` {
    /// Raised on Tuesday 10 November 2026, where no holiday is near.
    private func raised(_ kind: SignalKind, _ line: String) throws -> Watched {
        let watched = try Watched()
        watched.setClock("2026-11-10")
        try watched.take(kind, line)
        try watched.monitor()
        try watched.tree.send(from: district, to: town)
        return watched
    }

    @Test func `runs from the day its village had it, as the village itself says`() throws {
        let watched = try raised(.asset, "1,\(Watched.man),2026-11-01,vehicle")
        for office in [town, district] { #expect(try watched.desk(office).delivered == nil) }
        // Yellow, five working days twice: nobody can be late with what nobody told them, but not for good.
        #expect(try watched.desk(town).due == date("2026-11-24"))
        watched.setClock("2026-11-12")
        try watched.deliver()
        for office in [village, town, district] {
            let item = try watched.desk(office)
            #expect(item.delivered == date("2026-11-12"), "\(office)")
            #expect(item.duty == "acknowledge" && item.due == date("2026-11-19"), "\(office)")
        }
        // Looked at again a day later, it is still the first day.
        watched.setClock("2026-11-13")
        try watched.tree.tellUp(from: village, to: town)
        #expect(try watched.desk(town).delivered == date("2026-11-12"))
    }

    /// Days of the calendar need no holidays.
    @Test func `marks a day that was counted in working days of a year without published holidays`() throws {
        let yellow = try raised(.asset, "1,\(Watched.man),2026-11-01,vehicle")
        #expect(try yellow.desk(town).isProvisional)
        _ = try Publishing.holidays([date("2026-10-01"): .holiday], in: yellow.tree[district], as: clerk)
        try yellow.tree.exchangeAll()
        #expect(try !yellow.desk(town).isProvisional)
        let red = try raised(.accident, "1,\(Watched.man),2026-11-01,traffic")
        #expect(try red.desk(town).duty == "acknowledge" && !red.desk(town).isProvisional)
    }

    @Test func `goes to the town by telephone when its period is over and the village does not have it`() throws {
        let watched = try raised(.asset, "1,\(Watched.man),2026-11-01,vehicle")
        let item = try watched.desk(town)
        #expect(item.concern(on: date("2026-11-17")) == nil)
        #expect(item.concern(on: date("2026-11-18")) == .call)
        #expect(!item.isOverdue(on: date("2026-11-24")) && item.isOverdue(on: date("2026-11-25")))
    }

    @Test func `is the town's when it is late, and nobody's when it is judged`() throws {
        let watched = try raised(.asset, "1,\(Watched.man),2026-11-01,vehicle")
        try watched.deliver()
        let at = WarningEntry(watched.tree[village], as: clerk, today: date("2026-11-12"))
        let id = try watched.desk(village).warning.id.hex
        _ = try at.act(.acknowledge, on: id)
        // Ten working days for the visit, fifteen for the verdict.
        var item = try watched.desk(village)
        #expect(item.duty == "visit" && item.due == date("2026-11-24"))
        #expect(item.concern(on: date("2026-11-24")) == nil && item.concern(on: date("2026-11-25")) == .town)
        _ = try at.act(.visit, on: id)
        item = try watched.desk(village)
        #expect(item.duty == "verdict" && item.due == date("2026-12-01"))
        _ = try at.act(.verdict, on: id, .covered)
        item = try watched.desk(village)
        #expect(item.duty == nil && item.due == nil && item.concern(on: date("2027-01-01")) == nil)
    }

    @Test func `that is red is the town's at once, and the district's on the third day`()
        throws
    {
        let watched = try raised(.accident, "1,\(Watched.boy),2026-11-09,fire")
        watched.setClock("2026-11-11")
        try watched.deliver()
        let item = try watched.desk(district)
        #expect(item.concern(on: date("2026-11-11")) == .town)
        #expect(item.concern(on: date("2026-11-13")) == .town)
        #expect(item.concern(on: date("2026-11-14")) == .district)
        let at = WarningEntry(watched.tree[village], as: clerk, today: date("2026-11-12"))
        _ = try at.act(.visit, on: item.warning.id.hex)
        try watched.tree.exchangeAll()
        // Somebody was there: the town sees that it is judged.
        #expect(try watched.desk(district).concern(on: date("2026-11-14")) == .town)
    }

    @Test func `that becomes heavier has to reach the village again, and runs from then`() throws {
        let watched = try raised(.medical, "1,\(Watched.man),2026-01-10,5000")
        try watched.deliver()
        #expect(try watched.desk(town).delivered == date("2026-11-10"))
        watched.setClock("2026-11-16")
        try watched.take(.medical, "2,\(Watched.man),2026-02-10,15000")
        try watched.monitor(on: date("2026-11-16"))
        try watched.tree.send(from: district, to: town)
        var item = try watched.desk(town)
        #expect(item.warning.colour == .red && item.delivered == nil)
        watched.setClock("2026-11-17")
        try watched.deliver()
        item = try watched.desk(town)
        // One calendar day from the day it came.
        #expect(item.delivered == date("2026-11-17") && item.due == date("2026-11-18"))
    }

    @Test func `counts by the rules of its day, and anew when the holidays are published`() throws {
        let watched = try raised(.asset, "1,\(Watched.man),2026-11-01,vehicle")
        try watched.deliver()
        #expect(try watched.desk(district).due == date("2026-11-17"))
        // Another period, from the next day on: nothing that was told before changes.
        try watched.publish("warning.yellow.acknowledge", "9 working", from: "2026-11-11")
        #expect(try watched.desk(district).due == date("2026-11-17"))
        try watched.tree[district].run(
            "INSERT INTO holiday (area, day, kind) VALUES (office(), '2026-11-12', 'holiday')")
        #expect(try watched.desk(district).due == date("2026-11-18"))
    }

    @Test func `is the same whether everything was followed or read at once`() throws {
        let watched = try raised(.accident, "1,\(Watched.boy),2026-11-09,fire")
        _ = try watched.desk(district)
        try watched.take(.asset, "2,\(Watched.man),2026-11-01,vehicle")
        try watched.monitor()
        try watched.tree.send(from: district, to: town)
        try watched.deliver()
        let at = watched.entry(village)
        let id = try watched.desk(village).warning.id.hex
        _ = try at.act(.acknowledge, on: id)
        _ = try at.act(.verdict, on: id, .covered)
        try watched.tree.exchangeAll()
        _ = try watched.entry(district).act(.close, on: id)
        _ = try watched.desk(district)
        let all =
            "SELECT id, colour, stage, verdict, delivered_on, due, due_on, visit_due FROM desk_warning ORDER BY id"
        let followed = try watched.tree[district].rows(all)
        #expect(followed.count == 2)
        try watched.tree[district].write(as: clerk) { db in
            try db.execute(sql: "DELETE FROM followed; DELETE FROM desk_warning")
        }
        _ = try watched.desk(district)
        #expect(try watched.tree[district].rows(all) == followed)
    }

    @Test func `is listed a page at a time, the heaviest first, or only what is late`() throws {
        let watched = try raised(.accident, "1,\(Watched.boy),2026-11-09,fire")
        try watched.take(.asset, "2,\(Watched.man),2026-11-01,vehicle")
        try watched.take(.wage, "3,\(Watched.man),2026-11-01")
        try watched.monitor()
        try Desk(watched.tree[district]).refresh()
        func page(skip: Int = 0, limit: Int = 2, late: String? = nil) throws -> ([WarningKind], Int) {
            let (found, count) = try watched.tree[district].read {
                try WarningDesk.page(
                    in: district, closed: false, lateOn: late.map { date($0) }, skip: skip, limit: limit, $0)
            }
            return (found.map(\.warning.kind), count)
        }
        let (first, count) = try page()
        #expect(first.first == .accident && first.count == 2 && count == 3)
        #expect(try page(skip: 2).0.count == 1)
        // A red one is acknowledged within twice a day, a yellow one within twice five working days.
        #expect(try page(late: "2026-11-12").1 == 0)
        #expect(try page(late: "2026-11-13").0 == [.accident] && page(late: "2026-11-25").1 == 3)
        #expect(try watched.tree[district].read { try WarningDesk.page(in: otherVillage, closed: true, $0) }.count == 0)
    }
}
