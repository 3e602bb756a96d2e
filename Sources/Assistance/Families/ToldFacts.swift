import ChangeSets
import Foundation
import GRDB

/// All that offices have ever told of a household and its people for the rules to look at, also what was corrected or taken back since: by
/// it a decision says what it knew of, and whoever reviews what came after it.
enum ToldFacts {
    static let ofHouseholds = [
        incomeTable, rigidExpenseTable, assetTable, obligorTable, findingTable, dwellingCheckTable,
    ]
    static let ofPersons = [disabilityTable, careAssessmentTable, illnessTable]
    static let tables = ofHouseholds + ofPersons

    private static let sql =
        (ofHouseholds.map { "SELECT '\($0.name)' AS kind, id FROM \($0.name) WHERE area = ?1 AND household = ?2" }
        + ofPersons.map {
            // Whether or not they are there still.
            """
            SELECT '\($0.name)' AS kind, f.id FROM person AS p
            JOIN \($0.name) AS f ON f.area = p.area AND f.person = p.id WHERE p.area = ?1 AND p.household = ?2
            """
        }).joined(separator: " UNION ALL ")

    static func all(of household: HouseholdID, _ db: Database) throws -> [(table: DomainTable, id: [UInt8])] {
        try Row.fetchAll(
            db.cachedStatement(sql: sql), arguments: [household.area.digits, Data(household.id)]
        ).compactMap { row in
            guard let table = tables.first(where: { $0.name == row["kind"] }), let id = row.bytes("id") else {
                return nil
            }
            return (table, id)
        }
    }

    /// What a decision did not know of: the family is looked at again at once (domain 4.2).
    static func unknown(
        to decision: Decision, of household: HouseholdID, _ db: Database
    ) throws -> Set<HouseholdFile.Field> {
        let known = decision.settles.ids
        let told = try all(of: household, db).filter { !known.contains($0.id) }.map(\.table.field)
        guard known.contains(where: JudgedState.isMark) else { return Set(told) }
        let marks = try JudgedState.marks(of: household, people: decision.members.ids, db)
        return Set(told + marks.filter { !known.contains($0.id) }.map(\.field))
    }
}
