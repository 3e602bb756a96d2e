import Assistance
import Testing

/// All records, or the error.
func csvRecords(
    _ text: String, delimiter: CsvDelimiter? = nil, limits: CsvLimits = .standard
) throws(CsvError) -> [CsvRecord] {
    var reader = try CsvReader(text, delimiter: delimiter, limits: limits)
    var records: [CsvRecord] = []
    while let record = try reader.next() { records.append(record) }
    return records
}

private func rows(_ text: String) throws -> [[String]] { try csvRecords(text).map(\.cells) }
private func lines(_ text: String) throws -> [Int] { try csvRecords(text).map(\.line) }

@Suite struct `Reading CSV` {
    @Test(arguments: ["\r\n", "\n", "\r"])
    func `records end with CRLF, LF or CR`(lineBreak: String) throws {
        #expect(try rows("a,b\(lineBreak)1,2\(lineBreak)") == [["a", "b"], ["1", "2"]])
        #expect(try lines("a,b\(lineBreak)1,2") == [1, 2])
    }

    @Test func `a quoted cell keeps delimiters, line breaks and doubled quotes`() throws {
        #expect(
            try rows("a,b\r\n\"1,\"\"x\"\"\r\n2\",\"\"\r\n\"\"\"\",3\r\n")
                == [["a", "b"], ["1,\"x\"\r\n2", ""], ["\"", "3"]])
    }

    @Test func `a record is at the physical line it begins on`() throws {
        #expect(try lines("a,b\n\"1\r\n\r2\n\",x\n3,4\r\n\r\n5,6") == [1, 2, 6, 7, 8])
    }

    @Test func `line breaks at the end are no records, and an empty line between others is one`() throws {
        #expect(try rows("a,b\r\n\r\n1,2\r\n\r\n\r\n") == [["a", "b"], [""], ["1", "2"]])
        #expect(try rows("") == [])
        #expect(try rows("\r\n\n\r") == [])
        #expect(try rows("\"\"\n") == [[""]])
    }

    @Test func `a delimiter at the end is followed by an empty cell`() throws {
        #expect(try rows("a,b,\n,\n") == [["a", "b", ""], ["", ""]])
        #expect(try rows(",") == [["", ""]])
    }

    @Test(arguments: CsvDelimiter.allCases)
    func `the delimiter is the candidate the first record has most of`(delimiter: CsvDelimiter) throws {
        let mark = String(Unicode.Scalar(delimiter.rawValue))
        let record = try csvRecords("a\(mark)b\(mark)c\n1\(mark)2\(mark)3,;\t").last
        #expect(record?.cells.prefix(2) == ["1", "2"])
        #expect(try CsvReader("a\(mark)b,;\t\(mark)c\(mark)").delimiter == delimiter)
    }

    @Test func `delimiters in quotes are not counted, nor those of later records`() throws {
        #expect(try CsvReader("\"a,b,c\";\"d,\"\"\ne\"\n1,2,3,4").delimiter == .semicolon)
        #expect(try CsvReader("a\n1;2").delimiter == .comma)
        #expect(try rows("\"a;b;c\",d\n") == [["a;b;c", "d"]])
    }

    @Test func `a stated delimiter is not detected`() throws {
        #expect(try csvRecords("a,b;c", delimiter: .semicolon).map(\.cells) == [["a,b", "c"]])
    }

    @Test func `the apostrophe of a guarded cell is taken away, and no other`() throws {
        #expect(
            try rows("'=1,'+2,'-3,'@4,''=5,'a,',''\r\n\"'\t6\",\"'\r7\",\"'\n8\",'＝9")
                == [["=1", "+2", "-3", "@4", "'=5", "'a", "'", "''"], ["\t6", "\r7", "\n8", "＝9"]])
    }

    @Test(arguments: [
        ("a,b\n1,x\"y\n", CsvError.strayQuote(line: 2)),
        ("a,b\n\"1\n2\",x\"y\n", .strayQuote(line: 3)),
        ("a,b\n\"1\"x,2\n", .textAfterQuote(line: 2)),
        ("a,b\n\"1\n\" ,2\n", .textAfterQuote(line: 3)),
        ("a,b\n1,2\n\"3\n\",\"4\n\n5,6\n\n", .unterminatedQuote(line: 4)),
        ("\"", .unterminatedQuote(line: 1)),
        ("\"a\"\"\r\n\r\n", .unterminatedQuote(line: 1)),
    ])
    func `a misplaced quote is an error with its line`(text: String, error: CsvError) {
        #expect(throws: error) { try csvRecords(text) }
    }

    @Test func `a file, a record or a width beyond the limits is an error`() throws {
        let limits = CsvLimits(fileBytes: 40, recordBytes: 10, columns: 3)
        #expect(try csvRecords("a,b,c\n12,45,7890\n", limits: limits).count == 2)
        #expect(throws: CsvError.fileTooLarge(sizeBytes: 42, limitBytes: 40)) {
            try csvRecords(String(repeating: "甲", count: 14), limits: limits)
        }
        #expect(throws: CsvError.recordTooLarge(line: 2, quoteLine: nil, limitBytes: 10)) {
            try csvRecords("a,b,c\n12,45,78901\n", limits: limits)
        }
        #expect(throws: CsvError.recordTooLarge(line: 2, quoteLine: 3, limitBytes: 10)) {
            try csvRecords("a,b,c\n\"\n\",\"1\n3\n5,6,7\n8,9,0\n", limits: limits)
        }
        #expect(throws: CsvError.tooManyColumns(line: 2, limit: 3)) {
            try csvRecords("a,b,c\n1,2,3,\n", limits: limits)
        }
    }

    @Test func `the standard limits are 64 MiB, 1 MiB and 500 columns`() {
        #expect(CsvLimits.standard.fileBytes == 67_108_864)
        #expect(CsvLimits.standard.recordBytes == 1_048_576)
        #expect(CsvLimits.standard.columns == 500)
    }

    @Test func `an error says what happened and what to do`() {
        let errors: [CsvError] = [
            .fileTooLarge(sizeBytes: 9, limitBytes: 8), .recordTooLarge(line: 2, quoteLine: nil, limitBytes: 8),
            .recordTooLarge(line: 2, quoteLine: 3, limitBytes: 8), .tooManyColumns(line: 2, limit: 8),
            .unterminatedQuote(line: 2), .strayQuote(line: 2), .textAfterQuote(line: 2),
        ]
        #expect(
            errors.map(\.description) == [
                "the text has 9 bytes, more than 8; split the file",
                "line 2 is longer than 8 bytes; is this a table with one record a line?",
                "the record that begins on line 2 is longer than 8 bytes; close the quote that was opened on line 3",
                "line 2 has more than 8 columns; remove the columns that do not belong here",
                "the quote opened on line 2 is never closed; close it, or save the file again as CSV",
                "line 2 has a quote inside a cell that does not begin with one; "
                    + "put the whole cell in quotes and double the quotes inside it",
                "line 2 has text after a closing quote; double the quotes inside the cell",
            ])
    }

    @Test(arguments: 1...200 as ClosedRange<UInt64>)
    func `random text never crashes, and its lines only grow`(seed: UInt64) {
        var random = TableRandom(seed: seed)
        let text = random.text(lengthMax: 300)
        let limits = CsvLimits(fileBytes: 1000, recordBytes: Int.random(in: 1...200, using: &random), columns: 20)
        do throws(CsvError) {
            let records = try csvRecords(text, limits: limits)
            #expect(zip(records, records.dropFirst()).allSatisfy { $0.line < $1.line })
            #expect(records.allSatisfy { !$0.cells.isEmpty && $0.cells.count <= 20 })
        } catch {
            #expect(!error.description.isEmpty)
        }
    }
}
