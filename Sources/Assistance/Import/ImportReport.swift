import ChangeSets

/// What an import did, and what it could not take.
package struct ImportReport: Hashable, Sendable {
    /// Households, or people, by what the import did with them.
    package struct Counts: Hashable, Sendable {
        package internal(set) var new = 0
        package internal(set) var changed = 0
        package internal(set) var unchanged = 0

        package init(new: Int = 0, changed: Int = 0, unchanged: Int = 0) {
            self.new = new
            self.changed = changed
            self.unchanged = unchanged
        }

        package var all: Int { new + changed + unchanged }
    }

    /// False when lines were refused and a partial import was not asked for. Then nothing was kept, and no count is
    /// above zero.
    package let isImported: Bool
    package let households: Counts
    package let persons: Counts
    /// Every refusal of every line that was not imported, by line, then by column.
    package let refused: [RefusedLine]
    /// Imported areas that the directory has no office for: villages without a computer, or slips of the keyboard.
    package let areasWithoutOffice: [OfficeCode]

    /// Lines of the file that were not imported.
    package var refusedLines: Int { Set(refused.map(\.line)).count }

    /// The refusals as a table for a spreadsheet: line, column, reason. May repeat what the cells hold.
    package var csv: String {
        var writer = CsvWriter()
        writer.append(["line", "column", "reason"])
        for refusal in refused {
            writer.append(["\(refusal.line)", refusal.column?.title ?? "", "\(refusal.reason)"])
        }
        return writer.text
    }
}

extension ImportReport.Counts {
    /// - Parameter stored: Whether the row was there before.
    mutating func count(_ write: RowWrite?, stored: Bool) {
        if write == nil { unchanged += 1 } else if stored { changed += 1 } else { new += 1 }
    }

    static func + (a: Self, b: Self) -> Self {
        Self(new: a.new + b.new, changed: a.changed + b.changed, unchanged: a.unchanged + b.unchanged)
    }
}
