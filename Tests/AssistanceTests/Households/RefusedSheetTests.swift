import Assistance
import Testing

private let titles =
    "区划代码 (area), 户编号 (household_no), 地址 (address), 电话 (phone), 致困原因 (cause), 户主 (is_head), 姓名 (name), "
    + "身份证号 (id_number), 性别 (sex), 出生日期 (birth), 与户主关系 (relation), 民族 (ethnicity), 户口性质 (hukou)"

private func refusal(_ bytes: [UInt8], limits: CsvLimits = .standard) throws -> String? {
    let today = try #require(sheetToday)
    do throws(HouseholdSheetError) {
        _ = try HouseholdSheet.read(bytes, today: today, limits: limits)
        return nil
    } catch {
        return error.description
    }
}

@Suite struct `A file that is no sheet of households` {
    @Test func `says every column that is wrong at once, and the right ones`() throws {
        #expect(
            try refusal(Array("area,户编号,区划代码,,收入,\(String(repeating: "x", count: 50)),姓名".utf8))
                == "unknown columns ‘收入’, ‘\(String(repeating: "x", count: 40))’; no header in columns 4; "
                + "repeated 区划代码 (area); missing 户主 (is_head), 与户主关系 (relation); the columns are " + titles)
    }

    @Test(arguments: ["", "\r\n\r\n", " , ,\n"])
    func `is empty`(text: String) throws {
        #expect(try refusal(Array(text.utf8)) == "the file is empty; its first line names the columns: " + titles)
    }

    @Test func `is no text, or no CSV`() throws {
        #expect(try refusal([0x50, 0x4B, 0x03, 0x04])?.hasPrefix("this is a spreadsheet's own file") == true)
        #expect(
            try refusal(Array((sheetHeader + "\n\"").utf8))
                == "the quote opened on line 2 is never closed; close it, or save the file again as CSV")
    }

    @Test func `is larger than an office can hold`() throws {
        let limits = CsvLimits(fileBytes: 10, recordBytes: 10, columns: 10)
        #expect(
            try refusal(Array(repeating: 0xFF, count: 11), limits: limits)
                == "the text has 11 bytes, more than 10; split the file")
        let today = try #require(sheetToday)
        #expect(throws: HouseholdSheetError.tooManyLines(limit: 1)) {
            let text = [sheetHeader, headLine, wifeLine].joined(separator: "\n")
            return try HouseholdSheet.read(text, today: today, linesMax: 1)
        }
        #expect(
            HouseholdSheetError.tooManyLines(limit: 1).description
                == "the file has more than 1 people; split it between households")
    }

    @Test(arguments: 1...300 as ClosedRange<UInt64>)
    func `damaged anywhere, it never crashes, and every line is either imported or refused`(seed: UInt64) throws {
        var random = TableRandom(seed: seed)
        var households: [SheetHousehold] = []
        for index in 0..<6 { households.append(try .random(index: index, using: &random)) }
        let encoding = random.pick(TextEncoding.allCases)
        var bytes = try encoding.encode(HouseholdSheet.text(of: households, in: .english))
        let hostile = Array("\",;\t\r\n'=0xX甲".utf8) + [0, 0x80, 0xFF]
        for _ in 0..<Int.random(in: 1...6, using: &random) {
            let index = Int.random(in: bytes.indices, using: &random)
            switch Int.random(in: 0...3, using: &random) {
            case 0: bytes[index] = random.pick(hostile)
            case 1: bytes.insert(random.pick(hostile), at: index)
            case 2: bytes.remove(at: index)
            // Mostly within the lines, not the header, so that there is something left to read.
            default: bytes[max(index, bytes.count / 4)] = random.pick(Array("0123456789,".utf8))
            }
        }
        let today = try #require(sheetToday)
        let sheet: HouseholdSheet
        do throws(HouseholdSheetError) { sheet = try HouseholdSheet.read(bytes, today: today) } catch {
            #expect(!error.description.isEmpty)
            return
        }
        let imported = sheet.households.flatMap(\.lines)
        let refused = Set(sheet.refused.map(\.line))
        #expect(Set(imported).isDisjoint(with: refused))
        #expect(Set(imported).count == imported.count)
        let filled = try csvRecords(try TextEncoding.decode(bytes).text).filter { record in
            record.cells.contains { !$0.allSatisfy(\.isWhitespace) }
        }
        #expect(Set(imported).union(refused) == Set(filled.dropFirst().map(\.line)))
        #expect(sheet.households.allSatisfy { $0.household.members.count == $0.lines.count })
        #expect(sheet.households.allSatisfy { $0.household.members.filter { $0.relation == .head }.count == 1 })
    }
}
