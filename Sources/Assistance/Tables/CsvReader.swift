/// Reads CSV as spreadsheets write it, one record at a time.
///
/// RFC 4180 with quotes, line breaks inside quotes, any of CRLF, LF and CR, and `,` `;` or tab between cells, told
/// from the first record. Line breaks at the end of the text are no records. A cell that ``CsvWriter`` guarded
/// against being a formula comes back without its apostrophe (``FormulaGuard``).
///
/// Own code and not the SwiftCSV package: a clerk is told the physical line of every refusal, a misplaced quote is
/// an error instead of a guess, the delimiter is found without counting quoted ones, and a hostile file is stopped
/// by limits before it fills the memory of an old PC.
package struct CsvReader {
    package let delimiter: CsvDelimiter
    private let bytes: [UInt8]
    private let end: Int
    private let limits: CsvLimits
    private var position = 0
    private var line = 1

    /// - Parameter delimiter: nil to tell it from the first record.
    /// - Throws: `.fileTooLarge`.
    package init(
        _ text: String, delimiter: CsvDelimiter? = nil, limits: CsvLimits = .standard
    ) throws(CsvError) {
        let sizeBytes = text.utf8.count
        guard sizeBytes <= limits.fileBytes else {
            throw .fileTooLarge(sizeBytes: sizeBytes, limitBytes: limits.fileBytes)
        }
        bytes = Array(text.utf8)
        // Cut here, once: looking ahead at each empty line would take quadratic time on a file of them.
        end = bytes.lastIndex { $0 != .lineFeed && $0 != .carriageReturn }.map { $0 + 1 } ?? 0
        self.limits = limits
        self.delimiter = delimiter ?? .detected(in: bytes)
    }

    /// - Returns: nil after the last record. An empty line before it is a record of one empty cell.
    /// - Throws: ``CsvError`` with its line; what follows an error cannot be told apart, so the file is to be refused.
    package mutating func next() throws(CsvError) -> CsvRecord? {
        guard position < end else { return nil }
        let start = Start(line: line, position: position)
        var cells: [String] = []
        while true {
            guard cells.count < limits.columns else {
                throw .tooManyColumns(line: start.line, limit: limits.columns)
            }
            cells.append(FormulaGuard.unguarded(try readCell(in: start)))
            guard position < end else { break }
            if bytes[position] != delimiter.rawValue {
                skipLineBreak()
                break
            }
            position += 1
        }
        return CsvRecord(line: start.line, cells: cells)
    }

    /// Where the record being read began.
    private struct Start {
        let line: Int
        let position: Int
    }

    /// Stops at a delimiter, a line break or the end, and nowhere else.
    private mutating func readCell(in start: Start) throws(CsvError) -> String {
        if position < end, bytes[position] == .quote { return try readQuotedCell(in: start) }
        let first = position
        while position < end, !endsCell(bytes[position]) {
            if bytes[position] == .quote { throw .strayQuote(line: line) }
            try checkSize(of: start, quoteLine: nil)
            position += 1
        }
        return String(decoding: bytes[first..<position], as: UTF8.self)
    }

    private mutating func readQuotedCell(in start: Start) throws(CsvError) -> String {
        let quoteLine = line
        var cell: [UInt8] = []
        position += 1
        while position < end {
            try checkSize(of: start, quoteLine: quoteLine)
            let byte = bytes[position]
            switch byte {
            case .quote:
                position += 1
                if position < end, bytes[position] == .quote {
                    cell.append(.quote)
                    position += 1
                } else if position == end || endsCell(bytes[position]) {
                    return String(decoding: cell, as: UTF8.self)
                } else {
                    throw .textAfterQuote(line: line)
                }
            case .lineFeed, .carriageReturn:
                let first = position
                skipLineBreak()
                cell.append(contentsOf: bytes[first..<position])
            default:
                cell.append(byte)
                position += 1
            }
        }
        throw .unterminatedQuote(line: quoteLine)
    }

    private func endsCell(_ byte: UInt8) -> Bool {
        byte == delimiter.rawValue || byte == .lineFeed || byte == .carriageReturn
    }

    private func checkSize(of start: Start, quoteLine: Int?) throws(CsvError) {
        guard position - start.position < limits.recordBytes else {
            throw .recordTooLarge(line: start.line, quoteLine: quoteLine, limitBytes: limits.recordBytes)
        }
    }

    /// CRLF counts as one line break.
    private mutating func skipLineBreak() {
        let isCRLF = bytes[position] == .carriageReturn && position + 1 < end && bytes[position + 1] == .lineFeed
        position += isCRLF ? 2 : 1
        line += 1
    }
}

/// One record of a CSV text.
package struct CsvRecord: Hashable, Sendable {
    /// Physical line, from 1, on which the record begins; later records lie further on than their number when cells
    /// hold line breaks.
    package let line: Int
    /// At least one.
    package let cells: [String]
}

/// What a reader holds of one file at most. Sizes are in bytes of UTF-8.
package struct CsvLimits: Sendable {
    package let fileBytes: Int
    package let recordBytes: Int
    package let columns: Int

    package init(fileBytes: Int, recordBytes: Int, columns: Int) {
        self.fileBytes = fileBytes
        self.recordBytes = recordBytes
        self.columns = columns
    }

    /// Many times a district's whole register (about 23,000 people), and still within an old PC's memory.
    package static let standard = CsvLimits(fileBytes: 64 << 20, recordBytes: 1 << 20, columns: 500)
}
