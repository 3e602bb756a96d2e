/// A sheet whose first line names fixed columns in their order, and of which every other line is one thing.
enum FixedSheet {
    /// - Parameters:
    ///   - file: CSV in any encoding that spreadsheets write.
    ///   - fault: What is wrong where the first line is another.
    ///   - take: Given a line's trimmed cells, not all of them empty, and its number in the file.
    /// - Returns: Every line that `take` refused.
    /// - Throws: `TextEncodingError`, `CsvError`, `fault`.
    static func read<Fault: Error & Hashable>(
        _ file: [UInt8], header: [String], otherwise fault: Fault,
        _ take: (_ cells: [String], _ line: Int) throws(Fault) -> Void
    ) throws -> [RefusedRow<Fault>] {
        var reader = try CsvReader(TextEncoding.decode(file).text)
        guard let first = try reader.next(), first.cells.map(\.trimmedCell) == header else { throw fault }
        var refused: [RefusedRow<Fault>] = []
        while let record = try reader.next() {
            let cells = record.cells.map(\.trimmedCell)
            if cells.allSatisfy(\.isEmpty) { continue }
            do throws(Fault) {
                try take(cells, record.line)
            } catch {
                refused.append(RefusedRow(line: record.line, fault: error))
            }
        }
        return refused
    }
}

/// A line that was not taken, and why.
package struct RefusedRow<Fault: Error & Hashable>: Hashable, Sendable, CustomStringConvertible {
    /// Physical line of the file, from 1.
    package let line: Int
    package let fault: Fault

    package var description: String { "line \(line): \(fault)" }
}
