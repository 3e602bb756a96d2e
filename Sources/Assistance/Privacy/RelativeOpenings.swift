import ChangeSets
import Foundation
import GRDB
import Replica

/// 本人或近亲属查阅: openings by somebody who is filed as a relative of the family, or has the name of one of its members (domain 4.9).
/// Each waits for somebody at an office above to look into it; of the district's own, for somebody else there.
extension FileAccess {
    static func isRelated(_ user: ActingUser, to household: HouseholdID, _ db: Database) throws -> Bool {
        try Bool.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT EXISTS (SELECT 1 FROM kin_filing WHERE area = ?1 AND household = ?2 AND staff = ?3)
                    OR EXISTS (SELECT 1 FROM person WHERE area = ?1 AND household = ?2 AND name = ?3)
                    """),
            arguments: [household.area.digits, Data(household.id), user.name]) ?? false
    }

    /// What whoever has just opened a file should know; nil where they are no relative.
    package func warning(of household: HouseholdID) throws -> String? {
        guard try replica.read({ try Self.isRelated(user, to: household, $0) }) else { return nil }
        return
            "\(user.name) is filed as a relative of this family, or has the name of a member: that the file was opened is written down, and "
            + (replica.office.tier == .district
                ? "waits for somebody else here to look into it" : "told to the offices above")
    }

    /// Those by relatives that wait for somebody at this office, the last first.
    package static func toLookInto(at office: OfficeCode, _ db: Database) throws -> [AccessRecord] {
        try byRelatives(in: office, db).filter { $0.concerns(office) && $0.review == nil }
    }

    /// Says what came of looking into one.
    /// - Parameter name: The id of the opening, or the beginning of it.
    /// - Throws: ``AccessReviewError``, ``CaseError``; then nothing was written.
    package func review(_ name: String, text: String) throws -> AccessRecord {
        guard !text.trimmedCell.isEmpty else { throw CaseError.empty("finding") }
        return try replica.write(as: user) { db in
            let found = try Self.byRelatives(in: replica.office, db).filter {
                name.utf8.count >= 8 && $0.id.hex.hasPrefix(name.lowercased())
            }
            guard let record = found.first, found.count == 1 else { throw AccessReviewError.unknown(name.shortened) }
            guard record.concerns(replica.office) else { throw AccessReviewError.notAbove(record.office) }
            guard record.user != user.name else { throw AccessReviewError.own }
            try NewRow(
                table: replica.office.tier == .district ? districtAccessReviewTable : accessReviewTable,
                area: record.household.area,
                values: [
                    ("household", record.household.id.databaseValue), ("access", record.id.databaseValue),
                    ("day", today.written), ("text", text.databaseValue),
                ]
            ).insert(by: user, db)
            return try Self.byRelatives(in: replica.office, db).first { $0.id == record.id }!  // Just read.
        }
    }

    /// What an office above has said of one, as far as this office hears of it.
    static func review(of id: [UInt8], by user: String, at office: OfficeCode, _ db: Database) throws -> String? {
        for table in [accessReviewTable, districtAccessReviewTable] {
            let rows = try Row.fetchAll(
                db.cachedStatement(
                    sql: """
                        SELECT text, created_by, \(RowWriter.office(of: table.name, as: "t")) AS writer FROM \(table.name) AS t
                        WHERE access = ? ORDER BY id
                        """), arguments: [Data(id)])
            for row in rows {
                guard let writer = try? OfficeCode(row["writer"] as String), writer.covers(office) else { continue }
                let isAbove = writer.tier < office.tier || office.tier == .district
                if isAbove, row["created_by"] as String != user {
                    return "\(writer) \(row["created_by"] as String): \(row["text"] as String)"
                }
            }
        }
        return nil
    }
}

extension AccessRecord {
    /// Whether somebody at an office is to look into it.
    package func concerns(_ other: OfficeCode) -> Bool {
        guard isRelated, let office = try? OfficeCode(office) else { return false }
        return other == office ? office.tier == .district : other.covers(office)
    }
}

package enum AccessReviewError: Error, Hashable, CustomStringConvertible {
    case unknown(String)
    case notAbove(String)
    case own

    package var description: String {
        switch self {
        case .unknown(let id):
            "no one opening by a relative ‘\(id)’ is here; ‘sanji household access --by-relatives’ lists them"
        case .notAbove(let office): "\(office) opened it; an office above looks into it"
        case .own: "you opened it yourself; another person looks into it"
        }
    }
}
