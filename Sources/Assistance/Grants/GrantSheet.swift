import ChangeSets

/// What another department has given, as it hands it over: one line a person, programme and month.
package struct GrantLine: Hashable, Sendable {
    /// The department's own number of the line.
    package let number: String
    package let identity: NamedIdentity
    package let month: CalendarMonth
    package let kind: AidKind
    /// As the department calls it; else as its kind is called.
    package let programme: String
    package let basis: String
    /// Money, or zero for aid in kind.
    package let amount: Money
    /// In kind: what and how much of it.
    package let quantity: String?
    /// What that is worth; named, and never added up.
    package let value: Money?
    package let paidOn: CalendarDate?
}

package enum GrantFault: Error, Hashable, CustomStringConvertible {
    case header
    case cells(Int)
    case number
    case twice(line: Int)
    case identity(InvalidIdentityNumber)
    case month(String)
    case kind(String)
    case amount(String)
    case nothing
    case both
    case date(String)
    case nobody
    case saysOtherwise
    case odd(String)

    package var description: String {
        switch self {
        case .header: "the first line names the columns: " + GrantSheet.header.joined(separator: ",")
        case .cells(let count): "has \(count) cells instead of \(GrantSheet.header.count)"
        case .number: "has no number; the department's own number of the line tells a line that comes again"
        case .twice(let line): "line \(line) has the same number; keep one"
        case .identity(let fault): "the identity number \(fault)"
        case .month(let text): "‘\(text)’ is no month up to this one; write 2026-07"
        case .kind(let text):
            "‘\(text)’ is no kind of aid; there are " + AidKind.allCases.map(\.rawValue).joined(separator: ", ")
        case .amount(let text): "‘\(text)’ is no amount; write 1894 or 1894.50"
        case .nothing: "names neither an amount nor, in kind, a quantity"
        case .both: "is money and in kind at once; make two lines of it"
        case .date(let text): "‘\(text)’ is no date up to today"
        case .nobody: "is about somebody in no register here; import the file again once they are registered"
        case .odd(let why): why
        case .saysOtherwise:
            "the line of this number said something else when it was imported; the department gives a new number"
        }
    }
}

package enum GrantSheet {
    package static let header = [
        "no", "id_number", "month", "kind", "programme", "basis", "amount", "quantity", "value", "paid_on",
    ]

    /// - Throws: `TextEncodingError`, `CsvError`, ``GrantFault/header``.
    package static func read(
        _ file: [UInt8], today: CalendarDate
    ) throws -> (lines: [(line: Int, grant: GrantLine)], refused: [RefusedRow<GrantFault>]) {
        var lines: [(line: Int, grant: GrantLine)] = []
        var known: [String: Int] = [:]
        let refused = try FixedSheet.read(file, header: header, otherwise: GrantFault.header) {
            cells, line throws(GrantFault) in
            let grant = try self.grant(cells, today)
            if let other = known.updateValue(line, forKey: grant.number) { throw .twice(line: other) }
            lines.append((line, grant))
        }
        return (lines, refused)
    }

    private static func grant(_ cells: [String], _ today: CalendarDate) throws(GrantFault) -> GrantLine {
        guard cells.count == header.count else { throw .cells(cells.count) }
        guard !cells[0].isEmpty else { throw .number }
        let identity: NamedIdentity
        do throws(InvalidIdentityNumber) { identity = try NamedIdentity(cells[1]) } catch { throw .identity(error) }
        guard let month = CalendarMonth(written: cells[2]), month <= today.calendarMonth else {
            throw .month(cells[2].shortened)
        }
        guard let kind = AidKind(rawValue: cells[3]) else { throw .kind(cells[3].shortened) }
        let (amount, value) = (try money(cells[6]), try money(cells[8]))
        let quantity = cells[7].isEmpty ? nil : cells[7]
        guard amount.map({ $0 > .zero }) ?? false || quantity != nil else { throw .nothing }
        guard quantity == nil || (amount ?? .zero) == .zero else { throw .both }
        var paidOn: CalendarDate?
        if !cells[9].isEmpty {
            guard let day = CalendarDate(written: cells[9]), day <= today else { throw .date(cells[9].shortened) }
            paidOn = day
        }
        return GrantLine(
            number: cells[0], identity: identity, month: month, kind: kind,
            programme: cells[4].isEmpty ? kind.chinese : cells[4], basis: cells[5], amount: amount ?? .zero,
            quantity: quantity, value: quantity == nil ? nil : value, paidOn: paidOn)
    }

    private static func money(_ text: String) throws(GrantFault) -> Money? {
        if text.isEmpty { return nil }
        guard let money = Money(yuan: text) else { throw .amount(text.shortened) }
        return money
    }
}
