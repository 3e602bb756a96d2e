import ChangeSets
import Foundation
import GRDB
import Replica

/// Ids of warnings, derived from what they are about: two offices that raise the same one write the same row.
enum WarningIDs {
    static func alert(_ household: HouseholdID, _ kind: WarningKind, episode: Int) -> [UInt8] {
        UUIDs.version5("alert/\(household.area)/\(household.id.hex)/\(kind.rawValue)/\(episode)")
    }

    static func fact(_ alert: [UInt8], source: String) -> [UInt8] {
        UUIDs.version5("alert_fact/\(alert.hex)/\(source)")
    }
}

/// Turns findings into warnings: one open one a household and kind. New facts attach to it and can only raise its colour. What was known
/// where one was closed opens none again; but where it was judged not real, after some days it does (domain 4.3).
struct WarningRaising {
    private let household: HouseholdID
    private let today: CalendarDate
    private let user: ActingUser
    private let db: Database

    init(_ household: HouseholdID, _ today: CalendarDate, _ user: ActingUser, _ db: Database) {
        self.household = household
        self.today = today
        self.user = user
        self.db = db
    }

    func raise(_ findings: [Finding], _ report: inout MonitorReport) throws {
        guard !findings.isEmpty else { return }
        let all = try WarningReading.all(of: household, db)
        let reopenDays = try reopenDays()
        for finding in findings {
            let known = all.filter { $0.kind == finding.kind }
            let open = known.first { $0.state.stage != .closed }
            let attached = try open.map { Set(try judged($0)) } ?? []
            // What closed ones have judged weighs no more: a department's line until it is looked at once more, what somebody has seen for good.
            let closed = try known.filter { $0.id != open?.id }.map { ($0, try judged($0)) }
            let seen = Set(closed.flatMap(\.1))
            let told = Set(closed.filter { !isOver($0.0, reopenDays) }.flatMap(\.1))
            func isIn(_ facts: Set<[UInt8]>, _ source: String) -> Bool {
                known.contains { facts.contains(WarningIDs.fact($0.id, source: source)) }
            }
            let rest = finding.leavingOut { isIn($0.hasPrefix(Situation.Sighting.mark) ? seen : told, $0) }
            let fresh = rest.facts.filter { !isIn(attached, $0) }
            if let open {
                guard !fresh.isEmpty || rest.colour > open.colour else { continue }
                report.heavier += 1
                for source in fresh { try insert(fact: source, rest, of: open.id) }
                // What it has weighs more by now than it did.
                let known = fresh.compactMap { rest.colours[$0] }.reduce(open.colour, max)
                if rest.colour > known { try insert(fact: "together \(rest.colour.rawValue)", rest, of: open.id) }
            } else if !fresh.isEmpty {
                report.raised += 1
                let alert = try insert(rest, episode: known.count + 1)
                for source in fresh { try insert(fact: source, rest, of: alert) }
            }
        }
    }

    /// Of an open one all its facts; of a closed one those that were known where it was closed: an office that attached another,
    /// unaware of the closing, opens a new warning with it.
    private func judged(_ warning: Warning) throws -> [[UInt8]] {
        let facts = try WarningReading.facts(of: warning, db)
        return warning.state.stage == .closed ? facts.filter(warning.state.judgedFacts.contains) : facts
    }

    /// Closed as not real, so long ago that the same facts are looked at once more.
    private func isOver(_ warning: Warning, _ days: Int?) -> Bool {
        guard let days, warning.state.stage == .closed, warning.state.verdict == .unfounded else { return false }
        let closed = warning.steps.filter { $0.done.action == .close }.compactMap(\.day).max()
        return closed.flatMap { $0.adding(days: days) }.map { $0 < today } ?? false
    }

    /// - Returns: nil where no rule says it: then nothing opens again.
    private func reopenDays() throws -> Int? {
        var book = try PublishedRules.book(of: household.area, on: today, db)
        return try? book.number(.warnReopenDays)
    }

    /// - Returns: Its id: that of the episode, or of a later one where somebody has put an odd row under it.
    private func insert(_ finding: Finding, episode first: Int) throws -> [UInt8] {
        let (id, later) = try DerivedID.free(alertTable, in: household.area, db) {
            WarningIDs.alert(household, finding.kind, episode: first + $0)
        }
        try NewRow(
            table: alertTable, area: household.area,
            values: [
                ("household", household.id.databaseValue), ("kind", finding.kind.rawValue.databaseValue),
                ("episode", min(first + later, 9999).databaseValue), ("issued_on", today.description.databaseValue),
            ]
        ).insert(id: id, by: user, db)
        return id
    }

    private func insert(fact source: String, _ finding: Finding, of alert: [UInt8]) throws {
        let (id, _) = try DerivedID.free(alertFactTable, in: household.area, db) {
            WarningIDs.fact(alert, source: source + DerivedID.mark($0))
        }
        try NewRow(
            table: alertFactTable, area: household.area,
            values: [
                ("alert", alert.databaseValue),
                ("colour", (finding.colours[source] ?? finding.colour).rawValue.databaseValue),
                ("day", today.description.databaseValue),
                (
                    "says",
                    ("\(finding.kind.rawValue) \(finding.kind.chinese)"
                        + (finding.words[source].map { ": \($0)" } ?? "")).databaseValue
                ),
                ("person", finding.persons[source].databaseValue),
            ]
        ).insert(id: id, by: user, db)
    }
}
