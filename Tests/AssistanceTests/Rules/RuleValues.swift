import Assistance
import ChangeSets

/// The rules that the program ships as an example, with some of them replaced.
func ruleBook(
    _ replaced: [ParameterName: String] = [:], without: ParameterName? = nil, hukouKind: String = "rural",
    on day: String = "2026-06-01"
) throws -> RuleBook {
    let district = try OfficeCode("990000")
    let shipped = try ParameterSheet.read(ParameterSheet.shipped, area: district)
    precondition(shipped.refused.isEmpty, "\(shipped.refused)")
    let values = shipped.values.filter { $0.name != without?.rawValue }.map { value in
        guard let name = ParameterName(rawValue: value.name), let text = replaced[name] else { return value }
        return PublishedValue(
            area: district, name: value.name, validFrom: value.validFrom, text: text, document: "test")
    }
    return RuleBook(values, area: try OfficeCode("990000101201"), hukouKind: hukouKind, on: date(day))
}
