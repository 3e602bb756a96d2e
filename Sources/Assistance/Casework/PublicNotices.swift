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

    /// 未成年人不公示 (domain 4.9): a household whose head is under 18 on a day.
    static func isOfMinor(_ household: HouseholdID, on day: CalendarDate, _ db: Database) throws -> Bool {
        let head = try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT p.birth, p.id_number FROM household AS h JOIN person AS p ON p.area = h.area AND p.id = h.head_person
                    WHERE h.area = ? AND h.id = ?
                    """),
            arguments: [household.area.digits, Data(household.id)])
        return head?.birth?.adding(months: 18 * 12).map { $0 > day } ?? false
    }
}
