import Assistance
import ChangeSets
import Replica
import TestReplicas
import Testing

private let child = "990000105007,1,,,,no,丙三,,女,2020-05-06,grandchild,,"
private let card = try! IdentityNumber(
    division: "990000", birth: CalendarDate(year: 2020, month: 5, day: 6)!, sequence: 2)

private func ids(_ replica: OfficeReplica) throws -> Set<String> {
    Set(try replica.rows("SELECT hex(id) FROM person"))
}

/// Imports one file after the other, and looks at what the second made of the first's people.
private func twice(_ first: [UInt8], _ second: [UInt8]) throws -> (report: ImportReport, kept: Bool, rows: [String]) {
    let tree = try assistanceTree()
    try tree[village].importSheet(first)
    let before = try ids(tree[village])
    let report = try tree[village].importSheet(second)
    return (
        report, before.isSubset(of: try ids(tree[village])),
        try tree[village].rows("SELECT name, id_number, birth FROM person ORDER BY birth, name, id_number")
    )
}

@Suite struct `People who are known already` {
    @Test func `a card received, or one left out, is the same person`() throws {
        let withCard = child.replacing("丙三,", with: "丙三,\(card.digits)")
        let received = try twice(sheetFile(headLine, child), sheetFile(headLine, withCard))
        #expect(received.report.persons == .init(changed: 1, unchanged: 1))
        #expect(received.rows == ["甲一|990000196001010013|1960-01-01", "丙三|\(card.digits)|2020-05-06"])
        let leftOut = try twice(sheetFile(headLine, withCard), sheetFile(headLine, child))
        #expect(leftOut.report.persons == .init(unchanged: 2))
    }

    @Test func `a name or birth date corrected is the same person, where only one can be meant`() throws {
        let named = try twice(sheetFile(headLine, child), sheetFile(headLine, child.replacing("丙三", with: "丙四")))
        #expect(named.report.persons == .init(changed: 1, unchanged: 1))
        let dated = try twice(sheetFile(headLine, child), sheetFile(headLine, child.replacing("05-06", with: "05-07")))
        #expect(dated.report.persons == .init(changed: 1, unchanged: 1))
    }

    @Test func `one of two whom it could mean is nobody known`() throws {
        let twins = sheetFile(headLine, child, child.replacing("丙三", with: "丙四"))
        let result = try twice(
            twins, sheetFile(headLine, child.replacing("丙三", with: "丙五"), child.replacing("丙三", with: "丙六")))
        #expect(result.report.persons == .init(new: 2, unchanged: 1))
        #expect(result.rows.count == 5)
        let one = try twice(
            sheetFile(headLine, child),
            sheetFile(headLine, child.replacing("丙三", with: "丙五"), child.replacing("丙三", with: "丙六")))
        #expect(one.report.persons == .init(new: 2, unchanged: 1))
    }

    @Test func `half of what is known of one with a number does not make somebody that one`() throws {
        let withCard = child.replacing("丙三,", with: "丙三,\(card.digits)")
        let result = try twice(sheetFile(headLine, withCard), sheetFile(headLine, child.replacing("丙三", with: "丙四")))
        #expect(result.report.persons == .init(new: 1, unchanged: 1))
    }

    @Test func `another child in the place of one who is gone is another person`() throws {
        let other = "990000105007,1,,,,no,丁四,,男,2022-01-02,grandchild,,"
        let result = try twice(sheetFile(headLine, child), sheetFile(headLine, other))
        #expect(result.report.persons == .init(new: 1, unchanged: 1))
        #expect(result.rows == ["甲一|990000196001010013|1960-01-01", "丙三||2020-05-06", "丁四||2022-01-02"])
    }

