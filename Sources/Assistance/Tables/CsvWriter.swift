/// Writes CSV that spreadsheets and ``CsvReader`` read: CRLF after each record, quotes where they are needed.
///
/// Every cell is text: one that a spreadsheet would take for a formula (a negative number too) is written with an
/// apostrophe before it, which ``CsvReader`` takes away again (``FormulaGuard``).
package struct CsvWriter {
    package private(set) var text = ""
    /// Of the column of marks.
    static let markTitle = "export_code"
    private let delimiter: CsvDelimiter
    private let mark: String?

    /// - Parameter mark: A code that stands in a last column of every record, as a file that leaves an office has it (``ExportLog``).
    package init(delimiter: CsvDelimiter = .comma, mark: String? = nil) {
        self.delimiter = delimiter
        self.mark = mark
    }

    /// Appends one record.
    /// - Parameter cells: At least one; in the first record as many as in any other, or the delimiter cannot be told.
    package mutating func append(_ cells: [String]) {
        precondition(!cells.isEmpty, "a record has at least one cell")
        let cells = mark.map { cells + [text.isEmpty ? Self.markTitle : $0] } ?? cells
        for (index, cell) in cells.enumerated() {
            if index > 0 { text.unicodeScalars.append(Unicode.Scalar(delimiter.rawValue)) }
            let guarded = FormulaGuard.guarded(cell)
            // A lone empty cell would otherwise be an empty line, which is no record at the end of the file.
            if Self.needsQuotes(guarded) || (cells.count == 1 && cell.isEmpty) {
                appendQuoted(guarded)
            } else {
                text += guarded
            }
        }
        text += "\r\n"
    }

    // By scalars throughout: to Swift's characters a CRLF is one, and a quote with a combining mark is no quote.
    private mutating func appendQuoted(_ cell: String) {
        text += "\""
        for scalar in cell.unicodeScalars {
            if scalar == "\"" { text.unicodeScalars.append(scalar) }
            text.unicodeScalars.append(scalar)
        }
        text += "\""
    }

    /// Every candidate delimiter is quoted, not only the one in use: the reader tells it from those outside quotes.
    private static func needsQuotes(_ cell: String) -> Bool {
        cell.utf8.contains {
            $0 == .quote || $0 == .lineFeed || $0 == .carriageReturn || CsvDelimiter(rawValue: $0) != nil
        }
    }
}
