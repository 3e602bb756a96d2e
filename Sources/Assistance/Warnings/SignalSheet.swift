import ChangeSets
import GRDB

/// What a department hands over, by kind, as CSV: its own number of the line, whom it is about, the day, and what is said.
package enum SignalKind: String, Sendable, CaseIterable {
    case medical, disability, accident, wage, income, school, death, disaster, asset
    case account = "account_return"

    /// Columns besides `no`, `id_number` and `date`.
    package var columns: [String] {
        switch self {
        case .medical: ["self_paid"]
        case .disability: ["kind", "grade", "valid_to"]
        case .accident, .asset: ["kind"]
        case .wage, .death: []
        case .income: ["before", "now"]
        case .school: ["kind"]
        case .disaster: ["event", "house_damaged"]
        case .account: ["code"]
        }
    }

    package var header: [String] { ["no", "id_number", "date"] + columns }

    /// What goes on being so however long ago it began: somebody is dead, a certificate holds, a thing is owned. Of all others a rule looks
    /// back ``daysBack`` days at most.
    var isLasting: Bool {
        switch self {
        case .death, .disability, .asset: true
        case .medical, .accident, .wage, .income, .school, .disaster, .account: false
        }
    }

    /// A month more than the twelve of which bills are summed up.
    package static let daysBack = 400
}

/// One line, checked.
package struct SignalLine: Hashable {
    let number: String
    let identity: NamedIdentity
    let fact: Signal.Fact
    let day: CalendarDate
}

package enum SignalFault: Error, Hashable, CustomStringConvertible {
    case header(SignalKind)
    case cells(Int, Int)
    case number
    case identity(InvalidIdentityNumber)
    case date(String)
    case amount(String)
    case word(String, String)
    case twice(line: Int)
    /// The same line of the department said something else when it was imported before.
    case saysOtherwise

    package var description: String {
        switch self {
        case .header(let kind): "the first line names the columns: " + kind.header.joined(separator: ",")
        case .cells(let count, let wanted): "has \(count) cells instead of \(wanted)"
        case .number: "has no number; the department's own number of the line tells a line that comes again"
        case .identity(let fault): "the identity number \(fault)"
        case .date(let text): "‘\(text)’ is no date up to today"
        case .amount(let text): "‘\(text)’ is no amount; write 1894 or 1894.50"
        case .word(let text, let wanted): "‘\(text)’ is not \(wanted)"
        case .twice(let line): "line \(line) has the same number; keep one"
        case .saysOtherwise:
            "the line of this number said something else when it was imported; the department gives a new number"
        }
    }
}

package enum SignalSheet {
    /// - Throws: `TextEncodingError`, `CsvError`, ``SignalFault/header(_:)``.
    package static func read(
        _ file: [UInt8], as kind: SignalKind, today: CalendarDate
    ) throws -> (lines: [(line: Int, signal: SignalLine)], refused: [RefusedRow<SignalFault>]) {
        var lines: [(line: Int, signal: SignalLine)] = []
        var known: [String: Int] = [:]
        let refused = try FixedSheet.read(file, header: kind.header, otherwise: SignalFault.header(kind)) {
            cells, line throws(SignalFault) in
            let signal = try self.line(cells, kind, today)
            if let other = known.updateValue(line, forKey: signal.number) { throw .twice(line: other) }
            lines.append((line, signal))
        }
        return (lines, refused)
    }

    private static func line(
        _ cells: [String], _ kind: SignalKind, _ today: CalendarDate
    ) throws(SignalFault) -> SignalLine {
        guard cells.count == kind.header.count else { throw .cells(cells.count, kind.header.count) }
        guard !cells[0].isEmpty else { throw .number }
        let identity: NamedIdentity
        do throws(InvalidIdentityNumber) { identity = try NamedIdentity(cells[1]) } catch { throw .identity(error) }
        guard let day = CalendarDate(written: cells[2]), day <= today else { throw .date(cells[2].shortened) }
        return SignalLine(
            number: cells[0], identity: identity, fact: try fact(Array(cells[3...]), kind), day: day)
    }

    private static func fact(_ cells: [String], _ kind: SignalKind) throws(SignalFault) -> Signal.Fact {
        func money(_ text: String) throws(SignalFault) -> Money {
            guard let money = Money(yuan: text) else { throw .amount(text.shortened) }
            return money
        }
        switch kind {
        case .medical: return .medical(selfPaid: try money(cells[0]))
        case .disability:
            guard let number = Int(cells[0]), let grade = Int(cells[1]),
                let disability = Disability(kind: number, grade: grade)
            else { throw .word("\(cells[0])/\(cells[1])".shortened, "a kind from 1 to 7 with a grade from 1 to 4") }
            var end: CalendarDate?
            if !cells[2].isEmpty {
                guard let day = CalendarDate(written: cells[2]) else { throw .word(cells[2].shortened, "a date") }
                end = day
            }
            return .certificate(disability, validTo: end)
        case .accident:
            guard ["traffic", "fire", "drowning", "injury", "other"].contains(cells[0]) else {
                throw .word(cells[0].shortened, "traffic, fire, drowning, injury or other")
            }
            return .accident(cells[0])
        case .wage: return .wageStopped
        case .income: return .income(before: try money(cells[0]), now: try money(cells[1]))
        case .school:
            switch cells[0] {
            case "not_enrolled": return .notEnrolled
            case "enters_senior": return .entersSeniorSchool
            default: throw .word(cells[0].shortened, "not_enrolled or enters_senior")
            }
        case .death: return .death
        case .disaster:
            guard let damaged = ParameterName.flag(cells[1]) else { throw .word(cells[1].shortened, "yes or no") }
            return .disaster(event: cells[0], houseDamaged: damaged)
        case .asset:
            guard ["vehicle", "business", "deposit"].contains(cells[0]) else {
                throw .word(cells[0].shortened, "vehicle, business or deposit")
            }
            return .asset(cells[0])
        case .account: return .accountReturned(code: cells[0])
        }
    }
}
