import ChangeSets
import Foundation
import GRDB
import Replica

/// A case on the desk, with what is due of it until when.
package struct DeskCase: Sendable {
    package let file: CaseFile
    package let household: HouseholdName
    /// accept (or say which papers are missing), investigate, visit, notice (it ends then), confirm or tell (a refusal, in writing).
    package let duty: String?
    package let due: CalendarDate?
    /// The end of the whole process.
    package let wholeDue: CalendarDate?
    /// Whether `due` was counted over a year whose holidays are not published yet, and may be later; likewise `wholeDue`.
    package let isProvisional: Bool
    package let isWholeProvisional: Bool

    fileprivate init(_ file: CaseFile, _ row: Row, _ db: Database) throws {
        self.file = file
        household = try HouseholdName(file.household, db)
        duty = row["due"]
        due = row.date("due_on")
        wholeDue = row.date("whole_due_on")
        isProvisional = row.isTrue("provisional")
        isWholeProvisional = row.isTrue("whole_provisional")
    }

    package func isOverdue(on today: CalendarDate) -> Bool {
        [due, wholeDue].compactMap { $0 }.contains { $0 < today }
    }
}

package enum CaseDesk {
    /// Of an area and below it, those that have not ended first, by area and id.
    /// - Parameters:
    ///   - ended: Whether also those that were decided or withdrawn.
    ///   - lateOn: Only those of which something was due before this day.
    /// - Returns: So many of them, and how many there are.
    package static func page(
        in area: OfficeCode, ended: Bool, stage: CaseStage? = nil, lateOn: CalendarDate? = nil, skip: Int = 0,
        limit: Int = .max, _ db: Database
    ) throws -> (cases: [DeskCase], count: Int) {
        var query = DeskQuery("desk_case", in: area, orderedBy: "ended, area, id")
        if !ended { query.add("ended = 0") }
        if let stage { query.add("stage = ?", [stage.rawValue]) }
        if let lateOn {
            query.add("due_on < ? OR whole_due_on < ?", [lateOn.description, lateOn.description])
        }
        let (rows, count) = try query.page(skip: skip, limit: limit, db)
        let cases = try rows.map { row in
            let key = try DeskKey(row)
            return try DeskCase(try CaseReading.file(of: key.area, key.id, db), row, db)
        }
        return (cases, count)
    }

    /// One that is there.
    package static func one(_ area: OfficeCode, _ id: [UInt8], _ db: Database) throws -> DeskCase {
        let row = try Row.fetchOne(
            db.cachedStatement(sql: "SELECT * FROM desk_case WHERE area = ? AND id = ?"),
            arguments: [area.digits, Data(id)])
        guard let row else { throw CaseError.unknown(id.hex) }
        return try DeskCase(try CaseReading.file(of: area, id, db), row, db)
    }

    static func put(_ key: DeskKey, _ rules: DeskRules, _ db: Database) throws {
        let file: CaseFile
        // A step may be here before its application is.
        do { file = try CaseReading.file(of: key.area, key.id, db) } catch is CaseError { return }
        let decided = try Decisions(of: file.household, db)
        let known = try Row.fetchOne(
            db.cachedStatement(
                sql: "SELECT sent, delivered_on, heard_ms FROM desk_case WHERE area = ? AND id = ?"),
            arguments: key.arguments)
        let sent: [UInt8]? =
            switch file.state.stage {
            case .draft: file.id
            case .toDistrict: file.lastStep(.forward)?.id
            default: nil
            }
        let told = known.flatMap { $0.bytes("sent") == sent ? $0 : nil }
        let applied = file.appliedOn ?? file.firstDay(of: .accept)
        let before = applied.flatMap { decided.holding(in: $0.calendarMonth) }
        let clock = CaseClock(
            file, isKnown: before.map { $0.category != .none } ?? false, delivered: told?.date("delivered_on"),
            rules.values, rules.calendar)
        // Until somebody has decided about it: money may flow.
        let last = decided.all.last { $0.outcome != .refused }
        let asksToLeave = file.state.hasExitRequest && file.decisions.contains { $0.id == last?.id }
        let values: [(String, DatabaseValue)] = [
            ("area", key.area.digits.databaseValue), ("id", key.id.databaseValue),
            ("household", file.household.id.databaseValue), ("stage", file.state.stage.rawValue.databaseValue),
            ("ended", (file.state.stage >= .confirmed && !asksToLeave && file.untoldSince == nil).databaseValue),
            ("sent", sent.databaseValue),
            ("delivered_on", (told?.date("delivered_on")).written),
            ("heard_ms", (told?["heard_ms"] as Int64?).databaseValue),
            ("due", (clock.next?.duty.rawValue).databaseValue), ("due_on", (clock.next?.until.date).written),
            ("whole_due_on", (clock.whole?.date).written),
            ("provisional", (clock.next?.until.isProvisional ?? false).databaseValue),
            ("whole_provisional", (clock.whole?.isProvisional ?? false).databaseValue),
        ]
        try Assistance.put(values, into: "desk_case", db)
    }

    /// Applications, of which the town has to say something.
    static let untaken = undelivered(of: applicationTable, in: .draft, toDigits: 9)

    /// What was sent to the district.
    static let unseen = undelivered(of: caseStepTable, in: .toDistrict, toDigits: 6)

    /// - Parameter length: Of the code of the office that has to act.
    private static func undelivered(
        of table: DomainTable, in stage: CaseStage, toDigits length: Int
    ) -> Undelivered {
        Undelivered(
            table: table, desk: "desk_case", row: "sent", office: "substr(area, 1, \(length))",
            condition: "ended = 0 AND stage = '\(stage.rawValue)'", put: put)
    }
}
