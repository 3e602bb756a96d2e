import Assistance
import ChangeSets
import GRDB
import Replica
import TestReplicas
import Testing

/// A district with the example's rules, but with the yearly income of domain 4.3's fixture, and one family.
struct Watched {
    let tree: TestTree
    let household = HouseholdID(area: village, id: [1])
    let today = date("2026-11-10")
    /// The synthetic numbers of domain 4.4.
    static let man = "990000196001010013"
    static let boy = "990001201109091230"

    init() throws {
        tree = try assistanceTree()
        var values = try ParameterSheet.read(ParameterSheet.shipped, area: district).values.filter {
            $0.name != "income.disposable"
        }
        values.append(
            PublishedValue(
                area: district, name: "income.disposable", validFrom: date("2024-01-01"), text: "20000", document: "试1号"
            ))
        _ = try Publishing.publish(values, in: tree[district], as: clerk)
        try tree[village].run(
            """
            INSERT INTO household (area, id, household_no) VALUES (office(), x'01', '001');
            INSERT INTO person (area, id, household, name, id_number, birth) VALUES
                (office(), x'11', x'01', '甲一', '\(Self.man)', '1960-01-01'),
                (office(), x'12', x'01', '甲二', '\(Self.boy)', '2011-09-09')
            """)
        try tree.exchangeAll()
    }

    @discardableResult
    func take(_ kind: SignalKind, _ lines: String..., at office: OfficeCode = district) throws -> SignalReport {
        let file = ([kind.header.joined(separator: ",")] + lines).joined(separator: "\n")
        return try SignalImport.import(
            Array(file.utf8), kind, department: "医保", batch: "2026-11", into: tree[office], as: clerk, today: today)
    }

    @discardableResult
    func monitor(_ office: OfficeCode = district, on day: CalendarDate? = nil) throws -> MonitorReport {
        try Monitor(tree[office], as: clerk, today: day ?? today).run()
    }

    func warnings(_ office: OfficeCode = district) throws -> [Warning] {
        try tree[office].read { try WarningReading.all(of: household, $0) }
    }

    func entry(_ office: OfficeCode) -> WarningEntry { WarningEntry(tree[office], as: clerk, today: today) }
}

