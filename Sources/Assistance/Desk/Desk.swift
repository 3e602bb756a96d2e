import ChangeSets
import Foundation
import GRDB
import Replica

/// 案头: what stands open at this office, kept so that a list of it opens at once however much lies behind it. Derived from the rows and
/// brought up to date before it is read; nothing in it is synced.
package struct Desk {
    private let replica: OfficeReplica
    /// Nothing of the desk's is signed; whoever reads a list needs no name.
    private let user = ActingUser("desk")

    package init(_ replica: OfficeReplica) { self.replica = replica }

    private static let tables = Set([
        householdTable.name, personTable.name, alertTable.name, alertFactTable.name, alertActionTable.name,
        applicationTable.name,
        caseStepTable.name,
        homeVisitTable.name, noticeTable.name, objectionTable.name, appraisalTable.name, decisionTable.name,
        reliefTable.name, reliefWithdrawalTable.name, referralTable.name, referralReplyTable.name, parameterTable.name,
        holidayTable.name, bankAccountTable.name, accountCheckTable.name, accountToldTable.name,
    ]).union(ToldFacts.tables.map(\.name))

    /// Looks at what was written since, here or elsewhere, and at what offices have said of how far they are.
    package func refresh() throws {
        let follower = LogFollower(replica: replica, user: user, key: "desk 3", tables: Self.tables)
        try follower.follow(first: fill) { rows, db in
            // Every date may be another one.
            if rows.contains(where: { $0.table == parameterTable.name || $0.table == holidayTable.name }) {
                return try fill(db)
            }
            let items = try DeskItems(of: rows, db)
            let rules = try DeskRules(db)
            for key in items.warnings { try WarningDesk.put(key, rules, db) }
            for key in items.cases { try CaseDesk.put(key, rules, db) }
            for household in items.referring { try ReferralDesk.put(household, rules, db) }
            for household in items.paid { try AccountDesk.put(household, db) }
            for household in items.decided { try HoldingDesk.put(household, db) }
            for household in items.decided.union(items.told) { try NewsDesk.put(household, db) }
        }
        try noteDeliveries()
    }

    /// Throws away all that is derived, the desk and what monitoring has looked at: after a repair the log may say something else
    /// under numbers that were followed already.
    package func forget() throws {
        try replica.write(as: user) { db in
            for table in [
                "followed", "desk_warning", "desk_case", "desk_referral", "desk_holding", "desk_news",
                "desk_account", "desk_overpaid", "desk_spent",
            ] {
                try db.execute(sql: "DELETE FROM \(table)")
            }
        }
    }

    private func fill(_ db: Database) throws {
        let rules = try DeskRules(db)
        for row in try Row.fetchAll(db, sql: "SELECT area, id FROM alert") {
            try WarningDesk.put(try DeskKey(row), rules, db)
        }
        for row in try Row.fetchAll(db, sql: "SELECT area, id FROM application") {
            try CaseDesk.put(try DeskKey(row), rules, db)
        }
        for row in try Row.fetchAll(db, sql: "SELECT DISTINCT area, household AS id FROM referral") {
            let key = try DeskKey(row)
            try ReferralDesk.put(HouseholdID(area: key.area, id: key.id), rules, db)
        }
        for row in try Row.fetchAll(db, sql: "SELECT DISTINCT area, household AS id FROM decision") {
            let key = try DeskKey(row)
            let household = HouseholdID(area: key.area, id: key.id)
            try HoldingDesk.put(household, db)
            try NewsDesk.put(household, db)
        }
        for row in try Row.fetchAll(
            db, sql: "SELECT area, household AS id FROM bank_account UNION SELECT area, household FROM account_told")
        {
            let key = try DeskKey(row)
            try AccountDesk.put(HouseholdID(area: key.area, id: key.id), db)
        }
    }

    // MARK: Deliveries

    /// Whom the offices that have to act on something are known to have reached, asked again only where an office has spoken since.
    private func noteDeliveries() throws {
        let heard = try replica.lastHeard()
        for desk in [WarningDesk.undelivered, CaseDesk.untaken, CaseDesk.unseen] {
            let waiting = try replica.read { try desk.items(heard, $0) }
            guard !waiting.isEmpty else { continue }
            let times = try replica.deliveries(of: desk.table.name, waiting.map(\.delivery))
            try replica.write(as: user) { db in
                let rules = try DeskRules(db)
                for (waiting, time) in zip(waiting, times) {
                    try desk.note(
                        waiting, time.flatMap { CalendarDate(shanghai_ms: $0) }, heard[waiting.delivery.office] ?? 0,
                        rules, db)
                }
            }
        }
    }
}

struct DeskKey: Hashable {
    let area: OfficeCode
    let id: [UInt8]

    init(area: OfficeCode, id: [UInt8]) {
        self.area = area
        self.id = id
    }

    init(_ row: Row) throws {
        self.init(area: try OfficeCode(row["area"] as String), id: row.bytes("id") ?? [])
    }

    var arguments: StatementArguments { [area.digits, Data(id)] }
}

/// The rules and the calendar, read once for many items.
struct DeskRules {
    let values: [PublishedValue]
    let calendar: WorkingCalendar
    /// At the district, random and its own; nil elsewhere.
    let auditSalt: String?

    /// In a transaction that writes: the salt is made when it is first needed.
    init(_ db: Database) throws {
        if try String.fetchOne(db, sql: "SELECT office()")?.utf8.count == 6 {
            auditSalt = try LogFollower.value("audit salt", db) ?? Self.newSalt(db)
        } else {
            auditSalt = nil
        }
        let kinds = ["warning.", "case.", "referral."]
        values = try PublishedRules.values(db).filter { value in kinds.contains { value.name.hasPrefix($0) } }
        calendar = try PublishedRules.calendar(db)
    }

    private static func newSalt(_ db: Database) throws -> String {
        let salt = try String.fetchOne(db, sql: "SELECT hex(randomblob(16))") ?? ""
        try LogFollower.set("audit salt", salt, db)
        return salt
    }
}
