import Assistance
import ChangeSets
import GRDB
import Replica
import TestReplicas
import Testing

/// Domain 4.10, the Shangzhi fixture: a flood, 238 households that a clerk of the village and a reviewer of the town register without
/// knowing of each other, both offline; then all are decided.
@Suite struct `After a flood` {
    private static let count = 238
    private static let event = "2026年洪水"

    /// One line a person: a man or woman of working age without income. The last two households name one sister.
    private static func sheet() -> [UInt8] {
        let lines = (1...count).flatMap { index in
            let own = "990000105007,H\(index),,,disaster,yes,灾\(index),,male,1980-01-01,head,,rural"
            let sister = "990000105007,H\(index),,,disaster,no,灾女,,female,1975-06-20,other,,rural"
            return index > count - 2 ? [own, sister] : [own]
        }
        return Array(([sheetHeader] + lines).joined(separator: "\r\n").utf8)
    }

    @Test
    func
        `who was registered at two offices is there once, with every visit, and every decision goes back to the flood`()
        throws
    {
        let tree = try assistanceTree()
        // A notice may be shortened, only by the rules.
        let rules = try ParameterSheet.read(ParameterSheet.shipped, area: district).values.map { value in
            value.name == "case.notice"
                ? PublishedValue(
                    area: district, name: value.name, validFrom: value.validFrom, text: "1 calendar", document: "试应急1号")
                : value
        }
        _ = try Publishing.publish(rules, in: tree[district], as: clerk)
        try tree.exchangeAll()
        // Both offline.
        for office in [village, town] { try tree[office].importSheet(Self.sheet()) }
        let homes = try tree[village].read { db in
            try (1...Self.count).map { try HouseholdLookup.one("H\($0)", db) }
        }
        func entry(_ office: OfficeCode, _ day: String) -> CaseEntry {
            CaseEntry(tree[office], as: clerk, today: date(day))
        }
        var cases: [String] = []
        for home in homes {
            let id = try entry(village, "2026-06-15").open(
                .init(aidKind: "DB", channel: "village", hasConsent: true, event: Self.event), for: home
            ).hex
            _ = try entry(village, "2026-06-15").visit(
                id, on: date("2026-06-15"), by: ["丙一", "丙二"], seen: "户主", findings: "房屋进水")
            cases.append(id)
        }
        try tree.exchangeAll()
        for office in [village, town, district] {
            #expect(try tree[office].rows("SELECT count(*) FROM household WHERE row_state = 'live'") == ["238"])
            #expect(try tree[office].rows("SELECT count(*) FROM home_visit") == ["238"])
        }
        // The sister is in two households: both hear of it.
        _ = try Monitor(tree[town], as: clerk, today: date("2026-06-16")).run()
        #expect(try tree[town].read { try DuplicateReading.page(in: town, decided: false, $0) }.count == 1)
        for id in cases {
            for step in [CaseStep.accept, .investigate, .firstReview] {
                _ = try entry(town, "2026-06-16").step(step, id)
            }
            _ = try entry(town, "2026-06-16").notice(id, posted: date("2026-06-16"), place: "安置点")
            _ = try entry(town, "2026-06-18").step(.forward, id)
        }
        try tree.exchangeAll()
        for (index, id) in cases.enumerated() {
            _ = try entry(district, "2026-06-18").confirm(id, document: "救\(index + 1)")
        }
        try tree.exchangeAll()
        for office in [village, town, district] {
            let decided = try tree[office].rows(
                """
                SELECT count(*) FROM decision AS d JOIN application AS a ON a.area = d.area AND a.id = d.application
                WHERE a.event = '\(Self.event)' AND d.outcome = 'confirmed'
                """)
            #expect(decided == ["238"])
        }
    }

    /// National totals: 1,268,000 person-times and 610,000,000 yuan.
    @Test func `an average is of lines, not of persons`() {
        let average = Statistics.Spending.average(of: money("610000000"), lines: 1_268_000)
        #expect(average == money("481.07"))
        #expect(Statistics.Spending.average(of: .zero, lines: 0) == .zero)
    }
}
