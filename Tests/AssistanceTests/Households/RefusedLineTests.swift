import Assistance
import Testing

private let leftOutWith3 = "line 2: left out: line 3 of the same household was refused; correct that one"

/// The reasons of line 3, a member of the household of line 2, which is therefore left out.
private func reasons(_ line: String) throws -> [String] {
    let all = try refusals(headLine, line)
    #expect(all.first == leftOutWith3)
    return Array(all.dropFirst())
}

/// A member's line with one cell changed.
private func member(_ column: String, _ cell: String) throws -> String {
    var cells = "990000105007,1,,,,no,乙二,990000195803150021,female,1958-03-15,spouse,,".split(
        separator: ",", omittingEmptySubsequences: false
    ).map(String.init)
    cells[try #require(sheetHeader.split(separator: ",").firstIndex { $0 == column })] = cell
    return cells.joined(separator: ",")
}

@Suite struct `Refused lines` {
    @Test(arguments: [
        ("name", "", "姓名 (name): is empty; every line needs a value here"),
        ("is_head", " ", "户主 (is_head): is empty; every line needs a value here"),
        ("relation", "", "与户主关系 (relation): is empty; every line needs a value here"),
        ("name", String(repeating: "甲", count: 61), "姓名 (name): has 61 characters; shorten it to 60"),
        ("address", String(repeating: "甲", count: 201), "地址 (address): has 201 characters; shorten it to 200"),
        (
            "address", "\"甲村\n1组\"",
            "地址 (address): holds a line break or invisible character (U+A); remove it"
        ),
        ("name", "乙\u{2028}二", "姓名 (name): holds a line break or invisible character (U+2028); remove it"),
        (
            "name", "乙\u{FFFD}",
            "姓名 (name): holds the sign � for a character that was lost before the file was saved; type it again"
        ),
        (
            "id_number", "9.90000195803150E+17",
            "身份证号 (id_number): the spreadsheet turned a long number into 9.90000195803150E+17; "
                + "format the column as text and type the number again"
        ),
        (
            "id_number", "990000195803150020",
            "身份证号 (id_number): the check character does not fit, so a digit is mistyped; compare it with the card"
        ),
        (
            "id_number", "99000019580315002",
            "身份证号 (id_number): has 17 characters instead of 18; copy it from the card"
        ),
        (
            "phone", "9e11",
            "电话 (phone): the spreadsheet turned a long number into 9e11; "
                + "format the column as text and type the number again"
        ),
        ("phone", "甲", "电话 (phone): ‘甲’ is no telephone number; write one number with digits, + - ( ) and spaces"),
        ("phone", "12", "电话 (phone): ‘12’ is no telephone number; write one number with digits, + - ( ) and spaces"),
        ("birth", "1958.3.15", "出生日期 (birth): ‘1958.3.15’ is no date; write it as 1960-01-31, 1960/1/31 or 19600131"),
        ("birth", "1958-03-16", "出生日期 (birth): the identity number says 1958-03-15; correct the one that is wrong"),
        ("sex", "男", "性别 (sex): the identity number says 女 (female); correct the one that is wrong"),
        ("sex", "f", "性别 (sex): ‘f’ is not known; write one of 男 (male), 女 (female)"),
        ("is_head", "maybe", "户主 (is_head): ‘maybe’ is not known; write one of 是 (yes), 否 (no)"),
        (
            "cause", "bad luck",
            "致困原因 (cause): ‘bad luck’ is not known; write one of 因病 (illness), 因残 (disability), 因灾 (disaster), "
                + "因意外事故 (accident), 因学 (schooling), 缺劳动力 (no_labour), 失业 (job_loss), 其他 (other)"
        ),
        ("hukou", "x", "户口性质 (hukou): ‘x’ is not known; write one of 城镇 (urban), 农村 (rural)"),
        (
            "relation", "cousin",
            "与户主关系 (relation): ‘cousin’ is not known; write one of 户主 (head), 配偶 (spouse), 子女 (child), "
                + "父母 (parent), 孙子女 (grandchild), 祖父母 (grandparent), 兄弟姐妹 (sibling), 其他 (other)"
        ),
        (
            "relation", "赡养义务人",
            "与户主关系 (relation): one who owes support is no member of the household; "
                + "remove the line and record the obligation there"
        ),
        (
            "relation", "户主",
            "与户主关系 (relation): the line is not marked as the head's; mark it, or write another relation"
        ),
    ])
    func `a bad cell is named with its reason and remedy`(column: String, cell: String, reason: String) throws {
        #expect(try reasons(try member(column, cell)) == ["line 3, \(reason)"])
    }

    @Test func `a birth after today is refused where it stands`() throws {
        let late = madeUpIdentity(born: try #require(CalendarDate(year: 2024, month: 7, day: 1)), sequence: 2)
        #expect(
            try reasons("990000105007,1,,,,no,乙二,,女,2024-07-01,child,,")
                == ["line 3, 出生日期 (birth): lies after 2024-06-30; correct the date, or this computer's"])
        #expect(
            try reasons("990000105007,1,,,,no,乙二,\(late),,,child,,")
                == ["line 3, 身份证号 (id_number): lies after 2024-06-30; correct the date, or this computer's"])
    }

    @Test func `without an identity number, sex and birth are needed`() throws {
        #expect(
            try reasons("990000105007,1,,,,no,乙二,,,,child,,") == [
                "line 3, 性别 (sex): is empty; fill it in, or the identity number that tells it",
                "line 3, 出生日期 (birth): is empty; fill it in, or the identity number that tells it",
            ])
    }

    @Test func `every bad cell of a line is listed, in the order of the columns`() throws {
        #expect(
            try reasons("990000105007,1,,x,,no,,1,y,z,,,").map { $0.prefix { $0 != ":" } } == [
                "line 3, 电话 (phone)", "line 3, 姓名 (name)", "line 3, 身份证号 (id_number)", "line 3, 性别 (sex)",
                "line 3, 出生日期 (birth)", "line 3, 与户主关系 (relation)",
            ])
    }

    @Test func `cells beyond the header are one reason for the whole line`() throws {
        #expect(
            try reasons("990000105007,1,甲村,1组,,,no,乙二,990000195803150021,female,1958-03-15,spouse,,汉族")
                == ["line 3: has 14 cells for 13 columns; put a text that contains the delimiter in quotes"])
    }

    @Test func `a household needs exactly one head`() throws {
        #expect(
            try refusals(wifeLine, wifeLine.replacing("0021", with: "0048")) == [
                "line 2, 户主 (is_head): nobody is the household's head; mark the line of one member",
                "line 3: left out: line 2 of the same household was refused; correct that one",
            ])
        #expect(
            try refusals(headLine, wifeLine, "990000105007,1,,,,yes,丙三,990001201109091230,,,head,,") == [
                "line 2, 户主 (is_head): line 4 of the same household is the head's too; keep one mark",
                "line 3: left out: line 2 of the same household was refused; correct that one",
                "line 4, 户主 (is_head): line 2 of the same household is the head's too; keep one mark",
            ])
        // An unreadable mark may be the head's, so that nothing is said of a missing one.
        #expect(
            try refusals(wifeLine.replacing(",no,", with: ",?,")) == [
                "line 2, 户主 (is_head): ‘?’ is not known; write one of 是 (yes), 否 (no)"
            ])
    }

    @Test func `the head's relation is head`() throws {
        #expect(
            try refusals(headLine.replacing("head", with: "child")) == [
                "line 2, 与户主关系 (relation): the line is marked as the head's; write 户主 (head), or take the mark away"
            ])
    }

    @Test func `an identity number that occurs twice refuses every line that has it`() throws {
        #expect(
            try refusals(
                headLine, "990000105008,1,,,,yes,甲一,990000600101001,,,head,,",
                "990000,7,,,,yes,丙三,,男,2001-02-03,head,,",
                "990000105009,1,,,,yes,,990000196001010013,,,head,,"
            ) == [
                "line 2, 身份证号 (id_number): line 3 has the same identity number; keep the person once",
                "line 3, 身份证号 (id_number): line 2 has the same identity number; keep the person once",
                "line 5, 姓名 (name): is empty; every line needs a value here",
                "line 5, 身份证号 (id_number): line 2 has the same identity number; keep the person once",
            ])
    }

    @Test func `what is said of the household may not differ between its lines`() throws {
        let reason = "differs from line 2 of the same household; make them equal, or leave all but one empty"
        #expect(
            try refusals(
                "990000105007,1,甲村,123,illness,yes,甲一,990000196001010013,,,head,,",
                "990000105007,1,乙村,124,因残,no,乙二,990000195803150021,,,spouse,,"
            ) == [
                leftOutWith3, "line 3, 地址 (address): \(reason)", "line 3, 电话 (phone): \(reason)",
                "line 3, 致困原因 (cause): \(reason)",
            ])
    }

    @Test func `a line that does not tell its household holds back those beside it`() throws {
        let beside =
            "left out: line 3, beside this household, does not tell which household it belongs to; correct that one"
        #expect(
            try refusals(
                headLine, ",,,,,no,乙二,990000195803150021,,,spouse,,", ",1,,,,no,丙三,990001201109091230,,,child,,",
                "990000105007,2,,,,yes,丁四,,男,2001-02-03,head,,", "990000105007,3,,,,yes,戊五,,男,2001-02-03,head,,"
            ) == [
                "line 2: \(beside)",
                "line 3, 区划代码 (area): is empty; every line needs a value here",
                "line 3, 户编号 (household_no): is empty; every line needs a value here",
                "line 4, 区划代码 (area): is empty; every line needs a value here",
                "line 5: \(beside.replacing("line 3", with: "line 4"))",
            ])
    }

    @Test(arguments: ["99", "9900", "9900001", "99000010500A", "990000105007001"])
    func `an area is a district, a town or a village`(area: String) throws {
        #expect(
            try refusals("\(area),1,,,,yes,甲一,990000196001010013,,,head,,") == [
                "line 2, 区划代码 (area): ‘\(area)’ is no division code of a household; "
                    + "a district has 6 digits, a town 9, a village 12"
            ])
    }

    @Test func `an area or household number that a spreadsheet made unreadable is refused as that`() throws {
        let remedy = "format the column as text and type the number again"
        #expect(
            try refusals("9.9E+11,1.0E+15,,,,yes,甲一,990000196001010013,,,head,,") == [
                "line 2, 区划代码 (area): the spreadsheet turned a long number into 9.9E+11; \(remedy)",
                "line 2, 户编号 (household_no): the spreadsheet turned a long number into 1.0E+15; \(remedy)",
            ])
        #expect(try refusals("990000,E+1,,,,yes,甲一,990000196001010013,,,head,,") == [])
        #expect(try refusals("990000,1.E+1,,,,yes,甲一,990000196001010013,,,head,,") == [])
        #expect(try refusals("990000,12E3,,,,yes,甲一,990000196001010013,,,head,,") == [])
    }

    @Test func `one bad household does not hold back the others`() throws {
        let sheet = try readSheet(headLine, "990000105008,1,,,,yes,,,男,19600101,head,,")
        #expect(sheet.households.map(\.lines) == [[2]])
        #expect(sheet.refused.map(\.line) == [3])
    }
}
