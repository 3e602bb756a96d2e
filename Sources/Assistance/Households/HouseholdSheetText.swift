extension HouseholdSheet {
    /// The headers and words of a written sheet; reading takes both in one file.
    package enum Language: Sendable, CaseIterable {
        case chinese
        case english
    }

    /// The households as a sheet: all columns, one line per person, what is said of the household on each.
    ///
    /// Writes whatever it is given: two heads, or a number that occurs twice, are in the file and refused on reading.
    /// What ``read(_:as:today:limits:)`` returned comes back exactly, order included.
    package static func text(
        of households: some Sequence<SheetHousehold>, in language: Language = .chinese, delimiter: CsvDelimiter = .comma
    ) -> String {
        var writer = CsvWriter(delimiter: delimiter)
        let columns = HouseholdColumn.allCases
        writer.append(columns.map { language == .chinese ? $0.chinese : $0.rawValue })
        for household in households {
            for person in household.members {
                writer.append(columns.map { cell($0, of: person, in: household, language) })
            }
        }
        return writer.text
    }

    private static func cell(
        _ column: HouseholdColumn, of person: SheetPerson, in household: SheetHousehold, _ language: Language
    ) -> String {
        func word(_ value: (some SheetWord)?) -> String { value?.words[language == .chinese ? 1 : 0] ?? "" }
        return switch column {
        case .area: household.area.digits
        case .householdNumber: household.number
        case .address: household.address ?? ""
        case .phone: household.phone ?? ""
        case .cause: word(household.cause)
        case .isHead: word(person.relation == .head ? HeadMark.yes : .no)
        case .name: person.name
        case .identity: person.identity?.digits ?? ""
        case .sex: word(person.sex)
        case .birth: person.birth.description
        case .relation: word(person.relation)
        case .ethnicity: person.ethnicity ?? ""
        case .hukou: word(person.hukou)
        }
    }
}
