/// What the rules say of a family, and how they arrived at it.
package struct Determination: Hashable, Sendable {
    package let category: Category
    /// The household's amount a month, care and supplements not included.
    package let base: Money
    /// 照料护理, of all who are destitute.
    package let care: Money
    /// Once a person, however many reasons there are.
    package let supplements: [Supplement]
    /// 单人保: members of an edge family who are covered alone. Empty for every other category.
    package let coveredAlone: [[UInt8]]
    package let trace: Trace

    package var total: Money { supplements.reduce(base + care) { $0 + $1.amount } }
}

package struct Supplement: Hashable, Sendable {
    package enum Reason: String, Sendable, Codable, CaseIterable {
        case elderly, minor, ill, disabled
    }

    package let member: [UInt8]
    package let reason: Reason
    package let amount: Money
}

/// Every step of a computation, kept with the decision: a person who asks years later sees what was compared with what.
package struct Trace: Hashable, Sendable, Codable {
    /// Of the rules as this program computes them (domain 4.1): another computation has another version. Empty where nothing was computed.
    package private(set) var rules = ""
    /// What the rules were told, in words and figures; nobody is named.
    package var inputs: [Input] = []
    package var parameters: [Parameter] = []
    package var steps: [Step] = []

    package struct Input: Hashable, Sendable, Codable {
        package let name: String
        package let value: String
    }

    package struct Parameter: Hashable, Sendable, Codable {
        package let name: String
        package let value: String
        package let area: String
        package let validFrom: String
        package let document: String
    }

    package struct Step: Hashable, Sendable, Codable {
        /// Of domain 4.1: `R4.2`.
        package let rule: String
        package let what: String
        package let left: String
        package let relation: String
        package let right: String
        /// Whether the comparison holds; nil for a mere result.
        package let holds: Bool?
    }

    /// Raised with every change of a computation of R1 to R7 that can give another result or another step.
    static let rulesVersion = "4.1/1"

    mutating func input(_ name: String, _ value: some CustomStringConvertible) {
        inputs.append(Input(name: name, value: "\(value)"))
    }

    mutating func result(_ rule: String, _ what: String, _ value: some CustomStringConvertible) {
        steps.append(Step(rule: rule, what: what, left: what, relation: "=", right: "\(value)", holds: nil))
    }

    /// - Returns: `holds`, so that what is written down is what was acted on.
    mutating func comparison(
        _ rule: String, _ what: String, _ left: some CustomStringConvertible, _ relation: String,
        _ right: some CustomStringConvertible, _ holds: Bool
    ) -> Bool {
        steps.append(
            Step(rule: rule, what: what, left: "\(left)", relation: relation, right: "\(right)", holds: holds))
        return holds
    }

    mutating func close(with used: [ParameterName: PublishedValue]) {
        rules = Self.rulesVersion
        add(used)
    }

    /// Parameters that were looked at besides: each once.
    mutating func add(_ used: [ParameterName: PublishedValue]) {
        let more = used.filter { name, _ in !parameters.contains { $0.name == name.rawValue } }
        parameters += more.map { name, value in
            Parameter(
                name: name.rawValue, value: value.text, area: value.area.digits, validFrom: value.validFrom.description,
                document: value.document)
        }
        parameters.sort { $0.name < $1.name }
    }
}
