import ChangeSets

/// A sheet of parameters, as a district publishes them and as this program ships an example of: one value a line.
package enum ParameterSheet {
    package static let header = ["name", "registration", "valid_from", "valid_to", "value", "document"]

    /// The example that comes with the program: a complete set, so that a new district can begin and replace value by
    /// value. Its document is called `example`.
    package static let shipped = PackageResources.parameters_csv

    /// - Parameters:
    ///   - file: CSV in any encoding that spreadsheets write: ``header``, then one value a line.
    ///   - area: Whose values they become.
    /// - Returns: The values, and every line that is none.
    /// - Throws: `TextEncodingError`, `CsvError`, ``ParameterFault/header``.
    package static func read(
        _ file: [UInt8], area: OfficeCode
    ) throws -> (values: [PublishedValue], refused: [RefusedRow<ParameterFault>]) {
        var values: [PublishedValue] = []
        var lines: [String: Int] = [:]
        let refused = try FixedSheet.read(file, header: header, otherwise: ParameterFault.header) {
            cells, line throws(ParameterFault) in
            let value = try value(cells, area: area)
            if let other = lines.updateValue(line, forKey: value.key) { throw .twice(line: other) }
            values.append(value)
        }
        return (values, refused)
    }

    private static func value(_ cells: [String], area: OfficeCode) throws(ParameterFault) -> PublishedValue {
        guard cells.count == header.count else { throw .cells(cells.count) }
        guard let name = ParameterName(rawValue: cells[0]) else { throw .unknown(cells[0].shortened) }
        guard ["", "urban", "rural"].contains(cells[1]) else { throw .registration(cells[1].shortened) }
        guard let from = CalendarDate(written: cells[2]) else { throw .date(cells[2].shortened) }
        var to: CalendarDate?
        if !cells[3].isEmpty {
            guard let end = CalendarDate(written: cells[3]), end >= from else { throw .date(cells[3].shortened) }
            to = end
        }
        guard !cells[5].isEmpty else { throw .document }
        let value = PublishedValue(
            area: area, name: name.rawValue, hukouKind: cells[1], validFrom: from, validTo: to, text: cells[4],
            document: cells[5])
        guard name.accepts(value.text) else { throw .value(value.text.shortened, name.unit) }
        return value
    }
}

extension PublishedValue {
    /// What makes it another value than all others of its area.
    var key: String { "\(name)/\(hukouKind)/\(validFrom)" }
}

extension ParameterName {
    /// Whether a text says a value of this parameter.
    package func accepts(_ text: String) -> Bool {
        switch unit {
        case .yuan: Money(yuan: text) != nil
        case .ratio: Ratio(written: text) != nil
        case .number: Self.number(text) != nil
        case .flag: Self.flag(text) != nil
        case .period: Period(written: text) != nil
        case .amount: MonthlyAmount(written: text) != nil
        case .disabilities: DisabilityList(written: text) != nil
        case .words: !text.isEmpty
        }
    }

    /// A whole number of at most nine digits.
    static func number(_ text: String) -> Int? {
        (1...9).contains(text.utf8.count) && text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(text) : nil
    }

    static func flag(_ text: String) -> Bool? { ["yes": true, "no": false][text] }
}

package enum ParameterFault: Error, Hashable, CustomStringConvertible {
    case header
    case cells(Int)
    case unknown(String)
    case registration(String)
    case date(String)
    case document
    case value(String, ParameterUnit)
    case twice(line: Int)

    package var description: String {
        switch self {
        case .header: "the first line names the columns: " + ParameterSheet.header.joined(separator: ",")
        case .cells(let count): "has \(count) cells instead of \(ParameterSheet.header.count)"
        case .unknown(let name):
            "‘\(name)’ is no parameter; ‘sanji param list --names’ shows all"
        case .registration(let text): "‘\(text)’ is no registration; write urban, rural, or nothing for both"
        case .date(let text): "‘\(text)’ is no date, or ends before it begins; write 2026-01-31"
        case .document: "names no document; write the number of the paper that orders the value"
        case .value(let text, let unit): "‘\(text)’ is not \(unit.example)"
        case .twice(let line): "line \(line) has the same parameter, registration and first day; keep one"
        }
    }
}
