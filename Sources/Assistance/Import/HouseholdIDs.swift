import ChangeSets

/// Ids of imported rows, derived from what the sheet says: two offices that import one sheet unaware of each other
/// arrive at the same rows, and one office that imports it twice does too.
///
/// The id of a person with an identity number tells that number to whoever tries them all, so it is as confidential as
/// the row.
enum HouseholdIDs {
    /// - Parameter attempt: 0, or how many ids were taken by rows that have another number by now.
    static func household(_ area: OfficeCode, number: String, attempt: Int = 0) -> [UInt8] {
        UUIDs.version5("household\(mark(attempt))/\(area)/\(number)")
    }

    /// Without an identity number: from name, sex and birth date, not from the place in the household, where a line put
    /// in above would make one person into another.
    /// - Parameters:
    ///   - household: Id of the household.
    ///   - attempt: 0, or how many ids were taken by other people: twins may have no names yet.
    static func person(_ person: SheetPerson, in household: [UInt8], attempt: Int) -> [UInt8] {
        self.person(
            person.name, person.identity?.digits, person.sex, person.birth, in: household, attempt: attempt)
    }

    static func person(
        _ name: String, _ number: String?, _ sex: Sex?, _ birth: CalendarDate, in household: [UInt8],
        attempt: Int
    ) -> [UInt8] {
        guard let number else {
            return UUIDs.version5(
                "person\(mark(attempt))/\(household.hex)/\(birth)/\(sex?.rawValue ?? "")/\(name)")
        }
        return UUIDs.version5("person\(mark(attempt))/\(number)")
    }

    /// Of one that is registered at a desk: two offices that take the same next number for two families, unaware of each other, write two rows.
    /// - Parameter head: The head's name. Nothing of the number: ids are shown where numbers are masked.
    static func household(_ area: OfficeCode, number: String, head: String, attempt: Int) -> [UInt8] {
        UUIDs.version5("household_desk\(mark(attempt))/\(area)/\(number)/\(head)")
    }

    /// Of a household that is split off another: from both, so that it is not taken for one that somebody imports under the same number.
    static func split(_ household: HouseholdID, number: String) -> [UInt8] {
        UUIDs.version5("household_split/\(household.area)/\(household.id.hex)/\(number)")
    }

    /// In front of what people type, so that no number or name can say it.
    private static func mark(_ attempt: Int) -> String { attempt == 0 ? "" : "+\(attempt)" }
}
