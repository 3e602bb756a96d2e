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
    /// - Returns: Those of so many cases, and of how many something was to hang on that day.
    package static func hanging(
        in area: OfficeCode, on day: CalendarDate, skip: Int = 0, limit: Int = .max, _ db: Database
    ) throws -> (notices: [PublicNotice], count: Int) {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT DISTINCT area, application FROM notice
                WHERE area >= ? AND area < ? AND posted_on < ? AND ends_on >= ? ORDER BY area, application
                """, arguments: [area.digits, area.digits + ":", day.description, day.description])
        let rules = try PublishedRules.values(db)
        let notices = try rows.dropFirst(skip).prefix(limit).compactMap { row -> PublicNotice? in
            guard let id = row.bytes("application") else { return nil }
            let area = try OfficeCode(row["area"] as String)
            guard let file = try? CaseReading.file(of: area, id, db), file.state.stage == .onNotice,
                let notice = file.currentNotices.last(where: { $0.posted < day && day <= $0.ends })
            else { return nil }
            if try isOfMinor(file, on: day, db) { return nil }
            let family = try? Assessment(file.household, on: day, appliedOn: file.appliedOn, by: rules, db)
            let head = try name(of: file, on: day, db)
            return PublicNotice(
                area: area, name: file.aidKind == "DB" ? head : Mask.name(head), aidKind: file.aidKind,
                people: family?.family.members.count ?? 0, amount: family?.determination.total, posted: notice.posted,
                ends: notice.ends, place: notice.place)
        }
        return (notices, rows.count)
    }

    /// The head's, as long as the head lives; else whoever applied.
    private static func name(of file: CaseFile, on day: CalendarDate, _ db: Database) throws -> String {
        let living = try Residents(of: file.household, on: day, db).living
        let head = try head(of: file.household, db)
        return (living.first { $0.id == head } ?? living.first { $0.id == file.applicant })?.name ?? ""
    }

    private static func head(of household: HouseholdID, _ db: Database) throws -> [UInt8]? {
        try Data.fetchOne(
            db.cachedStatement(sql: "SELECT head_person FROM household WHERE area = ? AND id = ?"),
            arguments: [household.area.digits, Data(household.id)]
        ).map { [UInt8]($0) }
    }

    /// 未成年人不公示 (domain 4.9): a child applies or is the head, or no adult lives in the household, as far as is known.
    static func isOfMinor(_ file: CaseFile, on day: CalendarDate, _ db: Database) throws -> Bool {
        let people = try Row.fetchAll(
            db.cachedStatement(
                sql: "SELECT id, birth, id_number FROM person WHERE area = ? AND household = ? AND row_state = 'live'"),
            arguments: [file.area.digits, Data(file.household.id)])
        let residents = try Residents(of: file.household, on: day, db)
        let head = try head(of: file.household, db)
        func isChild(_ person: Row) -> Bool { person.birth?.adding(months: 18 * 12).map { $0 > day } ?? false }
        let named = people.filter { $0.bytes("id") == file.applicant || $0.bytes("id") == head }
        if named.contains(where: isChild) { return true }
        let living = people.filter { !residents.isDead($0.bytes("id") ?? []) }
        return !living.isEmpty && living.allSatisfy(isChild)
    }
}
