/// 预警类型 (domain 3.2, 4.3).
package enum WarningKind: String, Sendable, CaseIterable, Codable {
    case medical = "A1"
    case disability = "A2"
    case accident = "A3"
    case incomeDrop = "A4"
    case schooling = "A5"
    case death = "A6"
    case duplicate = "A7"
    case disaster = "A8"
    case assets = "A9"
    case reviewOverdue = "A10"
    case contactLost = "A11"
    case accountReturned = "A12"
    case graduation = "A13"
    case graceEnds = "A14"

    package var chinese: String {
        switch self {
        case .medical: "医疗费用支出较大"
        case .disability: "残疾变动"
        case .accident: "意外事故"
        case .incomeDrop: "收入下降"
        case .schooling: "就学"
        case .death: "死亡"
        case .duplicate: "重复登记或享受"
        case .disaster: "受灾"
        case .assets: "财产线索"
        case .reviewOverdue: "复核逾期"
        case .contactLost: "独居失联"
        case .accountReturned: "账户退回"
        case .graduation: "毕业"
        case .graceEnds: "渐退期满"
        }
    }

    /// For help texts.
    package var english: String {
        switch self {
        case .medical: "large medical bills"
        case .disability: "new, heavier or ending disability"
        case .accident: "accident"
        case .incomeDrop: "income lost"
        case .schooling: "child not at school, or going on to senior school"
        case .death: "death"
        case .duplicate: "registered or paid twice"
        case .disaster: "house damaged by a disaster"
        case .assets: "clue to property"
        case .reviewOverdue: "review overdue"
        case .contactLost: "contact lost"
        case .accountReturned: "payment sent back by the bank"
        case .graduation: "schooling ends"
        case .graceEnds: "months of grace end"
        }
    }
}

extension WarningKind {
    /// Whether somebody can see it with their own eyes (domain 4.3), and not only in rows and days.
    package var canBeSeen: Bool {
        switch self {
        case .medical, .incomeDrop, .assets, .disability, .contactLost, .accident, .schooling, .death, .disaster: true
        case .duplicate, .reviewOverdue, .accountReturned, .graduation, .graceEnds: false
        }
    }

    package static let seen: [WarningKind] = allCases.filter(\.canBeSeen)
}

/// What `warning.colours` says a colour of: a kind, or what of a kind has a colour of its own (domain 4.3).
enum WarningColour: String, CaseIterable {
    /// By the share of the income where that is known (`warning.medical`, `warning.income`).
    case medical = "A1", incomeDrop = "A4"
    case disability = "A2", severeDisability = "A2.severe", certificateEnds = "A2.ending"
    case accident = "A3"
    case schooling = "A5", seniorSchool = "A5.senior"
    case death = "A6"
    case duplicate = "A7", paidTwice = "A7.paid"
    case disaster = "A8", assets = "A9", reviewOverdue = "A10", contactLost = "A11", accountReturned = "A12"
    case graduation = "A13", graceEnds = "A14"

    /// Of a kind that somebody has seen.
    init(_ kind: WarningKind) { self = Self(rawValue: kind.rawValue)! }  // A test has every kind that can be seen.
}

extension RuleBook {
    mutating func colour(_ name: WarningColour) throws(RuleError) -> Colour {
        let text = try words(.warnColours).first { $0.word == name.rawValue }?.value
        guard let colour = text.flatMap({ Int($0) }).flatMap(Colour.init) else { throw malformed(.warnColours) }
        return colour
    }

    /// Red where the rules do not say how urgent it is: what was found waits for no value that is missing, least of all a death.
    mutating func urgency(_ name: WarningColour, _ missing: inout RuleError?) -> Colour {
        do throws(RuleError) { return try colour(name) } catch {
            missing = missing ?? error
            return .red
        }
    }
}

/// 颜色: how urgent. Stored as a number, so that `maximum` never lowers an alarm by accident.
package enum Colour: Int, Sendable, CaseIterable, Comparable, Codable {
    case yellow = 1
    case orange = 2
    case red = 3

    package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }

    package var chinese: String { ["黄", "橙", "红"][rawValue - 1] }

    /// One heavier; red stays red.
    package var heavier: Colour { Colour(rawValue: rawValue + 1) ?? .red }
}

/// 时限: when a warning must be acknowledged, visited and judged.
package struct WarningDeadlines: Hashable, Sendable {
    package let acknowledge: FairDeadline
    package let visit: FairDeadline
    package let verdict: FairDeadline

    /// - Parameters:
    ///   - issued: The day it was raised.
    ///   - delivered: The day the village had it; nil while it has not.
    /// - Returns: nil when a date would be later than any.
    package init?(
        _ colour: Colour, issued: CalendarDate, delivered: CalendarDate?, by rules: inout RuleBook,
        _ calendar: WorkingCalendar
    ) throws(RuleError) {
        let names: (ParameterName, ParameterName, ParameterName) =
            switch colour {
            case .red: (.redAcknowledge, .redVisit, .redVerdict)
            case .orange: (.orangeAcknowledge, .orangeVisit, .orangeVerdict)
            case .yellow: (.yellowAcknowledge, .yellowVisit, .yellowVerdict)
            }
        let periods = (try rules.period(names.0), try rules.period(names.1), try rules.period(names.2))
        guard
            let acknowledge = FairDeadline(issued: issued, delivered: delivered, within: periods.0, calendar),
            let visit = FairDeadline(issued: issued, delivered: delivered, within: periods.1, calendar),
            let verdict = FairDeadline(issued: issued, delivered: delivered, within: periods.2, calendar)
        else { return nil }
        self.acknowledge = acknowledge
        self.visit = visit
        self.verdict = verdict
    }
}
