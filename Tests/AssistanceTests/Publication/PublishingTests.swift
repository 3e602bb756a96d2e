import Assistance
import ChangeSets
import GRDB
import Replica
import TestReplicas
import Testing

@Suite struct `Published rules` {
    private let leader = ActingUser("甲九")

    private func standard(
        _ text: String, from first: String, to last: String? = nil, registration: String = "",
        area: OfficeCode = district
    ) -> PublishedValue {
        PublishedValue(
            area: area, name: "dibao.standard", hukouKind: registration, validFrom: date(first),
            validTo: last.map(date),
            text: text, document: "试〔2026〕1号")
    }

    private func periods(_ replica: OfficeReplica) throws -> [String] {
        try replica.read(PublishedRules.values).filter { $0.name == "dibao.standard" }.map {
            "\($0.text)\($0.hukouKind.isEmpty ? "" : " " + $0.hukouKind) \($0.validFrom)..\($0.validTo?.description ?? "")"
        }
    }

    @Test func `end the value before them, and themselves where a later one begins`() throws {
        let tree = try assistanceTree()
        let replica = tree[district]
        _ = try Publishing.publish([standard("1000", from: "2024-01-01")], in: replica, as: leader)
        let later = try Publishing.publish([standard("1200", from: "2026-01-01")], in: replica, as: leader)
        #expect(later.ended.map(\.text) == ["1000"] && later.new == 1)
        _ = try Publishing.publish([standard("1100", from: "2025-01-01")], in: replica, as: leader)
        #expect(
            try periods(replica) == [
                "1000 2024-01-01..2024-12-31", "1100 2025-01-01..2025-12-31", "1200 2026-01-01..",
            ])
        // Of one registration: another thing than the one for both, which goes on.
        _ = try Publishing.publish(
            [standard("900", from: "2025-07-01", registration: "rural")], in: replica, as: leader)
        #expect(try periods(replica).count == 4)
    }

    @Test func `of one sheet leave no two that hold at once, whatever their order`() throws {
        let values = ["2024-03-01", "2022-01-01", "2025-05-05", "2023-12-31"].map { standard("1000", from: $0) }
        for sheet in [values, values.reversed()] {
            let replica = try assistanceTree()[district]
            _ = try Publishing.publish(sheet, in: replica, as: leader)
            for day in ["2022-01-01", "2023-12-30", "2023-12-31", "2024-03-01", "2025-05-04", "2025-05-05"] {
                let holding = try replica.read(PublishedRules.values).filter {
                    $0.validFrom <= date(day) && $0.validTo.map { date(day) <= $0 } ?? true
                }
                #expect(holding.count == 1, "\(day)")
            }
        }
    }

    @Test func `published once more change nothing, and write nothing`() throws {
        let replica = try assistanceTree()[district]
        let sheet = try ParameterSheet.read(ParameterSheet.shipped, area: district)
        let first = try Publishing.publish(sheet.values, in: replica, as: leader)
        #expect(first.new == sheet.values.count && first.changed + first.unchanged == 0)
        let before = try replica.changeSets
        let again = try Publishing.publish(sheet.values, in: replica, as: leader)
        #expect(again.unchanged == sheet.values.count && again.new + again.changed == 0 && again.ended.isEmpty)
        #expect(try replica.changeSets == before)
    }

    @Test func `reach every village, which computes by them`() throws {
        let tree = try assistanceTree()
        let sheet = try ParameterSheet.read(ParameterSheet.shipped, area: district)
        _ = try Publishing.publish(sheet.values, in: tree[district], as: leader)
        _ = try Publishing.publish([standard("632", from: "2026-01-01")], in: tree[district], as: leader)
        try tree.send(from: district, to: town)
        try tree.send(from: town, to: village)
        let values = try tree[village].read(PublishedRules.values)
        var book = RuleBook(values, area: village, hukouKind: "rural", on: date("2026-06-01"))
        #expect(try book.money(.dibaoStandard) == Money(yuan: "632"))
        var old = RuleBook(values, area: village, hukouKind: "rural", on: date("2025-06-01"))
        #expect(try old.money(.dibaoStandard) == Money(yuan: "1172"))
    }

    @Test func `of a town hold in it alone, and are the district's to set all the same`() throws {
        let tree = try assistanceTree()
        let sheet = try ParameterSheet.read(ParameterSheet.shipped, area: district)
        _ = try Publishing.publish(sheet.values, in: tree[district], as: leader)
        _ = try Publishing.publish(
            [standard("700", from: "2026-01-01", area: town)], in: tree[district], as: leader)
        // An altered program of the town writes what it likes to have.
        try? tree[town].run(
            """
            INSERT INTO param (area, name, registration, valid_from, place, value, document)
            VALUES ('\(district)', 'dibao.standard', '', '2026-02-01', '\(town)', '9000', 'x')
            """)
        try? tree[town].run("DELETE FROM param WHERE place = '\(town)'")
        try tree.exchangeAll()
        for office in [district, town, village] {
            let values = try tree[office].read(PublishedRules.values)
            var own = RuleBook(values, area: village, hukouKind: "rural", on: date("2026-06-01"))
            #expect(try own.money(.dibaoStandard) == Money(yuan: "700"))
            var other = RuleBook(values, area: district, hukouKind: "rural", on: date("2026-06-01"))
            #expect(try other.money(.dibaoStandard) == Money(yuan: "1172"))
        }
    }

    @Test func `are the district's to set, and only as their rule can read them`() throws {
        let tree = try assistanceTree()
        for office in [town, village] {
            #expect(throws: PublishError.notYours(root: district)) {
                try Publishing.publish([standard("1", from: "2026-01-01", area: town)], in: tree[office], as: leader)
            }
        }
        let replica = tree[district]
        #expect(throws: PublishError.outside(village, root: district)) {
            try Publishing.publish([standard("1", from: "2026-01-01", area: village)], in: replica, as: leader)
        }
        #expect(throws: PublishError.value(.dibaoStandard, "much")) {
            try Publishing.publish([standard("much", from: "2026-01-01")], in: replica, as: leader)
        }
        let backwards = standard("1", from: "2026-01-02", to: "2026-01-01")
        #expect(throws: PublishError.endsBefore(backwards)) {
            try Publishing.publish([standard("2", from: "2025-01-01"), backwards], in: replica, as: leader)
        }
        #expect(try periods(replica) == [])
    }

    @Test func `end when a paper says so, and then stop what needs them`() throws {
        let replica = try assistanceTree()[district]
        _ = try Publishing.publish([standard("632", from: "2026-01-01")], in: replica, as: leader)
        let ended = try Publishing.end(
            .dibaoStandard, registration: "", in: district, from: date("2026-01-01"), on: date("2026-06-30"),
            document: "试〔2026〕2号", in: replica, as: leader)
        #expect(ended.document == "试〔2026〕2号")
        var book = RuleBook(
            try replica.read(PublishedRules.values), area: village, hukouKind: "rural", on: date("2026-07-01"))
        #expect(
            throws: RuleError.missing(.dibaoStandard, area: village, hukouKind: "rural", date: date("2026-07-01"))
        ) { try book.money(.dibaoStandard) }
        #expect(throws: PublishError.endsLater(ended)) {
            try Publishing.end(
                .dibaoStandard, registration: "", in: district, from: date("2026-01-01"), on: date("2026-12-31"),
                document: "试〔2026〕2号", in: replica, as: leader)
        }
        #expect(throws: PublishError.nothingToEnd(.dibaoStandard, district, date("2026-01-02"))) {
            try Publishing.end(
                .dibaoStandard, registration: "", in: district, from: date("2026-01-02"), on: date("2026-06-30"),
                document: "试〔2026〕2号", in: replica, as: leader)
        }
    }

    @Test func `that overlap all the same stop what needs them, until a later one ends both`() throws {
        let tree = try assistanceTree()
        // As a hand writes them, or two machines of the district unaware of each other.
        try tree[district].run(
            """
            INSERT INTO param (area, name, registration, valid_from, place, value, document) VALUES
            ('990000', 'dibao.standard', '', '2026-01-01', '', '632', 'a'), ('990000', 'dibao.standard', '', '2026-02-01', '', '700', 'b')
            """)
        var book = RuleBook(
            try tree[district].read(PublishedRules.values), area: village, hukouKind: "rural", on: date("2026-03-01"))
        #expect(throws: RuleError.self) { try book.money(.dibaoStandard) }
        _ = try Publishing.publish([standard("800", from: "2026-03-01")], in: tree[district], as: leader)
        #expect(
            try periods(tree[district]) == [
                "632 2026-01-01..2026-02-28", "700 2026-02-01..2026-02-28", "800 2026-03-01..",
            ])
    }
}

