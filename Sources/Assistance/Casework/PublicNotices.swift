import ChangeSets
import Foundation
import GRDB
import Replica

/// 公示: what hangs on a village's board on a day. Made of what may be shown and of nothing else (domain 0.12; 4.9, M0).
package struct PublicNotice: Hashable, Sendable {
    package let area: OfficeCode
    /// Whole for 低保, where the rule has it named; else masked.
    package let name: String
    package let aidKind: String
    package let people: Int
    /// By the rules of the day; nil where too little is known to say it.
    package let amount: Money?
    package let posted: CalendarDate
    /// The last day on which it hangs.
    package let ends: CalendarDate
    package let place: String
}

package enum PublicNotices {
    /// Of an area and below it: from the day after they were posted to their last day, and not a day longer.
    package static func hanging(in area: OfficeCode, on day: CalendarDate, _ db: Database) throws -> [PublicNotice] {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT DISTINCT area, application FROM notice
                WHERE area >= ? AND area < ? AND posted_on < ? AND ends_on >= ? ORDER BY area, application
                """, arguments: [area.digits, area.digits + ":", day.description, day.description])
        return try rows.compactMap { row in
            guard let id = row.bytes("application") else { return nil }
            let area = try OfficeCode(row["area"] as String)
            guard let file = try? CaseReading.file(of: area, id, db), file.state.stage == .onNotice,
                let notice = file.currentNotices.last(where: { $0.posted < day && day <= $0.ends })
            else { return nil }
            if try isOfMinor(file, on: day, db) { return nil }
            let family = try? Assessment(file.household, on: day, appliedOn: file.appliedOn, db)
            let head = try name(of: file.household, db)
            return PublicNotice(
                area: area, name: file.aidKind == "DB" ? head : Mask.name(head), aidKind: file.aidKind,
                people: family?.family.members.count ?? 0, amount: family?.determination.total, posted: notice.posted,
                ends: notice.ends, place: notice.place)
        }
    }

    private static func name(of household: HouseholdID, _ db: Database) throws -> String {
        try String.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT p.name FROM household AS h JOIN person AS p ON p.area = h.area AND p.id = h.head_person
                    WHERE h.area = ? AND h.id = ?
                    """),
            arguments: [household.area.digits, Data(household.id)]) ?? ""
    }

    /// 未成年人不公示 (domain 4.9): a child applies, or no adult lives in the household, as far as is known.
    static func isOfMinor(_ file: CaseFile, on day: CalendarDate, _ db: Database) throws -> Bool {
        let people = try Row.fetchAll(
            db.cachedStatement(
                sql: "SELECT id, birth, id_number FROM person WHERE area = ? AND household = ? AND row_state = 'live'"),
            arguments: [file.area.digits, Data(file.household.id)])
        let dead = try Residents(of: file.household, db)
        func isChild(_ person: Row) -> Bool { person.birth?.adding(months: 18 * 12).map { $0 > day } ?? false }
        if let applicant = people.first(where: { $0.bytes("id") == file.applicant }), isChild(applicant) { return true }
        let living = people.filter { !dead.isDead($0.bytes("id") ?? []) }
        return !living.isEmpty && living.allSatisfy(isChild)
    }
}
