import ChangeSets
import Foundation
import GRDB
import Replica

package struct MonitorReport: Hashable, Sendable {
    /// Households that were looked at: those about which something had changed, or for which a day has come.
    package internal(set) var looked = 0
    package internal(set) var raised = 0
    /// Warnings that were open already, and got new facts or a heavier colour.
    package internal(set) var heavier = 0
    /// Households that could not be looked at, with the reason; they stay on the list.
    package internal(set) var failed: [String] = []

    package init(looked: Int = 0, raised: Int = 0, heavier: Int = 0) {
        self.looked = looked
        self.raised = raised
        self.heavier = heavier
    }
}

/// Finds people before they ask: holds what departments know against the register, and raises warnings by the rules of the day
/// (domain 4.3). Looks only at households about which something has changed since it last did.
package struct Monitor {
    private let replica: OfficeReplica
    private let user: ActingUser
    private let today: CalendarDate
    private static let householdsInOneTransaction = 500
    private static let pairsInOneTransaction = 2_000

    package init(_ replica: OfficeReplica, as user: ActingUser, today: CalendarDate) {
        self.replica = replica
        self.user = user
        self.today = today
    }

    /// - Parameter onProgress: Told how many of how many households are done.
    package func run(_ onProgress: (_ done: Int, _ total: Int) -> Void = { _, _ in }) throws -> MonitorReport {
        guard replica.office.tier != .village else { throw SignalImportError.village(replica.office) }
        try followLog()
        try replica.write(as: user) { try markByDate($0) }
        var report = MonitorReport()
        let total = try replica.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM to_monitor") ?? 0 }
        var last: HouseholdID?
        while true {
            onProgress(report.looked, total)
            // After the last one, so that those that fail are tried once only.
            let batch = try replica.read { try Self.marked(after: last, limit: Self.householdsInOneTransaction, $0) }
            guard let end = batch.last else { break }
            try replica.write(as: user) { try look(at: batch, &report, $0) }
            last = end
        }
        onProgress(report.looked, total)
        if try replica.read({ try LogFollower.value("persons", $0) }) == "changed" { try lookForDuplicates(&report) }
        // So that nobody who opens a list waits for what was raised here.
        try Desk(replica).refresh()
        return report
    }

    /// One household, at once.
    package func run(on household: HouseholdID) throws -> MonitorReport {
        guard replica.office.tier != .village else { throw SignalImportError.village(replica.office) }
        var report = MonitorReport()
        try replica.write(as: user) { try look(at: [household], &report, $0) }
        try Desk(replica).refresh()
        return report
    }

    // MARK: What to look at

    /// - Returns: Whether anybody here has this number.
    static func mark(identity: String, _ db: Database) throws -> Bool {
        let people = try Row.fetchAll(
            db.cachedStatement(
                sql:
                    "SELECT area, household FROM person WHERE id_number = ? AND row_state = 'live' AND household IS NOT NULL"
            ),
            arguments: [identity])
        for person in people { try mark(area: person["area"], household: person["household"], db) }
        return !people.isEmpty
    }

    private static func mark(area: String, household: Data, _ db: Database) throws {
        try db.cachedStatement(sql: "INSERT OR IGNORE INTO to_monitor VALUES (?, ?)").execute(arguments: [
            area, household,
        ])
    }

    private static func markAll(in area: OfficeCode, _ db: Database) throws {
        try db.execute(
            sql: """
                INSERT OR IGNORE INTO to_monitor
                SELECT area, id FROM household WHERE area >= ? AND area < ? AND row_state = 'live'
                """, arguments: [area.digits, area.digits + ":"])
    }

    private static func marked(after last: HouseholdID?, limit: Int, _ db: Database) throws -> [HouseholdID] {
        try Row.fetchAll(
            db.cachedStatement(
                sql:
                    "SELECT area, household FROM to_monitor WHERE (area, household) > (?, ?) ORDER BY area, household LIMIT ?"
            ),
            arguments: [last?.area.digits ?? "", Data(last?.id ?? []), limit]
        ).map { HouseholdID(area: try OfficeCode($0["area"] as String), id: $0.bytes("household") ?? []) }
    }

    /// Rows that were written since, here or elsewhere.
    private func followLog() throws {
        let follower = LogFollower(
            replica: replica, user: user, key: "monitor 2",
            tables: [
                householdTable.name, personTable.name, disabilityTable.name, decisionTable.name, alertActionTable.name,
                parameterTable.name, grantTable.name, payLineTable.name, payReturnTable.name, homeVisitTable.name,
                reliefTable.name, memberEventTable.name, sightingTable.name, rigidExpenseTable.name,
                findingTable.name,
            ])
        let markEverything = { (db: Database) in
            try Self.markAll(in: replica.root, db)
            try LogFollower.set("persons", "changed", db)
        }
        try follower.follow(first: markEverything) { rows, db in
            for row in rows where row.table != parameterTable.name { try mark(row, db) }
            let names = Set(WarningRules.parameters.map { CellValue.text($0.rawValue) })
            let areas = Set(rows.filter { $0.table == parameterTable.name && names.contains($0.key[0]) }.map(\.area))
            for area in areas { try Self.markAll(in: area, db) }
            // Who is registered twice is paid twice only once somebody pays.
            if rows.contains(where: { $0.table == personTable.name || $0.table == payLineTable.name }) {
                try LogFollower.set("persons", "changed", db)
            }
        }
    }

    private func mark(_ row: RecordID, _ db: Database) throws {
        guard case .blob(let id)? = row.key.first else { return }
        let area = row.area.digits
        func household(_ sql: String) throws {
            let found = try Data.fetchOne(db.cachedStatement(sql: sql), arguments: [area, Data(id)])
            if let found { try Self.mark(area: area, household: found, db) }
        }
        switch row.table {
        case householdTable.name: try Self.mark(area: area, household: Data(id), db)
        case personTable.name: try household("SELECT household FROM person WHERE area = ? AND id = ?")
        case decisionTable.name, grantTable.name, payLineTable.name, homeVisitTable.name, reliefTable.name,
            memberEventTable.name, sightingTable.name, findingTable.name:
            try household("SELECT household FROM \(row.table) WHERE area = ? AND id = ?")
        case rigidExpenseTable.name:
            for home in try SharedReceipts.households(like: (row.area, id), db) {
                try Self.mark(area: home.area.digits, household: Data(home.id), db)
            }
        case payReturnTable.name:
            try household(
                "SELECT l.household FROM pay_return AS r JOIN pay_line AS l ON l.area = r.area AND l.id = r.line WHERE r.area = ? AND r.id = ?"
            )
        // Closed elsewhere, perhaps, unaware of a fact that was found here.
        case alertActionTable.name:
            try household(
                "SELECT w.household FROM alert_action AS c JOIN alert AS w ON w.area = c.area AND w.id = c.alert WHERE c.area = ? AND c.id = ?"
            )
        default:
            try household(
                "SELECT p.household FROM disability AS d JOIN person AS p ON p.area = d.area AND p.id = d.person WHERE d.area = ? AND d.id = ?"
            )
        }
    }

    /// Once a day: those for whom a day has come.
    private func markByDate(_ db: Database) throws {
        let last = try LogFollower.value("day", db).flatMap { CalendarDate(written: $0) }
        guard last != today else { return }
        let values = try PublishedRules.values(db)
        try markByRules(values, since: last, db)
        // Whoever any town's value means; each household is looked at by its own. Where a rule is missing nobody is looked at for its sake;
        // whoever is looked at is told that it is missing.
        func numbers(_ name: ParameterName) -> Set<Int> { values.numbers(name, on: today) }
        let ending = numbers(.warnEndingDays).max() ?? 0
        let contact = numbers(.warnContactDays).min() ?? 0
        let soon = (today.adding(days: ending) ?? today).description
        let certificates = (today.adding(days: numbers(.warnCertificateDays).max() ?? 0) ?? today).description
        let month = (today.adding(days: ending) ?? today).calendarMonth.description
        let selections: [(String, StatementArguments)] = [
            ("SELECT area, id FROM household WHERE review_due < ?", [today.description]),
            ("SELECT area, household FROM person WHERE school_ends <= ?", [soon]),
            (
                "SELECT area, household FROM decision WHERE grace_to BETWEEN ? AND ?",
                [today.calendarMonth.description, month]
            ),
            (
                "SELECT p.area, p.household FROM disability AS d JOIN person AS p ON p.area = d.area AND p.id = d.person "
                    + "WHERE d.valid_to <= ?", [certificates]
            ),
            (
                "SELECT p.area, p.household FROM signal AS s JOIN person AS p ON p.id_number = s.identity "
                    + "WHERE s.kind = 'disability' AND s.word <= ? AND p.row_state = 'live'", [certificates]
            ),
            // Whoever lives alone, gets something, and was last seen some time ago or never.
            (
                """
                SELECT p.area, p.household FROM person AS p
                JOIN (SELECT DISTINCT area, household FROM decision WHERE outcome <> 'refused') AS d
                    ON d.area = p.area AND d.household = p.household
                WHERE p.row_state = 'live' AND p.death_date IS NULL
                GROUP BY p.area, p.household HAVING count(*) = 1 AND NOT EXISTS (
                    SELECT 1 FROM home_visit AS v
                    WHERE v.area = p.area AND v.household = p.household AND v.seen <> '' AND v.day BETWEEN ? AND ?)
                """, [(today.adding(days: -contact) ?? today).description, today.description]
            ),
        ]
        for (sql, arguments) in selections {
            let found = try Row.fetchAll(db, sql: sql, arguments: arguments)
            for row in found {
                if let household = row[1] as Data? { try Self.mark(area: row[0], household: household, db) }
            }
        }
        try LogFollower.set("day", today.description, db)
    }

    /// Where a value of a rule begins or ends to hold, and where a verdict ‘not real’ has grown old enough.
    private func markByRules(_ values: [PublishedValue], since last: CalendarDate?, _ db: Database) throws {
        let names = Set(WarningRules.parameters.map(\.rawValue))
        let changing = values.filter { value in
            let days = [value.validFrom] + (value.validTo?.adding(days: 1).map { [$0] } ?? [])
            return names.contains(value.name) && days.contains { day in day <= today && last.map { day > $0 } ?? true }
        }
        for area in Set(changing.map(\.area)) { try Self.markAll(in: area, db) }
        for days in values.numbers(.warnReopenDays, on: today) {
            try markReopening(after: days + 1, since: last, db)
        }
    }

    private func markReopening(after days: Int, since last: CalendarDate?, _ db: Database) throws {
        let found = try Row.fetchAll(
            db,
            sql: """
                SELECT DISTINCT w.area, w.household FROM alert_action AS c JOIN alert AS w ON w.area = c.area AND w.id = c.alert
                WHERE c.action = 'close' AND c.day <= ? AND c.day > ?
                """,
            arguments: [
                (today.adding(days: -days) ?? today).description,
                last.flatMap { $0.adding(days: -days) }?.description ?? "",
            ])
        for row in found {
            if let household = row[1] as Data? { try Self.mark(area: row[0], household: household, db) }
        }
    }

    // MARK: Looking

    /// A7: told at both sides, by whoever sees both.
    private func lookForDuplicates(_ report: inout MonitorReport) throws {
        do {
            let found = try replica.read { try DuplicateSearch($0, at: replica.office, on: today, as: user).find() }
            for start in stride(from: 0, to: found.count, by: Self.pairsInOneTransaction) {
                let part = found[start..<min(start + Self.pairsInOneTransaction, found.count)]
                try replica.write(as: user) { db in
                    var book = try PublishedRules.book(of: replica.office, on: today, db)
                    var missing: RuleError?
                    defer { if let missing { report.failed.append("duplicates: \(missing)") } }
                    let outcome = try DuplicateSearch(db, at: replica.office, on: today, as: user).tell(part)
                    report.failed += outcome.failed
                    for (household, told) in outcome.told.sorted(by: {
                        ($0.key.area.digits, $0.key.id.hex) < ($1.key.area.digits, $1.key.id.hex)
                    }) {
                        let finding = Finding(
                            kind: .duplicate,
                            colour: book.urgency(told.isPaidTwice ? .paidTwice : .duplicate, &missing),
                            facts: told.facts.sorted())
                        let before = report
                        do {
                            try db.inSavepoint {
                                try WarningRaising(household, today, user, db).raise([finding], &report)
                                return .commit
                            }
                        } catch {
                            report = before
                            report.failed.append("\(household.area)/\(household.id.hex): \(error)")
                        }
                    }
                }
            }
            try replica.write(as: user) { try LogFollower.set("persons", "searched", $0) }
        } catch let error as RuleError {
            report.failed.append("duplicates: \(error)")
        }
    }

    /// A7: kinds of aid that exclude each other in a month, red once both are paid; and receipts that others count.
    private func exclusions(
        of household: HouseholdID, by book: inout RuleBook, _ missing: inout RuleError?, _ db: Database
    ) throws -> [Finding] {
        // A department's list may come late.
        let months = try Set(Grants.all(of: household, db).map(\.month)).union(
            [today.calendarMonth.adding(months: -1), today.calendarMonth].compactMap { $0 })
        var fired: [FiredExclusion] = []
        do {
            for month in months.sorted() { fired += try Exclusions.fired(for: household, in: month, by: &book, db) }
        } catch let error as RuleError {
            // What is found without that rule is told all the same.
            missing = error
        }
        let receipts = try SharedReceipts.of(household, db)
        guard !fired.isEmpty || !receipts.isEmpty else { return [] }
        let words = Dictionary(fired.map { ($0.name, $0.name) }, uniquingKeysWith: { first, _ in first })
        return [
            Finding(
                kind: .duplicate,
                colour: book.urgency(fired.contains(where: \.isPaid) ? .paidTwice : .duplicate, &missing),
                facts: Array(words.keys) + receipts.keys, words: words.merging(receipts) { first, _ in first })
        ]
    }

    private func look(at batch: [HouseholdID], _ report: inout MonitorReport, _ db: Database) throws {
        let values = try PublishedRules.values(db)
        for household in batch {
            report.looked += 1
            let before = report
            var missing: RuleError?
            do {
                // One household whose rows are odd holds up no other.
                try db.inSavepoint {
                    if let situation = try SituationReader(db, on: today).situation(of: household) {
                        var book = RuleBook(values, area: household.area, hukouKind: "", on: today)
                        let (findings, unknown) = WarningRules.known(in: situation, on: today, by: &book)
                        missing = unknown
                        let excluded = try exclusions(of: household, by: &book, &missing, db)
                        try WarningRaising(household, today, user, db).raise(findings + excluded, &report)
                    }
                    if missing != nil { return .commit }
                    try db.cachedStatement(sql: "DELETE FROM to_monitor WHERE area = ? AND household = ?")
                        .execute(arguments: [household.area.digits, Data(household.id)])
                    return .commit
                }
            } catch {
                report = before
                report.failed.append("\(household.area)/\(household.id.hex): \(error)")
            }
            if let missing { report.failed.append("\(household.area)/\(household.id.hex): \(missing)") }
        }
    }
}
