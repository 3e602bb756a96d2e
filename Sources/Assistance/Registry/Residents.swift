import ChangeSets
import Foundation
import GRDB

/// Who of a household's people is there, and since when the others are gone.
struct Residents {
    struct Person: Hashable {
        let id: [UInt8]
        let name: String
    }

    struct Departure: Hashable, CustomStringConvertible {
        let person: [UInt8]
        /// nil where nobody has told it: of somebody who was merged away, or whose row alone says that they have died.
        let day: CalendarDate?
        let isDeath: Bool
        /// They have come back since.
        var isBack = false

        var description: String {
            let went = isDeath ? "somebody had died" : "somebody had left"
            return went + (day.map { " on \($0)" } ?? "") + (isBack ? " and came back" : "")
        }
    }

    private let household: HouseholdID
    private let db: Database
    /// In order of their ids.
    let living: [Person]
    /// Deaths that somebody told of and nobody entitled has taken back, also where the person's own row says nothing of it.
    let told: [[UInt8]: CalendarDate]
    private let dead: Set<[UInt8]>
    private let events: [MemberEvent]

    /// - Parameter day: Deaths that are told of a later day have not happened; nil for whatever is told.
    init(of household: HouseholdID, on day: CalendarDate? = nil, _ db: Database) throws {
        self.household = household
        self.db = db
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql:
                    "SELECT id, name, death_date FROM person WHERE area = ? AND household = ? AND row_state = 'live' ORDER BY id"
            ),
            arguments: [household.area.digits, Data(household.id)])
        events = try MemberEvents.all(of: household, db)
        told = try rows.compactMap { $0.bytes("id") }.reduce(into: [:]) {
            $0[$1] = try MemberEvents.standingDeath(of: $1, in: household.area, by: day, db)?.day
        }
        var dead = Set(told.keys)
        for row in rows where row["death_date"] as String? != nil { dead.insert(row.bytes("id") ?? []) }
        self.dead = dead
        living = rows.map { Person(id: $0.bytes("id") ?? [], name: $0["name"]) }.filter { !dead.contains($0.id) }
    }

    /// How many people of the household have died, as far as their rows or somebody's word say so.
    var deadCount: Int { dead.count }
    func isDead(_ person: [UInt8]) -> Bool { dead.contains(person) }

    /// Somebody who was gone by the end of a month; a death apart the whole of it, where they are back.
    /// - Parameter known: Events that whoever counts the person knew of: they say nothing of a going after that.
    /// - Returns: nil for whoever was there.
    func departure(of person: [UInt8], besides known: Settled, in month: CalendarMonth) throws -> Departure? {
        let absences = Absences(words(of: person, besides: known))
        let death = try MemberEvents.standingDeath(of: person, in: household.area, db)
        let wasDead = death.map { death in month.lastDay.map { death.day <= $0 } ?? false } ?? false
        if let absence = absences.absence(in: month), !(wasDead && death!.day < absence.from) {
            return Departure(person: person, day: absence.from, isDeath: false, isBack: absence.to != nil && !wasDead)
        }
        if let death {
            return wasDead ? Departure(person: person, day: death.day, isDeath: true) : nil
        }
        if dead.contains(person) { return Departure(person: person, day: nil, isDeath: true) }
        let isThere = absences.isGone || living.contains { $0.id == person }
        return isThere ? nil : Departure(person: person, day: nil, isDeath: false)
    }

    /// Whether somebody's going, or their coming back, was not known.
    /// - Parameter known: Events; and people whose going no event tells.
    func isNews(_ departure: Departure, besides known: Settled) throws -> Bool {
        guard departure.day != nil else { return !known.ids.contains(departure.person) }
        return try MemberEvents.all(about: departure.person, in: household.area, db).contains { event in
            (MemberChange.departures.contains(event.change) || MemberChange.arrivals.contains(event.change))
                && !known.ids.contains(event.id)
        }
    }

    /// What was told of somebody's coming and going, deaths apart, in the order in which it was typed.
    private func words(of person: [UInt8], besides known: Settled) -> [(isLeaving: Bool, event: MemberEvent)] {
        events.compactMap { event in
            guard event.person == person, !known.ids.contains(event.id) else { return nil }
            let isHere = event.household == household
            // Whoever is placed somewhere has left the household that the event names as the other.
            if event.change == .placed { return (!isHere, event) }
            guard isHere else { return nil }
            if MemberChange.arrivals.contains(event.change) { return (false, event) }
            return MemberChange.departures.contains(event.change) && event.change != .death ? (true, event) : nil
        }
    }
}
