import ChangeSets
import GRDB

/// 测算: what the rules of a day say of a household, by what this office has of both.
package struct Assessment: Sendable {
    package let family: Family
    package let determination: Determination

    /// - Parameter applied: The day of the application, where there is one.
    /// - Parameter rules: All that is published, where it was read for many.
    /// - Throws: ``FamilyError``, ``FactsError``, ``RuleError``.
    package init(
        _ household: HouseholdID, on date: CalendarDate, appliedOn applied: CalendarDate? = nil,
        by rules: [PublishedValue]? = nil, _ db: Database
    ) throws {
        var reader = FamilyReader(db, area: household.area, on: date, appliedOn: applied)
        family = try reader.family(household.id)
        let book = RuleBook(
            try rules ?? PublishedRules.values(db), area: household.area, hukouKind: family.registration, on: date)
        determination = try Eligibility.determine(family.facts, by: book)
    }

    /// Whether a decision may rest on it.
    package var isSettled: Bool { family.questions.isEmpty }
}
