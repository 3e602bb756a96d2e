import ChangeSets
import Foundation
import GRDB
import Replica

/// What monitoring looks at of a household, from the register and from what was imported here.
struct SituationReader {
    private let db: Database
    private let today: CalendarDate

    init(_ db: Database, on today: CalendarDate) {
        self.db = db
        self.today = today
    }

    /// - Returns: nil where nobody lives there any more.
    func situation(of household: HouseholdID) throws -> Situation? {
        let row = try Row.fetchOne(
            db.cachedStatement(
                sql: "SELECT review_due FROM household WHERE area = ? AND id = ? AND row_state = 'live'"),
            arguments: [household.area.digits, Data(household.id)])
        guard let row else { return nil }
        let people = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT id, id_number, birth, school_ends FROM person
                    WHERE area = ? AND household = ? AND row_state = 'live' AND death_date IS NULL ORDER BY id
                    """),
            arguments: [household.area.digits, Data(household.id)])
        guard !people.isEmpty else { return nil }
        var persons: [Situation.Person] = []
        var signals: [Signal] = []
        for person in people {
            let (id, identity) = (person.bytes("id") ?? [], person["id_number"] as String?)
            guard let birth = person.birth else {
                continue
            }
            persons.append(
                try registered(id, birth, schoolingEnds: person.date("school_ends"), in: household.area))
            if let identity {
                signals += try SignalRow.all(of: identity, on: today, db).compactMap { $0.signal(of: id) }
            }
        }
        let decision = try Decisions(of: household, db).holding(in: today.calendarMonth)
        return Situation(
            category: decision?.category ?? .none, isWatched: try isWatched(household), persons: persons,
            signals: signals,
            reviewDue: row.date("review_due"),
            graceEnds: decision?.graceTo.flatMap { $0.adding(months: 1) }.flatMap {
                CalendarDate(year: $0.year, month: $0.month, day: 1)?.adding(days: -1)
            },
            returnedLines: try returnedLines(household), absences: try absences(household),
            lastContact: people.count == 1 ? try lastSeen(household) ?? decision?.day : nil,
            sightings: try sightings(household))
    }

    /// Of kinds that somebody can see. Of whatever day: offices' clocks differ, and a warning waits for none
    /// of them.
    private func sightings(_ household: HouseholdID) throws -> [Situation.Sighting] {
        let rows = try HoldingFacts(sightingTable, household.area, ("household", household.id), db).rows
        guard !rows.isEmpty else { return [] }
        let people = try MemberEvents.everybody(of: household, db)
        var counts: [WarningKind: Int] = [:]
        return try rows.reversed().compactMap { row in
            guard let kind = WarningKind(rawValue: row["kind"]), kind.canBeSeen else { return nil }
            let id = row.bytes("id") ?? []
            let person = row.bytes("person").flatMap { people.contains($0) ? $0 : nil }
            // Of whoever is entered as dead there is nothing to find out any more, nor of whom somebody entitled has found alive.
            if kind == .death {
                guard let person, try !isAnswered(person, id, in: household.area) else { return nil }
            }
            // What people of a village tell is a handful; whatever else a program writes there says nothing new.
            if (row["writer"] as String).count > 9 {
                counts[kind, default: 0] += 1
                guard counts[kind]! <= Self.sightingsMax else { return nil }
            }
            return Situation.Sighting(
                id: id.hex, kind: kind, colour: Colour(rawValue: row["colour"]) ?? .yellow, person: person)
        }
    }

    private static let sightingsMax = 100

    private func isAnswered(_ person: [UInt8], _ sighting: [UInt8], in area: OfficeCode) throws -> Bool {
        let events = try MemberEvents.all(about: person, in: area, db)
        return MemberEvents.standingDeath(among: events) != nil
            || events.contains { event in
                event.change == .alive && event.office.tier < .village && event.settles.ids.contains(sighting)
            }
    }

    /// 防止返贫监测: a finding of the town's or the district's.
    private func isWatched(_ household: HouseholdID) throws -> Bool {
        try HoldingFacts(findingTable, household.area, ("household", household.id), db).rows.contains {
            $0["kind"] == "poverty_return"
        }
    }

    /// What the bank gave back, and no list has paid again.
    private func returnedLines(_ household: HouseholdID) throws -> [String] {
        let lines = try PayBatches.payments(of: household, db).map(\.line)
        let again = Set(lines.compactMap(\.reissues))
        return lines.filter { $0.returned != nil && !again.contains($0.id) }.map(\.id.hex).sorted()
    }

    /// Since somebody was seen there, at most a year back.
    private func absences(_ household: HouseholdID) throws -> [CalendarDate] {
        let since = max(try lastSeen(household)?.description ?? "", (today.adding(days: -366) ?? today).description)
        return try String.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT day FROM home_visit WHERE area = ? AND household = ? AND seen = '' AND day > ? AND day <= ?
                    ORDER BY day DESC, id DESC
                    """),
            arguments: [household.area.digits, Data(household.id), since, today.description]
        ).compactMap { CalendarDate(written: $0) }
    }

    private func registered(
        _ id: [UInt8], _ birth: CalendarDate, schoolingEnds: CalendarDate?, in area: OfficeCode
    ) throws -> Situation.Person {
        let certificate = try HoldingFacts(disabilityTable, area, ("person", id), db).rows
            .max { $0.date("issued") ?? today < $1.date("issued") ?? today }
        return Situation.Person(
            id: id, birth: birth,
            disability: certificate.flatMap { Disability(kind: $0["kind"] ?? 0, grade: $0["grade"] ?? 0) },
            certificateEnds: certificate?.date("valid_to"), schoolingEnds: schoolingEnds)
    }

    private func lastSeen(_ household: HouseholdID) throws -> CalendarDate? {
        try String.fetchOne(
            db.cachedStatement(
                sql: "SELECT max(day) FROM home_visit WHERE area = ? AND household = ? AND seen <> '' AND day <= ?"),
            arguments: [household.area.digits, Data(household.id), today.description]
        ).flatMap { CalendarDate(written: $0) }
    }
}
