import Assistance
import Testing

private func written(_ rows: [[String]], delimiter: CsvDelimiter = .comma) -> String {
    var writer = CsvWriter(delimiter: delimiter)
    for row in rows { writer.append(row) }
    return writer.text
}

/// Equal as strings is not enough: Swift compares those by canonical equivalence.
private func scalars(_ rows: [[String]]) -> [[[Unicode.Scalar]]] { rows.map { $0.map { Array($0.unicodeScalars) } } }

@Suite struct `Writing CSV` {
    @Test func `records end with CRLF, and cells have quotes where they need them`() {
        #expect(
            written([["姓名", "a b"], ["x,y", "x;y"], ["x\ty", "\"x\""], ["x\r\ny", ""]])
                == "姓名,a b\r\n\"x,y\",\"x;y\"\r\n\"x\ty\",\"\"\"x\"\"\"\r\n\"x\r\ny\",\r\n")
    }

    @Test func `a lone empty cell is quoted, or it would be no record`() {
        #expect(written([["a"], [""]]) == "a\r\n\"\"\r\n")
    }

    @Test func `what a spreadsheet takes for a formula begins with an apostrophe`() {
        #expect(
            written([["=1+1", "+86", "-5", "@x", "\tx", "\rx", "\nx", "＝1", "a=1", "'a", "'=1"]])
                == "'=1+1,'+86,'-5,'@x,\"'\tx\",\"'\rx\",\"'\nx\",'＝1,a=1,'a,''=1\r\n")
    }

    @Test func `a quote with a combining mark is doubled`() throws {
        let rows = [["\"\u{301},"], ["\r\n\u{301}"]]
        #expect(scalars(try csvRecords(written(rows)).map(\.cells)) == scalars(rows))
    }

    @Test(arguments: 1...200 as ClosedRange<UInt64>)
    func `what is written is read back exactly`(seed: UInt64) throws {
        var random = TableRandom(seed: seed)
        let width = Int.random(in: 1...5, using: &random)
        var rows: [[String]] = []
        for _ in 0..<Int.random(in: 1...20, using: &random) {
            rows.append((0..<width).map { _ in random.text(lengthMax: 8) })
        }
        let text = written(rows, delimiter: random.pick(CsvDelimiter.allCases))
        #expect(scalars(try csvRecords(text).map(\.cells)) == scalars(rows))
    }
}
