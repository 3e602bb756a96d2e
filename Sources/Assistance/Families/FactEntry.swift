import ChangeSets
import Foundation
import GRDB
import Replica

/// Adds facts, and takes them back by adding that they no longer hold: nothing that somebody observed is ever changed.
package enum FactEntry {
    /// - Parameter replaced: The fact that it corrects.
    /// - Returns: Its id.
    /// - Throws: ``FactError``, or what the replica throws; then nothing was added.
    @discardableResult
    package static func add(
        _ fact: NewFact, to household: HouseholdID, replacing replaced: StoredFact? = nil, in replica: OfficeReplica,
        as user: ActingUser, today: CalendarDate
    ) throws -> [UInt8] {
        try fact.check(today: today)
        if let replaced {
            guard replaced.kind == fact.name else { throw FactError.otherKind(replaced.kind, fact.name) }
            try replaced.checkReplaceable(at: replica.office)
        }
        return try replica.write(as: user) { db in
            let values = fact.values(household: household.id)
            let replaces = (replaced?.id).databaseValue
            return try NewRow(table: fact.table, area: household.area, values: values + [("replaces", replaces)])
                .insert(by: user, db)
        }
    }

    /// What somebody should compare once more; it is taken down all the same.
    package static func doubts(about fact: NewFact, of household: HouseholdID, _ db: Database) throws -> [String] {
        guard case .disability(let person, _, _, _, _) = fact else { return [] }
        let identity = try String.fetchOne(
            db.cachedStatement(sql: "SELECT id_number FROM person WHERE area = ? AND id = ?"),
            arguments: [household.area.digits, Data(person)])
        return fact.doubts(identity: identity)
    }

    /// Says that a fact does not hold, or no longer.
    package static func withdraw(
        _ fact: StoredFact, of household: HouseholdID, in replica: OfficeReplica, as user: ActingUser
    ) throws {
        try fact.checkReplaceable(at: replica.office)
        try replica.write(as: user) { db in
            let own = ["area", "id", "replaces", "withdrawn", "writer", "created_by"]
            let kept = fact.row.filter { !own.contains($0.0) }.map { (column: $0.0, value: $0.1) }
            try NewRow(
                table: fact.table, area: household.area,
                values: kept + [("replaces", fact.id.databaseValue), ("withdrawn", 1.databaseValue)]
            ).insert(by: user, db)
        }
    }
}

/// A fact that holds, as it is stored.
package struct StoredFact: @unchecked Sendable {
    let table: DomainTable
    let row: Row

    package var id: [UInt8] { row.bytes("id") ?? [] }
    package var kind: String { table.name }
    /// Digits of the office that observed it.
    package var office: String { row["writer"] }
    package var user: String { row["created_by"] }

    /// What a higher tier has checked is its to take back.
    func checkReplaceable(at office: OfficeCode) throws(FactError) {
        guard let writer = try? OfficeCode(self.office), office.tier <= writer.tier else {
            throw .notYours(self.office)
        }
    }

    /// What is said, by column; without keys and ids.
    package var values: [(column: String, value: CellValue)] {
        let own = ["area", "id", "household", "person", "replaces", "withdrawn", "writer", "created_by"]
        return row.filter { !own.contains($0.0) && !$0.1.isNull }.map { column, value in
            // A certificate's number begins with its holder's identity number (domain 3.2).
            guard column == "certificate_no", let number = String.fromDatabaseValue(value) else {
                return (column, CellValue(value))
            }
            return (
                column, .text((Mask.identityNumber(String(number.prefix(18)), .workList) ?? "") + number.dropFirst(18))
            )
        }
    }
    package var person: [UInt8]? { row.hasColumn("person") ? row.bytes("person") : nil }

    /// All that hold of a household and its people.
    package static func all(of household: HouseholdID, _ db: Database) throws -> [StoredFact] {
        let persons = try Data.fetchAll(
            db.cachedStatement(sql: "SELECT id FROM person WHERE area = ? AND household = ? ORDER BY id"),
            arguments: [household.area.digits, Data(household.id)]
        ).map { [UInt8]($0) }
        return try (ToldFacts.ofHouseholds + [sightingTable]).flatMap { table in
            try HoldingFacts(table, household.area, ("household", household.id), db).rows.map {
                StoredFact(table: table, row: $0)
            }
        }
            + persons.flatMap { person in
                try ToldFacts.ofPersons.flatMap { table in
                    try HoldingFacts(table, household.area, ("person", person), db).rows.map {
                        StoredFact(table: table, row: $0)
                    }
                }
            }
    }

    /// - Parameter text: The id or the beginning of it.
    package static func one(_ text: String, of household: HouseholdID, _ db: Database) throws -> StoredFact {
        let found = try all(of: household, db).filter { !text.isEmpty && $0.id.hex.hasPrefix(text.lowercased()) }
        guard found.count == 1 else { throw FactError.noSuchFact(text.shortened) }
        return found[0]
    }
}
