import ChangeSets

/// Why a decision about a conflict was not carried out. Nothing was written.
package enum ConflictError: Error, Hashable, CustomStringConvertible {
    case unknown(String)
    case severalMatch(String, [String])
    case noSuchSibling(OfficeCode, there: [OfficeCode])
    case severalAuthors(OfficeCode, [AuthorID])
    case columns(expected: [String], given: [String])
    case notAValue(String, type: ColumnType, text: String)
    case isDelete(String)
    case isNoDelete(String)
    case authority(OfficeCode, OfficeCode, may: [OfficeCode])
    case cell(String, String, Tier, may: [OfficeCode])
    case appendOnly(String)
    case changedMeanwhile(String)
    case nothingToWrite(String, Tier)
    case resolveFirst([String])

    package var description: String {
        switch self {
        case .unknown(let id):
            "no open conflict \(id.prefix(40)); it may have been resolved meanwhile: see `sanji conflicts list`"
        case .severalMatch(let id, let ids): "\(id) is the beginning of \(ids.joined(separator: ", ")); give one whole"
        case .noSuchSibling(let office, let there):
            "office \(office) has no value in this conflict; keep the one of \(Self.list(there))"
        case .severalAuthors(let office, let authors):
            "authors \(authors.map(\.description).joined(separator: " and ")) of office \(office) wrote different values; "
                + "say which with --value"
        case .columns(let expected, let given):
            if expected.count == 1 {
                "a value for \(expected[0]) is needed, and only that (given: \(given.joined(separator: ", ")))"
            } else {
                "one value for each of \(expected.joined(separator: ", ")) is needed, as --value column=V for each "
                    + "(given: \(given.joined(separator: ", ")))"
            }
        case .notAValue(let column, let type, let text): "‘\(text)’ is no \(type.rawValue) for column \(column)"
        case .isDelete(let id): "conflict \(id) is a delete that met an edit; use --restore or --delete"
        case .isNoDelete(let id): "conflict \(id) is about values; decide with --keep OFFICE or --value V"
        case .authority(let office, let area, let may):
            "office \(office) may not write rows of \(area); ask \(Self.list(may))"
        case .cell(let table, let cell, let tier, let may):
            "a \(tier) may not write \(table).\(cell); ask \(Self.list(may))"
        case .appendOnly(let table):
            "rows of \(table) never change: keep the value that is shown, and insert a correction where it is wrong"
        case .changedMeanwhile(let id):
            "the record has changed since; look at it again with `sanji conflicts show \(id)`"
        case .nothingToWrite(let table, let tier):
            "\(table) has no column that a \(tier) may write, so the row cannot be restored from here; "
                + "ask the office above, or delete it"
        case .resolveFirst(let ids):
            "every column that this office may write is in conflict itself; resolve \(ids.joined(separator: ", ")) first, "
                + "which restores the row as well"
        }
    }

    private static func list(_ offices: [OfficeCode]) -> String {
        offices.isEmpty ? "the office above" : offices.map(\.digits).joined(separator: " or ")
    }
}
