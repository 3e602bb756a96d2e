import Assistance
import ChangeSets
import Foundation
import GRDB
import Replica
import TestReplicas
import Testing

private let households =
    "SELECT area, household_no, address, phone, cause_main, created_by FROM household ORDER BY area, household_no"
private let people = """
    SELECT p.area, household_no, relation, name, id_number, sex, birth, ethnicity, hukou_kind, p.id = head_person
    FROM person p JOIN household h ON h.area = p.area AND h.id = p.household ORDER BY p.area, household_no, birth
    """

@Suite struct `Importing households` {
    @Test func `makes rows with derived ids, signed by the importing office`() throws {
        let tree = try assistanceTree()
        let report = try tree[village].importSheet(
            sheetFile(
                "990000105007,1,甲村1组,0571-1234567,illness,yes,甲一,990000196001010013,,,head,汉族,rural",
                "990000105007,1,,,,no,丙三,,女,2020-05-06,grandchild,,",
                "990000105007,2,,,,yes,乙二,990000195803150021,,,head,,urban"))
        #expect(report.isImported && report.refused == [] && report.areasWithoutOffice == [])
        #expect(report.households == .init(new: 2) && report.persons == .init(new: 3))
        #expect(
            try tree[village].rows(households) == [
                "990000105007|1|甲村1组|0571-1234567|illness|甲一", "990000105007|2||||甲一",
            ])
        #expect(
            try tree[village].rows(people) == [
                "990000105007|1|head|甲一|990000196001010013|male|1960-01-01|汉族|rural|1",
                "990000105007|1|grandchild|丙三||female|2020-05-06|||0",
                "990000105007|2|head|乙二|990000195803150021|female|1958-03-15||urban|1",
            ])
        #expect(
            try tree[village].rows("SELECT hex(id) FROM household WHERE household_no = '1'")
                == tree[village].rows("SELECT hex(uuid5('household/990000105007/1'))"))
        #expect(
            try tree[village].rows("SELECT hex(id) FROM person WHERE name = '甲一'")
                == tree[village].rows("SELECT hex(uuid5('person/990000196001010013'))"))
        try tree.send(from: village, to: town)
        #expect(try tree[town].rows(people) == tree[village].rows(people))
    }

    @Test func `the same file again, in whatever encoding and order, changes nothing and writes no change set`() throws
    {
        let tree = try assistanceTree()
        let lines = [
            "990000105007,1,甲村1组,123,illness,yes,甲一,990000196001010013,,,head,汉族,rural",
            "990000105007,1,,,,no,丙三,,女,2020-05-06,grandchild,,", "990000105007,1,,,,no,丙三,,女,2020-05-06,grandchild,,",
        ]
        try tree[village].importSheet(sheetFile(lines[0], lines[1], lines[2]))
        let (before, all) = (try tree[village].changeSets, "SELECT * FROM person ORDER BY id")
        let rows = try tree[village].rows(all)
        let text = String(decoding: sheetFile(lines[2], lines[1], lines[0]), as: UTF8.self)
        for encoding in TextEncoding.allCases {
            let report = try tree[village].importSheet(try encoding.encode(text), as: ActingUser("乙二"))
            #expect(report.households == .init(unchanged: 1) && report.persons == .init(unchanged: 3))
        }
        #expect(try tree[village].changeSets == before)
        #expect(try tree[village].rows(all) == rows)
    }

    @Test func `only what differs is written, and an empty cell erases nothing`() throws {
        let tree = try assistanceTree()
        try tree[village].importSheet(
            sheetFile("990000105007,1,甲村,123,illness,yes,甲一,990000196001010013,,,head,汉族,rural"))
        try tree.send(from: village, to: town)
        try tree[town].run("UPDATE household SET address = '乙村'")
        try tree[town].run("UPDATE person SET ethnicity = '样例族'")
        let report = try tree[village].importSheet(
            sheetFile("990000105007,1,,124,,yes,甲二,990000196001010013,,,head,,"))
        #expect(report.households == .init(changed: 1) && report.persons == .init(changed: 1))
        // The town's writes and the import know nothing of each other, and still do not touch: no cell was written twice.
        try tree.send(from: village, to: town)
        #expect(try tree[town].conflicts(includingQuiet: true) == [])
        #expect(try tree[town].rows(households) == ["990000105007|1|乙村|124|illness|甲一"])
        #expect(
            try tree[town].rows(people)
                == ["990000105007|1|head|甲二|990000196001010013|male|1960-01-01|样例族|rural|1"])
    }

    @Test func `two offices that import one file unaware of each other arrive at the same rows`() throws {
        let tree = try assistanceTree()
        let file = sheetFile(headLine, wifeLine, "990000105007,1,,,,no,丙三,,女,2020-05-06,grandchild,,")
        try tree[village].importSheet(file)
        try tree[town].importSheet(file, as: ActingUser("乙二"))
        try tree.send(from: village, to: town)
        try tree.send(from: town, to: village)
        for office in [village, town] {
            #expect(try tree[office].rows("SELECT count(*), (SELECT count(*) FROM person) FROM household") == ["1|3"])
            #expect(try tree[office].conflicts() == [])
            #expect(Set(try tree[office].conflicts(includingQuiet: true).map(\.cell)) == ["created_by"])
        }
    }

    @Test func `a file in GB 18030 comes in with every character`() throws {
        let tree = try assistanceTree()
        let text = sheetHeader + "\n990000105007,1,\u{20BB7}家村,,因病,是,\u{20BB7}四,,男,1960/1/1,户主,汉族,农村"
        try tree[village].importSheet(try TextEncoding.gb18030.encode(text))
        #expect(
            try tree[village].rows("SELECT name, address, cause_main FROM person, household")
                == ["\u{20BB7}四|\u{20BB7}家村|illness"])
    }

    @Test func `a town imports for its villages in one transaction, and each gets its own`() throws {
        let tree = try assistanceTree()
        let other = "990000105008,1,,,,yes,丁四,,男,2001-02-03,head,,"
        let report = try tree[town].importSheet(sheetFile(headLine, other, wifeLine))
        #expect(report.households == .init(new: 2) && report.persons == .init(new: 3))
        let headers = try tree[town].read { db in
            try Data.fetchAll(
                db,
                sql: """
                    SELECT header FROM sanji_change_set JOIN sanji_feed ON sanji_feed.id = feed
                    WHERE area IN ('\(village)', '\(otherVillage)')
                    """)
        }.map { try SealedHeader(parsing: [UInt8]($0)).header }
        #expect(headers.count == 2 && headers.allSatisfy { $0.parts == 2 })
        #expect(Set(headers.map(\.transaction)).count == 1)
        for (office, names) in [(village, ["甲一", "乙二"]), (otherVillage, ["丁四"])] {
            try tree.send(from: town, to: office)
            #expect(Set(try tree[office].rows("SELECT name FROM person")) == Set(names))
        }
    }

    @Test func `villages that have no office yet are named`() throws {
        let tree = try assistanceTree()
        let report = try tree[town].importSheet(
            sheetFile(headLine.replacing("007,1,", with: "009,1,"), "990000105007,1,,,,yes,乙二,,女,1958-03-15,head,,"))
        #expect(report.isImported)
        #expect(report.areasWithoutOffice.map(\.digits) == ["990000105009"])
    }

    @Test func `progress counts rows up to the last`() throws {
        let tree = try assistanceTree()
        var steps: [[Int]] = []
        let file = MadeUpHouseholds.csv(count: 50, areas: [village], seed: 1)
        let report = try HouseholdImport.import(
            Array(file.utf8), into: tree[village], as: clerk, today: try #require(sheetToday)
        ) { steps.append([$0, $1]) }
        let total = 50 + report.persons.new
        #expect(steps == stride(from: 0, to: total, by: 100).map { [$0, total] } + [[total, total]])
    }

    @Test func `2,000 households come in at once`() throws {
        let tree = try assistanceTree()
        let file = Array(MadeUpHouseholds.csv(count: 2_000, areas: [village, otherVillage], seed: 1).utf8)
        let first = try tree[town].importSheet(file)
        #expect(first.refused == [] && first.households == .init(new: 2_000) && first.persons.new > 4_000)
        let again = try tree[town].importSheet(file)
        #expect(again.households == .init(unchanged: 2_000) && again.persons == .init(unchanged: first.persons.new))
    }
}
