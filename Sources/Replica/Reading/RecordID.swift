import ChangeSets

/// Names one synced row, there or not: its table, area and key.
package struct RecordID: Hashable, Sendable, CustomStringConvertible {
    package let table: String
    package let area: OfficeCode
    /// Names of the key columns besides the area.
    package let keyColumns: [String]
    /// One value per key column besides the area.
    package let key: [CellValue]

    init(table: SyncedTable, area: OfficeCode, key: [CellValue]) {
        self.table = table.name
        self.area = area
        keyColumns = table.key.map(\.name)
        self.key = key
    }

    /// - Parameter encoded: Area and key, as the engine's own tables keep them.
    init(table: SyncedTable, encoded: [UInt8]) throws {
        var reader = ValueReader(encoded)
        var values: [CellValue] = []
        while let value = reader.value() { values.append(value) }
        guard reader.isAtEnd, values.count == 1 + table.key.count, case .text(let digits)? = values.first,
            let area = try? OfficeCode(digits)
        else { throw DamagedReplica.absentRow(table.name) }
        self.init(table: table, area: area, key: Array(values.dropFirst()))
    }

    /// Area and key, in column order.
    var wholeKey: [CellValue] { [.text(area.digits)] + key }

    /// As ``RecordKey`` reads it: hexadecimal for blobs, commas between several columns.
    package var keyText: String { key.map { $0.plain ?? "NULL" }.joined(separator: ",") }

    package var description: String { "\(table) \(area)/\(keyText)" }
}

extension CellValue {
    /// For people and scripts: blobs as lower-case hexadecimal, everything else as it reads; nil for NULL.
    package var plain: String? {
        switch self {
        case .null: nil
        case .integer, .real, .text: description
        case .blob(let bytes): bytes.hex
        }
    }

    /// - Returns: nil when `text` is no value of that type. `NULL` means NULL for every type.
    init?(text: String, as type: ColumnType) {
        if text == "NULL" {
            self = .null
            return
        }
        switch type {
        case .text: self = .text(text)
        case .integer:
            guard let number = Int64(text) else { return nil }
            self = .integer(number)
        case .real:
            guard let number = Double(text), number.isFinite else { return nil }
            self = .real(number)
        case .blob:
            guard let bytes = [UInt8](hex: text) else { return nil }
            self = .blob(bytes)
        case .any: self = Int64(text).map(CellValue.integer) ?? .text(text)
        }
    }
}

/// A key as a person types it: `KEY`, or `AREA/KEY` where several areas know it.
struct RecordKey {
    let area: OfficeCode?
    let values: [CellValue]

    init(_ text: String, of table: SyncedTable) throws(RecordNotFound) {
        var rest = Substring(text)
        if let slash = text.firstIndex(of: "/"), let code = try? OfficeCode(text[..<slash]) {
            area = code
            rest = text[text.index(after: slash)...]
        } else {
            area = nil
        }
        // A single key column may hold commas of its own.
        let parts = table.key.count == 1 ? [rest] : rest.split(separator: ",", omittingEmptySubsequences: false)
        guard parts.count == table.key.count else {
            throw .keyParts(table.name, columns: table.key.map(\.name), given: parts.count)
        }
        var values: [CellValue] = []
        for (part, column) in zip(parts, table.key) {
            guard let value = CellValue(text: String(part), as: column.type), value != .null else {
                throw .keyText(table.name, column: column.name, type: column.type, text: String(part))
            }
            values.append(value)
        }
        self.values = values
    }
}

/// Why a record that somebody named cannot be shown.
package enum RecordNotFound: Error, Hashable, CustomStringConvertible {
    case noSuchTable(String, known: [String])
    case keyParts(String, columns: [String], given: Int)
    case keyText(String, column: String, type: ColumnType, text: String)
    case unknown(String, key: String)
    case severalAreas(String, key: String, [OfficeCode])

    package var description: String {
        switch self {
        case .noSuchTable(let name, let known):
            "‘\(name)’ is no synced table; there are \(known.joined(separator: ", "))"
        case .keyParts(let table, let columns, let given):
            "a key of \(table) has \(columns.count) parts, not \(given); "
                + "give \(columns.joined(separator: ",")) with commas between them"
        case .keyText(let table, let column, let type, let text):
            "‘\(text)’ is no \(type.rawValue) for \(table).\(column); "
                + (type == .blob
                    ? "give it in hexadecimal, as `sanji sql \"SELECT hex(\(column)) FROM \(table) WHERE …\"` finds it"
                    : "give a value of that type")
        case .unknown(let table, let key):
            "no change set here touches \(key) of \(table); give the whole key, or ask an office above with the same command"
        case .severalAreas(let table, let key, let areas):
            "\(areas.map(\.digits).joined(separator: " and ")) each have a row \(key) of \(table); "
                + "name one as \(areas.first?.digits ?? "AREA")/\(key)"
        }
    }
}
