import ChangeSets
import Foundation
import GRDB
import Replica

/// One warning with what was done about it, as far as it has arrived here.
package struct Warning: Sendable {
    package struct Step: Hashable, Sendable {
        package let done: WarningState.Done
        package let office: String
        package let user: String
        package let day: CalendarDate?
        package let text: String
    }

    package let id: [UInt8]
    package let household: HouseholdID
    package let kind: WarningKind
    package let episode: Int
    package let colour: Colour
    package let issuedOn: CalendarDate
    /// The fact that made it as heavy as it is, and its day.
    let heaviest: (fact: [UInt8], day: CalendarDate)?
    package let steps: [Step]
    package let state: WarningState
}

/// What one of its facts says.
package struct WarningWords: Hashable, Sendable {
    /// Since when it is known.
    package let day: CalendarDate?
    /// Nothing of an illness.
    package let says: String
    /// The name of whom it means, where that is one person.
    package let person: String?
    /// What whoever saw it has written, which may name an illness; nil for what no person has told.
    package let seen: String?
}

package enum WarningReading {
    package static func all(of household: HouseholdID, _ db: Database) throws -> [Warning] {
        try alerts(db, "area = ? AND household = ?", [household.area.digits, Data(household.id)])
    }

    /// One that is there.
    static func one(_ area: OfficeCode, _ id: [UInt8], _ db: Database) throws -> Warning? {
        try alerts(db, "area = ? AND id = ?", [area.digits, Data(id)]).first
    }

    /// - Parameter text: The id or the beginning of it, at least eight digits.
    /// - Throws: ``WarningError/unknown(_:)``, ``AmbiguousID``.
    package static func one(_ text: String, _ db: Database) throws -> Warning {
        try IDBeginning.only(text, unknown: WarningError.unknown(text.shortened)) { try alerts(db, $0, $1) }
    }

    /// What its facts say, in order of the days.
    package static func words(of warning: Warning, _ db: Database) throws -> [WarningWords] {
        let seen = try sightings(of: warning, db)
        return try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT f.id, f.day, f.says, p.name FROM alert_fact AS f
                    LEFT JOIN person AS p ON p.area = f.area AND p.id = f.person
                    WHERE f.area = ? AND f.alert = ? ORDER BY f.day, f.id
                    """),
            arguments: [warning.household.area.digits, Data(warning.id)]
        ).map { row in
            WarningWords(
                day: row.date("day"), says: row["says"], person: row["name"], seen: seen[row.bytes("id") ?? []])
        }
    }

    /// By its fact what somebody has seen, in their words, as long as nobody has taken it back.
    private static func sightings(of warning: Warning, _ db: Database) throws -> [[UInt8]: String] {
        let household = warning.household
        return try HoldingFacts(sightingTable, household.area, ("household", household.id), db).rows
            .filter { $0["kind"] == warning.kind.rawValue }.reduce(into: [:]) { words, row in
                let source = Situation.Sighting.mark + (row.bytes("id") ?? []).hex
                words[WarningIDs.fact(warning.id, source: source)] = row["text"] as String
            }
    }

    /// Ids of its facts.
    static func facts(of warning: Warning, _ db: Database) throws -> [[UInt8]] {
        try Data.fetchAll(
            db.cachedStatement(sql: "SELECT id FROM alert_fact WHERE area = ? AND alert = ?"),
            arguments: [warning.household.area.digits, Data(warning.id)]
        ).map { [UInt8]($0) }
    }

    private static func alerts(
        _ db: Database, _ condition: String, _ arguments: StatementArguments
    ) throws -> [Warning] {
        try Row.fetchAll(
            db.cachedStatement(sql: "SELECT * FROM alert WHERE \(condition) ORDER BY area, id"), arguments: arguments
        ).compactMap { try warning($0, db) }
    }

    /// - Returns: nil for one of a kind that this program does not know.
    private static func warning(_ row: Row, _ db: Database) throws -> Warning? {
        guard let kind = WarningKind(rawValue: row["kind"]), let household = row.bytes("household"),
            let first = row.date("issued_on")
        else { return nil }
        let area = try OfficeCode(row["area"] as String)
        let id = row.bytes("id") ?? []
        let fact = try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT id, colour, day, min(day) OVER () AS first FROM alert_fact WHERE area = ? AND alert = ?
                    ORDER BY colour DESC, day, id LIMIT 1
                    """),
            arguments: [area.digits, Data(id)])
        let colour = (fact?["colour"]).flatMap { Colour(rawValue: $0) } ?? .yellow
        // Of two offices that raised it on different days, the first.
        let issued = min(first, fact?.date("first") ?? first)
        let heaviest = fact.flatMap { fact in
            fact.bytes("id").flatMap { id in fact.date("day").map { (fact: id, day: $0) } }
        }
        let steps = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT *, \(RowWriter.office(of: alertActionTable.name, as: "t")) AS writer FROM alert_action AS t
                    WHERE area = ? AND alert = ? ORDER BY id
                    """),
            arguments: [area.digits, Data(id)]
        ).compactMap { Warning.Step($0) }
        return Warning(
            id: id, household: HouseholdID(area: area, id: household), kind: kind, episode: row["episode"],
            colour: colour, issuedOn: issued, heaviest: heaviest, steps: steps,
            state: WarningState(steps.map(\.done), colour: colour))
    }
}

extension Warning.Step {
    fileprivate init?(_ row: Row) {
        guard let action = WarningAction(rawValue: row["action"]), let writer = try? OfficeCode(row["writer"] as String)
        else { return nil }
        office = writer.digits
        done = WarningState.Done(
            action, (row["verdict"] as String?).flatMap(WarningVerdict.init), by: writer.tier,
            hasLedOn: row.bytes("led_to") != nil, id: row.bytes("id") ?? [], settles: Settled(written: row["settles"]))
        user = row["created_by"]
        day = row.date("day")
        text = row["text"]
    }
}

/// What offices do about warnings.
package struct WarningEntry {
    let replica: OfficeReplica
    let user: ActingUser
    let today: CalendarDate

    package init(_ replica: OfficeReplica, as user: ActingUser, today: CalendarDate) {
        self.replica = replica
        self.user = user
        self.today = today
    }

    /// - Parameter ledTo: The case or the referral that a real one led to.
    /// - Throws: ``WarningError``, ``CaseError``; then nothing was written.
    package func act(
        _ action: WarningAction, on text: String, _ verdict: WarningVerdict? = nil, day: CalendarDate? = nil,
        saying words: String = "", ledTo name: String? = nil
    ) throws -> Warning {
        try replica.write(as: user) { db in
            try act(action, on: text, verdict, day: day, saying: words, ledTo: name, db)
        }
    }

    func act(
        _ action: WarningAction, on text: String, _ verdict: WarningVerdict? = nil, day: CalendarDate? = nil,
        saying words: String = "", ledTo name: String? = nil, _ db: Database
    ) throws -> Warning {
        guard day.map({ $0 <= today }) ?? true else { throw FactError.later("day") }
        guard (action == .verdict) == (verdict != nil) else { throw WarningError.noVerdict }
        let warning = try WarningReading.one(text, db)
        if let error = warning.state.reason(against: action, colour: warning.colour, by: replica.office.tier) {
            throw error
        }
        if action == .close, warning.kind == .death, try DeathWarnings.lacksDeath(warning, on: today, db) {
            throw WarningError.deathNotEntered
        }
        let led = try name.map { try caseOrReferral($0, db) }
        guard led.map({ $0.household == warning.household }) ?? true else { throw WarningError.otherHousehold }
        try NewRow(
            table: alertActionTable, area: warning.household.area,
            values: [
                ("alert", warning.id.databaseValue), ("action", action.rawValue.databaseValue),
                ("verdict", (verdict?.rawValue).databaseValue), ("day", (day ?? today).description.databaseValue),
                ("text", words.databaseValue), ("led_to", (led?.id).databaseValue),
                ("settles", try settled(by: action, warning, db).databaseValue),
            ]
        ).insert(by: user, db)
        return try WarningReading.all(of: warning.household, db).first { $0.id == warning.id } ?? warning
    }

    private func caseOrReferral(_ name: String, _ db: Database) throws -> (id: [UInt8], household: HouseholdID) {
        do {
            let file = try CaseReading.one(name, db)
            return (file.id, file.household)
        } catch CaseError.unknown {
            guard let referral = try? ReferralReading.one(name, db) else { throw CaseError.unknown(name.shortened) }
            return (referral.id, referral.household)
        }
    }

    private func settled(by action: WarningAction, _ warning: Warning, _ db: Database) throws -> Settled {
        switch action {
        case .verdict: Settled(warning.steps.map(\.done).filter { $0.verdict != nil }.map(\.id))
        case .close: Settled(try WarningReading.facts(of: warning, db))
        case .acknowledge, .visit, .audit: Settled([])
        }
    }
}
