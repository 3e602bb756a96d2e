import ChangeSets
import Foundation
import GRDB
import Replica

/// Which household.
package struct HouseholdID: Hashable, Sendable {
    package let area: OfficeCode
    package let id: [UInt8]

    package init(area: OfficeCode, id: [UInt8]) {
        self.area = area
        self.id = id
    }
}

/// Finds households as people name them.
package enum HouseholdLookup {
    /// - Parameter name: `AREA/NUMBER`, a number that only one household here has, or the beginning of an id, of at least
    ///   eight hexadecimal digits.
    /// - Throws: ``FamilyError``.
    package static func one(_ name: String, _ db: Database) throws -> HouseholdID { try named(name, "live", db) }

    /// One that was taken out, likewise.
    package static func void(_ name: String, _ db: Database) throws -> HouseholdID { try named(name, "void", db) }

    /// The household that a record is, or belongs to; nil for records of no household.
    /// - Parameter known: What is known of the record itself, where it is not there any more.
    package static func household(
        of record: RecordID, known: [String: CellValue] = [:], _ db: Database
    ) throws -> HouseholdID? {
        guard case .blob(var id)? = record.key.first else { return nil }
        var table = record.table
        // References of the domain lead up to the household, and never in a circle.
        while table != householdTable.name {
            let declared = AssistanceSchema.version1.table(named: table)
            guard let reference = declared?.references.first, let column = reference.columns.first else { return nil }
            let stored = try Data.fetchOne(
                db.cachedStatement(sql: "SELECT \(column) FROM \(table) WHERE area = ? AND id = ?"),
                arguments: [record.area.digits, Data(id)])
            if let stored {
                id = [UInt8](stored)
            } else if table == record.table, case .blob(let last)? = known[column] {
                id = last
            } else {
                return nil
            }
            table = reference.table
        }
        return HouseholdID(area: record.area, id: id)
    }

    /// Its number, likewise; nil where it is not there.
    package static func number(of record: RecordID, _ db: Database) throws -> String? {
        guard let household = try household(of: record, db) else { return nil }
        return try String.fetchOne(
            db.cachedStatement(sql: "SELECT household_no FROM household WHERE area = ? AND id = ?"),
            arguments: [household.area.digits, Data(household.id)])
    }

    /// Of a person `p`, in SQL: whether ?3 names them, of which ?4 is the same in capital letters.
    static let isPerson =
        "(p.name = ?3 OR p.id_number = ?4 OR length(?3) >= 12 AND instr(lower(hex(p.id)), lower(?3)) = 1)"

    /// - Parameter name: Whole name, identity number, or the beginning of the id of a member, of at least twelve digits.
    package static func member(_ name: String, of household: HouseholdID, _ db: Database) throws -> [UInt8] {
        let found = try Data.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT p.id FROM person AS p WHERE p.area = ?1 AND p.household = ?2 AND p.row_state = 'live'
                    AND \(isPerson)
                    """),
            arguments: [household.area.digits, Data(household.id), name, name.uppercased()])
        guard found.count == 1 else { throw FamilyError.noSuchMember(name.shortened) }
        return [UInt8](found[0])
    }

    private static func named(_ name: String, _ state: String, _ db: Database) throws -> HouseholdID {
        func keys(_ condition: String, _ arguments: StatementArguments) throws -> [HouseholdID] {
            // `+`: few are found and then put in order. In the order of the key, SQLite would read all households for the first twenty.
            let sql =
                "SELECT area, id FROM household WHERE row_state = '\(state)' AND \(condition) ORDER BY +area, +id LIMIT 20"
            return try Row.fetchAll(db.cachedStatement(sql: sql), arguments: arguments).compactMap { row in
                (try? OfficeCode(row["area"] as String)).map { HouseholdID(area: $0, id: row.bytes("id") ?? []) }
            }
        }
        let parts = name.split(separator: "/", maxSplits: 1).map(String.init)
        if parts.count == 2, let area = try? OfficeCode(parts[0]) {
            return try only(keys("area = ? AND household_no = ?", [area.digits, parts[1]]), name)
        }
        let numbered = try keys("household_no = ?", [name])
        if !numbered.isEmpty { return try only(numbered, name) }
        guard let id = IDBeginning(name) else { throw FamilyError.unknown(name.shortened) }
        return try only(keys(IDBeginning.condition, id.arguments), name)
    }

    private static func only(_ found: [HouseholdID], _ name: String) throws -> HouseholdID {
        guard let first = found.first else { throw FamilyError.unknown(name.shortened) }
        guard found.count == 1 else { throw FamilyError.ambiguous(name.shortened, found.count) }
        return first
    }
}