@Suite struct `Monitoring` {
    /// A number that fails its check means whoever is registered with it, as it stands on the card, and nobody else.
    @Test func `takes what departments say of a misprinted number that is registered so`() throws {
        let watched = try Watched()
        let misprinted = "990000196001010014"
        let line = "B1,\(misprinted),2026-10-01,28800"
        #expect(try watched.take(.medical, line).refused.map(\.fault) == [.identity(.check)])
        #expect(
            try watched.take(.medical, "B2,99000019600101,2026-10-01,1").refused.map(\.fault) == [
                .identity(.length(14))
            ])
        // A number of an old card is widened.
        #expect(try watched.take(.accident, "B0,990000600101001,2026-10-01,fire").unmatched == 0)
        try watched.tree[village].run("UPDATE person SET id_number = '\(misprinted)' WHERE id = x'11'")
        try watched.tree.exchangeAll()
        let report = try watched.take(.medical, line)
        #expect(report.new == 1 && report.refused.isEmpty && report.unmatched == 0)
        try watched.monitor()
        #expect(try watched.warnings().map(\.kind) == [.medical])
    }

    /// Domain 4.3, the Xiajiang fixture: 28,800 yuan paid oneself where the yearly income is 20,000.
    @Test func `raises a red warning for large bills, which is at the village without them`() throws {
        let watched = try Watched()
        let report = try watched.take(
            .medical, "1,\(Watched.man),2026-01-10,9800", "2,\(Watched.man),2026-03-10,7600",
            "3,\(Watched.man),2026-06-10,6300",
            "4,\(Watched.man),2026-10-10,5100")
        #expect(report.new == 4 && report.unmatched == 0 && report.refused.isEmpty)
        #expect(try watched.monitor().raised == 1)
        try watched.tree.exchangeAll()
        for office in [district, town, village] {
            let found = try watched.warnings(office)
            #expect(found.map(\.kind) == [.medical] && found.map(\.colour) == [.red])
            #expect(try watched.tree[office].rows("SELECT count(*) FROM alert_fact") == ["4"])
        }
        for office in [town, village] {
            #expect(try watched.tree[office].rows("SELECT count(*) FROM signal") == ["0"])
        }
        #expect(try watched.tree[otherVillage].rows("SELECT count(*) FROM alert") == ["0"])
    }

    @Test func `looks at nobody twice for the same, and says nothing new of a file that comes again`() throws {
        let watched = try Watched()
        try watched.take(.medical, "1,\(Watched.man),2026-01-10,9800")
        #expect(try watched.monitor() == MonitorReport(looked: 1, raised: 1))
        let before = try watched.tree[district].changeSets
        let again = try watched.take(.medical, "1,\(Watched.man),2026-01-10,9800")
        #expect(again.new == 0 && again.known == 1)
        #expect(try watched.monitor().looked == 0)
        #expect(try watched.tree[district].changeSets == before)
        let other = try watched.take(.medical, "1,\(Watched.man),2026-01-10,9900")
        #expect(other.refused.map(\.fault) == [.saysOtherwise] && other.new == 0)
    }

    @Test func `attaches new facts to the open warning, and only ever raises its colour`() throws {
        let watched = try Watched()
        try watched.take(.medical, "1,\(Watched.man),2026-01-10,5000")
        try watched.monitor()
        #expect(try watched.warnings().map(\.colour) == [.yellow])
        try watched.take(.medical, "2,\(Watched.man),2026-02-10,15000")
        #expect(try watched.monitor() == MonitorReport(looked: 1, heavier: 1))
        #expect(try watched.warnings().map(\.colour) == [.red])
        // A year later the first bills are out of the twelve months, and the warning stays what it was.
        try watched.take(.medical, "3,\(Watched.man),2026-11-09,10")
        try watched.monitor(on: date("2027-03-01"))
        #expect(try watched.warnings().map(\.colour) == [.red])
    }

    @Test func `of two offices that were told the same raises one warning`() throws {
        let watched = try Watched()
        for office in [district, town] {
            try watched.take(.accident, "7,\(Watched.boy),2026-11-01,fire", at: office)
            try watched.monitor(office)
        }
        try watched.tree.exchangeAll()
        for office in [district, town, village] {
            #expect(try watched.warnings(office).map(\.kind) == [.accident])
            #expect(try watched.tree[office].rows("SELECT count(*) FROM alert_fact") == ["1"])
            #expect(try watched.tree[office].conflicts().isEmpty)
        }
    }

    @Test func `finds people who are registered after the line about them came`() throws {
        let watched = try Watched()
        let number = "990000195803150021"
        #expect(try watched.take(.death, "1,\(number),2026-11-01").unmatched == 1)
        #expect(try watched.monitor().raised == 0)
        try watched.tree[village].run(
            "INSERT INTO person (area, id, household, name, id_number) VALUES (office(), x'13', x'01', '乙一', '\(number)')"
        )
        try watched.tree.exchangeAll()
        #expect(try watched.monitor().raised == 1)
        #expect(try watched.warnings().map(\.kind) == [.death])
    }

    @Test func `raises what comes with a date`() throws {
        let watched = try Watched()
        try watched.tree[district].run("UPDATE household SET review_every = 'year', review_due = '2026-11-12'")
        try watched.monitor()
        #expect(try watched.warnings().isEmpty)
        #expect(try watched.monitor(on: date("2026-11-13")).raised == 1)
        #expect(try watched.warnings().map(\.kind) == [.reviewOverdue])
    }

    @Test func `warns of a certificate in the register that ends, and of nobody who does not live alone`() throws {
        let watched = try Watched()
        try watched.tree[village].run(
            "INSERT INTO disability (area, id, person, kind, grade, issued, valid_to) VALUES (office(), x'31', x'11', 4, 2, '2016-12-01', '2026-12-01')"
        )
        try watched.tree.exchangeAll()
        #expect(try watched.monitor(on: date("2026-09-01")).raised == 0)
        #expect(try watched.monitor().raised == 1)
        #expect(try watched.warnings().map(\.kind) == [.disability])
        // A clock that was wrong once hides no day.
        try watched.monitor(on: date("2030-01-01"))
        #expect(try watched.monitor(on: date("2026-11-11")).looked > 0)
    }

    /// A town that can compute the ids of warnings to come might put rows under them.
    @Test func `raises its warning although odd rows lie under the ids, and no village can add or change one`() throws {
        let watched = try Watched()
        let id = UUIDs.version5("alert/\(village)/01/A3/1")
        try watched.tree[town].run("INSERT INTO alert (area, id) VALUES ('\(village)', x'\(id.hex)')")
        for episode in 2...40 {
            let id = UUIDs.version5("alert/\(village)/01/A3/\(episode)")
            try watched.tree[town].run("INSERT INTO alert (area, id) VALUES ('\(village)', x'\(id.hex)')")
        }
        try watched.tree.exchangeAll()
        for sql in [
            "INSERT INTO alert (area, id) VALUES (office(), x'54')",
            "INSERT INTO alert (area, id, kind) VALUES (office(), x'55', 'A3')", "UPDATE alert SET kind = 'Z'",
            "DELETE FROM alert",
            "INSERT INTO alert_fact (area, id, colour) VALUES (office(), x'56', 3)",
        ] {
            #expect(throws: (any Error).self) { try watched.tree[village].run(sql) }
        }
        try watched.tree.exchangeAll()
        try watched.take(.accident, "7,\(Watched.boy),2026-11-01,fire")
        let report = try watched.monitor()
        #expect(report.raised == 1 && report.failed.isEmpty)
        #expect(try watched.warnings().map(\.episode) == [41])
    }

    @Test func `reports every line that is none, and takes the others`() throws {
        let watched = try Watched()
        let report = try watched.take(
            .medical, "1,\(Watched.man),2026-01-10,100", "1,\(Watched.man),2026-01-11,100",
            ",\(Watched.man),2026-01-10,1",
            "2,990000196001010014,2026-01-10,1", "3,\(Watched.man),2026-12-01,1", "4,\(Watched.man),2026-01-10,-1",
            "5,\(Watched.man),2026-01-10")
        #expect(report.new == 1 && report.refused.map(\.line) == [3, 4, 5, 6, 7, 8])
        #expect(throws: SignalImportError.village(village)) {
            try watched.take(.medical, "1,\(Watched.man),2026-01-10,100", at: village)
        }
        #expect(throws: SignalFault.header(.death)) {
            try SignalImport.import(
                Array("no,date\n".utf8), .death, department: "d", batch: "b", into: watched.tree[district], as: clerk,
                today: watched.today)
        }
    }

    @Test func `stops where a rule is missing, and goes on with that household when it is there`() throws {
        let watched = try Watched()
        try watched.take(.medical, "1,\(Watched.man),2026-01-10,9800")
        _ = try Publishing.end(
            .disposableIncome, registration: "", in: district, from: date("2024-01-01"), on: date("2026-10-31"),
            document: "试2号", in: watched.tree[district], as: clerk)
        let failed = try watched.monitor()
        #expect(failed.raised == 0 && failed.failed.count == 1 && failed.failed[0].contains("income.disposable"))
        _ = try Publishing.publish(
            [
                PublishedValue(
                    area: district, name: "income.disposable", validFrom: date("2026-11-01"), text: "20000",
                    document: "试3号")
            ], in: watched.tree[district], as: clerk)
        #expect(try watched.monitor().raised == 1)
    }
}

