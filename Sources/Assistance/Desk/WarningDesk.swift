import ChangeSets
import Foundation
import GRDB
import Replica

/// A warning on the desk: what is due of it until when, and whom it concerns by now.
package struct DeskWarning: Sendable {
    /// Who has to see to it besides its village.
    package enum Concern: String, Sendable, CaseIterable {
        /// The village does not have it: the town reaches it by telephone.
        case call
        /// Late, or red: the town sees to it.
        case town
        /// Red, and nobody was there in time: the district does.
        case district
    }

    package let warning: Warning
    package let household: HouseholdName
    /// acknowledge, visit or verdict.
    package let duty: String?
    package let due: CalendarDate?
    /// Whether `due` was counted over a year whose holidays are not published yet, and may be later.
    package let isProvisional: Bool
    /// The day its village had it; nil while it is not known to.
    package let delivered: CalendarDate?
    private let callAfter: CalendarDate?
    private let districtFrom: CalendarDate?

    fileprivate init(_ warning: Warning, _ row: Row, _ db: Database) throws {
        self.warning = warning
        household = try HouseholdName(warning.household, db)
        duty = row["due"]
        due = row.date("due_on")
        isProvisional = row.isTrue("provisional")
        delivered = row.date("delivered_on")
        callAfter = row.date("call_after")
        districtFrom = row.date("district_from")
    }

    package func isOverdue(on today: CalendarDate) -> Bool { due.map { $0 < today } ?? false }

    /// Domain 4.3: a red one goes to the town at once and to the district on the third day, others to the town when they are late.
    package func concern(on today: CalendarDate) -> Concern? {
        guard warning.state.stage < .judged else { return nil }
        if warning.state.stage < .visited, let districtFrom, districtFrom <= today { return .district }
        if delivered == nil, let callAfter, callAfter < today { return .call }
        return isOverdue(on: today) || warning.colour == .red ? .town : nil
    }
}

extension WarningStage: Comparable {
    var position: Int { Self.allCases.firstIndex(of: self)! }  // One of them.
    package static func < (a: Self, b: Self) -> Bool { a.position < b.position }
}

