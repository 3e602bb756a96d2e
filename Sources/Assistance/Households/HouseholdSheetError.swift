/// Why a whole file is not imported.
package enum HouseholdSheetError: Error, Hashable, CustomStringConvertible {
    case encoding(TextEncodingError)
    case csv(CsvError)
    case empty
    case columns(ColumnProblems)
    case tooManyLines(limit: Int)

    package var description: String {
        switch self {
        case .encoding(let error): "\(error)"
        case .csv(let error): "\(error)"
        case .empty:
            "the file is empty; its first line names the columns: " + HouseholdColumn.allTitles
        case .columns(let problems): "\(problems)"
        case .tooManyLines(let limit): "the file has more than \(limit) people; split it between households"
        }
    }
}

/// All that is wrong with the first line, so that it is corrected once.
package struct ColumnProblems: Hashable, Sendable, CustomStringConvertible {
    /// Headers of no column, as written, each cut to 40 characters.
    package internal(set) var unknown: [String] = []
    package internal(set) var repeated: [HouseholdColumn] = []
    package internal(set) var missing: [HouseholdColumn] = []
    /// Columns, from 1, that have no header although a later one does.
    package internal(set) var unnamed: [Int] = []

    var isEmpty: Bool { unknown.isEmpty && repeated.isEmpty && missing.isEmpty && unnamed.isEmpty }

    package var description: String {
        var parts: [String] = []
        if !unknown.isEmpty { parts.append("unknown columns " + unknown.map { "‘\($0)’" }.joined(separator: ", ")) }
        if !unnamed.isEmpty {
            parts.append("no header in columns " + unnamed.map { "\($0)" }.joined(separator: ", "))
        }
        if !repeated.isEmpty { parts.append("repeated " + repeated.map(\.title).joined(separator: ", ")) }
        if !missing.isEmpty { parts.append("missing " + missing.map(\.title).joined(separator: ", ")) }
        var text = parts.joined(separator: "; ") + "; the columns are " + HouseholdColumn.allTitles
        if missing.contains(.area) { text += "; where all lines are of one village, its code will do (--area)" }
        return text
    }
}

extension HouseholdColumn {
    static var allTitles: String { allCases.map(\.title).joined(separator: ", ") }
}
