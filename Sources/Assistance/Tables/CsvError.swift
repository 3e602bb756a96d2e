/// Why a text cannot be read as CSV. Lines are physical, from 1.
package enum CsvError: Error, Hashable, CustomStringConvertible {
    case fileTooLarge(sizeBytes: Int, limitBytes: Int)
    /// - Parameters:
    ///   - line: Where the record begins.
    ///   - quoteLine: Where the quoted cell begins that was being read, if one was.
    case recordTooLarge(line: Int, quoteLine: Int?, limitBytes: Int)
    case tooManyColumns(line: Int, limit: Int)
    /// - Parameter line: Where the quote was opened, not where the file ends.
    case unterminatedQuote(line: Int)
    case strayQuote(line: Int)
    case textAfterQuote(line: Int)

    package var description: String {
        switch self {
        case .fileTooLarge(let sizeBytes, let limitBytes):
            "the text has \(sizeBytes) bytes, more than \(limitBytes); split the file"
        case .recordTooLarge(let line, nil, let limitBytes):
            "line \(line) is longer than \(limitBytes) bytes; is this a table with one record a line?"
        case .recordTooLarge(let line, let quoteLine?, let limitBytes):
            "the record that begins on line \(line) is longer than \(limitBytes) bytes; "
                + "close the quote that was opened on line \(quoteLine)"
        case .tooManyColumns(let line, let limit):
            "line \(line) has more than \(limit) columns; remove the columns that do not belong here"
        case .unterminatedQuote(let line):
            "the quote opened on line \(line) is never closed; close it, or save the file again as CSV"
        case .strayQuote(let line):
            "line \(line) has a quote inside a cell that does not begin with one; "
                + "put the whole cell in quotes and double the quotes inside it"
        case .textAfterQuote(let line):
            "line \(line) has text after a closing quote; double the quotes inside the cell"
        }
    }
}