@Suite struct `A warning` {
    private func raised() throws -> (Watched, String) {
        let watched = try Watched()
        try watched.take(.accident, "7,\(Watched.boy),2026-11-01,fire")
        try watched.monitor()
        try watched.tree.exchangeAll()
        return (watched, try #require(try watched.warnings().first).id.hex)
    }

    @Test func `is answered at the village and closed by whoever may, and what was behind it opens none again`() throws
    {
        let (watched, id) = try raised()
        let at = watched.entry(village)
        #expect(try at.act(.acknowledge, on: id).state.stage == .acknowledged)
        #expect(try at.act(.visit, on: id, saying: "有人在家").state.stage == .visited)
        #expect(throws: WarningError.noVerdict) { try at.act(.verdict, on: id) }
        #expect(try at.act(.verdict, on: id, .covered).state.stage == .judged)
        try watched.tree.exchangeAll()
        for office in [village, town] {
            let tier = office.tier
            #expect(throws: WarningError.notYours(.red, tier)) { try watched.entry(office).act(.close, on: id) }
        }
        func listed(closed: Bool) throws -> Int {
            try Desk(watched.tree[district]).refresh()
            return try watched.tree[district].read { try WarningDesk.page(in: district, closed: closed, $0) }.count
        }
        #expect(try listed(closed: false) == 1)
        #expect(try watched.entry(district).act(.close, on: id).state.stage == .closed)
        #expect(try listed(closed: false) == 0 && listed(closed: true) == 1)
        #expect(throws: WarningError.closed) { try watched.entry(district).act(.visit, on: id) }
        try watched.tree[village].run("UPDATE person SET phone = '0000-1' WHERE id = x'12'")
        try watched.tree.exchangeAll()
        #expect(try watched.monitor() == MonitorReport(looked: 1))
        try watched.take(.accident, "8,\(Watched.boy),2026-11-09,traffic")
        #expect(try watched.monitor().raised == 1)
        #expect(try watched.warnings().map(\.episode).sorted() == [1, 2])
    }

    @Test func `that is real is closed only with what it led to`() throws {
        let (watched, id) = try raised()
        let file = try CaseEntry(watched.tree[village], as: clerk, today: watched.today)
            .open(.init(aidKind: "LS", channel: "alert", hasConsent: true), for: watched.household).hex
        try watched.tree.exchangeAll()
        let at = watched.entry(district)
        #expect(throws: WarningError.notJudged) { try at.act(.close, on: id) }
        _ = try at.act(.verdict, on: id, .real)
        #expect(throws: WarningError.ledNowhere) { try at.act(.close, on: id) }
        try watched.tree[village].run("INSERT INTO household (area, id, household_no) VALUES (office(), x'02', '002')")
        let others = try CaseEntry(watched.tree[village], as: clerk, today: watched.today)
            .open(.init(aidKind: "LS", hasConsent: true), for: HouseholdID(area: village, id: [2])).hex
        try watched.tree.exchangeAll()
        #expect(throws: WarningError.otherHousehold) { try at.act(.verdict, on: id, .real, ledTo: others) }
        _ = try at.act(.verdict, on: id, .real, ledTo: file)
        #expect(try at.act(.close, on: id).state.stage == .closed)
    }

    /// Domain 3.6, C8.
    @Test func `judged differently by village and town stays real, and asks the town`() throws {
        let (watched, id) = try raised()
        _ = try watched.entry(village).act(.verdict, on: id, .unfounded)
        _ = try watched.entry(town).act(.verdict, on: id, .real)
        try watched.tree.exchangeAll()
        for office in [village, town, district] {
            let state = try #require(try watched.warnings(office).first).state
            #expect(state.verdict == .real && state.isContested && state.stage == .judged)
        }
    }

    @Test func `judged wrongly is settled by the town, for those that it knew of and no others`() throws {
        let (watched, id) = try raised()
        _ = try watched.entry(village).act(.verdict, on: id, .unfounded)
        _ = try watched.entry(town).act(.verdict, on: id, .real)
        try watched.tree.exchangeAll()
        _ = try watched.entry(town).act(.verdict, on: id, .covered, saying: "已在保")
        // The village may say otherwise, but settles nothing that a town has said.
        try watched.tree.exchangeAll()
        func state(_ office: OfficeCode) throws -> WarningState {
            try #require(try watched.warnings(office).first).state
        }
        for office in [village, town, district] {
            #expect(try state(office).verdict == .covered && !state(office).isContested)
        }
        _ = try watched.entry(village).act(.verdict, on: id, .real)
        try watched.tree.exchangeAll()
        #expect(try state(town).verdict == .real && state(town).isContested)
        #expect(try watched.entry(district).act(.verdict, on: id, .covered).state.isContested == false)
        #expect(try watched.entry(district).act(.close, on: id).state.stage == .closed)
        try watched.tree.exchangeAll()
        for office in [village, town, district] {
            try Desk(watched.tree[office]).refresh()
            let open = try watched.tree[office].read { try WarningDesk.page(in: office, closed: false, $0) }
            #expect(try state(office).stage == .closed && open.count == 0)
        }
    }

    @Test func `closed elsewhere opens another with a fact that its closing did not know of`() throws {
        let (watched, id) = try raised()
        try watched.take(.accident, "9,\(Watched.boy),2026-11-09,traffic", at: town)
        #expect(try watched.monitor(town).heavier == 1)
        _ = try watched.entry(district).act(.verdict, on: id, .covered)
        _ = try watched.entry(district).act(.close, on: id)
        try watched.tree.exchangeAll()
        #expect(try watched.warnings(town).map(\.state.stage) == [.closed])
        #expect(try watched.monitor(town).raised == 1)
        try watched.tree.exchangeAll()
        #expect(try watched.warnings().map(\.episode).sorted() == [1, 2])
        // Of the fact that was judged nobody hears again.
        #expect(try watched.monitor().raised == 0)
    }

    @Test func `closed as not real opens again when the same facts still stand after thirty days`() throws {
        let (watched, id) = try raised()
        _ = try watched.entry(district).act(.verdict, on: id, .unfounded)
        _ = try watched.entry(district).act(.close, on: id)
        #expect(try watched.monitor(on: date("2026-12-10")).raised == 0)
        #expect(try watched.monitor(on: date("2026-12-11")).raised == 1)
        #expect(try watched.monitor(on: date("2026-12-12")).raised == 0)
    }

    @Test func `comes to whom nothing has happened, when the rule has changed`() throws {
        let watched = try Watched()
        try watched.take(.medical, "1,\(Watched.man),2026-01-10,4000")
        #expect(try watched.monitor().raised == 0)
        func publish(from day: String) throws {
            _ = try Publishing.publish(
                [
                    PublishedValue(
                        area: district, name: "income.disposable", validFrom: date(day), text: "10000", document: "试2号")
                ], in: watched.tree[district], as: clerk)
        }
        try publish(from: "2026-11-20")
        #expect(try watched.monitor().raised == 0)
        #expect(try watched.monitor(on: date("2026-11-20")).raised == 1)
    }

    @Test func `stands where its actions say, in whatever order they come`() {
        typealias Done = WarningState.Done
        var done = [
            Done(.acknowledge, by: .village), Done(.visit, by: .village), Done(.verdict, .unfounded, by: .village),
            Done(.close, by: .town),
        ]
        for place in done.indices {
            for other in done.indices {
                done.swapAt(place, other)
                #expect(WarningState(done, colour: .orange).stage == .closed)
                #expect(WarningState(done, colour: .red).stage == .judged)
            }
        }
        #expect(WarningState(done + [Done(.verdict, .real, by: .town)], colour: .orange).stage == .judged)
    }

    /// A town may write what it likes under its name; it stops nobody else's warnings.
    @Test func `raises others although a town has used up the numbers of a kind`() throws {
        let watched = try Watched()
        try watched.tree[town].run(
            """
            INSERT INTO alert (area, id, household, kind, episode, issued_on)
                VALUES ('\(village)', x'99', x'01', 'A3', 9999, '2026-11-01')
            """)
        try watched.tree.exchangeAll()
        let entry = WarningEntry(watched.tree[town], as: clerk, today: watched.today)
        let id = String(repeating: "99", count: 16)
        try watched.tree[town].run(
            """
            INSERT INTO alert (area, id, household, kind, episode, issued_on)
                VALUES ('\(village)', x'\(id)', x'01', 'A6', 9999, '2026-11-01')
            """)
        _ = try entry.act(.verdict, on: id, .unfounded)
        _ = try entry.act(.close, on: id)
        try watched.tree.exchangeAll()
        try watched.take(.death, "1,\(Watched.boy),2026-11-05")
        let report = try watched.monitor()
        #expect(report.failed.isEmpty && report.raised == 1)
        #expect(try watched.warnings().contains { $0.kind == .death && $0.state.stage == .open })
    }

    @Test func `looks again at whom relief was given to`() throws {
        let watched = try Watched()
        try watched.monitor()
        try watched.tree[district].run(
            """
            INSERT INTO relief (area, id, household, kind, cause, amount_fen, month, day)
                VALUES ('\(village)', uuid7(), x'01', 'urgent', 'x', 100, '2026-11', '2026-11-10')
            """)
        #expect(try watched.monitor().looked == 1)
    }
}