@Suite struct `Published holidays` {
    private let leader = ActingUser("甲九")

    private func sheet(_ lines: String...) -> [UInt8] { Array((["date,kind"] + lines).joined(separator: "\n").utf8) }

    /// The example of domain 4.2.
    @Test func `reach every village, which counts working days by them`() throws {
        let tree = try assistanceTree()
        let week = (1...7).map { "2026-10-0\($0),休" } + ["2026-10-10,班"]
        let (days, refused) = try HolidaySheet.read(Array((["date,kind"] + week).joined(separator: "\r\n").utf8))
        #expect(refused.isEmpty)
        #expect(try Publishing.holidays(days, in: tree[district], as: leader) == 8)
        try tree.send(from: district, to: town)
        try tree.send(from: town, to: village)
        let calendar = try tree[village].read(PublishedRules.calendar)
        let end = calendar.end(of: Period(5, .workingDays)!, after: date("2026-09-30"))
        #expect(end == Deadline(date: date("2026-10-13"), isProvisional: false))
    }

    @Test func `are a year's as last published, others as they were`() throws {
        let replica = try assistanceTree()[district]
        func publish(_ lines: String...) throws -> Int {
            let (days, refused) = try HolidaySheet.read(
                Array((["date,kind"] + lines).joined(separator: "\n").utf8))
            #expect(refused.isEmpty)
            return try Publishing.holidays(days, in: replica, as: leader)
        }
        #expect(try publish("2025-01-01,holiday", "2026-01-01,holiday", "2026-01-02,holiday") == 3)
        #expect(try publish("2026-01-01,holiday", "2026-01-04,make_up_workday") == 2)
        #expect(try publish("2026-01-01,holiday", "2026-01-04,make_up_workday") == 0)
        let calendar = try replica.read(PublishedRules.calendar)
        #expect(
            calendar.special.keys.sorted() == [date("2025-01-01"), date("2026-01-01"), date("2026-01-04")])
    }

    @Test func `are refused line by line, and not taken from a village`() throws {
        let (days, refused) = try HolidaySheet.read(
            sheet("2026-01-01,holiday", "2026-02-30,holiday", "2026-01-02,party", "2026-01-01,班", "2026-01-03"))
        #expect(days.count == 1)
        #expect(refused.map(\.line) == [3, 4, 5, 6])
        #expect(throws: HolidayFault.header) { try HolidaySheet.read(Array("day,kind\n".utf8)) }
        let tree = try assistanceTree()
        #expect(throws: PublishError.notYours(root: district)) {
            try Publishing.holidays(days, in: tree[village], as: leader)
        }
    }
}
