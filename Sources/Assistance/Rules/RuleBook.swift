import ChangeSets

/// One published value of a parameter.
package struct PublishedValue: Hashable, Sendable {
    package let area: OfficeCode
    package let name: String
    /// For which registration it holds (`urban`, `rural`); empty for both.
    package let hukouKind: String
    package let validFrom: CalendarDate
    /// Its last day; nil until further notice.
    package let validTo: CalendarDate?
    package let text: String
    /// The paper that orders it.
    package let document: String

    package init(
        area: OfficeCode, name: String, hukouKind: String = "", validFrom: CalendarDate, validTo: CalendarDate? = nil,
        text: String, document: String
    ) {
        self.area = area
        self.name = name
        self.hukouKind = hukouKind
        self.validFrom = validFrom
        self.validTo = validTo
        self.text = text
        self.document = document
    }
}

extension [PublishedValue] {
    /// What a whole number comes to on a day, each of all areas and registrations once.
    func numbers(_ name: ParameterName, on date: CalendarDate) -> Set<Int> {
        Set(
            filter {
                $0.name == name.rawValue && $0.validFrom <= date && $0.validTo.map { date <= $0 } ?? true
            }.compactMap { ParameterName.number($0.text) })
    }
}

/// What the rules say on one day at one place, and every value that was asked for, for the trace of a decision.
///
/// A value that is missing or that two papers contradict each other about stops the computation: an old one is never
/// taken in its place (R8).
package struct RuleBook: Sendable {
    package let area: OfficeCode
    package let hukouKind: String
    package let date: CalendarDate
    private let values: [String: [PublishedValue]]
    package private(set) var used: [ParameterName: PublishedValue] = [:]

    /// - Parameters:
    ///   - published: All values that the office knows, in any order.
    ///   - area: Whose rules; those of the narrowest area above it or its own hold.
    ///   - hukouKind: `urban` or `rural`.
    package init(_ published: [PublishedValue], area: OfficeCode, hukouKind: String, on date: CalendarDate) {
        self.area = area
        self.hukouKind = hukouKind
        self.date = date
        let holding = published.filter {
            $0.area.covers(area) && ($0.hukouKind.isEmpty || $0.hukouKind == hukouKind) && $0.validFrom <= date
                && $0.validTo.map { date <= $0 } ?? true
        }
        values = Dictionary(grouping: holding, by: \.name)
    }

    package mutating func money(_ name: ParameterName) throws(RuleError) -> Money {
        try read(name) { Money(yuan: $0) }
    }

    package mutating func ratio(_ name: ParameterName) throws(RuleError) -> Ratio {
        try read(name) { Ratio(written: $0) }
    }

    package mutating func number(_ name: ParameterName) throws(RuleError) -> Int {
        try read(name, ParameterName.number)
    }

    package mutating func flag(_ name: ParameterName) throws(RuleError) -> Bool {
        try read(name, ParameterName.flag)
    }

    package mutating func period(_ name: ParameterName) throws(RuleError) -> Period {
        try read(name) { Period(written: $0) }
    }

    package mutating func disabilities(_ name: ParameterName) throws(RuleError) -> DisabilityList {
        try read(name) { DisabilityList(written: $0) }
    }

    /// An amount a month: money, or a share of the standard, exact.
    package mutating func amount(_ name: ParameterName) throws(RuleError) -> MonthlyAmount {
        try read(name) { MonthlyAmount(written: $0) }
    }

    /// Words with spaces between them, and what stands behind a colon.
    package mutating func words(_ name: ParameterName) throws(RuleError) -> [(word: String, value: String?)] {
        try read(name) { text in
            text.split(separator: " ").map { item in
                let parts = item.split(separator: ":", maxSplits: 1).map(String.init)
                return (parts[0], parts.count == 2 ? parts[1] : nil)
            }
        }
    }

    /// The error that a value which was read says something that its rule cannot follow.
    package func malformed(_ name: ParameterName) -> RuleError {
        guard let value = used[name] else { return .missing(name, area: area, hukouKind: hukouKind, date: date) }
        return .malformed(value, name.unit)
    }

    private mutating func read<Value>(
        _ name: ParameterName, _ parse: (String) -> Value?
    ) throws(RuleError) -> Value {
        let value = try value(name)
        used[name] = value
        guard let parsed = parse(value.text) else { throw .malformed(value, name.unit) }
        return parsed
    }

    private func value(_ name: ParameterName) throws(RuleError) -> PublishedValue {
        let all = values[name.rawValue] ?? []
        guard let narrowest = all.map(\.area.digits.utf8.count).max() else {
            throw .missing(name, area: area, hukouKind: hukouKind, date: date)
        }
        let near = all.filter { $0.area.digits.utf8.count == narrowest }
        // One for this registration goes before one for both.
        let special = near.filter { !$0.hukouKind.isEmpty }
        let candidates = special.isEmpty ? near : special
        guard candidates.count == 1 else {
            throw .overlapping(name, candidates.sorted { $0.validFrom < $1.validFrom })
        }
        return candidates[0]
    }
}

/// Why a computation stopped.
package enum RuleError: Error, Hashable, CustomStringConvertible {
    case missing(ParameterName, area: OfficeCode, hukouKind: String, date: CalendarDate)
    case overlapping(ParameterName, [PublishedValue])
    case malformed(PublishedValue, ParameterUnit)

    package var description: String {
        switch self {
        case .missing(let name, let area, let hukouKind, let date):
            "no value of ‘\(name.rawValue)’ is published for \(area)\(hukouKind.isEmpty ? "" : " (\(hukouKind))") on \(date), and an old one is not taken; "
                + "the district publishes it with ‘sanji param set’, or many at once with ‘sanji param import’"
        case .overlapping(let name, let values):
            "‘\(name.rawValue)’ has \(values.count) values at once ("
                + values.map { "\($0.text) from \($0.validFrom) by \($0.document)" }.joined(separator: ", ")
                + "); the district ends all but one with ‘sanji param end’"
        case .malformed(let value, let unit):
            "‘\(value.name)’ of \(value.area) from \(value.validFrom) is ‘\(value.text)’, which is not \(unit.example); "
                + "the district publishes it again with ‘sanji param set’"
        }
    }
}
