import Assistance
import ChangeSets
import Replica
import TestReplicas
import Testing

private let nameless = "990000105007,9,,,,yes,,990000197506204586,,,head,,"
private let count = "SELECT (SELECT count(*) FROM household), (SELECT count(*) FROM person)"

@Suite struct `Lines that are not imported` {
    @Test func `keep the whole file out, and are all listed`() throws {
        let tree = try assistanceTree()
        let before = try tree[village].changeSets
        let report = try tree[village].importSheet(
            sheetFile(headLine, wifeLine, nameless, "990000105008,1,,,,yes,=丁四,,男,2001-02-03,head,,"))
        #expect(!report.isImported)
        #expect(report.households == .init() && report.persons == .init())
        #expect(report.refusedLines == 2)
        #expect(
            report.csv == """
                line,column,reason\r
                4,姓名 (name),"is empty; every line needs a value here"\r
                4,身份证号 (id_number),"the check character does not fit, so a digit is mistyped; compare it with the card"\r
                5,区划代码 (area),"990000105008 does not belong to office 990000105007; import the line there, or at an office above both"\r\n
                """)
        #expect(try tree[village].rows(count) == ["0|0"])
        #expect(try tree[village].changeSets == before)
    }

    @Test func `hold back only their own households when a part is asked for`() throws {
        let tree = try assistanceTree()
        let report = try tree[village].importSheet(
            sheetFile(headLine, nameless, wifeLine, "990000105007,9,,,,no,丁四,,男,2001-02-03,child,,"), partial: true)
        #expect(report.isImported && report.refusedLines == 2)
        #expect(report.households == .init(new: 1) && report.persons == .init(new: 2))
        #expect(try tree[village].rows("SELECT name FROM person ORDER BY birth") == ["乙二", "甲一"])
    }

    @Test func `lie outside the importing office, or in no village`() throws {
        let tree = try assistanceTree()
        let outside = try tree[town].importSheet(
            sheetFile(
                headLine, "990000106001,1,,,,yes,丁四,,男,2001-02-03,head,,", "990000105,1,,,,yes,戊五,,男,2001-02-03,head,,",
                "990000,1,,,,yes,己六,,男,2001-02-03,head,,", "990000,1,,,,no,庚七,,男,2001-02-04,child,,"))
        let remedy = "write the 12 digits of the village or residents' committee where the family lives"
        #expect(
            outside.refused.texts == [
                "line 3, 区划代码 (area): 990000106001 does not belong to office 990000105; "
                    + "import the line there, or at an office above both",
                "line 4, 区划代码 (area): 990000105 is a town; \(remedy)",
                "line 5, 区划代码 (area): 990000 is a district; \(remedy)",
                "line 6, 区划代码 (area): 990000 is a district; \(remedy)",
            ])
        #expect(try tree[town].rows(count) == ["0|0"])
    }

    @Test func `concern what was made void here on purpose`() throws {
        let tree = try assistanceTree()
        let other = "990000105007,2,,,,yes,丁四,,男,2001-02-03,head,,"
        let file = sheetFile(headLine, wifeLine, other)
        try tree[village].importSheet(file)
        try tree[village].run(
            """
            UPDATE household SET row_state = 'void' WHERE household_no = '2';
            UPDATE person SET row_state = 'merged_into' WHERE name = '乙二';
            """)
        let before = try tree[village].changeSets
        let report = try tree[village].importSheet(file, partial: true)
        #expect(
            report.refused.texts == [
                "line 2: left out: line 3 of the same household was refused; correct that one",
                "line 3: the person's record was made void here; restore it first, or remove the household's lines",
                "line 4, 户编号 (household_no): the household with this number was made void here; "
                    + "restore it first, or remove its lines",
            ])
        #expect(try tree[village].changeSets == before)
    }

    @Test func `an unreadable file is an error, with nothing kept`() throws {
        let tree = try assistanceTree()
        #expect(throws: HouseholdSheetError.empty) { try tree[village].importSheet([]) }
        #expect(throws: HouseholdSheetError.csv(.unterminatedQuote(line: 2))) {
            try tree[village].importSheet(sheetFile("\""))
        }
    }

    @Test func `an area for the whole file must be a village of the office`() throws {
        let tree = try assistanceTree()
        let header = sheetHeader.replacing("area,", with: "")
        let file = sheetFile("1,,,,yes,甲一,990000196001010013,,,head,,", header: header)
        for (area, reason) in [
            (town, RefusedLine.Reason.noVillage(town)),
            (try OfficeCode("990000106001"), .outsideOffice(try OfficeCode("990000106001"), office: town)),
        ] {
            #expect(throws: HouseholdImportError.defaultArea(reason)) {
                try tree[town].importSheet(file, defaultArea: area)
            }
        }
        #expect(throws: HouseholdSheetError.self) { try tree[town].importSheet(file) }
        #expect(try tree[town].importSheet(file, defaultArea: village).households == .init(new: 1))
        // A village is its own.
        #expect(try tree[village].importSheet(file).households == .init(new: 1))
        #expect(try tree[village].rows("SELECT area FROM household") == ["990000105007"])
    }

    @Test func `a file of more villages than a transaction can name is split by a person`() throws {
        let tree = try assistanceTree()
        let areas = try (0...Limits.partsMax).map { try OfficeCode("990000\(100_000 + $0)") }
        let file = Array(MadeUpHouseholds.csv(count: areas.count, areas: areas, seed: 1).utf8)
        #expect(throws: HouseholdImportError.tooManyAreas(Limits.partsMax + 1)) { try tree[district].importSheet(file) }
    }

    @Test func `the longest sheet fits into one transaction`() {
        #expect(2 * HouseholdSheet.linesMax <= Limits.changesMax)
    }
}
