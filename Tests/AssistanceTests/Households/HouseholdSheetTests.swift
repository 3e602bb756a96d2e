import Assistance
import ChangeSets
import Testing

private let chineseHeader = "区划代码,户编号,地址,电话,致困原因,户主,姓名,身份证号,性别,出生日期,与户主关系,民族,户口性质"

@Suite struct `A sheet of households` {
    @Test func `lines with the same area and number are one household`() throws {
        let sheet = try readSheet(
            "990000105007,1,甲村1组,0571-1234567,illness,yes,甲一,990000196001010013,male,1960-01-01,head,汉族,rural",
            "990000105008,1,,,,1,丙三,,female,2001/2/3,head,,",
            "990000105007,1,,,,no,乙二,990000195803150021,,,spouse,,urban")
        #expect(sheet.refused == [])
        #expect(
            sheet.households == [
                ReadHousehold(
                    household: SheetHousehold(
                        area: try OfficeCode("990000105007"), number: "1", address: "甲村1组", phone: "0571-1234567",
                        cause: .illness,
                        members: [
                            SheetPerson(
                                name: "甲一", identity: try IdentityNumber("990000196001010013"), sex: .male,
                                birth: try #require(CalendarDate(written: "19600101")), relation: .head,
                                ethnicity: "汉族", hukou: .rural),
                            SheetPerson(
                                name: "乙二", identity: try IdentityNumber("990000195803150021"), sex: .female,
                                birth: try #require(CalendarDate(written: "19580315")), relation: .spouse,
                                hukou: .urban),
                        ]), lines: [2, 4]),
                ReadHousehold(
                    household: SheetHousehold(
                        area: try OfficeCode("990000105008"), number: "1",
                        members: [
                            SheetPerson(
                                name: "丙三", sex: .female, birth: try #require(CalendarDate(written: "20010203")),
                                relation: .head)
                        ]), lines: [3]),
            ])
    }

    @Test func `Chinese and English say the same`() throws {
        let chinese = try readSheet(
            "990000105007,1,,,因意外事故,是,甲一,,男,19600101,户主,,农村",
            "990000105007,1,,,,否,乙二,,女,1961/1/2,孙子女,,非农业", header: chineseHeader)
        let english = try readSheet(
            "990000105007,1,,,accident,YES,甲一,,Male,1960-01-01,HEAD,,rural",
            "990000105007,1,,,,0,乙二,,female,1961-01-02,grandchild,,urban")
        #expect(chinese.refused == [])
        #expect(chinese.households == english.households)
    }

    @Test func `headers come in any order, in both languages, and only the mandatory ones must`() throws {
        let sheet = try readSheet(
            "head,甲一,是,1,990000105007,990000196001010013,,", header: "Relation , 姓名,Is Head,HOUSEHOLD-NO,区划代码,身份证号,,")
        #expect(sheet.refused == [])
        #expect(sheet.households.map(\.household.members.count) == [1])
    }

    @Test(arguments: TextEncoding.allCases)
    func `a file in any encoding reads the same`(encoding: TextEncoding) throws {
        let text = chineseHeader.replacing(",", with: "\t") + "\n990000\t1\t\t\t\t是\t甲一\t\t男\t19600101\t户主\t\t\n"
        let sheet = try HouseholdSheet.read(try encoding.encode(text), today: try #require(sheetToday))
        #expect(sheet.refused == [])
        #expect(sheet.households.map(\.household.members[0].name) == ["甲一"])
    }

    @Test func `what the household has may stand on any of its lines`() throws {
        let sheet = try readSheet(
            "990000105007,1,,123,,yes,甲一,990000196001010013,,,head,,",
            "990000105007,1,甲村,,因病,no,乙二,990000195803150021,,,spouse,,",
            "990000105007,1,甲村,123,illness,no,丙三,990001201109091230,,,grandchild,,")
        let household = try #require(sheet.households.first?.household)
        #expect(household.address == "甲村" && household.phone == "123" && household.cause == .illness)
    }

    @Test func `empty rows and white space around cells do not matter`() throws {
        let sheet = try readSheet(
            "", ",,,,,,,,,,,,", "\u{3000}990000105007 , 1,,,, yes,\u{FEFF}甲 一\u{200B},990000196001010013,,,head",
            "", "  ")
        #expect(sheet.refused == [])
        #expect(sheet.households.map(\.lines) == [[4]])
        #expect(sheet.households.map(\.household.members[0].name) == ["甲 一"])
    }

    @Test func `a default area stands where no line tells one, and only there`() throws {
        func read(_ header: String, _ lines: String...) throws -> HouseholdSheet {
            try HouseholdSheet.read(
                ([header] + lines).joined(separator: "\n"), defaultArea: try OfficeCode("990000105007"),
                today: try #require(sheetToday))
        }
        let empty = ",1,,,,yes,甲一,,男,19600101,head,,"
        for sheet in [
            try read(sheetHeader.replacing("area,", with: ""), String(empty.dropFirst())),
            try read(sheetHeader, empty),
        ] {
            #expect(sheet.refused == [])
            #expect(sheet.households.map(\.household.area.digits) == ["990000105007"])
        }
        let mixed = try read(sheetHeader, "990000105008,2,,,,yes,乙二,,男,19600101,head,,", "", "", empty)
        #expect(
            mixed.refused.map(\.description).last == "line 5, 区划代码 (area): is empty; every line needs a value here")
    }

    @Test func `an old card's 15 digits are widened`() throws {
        let sheet = try readSheet("990000105007,1,,,,yes,甲一,990000600101001,,,head,,")
        #expect(sheet.households.first?.household.members.first?.identity?.digits == "990000196001010013")
    }

    @Test func `numbers that only look equal are two households`() throws {
        let sheet = try readSheet(
            "990000,\u{F92C},,,,yes,甲一,,男,19600101,head,,", "990000,\u{90CE},,,,yes,乙二,,男,19600101,head,,")
        #expect(sheet.households.count == 2)
    }

    @Test func `full-width digits mean the same`() throws {
        let sheet = try readSheet(
            "９９００００,０１２－１０１,,,,yes,甲一,９９００００１９６００１０１００１３,,１９６００１０１,head,,",
            "990000,012-101,,,,no,乙二,,男,19900101,child,,")
        #expect(sheet.refused.isEmpty && sheet.households.count == 1)
        #expect(sheet.households.first?.household.members.first?.identity?.digits == "990000196001010013")
    }

    @Test func `a sheet without lines has no households`() throws {
        #expect(try readSheet().households == [])
    }

    @Test(arguments: 1...60 as ClosedRange<UInt64>)
    func `what was read, written and read again is the same`(seed: UInt64) throws {
        var random = TableRandom(seed: seed)
        var households: [SheetHousehold] = []
        for index in 0..<Int.random(in: 0...12, using: &random) {
            households.append(try .random(index: index, using: &random))
        }
        let language = random.pick(HouseholdSheet.Language.allCases)
        let text = HouseholdSheet.text(
            of: households, in: language, delimiter: random.pick(CsvDelimiter.allCases))
        let bytes = try random.pick(TextEncoding.allCases).encode(text)
        let sheet = try HouseholdSheet.read(bytes, today: try #require(sheetToday))
        #expect(sheet.refused.map(\.description) == [])
        #expect(sheet.households.map(\.household) == households)
        // Strings are equal by canonical equivalence; the bytes are to be, too.
        func plain(_ households: [SheetHousehold]) -> [UInt8] { Array(HouseholdSheet.text(of: households).utf8) }
        #expect(plain(sheet.households.map(\.household)) == plain(households))
    }

    @Test func `a written sheet is this text`() throws {
        let sheet = try readSheet(headLine, wifeLine.replacing("no,", with: "no,="))
        #expect(
            HouseholdSheet.text(of: sheet.households.map(\.household))
                == chineseHeader + "\r\n"
                + "990000105007,1,,,,是,甲一,990000196001010013,男,1960-01-01,户主,,\r\n"
                + "990000105007,1,,,,否,'=乙二,990000195803150021,女,1958-03-15,配偶,,\r\n")
        #expect(
            HouseholdSheet.text(of: sheet.households.map(\.household), in: .english, delimiter: .semicolon)
                == sheetHeader.replacing(",", with: ";") + "\r\n"
                + "990000105007;1;;;;yes;甲一;990000196001010013;male;1960-01-01;head;;\r\n"
                + "990000105007;1;;;;no;'=乙二;990000195803150021;female;1958-03-15;spouse;;\r\n")
    }
}