    @Test func `another identity number is another person`() throws {
        // Name, sex and birth date are the same.
        let withCard = child.replacing("丙三,", with: "丙三,\(card.digits)")
        let number = madeUpIdentity(born: try #require(CalendarDate(year: 2020, month: 5, day: 6)), sequence: 4)
        let result = try twice(
            sheetFile(headLine, withCard), sheetFile(headLine, withCard.replacing(card.digits, with: number)))
        #expect(result.report.persons == .init(new: 1, unchanged: 1))
    }

    @Test func `a new head beside one whom no line means is refused: it may be an old file after a correction`() throws
    {
        let tree = try assistanceTree()
        let file = sheetFile("990000105007,1,,,,yes,甲一,,男,1960-01-01,head,,")
        try tree[village].importSheet(file)
        try tree[village].run("UPDATE person SET name = '甲山', birth = '1960-01-02'")
        let report = try tree[village].importSheet(file)
        #expect(!report.isImported)
        #expect(report.refused.map(\.reason) == [.otherHead])
        #expect(try tree[village].rows("SELECT name FROM person") == ["甲山"])
    }

    @Test func `household numbers that look like each other's spare ids make no clash`() throws {
        let tree = try assistanceTree()
        func line(_ number: String, _ name: String) -> String {
            "990000105007,\(number),,,,yes,\(name),,男,1960-01-01,head,,"
        }
        try tree[village].importSheet(sheetFile(line("S5", "甲一")))
        try tree[village].run("UPDATE household SET household_no = 'S6'")
        let report = try tree[village].importSheet(sheetFile(line("S5", "乙二"), line("S5/1", "丙三")))
        #expect(report.households == .init(new: 2))
    }

    @Test func `a number given to somebody else since does not make one person into another`() throws {
        let tree = try assistanceTree()
        try tree[village].importSheet(sheetFile(headLine))
        // The number was not his; his own is put in, and the true owner comes with the next file.
        try tree[village].run("UPDATE person SET id_number = '990000196001020051', birth = '1960-01-02'")
        let owner = headLine.replacing("甲一", with: "丁四").replacing("007,1,", with: "007,2,")
        #expect(try tree[village].importSheet(sheetFile(owner)).persons == .init(new: 1))
        #expect(
            try tree[village].rows("SELECT name, id_number FROM person ORDER BY birth")
                == ["丁四|990000196001010013", "甲一|990000196001020051"])
    }

    @Test func `one who moved to another household of the village takes the record along`() throws {
        let own = wifeLine.replacing("007,1,", with: "007,2,").replacing("no,", with: "yes,")
            .replacing("spouse", with: "head")
        let tree = try assistanceTree()
        try tree[village].importSheet(sheetFile(headLine, wifeLine))
        let report = try tree[village].importSheet(sheetFile(own))
        #expect(report.households == .init(new: 1) && report.persons == .init(changed: 1))
        #expect(
            try tree[village].rows(
                "SELECT name, household_no FROM person p JOIN household h ON h.id = p.household ORDER BY name")
                == ["乙二|2", "甲一|1"])
    }

    @Test func `rows that were typed in by hand are found by number, name and date`() throws {
        let tree = try assistanceTree()
        try tree[village].run(
            """
            INSERT INTO household (area, id, household_no) VALUES (office(), x'01', '1');
            INSERT INTO person (area, id, household, name, id_number)
                VALUES (office(), x'02', x'01', '甲一', '990000196001010013');
            INSERT INTO person (area, id, household, name, sex, birth)
                VALUES (office(), x'03', x'01', '丙三', 'female', '2020-05-06');
            """)
        let report = try tree[village].importSheet(sheetFile(headLine, child))
        #expect(report.households == .init(changed: 1) && report.persons == .init(changed: 2))
        #expect(
            try tree[village].rows("SELECT hex(p.id), relation, hex(head_person) FROM person p, household ORDER BY 1")
                == ["02|head|02", "03|grandchild|02"])
    }

    @Test func `of several rows that serve, the one in the household, or the imported one, is taken`() throws {
        let tree = try assistanceTree()
        try tree[village].importSheet(sheetFile(headLine))
        try tree[village].run(
            """
            INSERT INTO household (area, id, household_no) VALUES (office(), x'00', '1'), (office(), x'02', '2');
            INSERT INTO person (area, id, household, id_number)
                VALUES (office(), x'00', x'00', '990000196001010013'), (office(), x'05', x'02', '990000195803150021'),
                    (office(), x'03', x'03', '990000195803150021');
            """)
        let report = try tree[village].importSheet(
            sheetFile(headLine, "990000105007,2,,,,yes,乙二,990000195803150021,,,head,,"))
        #expect(report.households == .init(changed: 1, unchanged: 1))
        #expect(report.persons == .init(changed: 1, unchanged: 1))
        #expect(try tree[village].rows("SELECT hex(id) FROM person WHERE name = '乙二'") == ["05"])
    }

    @Test func `a household whose number was given to another one is another household`() throws {
        let tree = try assistanceTree()
        try tree[village].importSheet(sheetFile(headLine))
        try tree[village].run("UPDATE household SET household_no = '7'")
        let other = "990000105007,1,,,,yes,丁四,,男,2001-02-03,head,,"
        #expect(try tree[village].importSheet(sheetFile(other)).households == .init(new: 1))
        #expect(try tree[village].rows("SELECT household_no FROM household ORDER BY 1") == ["1", "7"])
    }
}
