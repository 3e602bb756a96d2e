/// Which cell of each record holds which column.
struct SheetHeader {
    private let indexes: [HouseholdColumn: Int]
    let columnCount: Int

    /// - Parameter needsArea: Whether nothing else tells where the households live.
    /// - Throws: `.columns` with everything that is wrong.
    init(_ record: CsvRecord, needsArea: Bool) throws(HouseholdSheetError) {
        var titles = record.cells.map(\.trimmedCell)
        while titles.last?.isEmpty == true { titles.removeLast() }  // Spreadsheets keep columns that were once in use.
        var problems = ColumnProblems()
        var indexes: [HouseholdColumn: Int] = [:]
        for (index, title) in titles.enumerated() {
            if title.isEmpty {
                problems.unnamed.append(index + 1)
            } else if title == CsvWriter.markTitle {
                continue  // Who took the file it came from says nothing of a household.
            } else if let column = HouseholdColumn(header: title) {
                if indexes.updateValue(index, forKey: column) != nil { problems.repeated.append(column) }
            } else {
                problems.unknown.append(title.shortened)
            }
        }
        problems.missing = HouseholdColumn.allCases.filter {
            $0.isMandatory && indexes[$0] == nil && ($0 != .area || needsArea)
        }
        guard problems.isEmpty else { throw .columns(problems) }
        self.indexes = indexes
        columnCount = titles.count
    }

    /// The trimmed cells by column. Those that the record is too short for are empty: spreadsheets drop empty cells at
    /// the end of a line.
    func cells(of record: CsvRecord) -> [HouseholdColumn: String] {
        indexes.compactMapValues { $0 < record.cells.count ? record.cells[$0].trimmedCell : nil }
    }

    /// - Returns: the trimmed cell; nil where the sheet has no such column, or the record is too short for it.
    func cell(_ column: HouseholdColumn, of record: CsvRecord) -> String? {
        guard let index = indexes[column], index < record.cells.count else { return nil }
        return record.cells[index].trimmedCell
    }

    /// The number of cells up to the last one that is not empty.
    static func filledCells(of record: CsvRecord) -> Int {
        (record.cells.lastIndex { !$0.trimmedCell.isEmpty } ?? -1) + 1
    }
}

extension String {
    /// Its first 40 characters: enough to find a cell by, and no megabyte in a message.
    var shortened: String { String(unicodeScalars.prefix(40)) }
}