package enum WarningDesk {
    /// Of an area and below it: those that are not closed first, then the heaviest, then the oldest.
    /// - Parameters:
    ///   - closed: Whether also those that are closed.
    ///   - lateOn: Only those of which something was due before this day.
    ///   - toAudit: Only those that a town has closed and the district is to look at once more.
    /// - Returns: So many of them, and how many there are.
    package static func page(
        in area: OfficeCode, closed: Bool, lateOn: CalendarDate? = nil, toAudit: Bool = false, skip: Int = 0,
        limit: Int = .max, _ db: Database
    ) throws -> (warnings: [DeskWarning], count: Int) {
        var query = DeskQuery("desk_warning", in: area, orderedBy: "closed, colour DESC, issued_on, id, area")
        if !closed { query.add("closed = 0") }
        if toAudit { query.add("to_audit = 1") }
        if let lateOn { query.add("due_on < ?", [lateOn.description]) }
        let (rows, count) = try query.page(skip: skip, limit: limit, db)
        let warnings = try rows.compactMap { row in
            let key = try DeskKey(row)
            return try WarningReading.one(key.area, key.id, db).map { try DeskWarning($0, row, db) }
        }
        return (warnings, count)
    }

    /// One that is there.
    package static func one(_ area: OfficeCode, _ id: [UInt8], _ db: Database) throws -> DeskWarning {
        let row = try Row.fetchOne(
            db.cachedStatement(sql: "SELECT * FROM desk_warning WHERE area = ? AND id = ?"),
            arguments: [area.digits, Data(id)])
        guard let row, let warning = try WarningReading.one(area, id, db) else { throw WarningError.unknown(id.hex) }
        return try DeskWarning(warning, row, db)
    }

    static func put(_ key: DeskKey, _ rules: DeskRules, _ db: Database) throws {
        guard let warning = try WarningReading.one(key.area, key.id, db) else { return }
        let known = try Row.fetchOne(
            db.cachedStatement(sql: "SELECT fact, delivered_on, heard_ms FROM desk_warning WHERE area = ? AND id = ?"),
            arguments: key.arguments)
        // Another fact has to be delivered anew.
        let told = known.flatMap { $0.bytes("fact") == warning.heaviest?.fact ? $0 : nil }
        let clock = WarningClock(
            warning.colour, in: key.area, issued: warning.heaviest?.day ?? warning.issuedOn,
            delivered: told?.date("delivered_on"), rules.values, rules.calendar)
        let next = clock?.next(warning.state.stage)
        let visited = warning.steps.filter { $0.done.action == .visit }.compactMap(\.day).min()
        let values: [(String, DatabaseValue)] = [
            ("area", key.area.digits.databaseValue), ("id", key.id.databaseValue),
            ("household", warning.household.id.databaseValue), ("kind", warning.kind.rawValue.databaseValue),
            ("colour", warning.colour.rawValue.databaseValue), ("issued_on", warning.issuedOn.written),
            ("stage", warning.state.stage.position.databaseValue),
            ("closed", (warning.state.stage == .closed).databaseValue),
            ("verdict", (warning.state.verdict?.rawValue).databaseValue),
            ("to_audit", isToAudit(warning, rules).databaseValue), ("visited_on", visited.written),
            ("fact", (warning.heaviest?.fact).databaseValue),
            ("delivered_on", (told?.date("delivered_on")).written),
            ("heard_ms", (told?["heard_ms"] as Int64?).databaseValue),
            ("due", (next?.duty.rawValue).databaseValue), ("due_on", (next?.until.date).written),
            ("provisional", (next?.until.isProvisional ?? false).databaseValue),
            ("visit_due", (clock?.deadlines.visit.due.date).written),
            ("call_after", (clock?.deadlines.acknowledge.callAfter.date).written),
            ("district_from", (clock?.districtFrom?.date).written),
        ]
        try Assistance.put(values, into: "desk_warning", db)
    }

    /// At the district, by a lot of its own that no town can work out before it closes one.
    private static func isToAudit(_ warning: Warning, _ rules: DeskRules) -> Bool {
        guard let salt = rules.auditSalt, warning.state.stage == .closed else { return false }
        let isAudited = warning.steps.contains { $0.done.action == .audit && $0.done.tier <= .district }
        let closings = warning.steps.filter {
            $0.done.action == .close && WarningState.mayClose(warning.colour, $0.done.tier)
        }
        guard !isAudited, closings.allSatisfy({ $0.done.tier == .town }) else { return false }
        // By the newest rule: whoever closes names the day.
        let published = rules.values.filter { $0.name == ParameterName.warnAudit.rawValue }.map(\.validFrom).max()
        guard let published else { return false }
        var book = RuleBook(rules.values, area: warning.household.area, hukouKind: "", on: published)
        guard let share = try? book.ratio(.warnAudit) else { return false }
        let lot = UUIDs.version5("audit/\(salt)/\(warning.id.hex)").prefix(2).reduce(Int64(0)) { $0 << 8 | Int64($1) }
        return Ratio(lot, over: 1 << 16) < share
    }

    static let undelivered = Undelivered(
        table: alertFactTable, desk: "desk_warning", row: "fact", office: "area", condition: "true", put: put)
}

/// Takes a household out of a derived table, before what holds of it now is put there.
func clear(_ table: String, of household: HouseholdID, _ db: Database) throws {
    try db.cachedStatement(sql: "DELETE FROM \(table) WHERE area = ? AND household = ?")
        .execute(arguments: [household.area.digits, Data(household.id)])
}

/// Puts a row of a derived table in the place of the one that was there.
func put(_ values: [(String, DatabaseValue)], into table: String, _ db: Database) throws {
    let names = values.map(\.0).joined(separator: ", ")
    let places = values.map { _ in "?" }.joined(separator: ", ")
    try db.cachedStatement(sql: "INSERT OR REPLACE INTO \(table) (\(names)) VALUES (\(places))")
        .execute(arguments: StatementArguments(values.map(\.1)))
}

extension CalendarDate {
    var written: DatabaseValue { description.databaseValue }
}

extension CalendarDate? {
    var written: DatabaseValue { (self?.description).databaseValue }
}
