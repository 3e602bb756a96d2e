extension HouseholdSheet {
    /// The headers and words of a written sheet; reading takes both in one file.
    package enum Language: Sendable, CaseIterable {
        case chinese
        case english
    }

    /// The households as a sheet: all columns, one line per person, what is said of the household on each.
    ///
    /// Writes whatever it is given: two heads, or a number that occurs twice, are in the file and refused on reading.
    /// What ``read(_:as:defaultArea:today:limits:)`` returned comes back exactly, order included.
    package static func text(
        of households: some Sequence<SheetHousehold>, in language: Language = .chinese, delimiter: CsvDelimiter = .comma
    ) -> String {
        text(
            ofLines: households.lazy.flatMap { household in
                household.members.lazy.map { person in { cell($0, of: person, in: household, language) } }
            }, in: language, delimiter: delimiter)
    }

    /// A sheet of any lines, each a function from column to cell.
    static func text(
        ofLines lines: some Sequence<(HouseholdColumn) -> String>, in language: Language,
        delimiter: CsvDelimiter = .comma, mark: String? = nil
    ) -> String {
        var writer = CsvWriter(delimiter: delimiter, mark: mark)
        let columns = HouseholdColumn.allCases
        writer.append(columns.map { language == .chinese ? $0.chinese : $0.rawValue })
        for line in lines { writer.append(columns.map(line)) }
        return writer.text
    }

    private static func cell(
        _ column: HouseholdColumn, of person: SheetPerson, in household: SheetHousehold, _ language: Language
    ) -> String {
        func word(_ value: (some SheetWord)?) -> String { value?.word(in: language) ?? "" }
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
