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
        /// By the end of the month, also of somebody who had left before.
        let isDeath: Bool
        /// They have come back since, by a word that may take the going back.
        var isBack = false
        /// They have come back since, by whatever office's word.
        var isOver = false
        /// Of a death that nobody has told: what the person's own row says, which whoever lives nearest may write.
        var rowDay: CalendarDate?

        /// Before a month began; what nobody has told is taken for that.
        func isEarly(in month: CalendarMonth) -> Bool { day.map { $0 < month.firstDay } ?? true }

        var description: String {
            "somebody was gone" + (day.map { " since \($0)" } ?? "") + (isDeath ? ", and has died" : "")
                + (isBack ? ", and is back" : "")
        }
    }

    private let household: HouseholdID
    private let db: Database
    /// In order of their ids.
    let living: [Person]
    /// Deaths that somebody told of and nobody entitled has taken back, also where the person's own row says nothing of it.
    let told: [[UInt8]: CalendarDate]
    private let dead: Set<[UInt8]>
    private let rowDays: [[UInt8]: CalendarDate]
    private let memory = Memory()

    /// What was told of people, once it has been read.
    private final class Memory { var events: [[UInt8]: [MemberEvent]] = [:] }

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
        told = try rows.compactMap { $0.bytes("id") }.reduce(into: [:]) {
            $0[$1] = try MemberEvents.standingDeath(of: $1, in: household.area, by: day, db)?.day
        }
        var dead = Set(told.keys)
        for row in rows where row["death_date"] as String? != nil { dead.insert(row.bytes("id") ?? []) }
        self.dead = dead
        rowDays = rows.reduce(into: [:]) { days, row in
            if let id = row.bytes("id"), let day = row.date("death_date") { days[id] = day }
        }
        living = rows.map { Person(id: $0.bytes("id") ?? [], name: $0["name"]) }.filter { !dead.contains($0.id) }
    }

    /// How many people of the household have died, as far as their rows or somebody's word say so.
    var deadCount: Int { dead.count }
    func isDead(_ person: [UInt8]) -> Bool { dead.contains(person) }

    /// Somebody who was gone by the end of a month; a death apart the whole of it, where they are back.
    /// - Parameters:
    ///   - known: Events that whoever counts the person knew of: they say nothing of a going after that.
    ///   - only: What somebody knew who said something of the month, where nothing else is to be looked at: events, and people whose going no
    ///     event tells.
    /// - Returns: nil for whoever was there.
    func departure(
        of person: [UInt8], besides known: Settled, in month: CalendarMonth, asKnown only: Settled? = nil
    ) throws -> Departure? {
        let events = try events(about: person)
        let told = only.map { only in events.filter { only.ids.contains($0.id) } } ?? events
        let absences = Absences(words(told, besides: known))
        let death = MemberEvents.standingDeath(among: told)
        let wasDead = death.map { death in month.lastDay.map { death.day <= $0 } ?? false } ?? false
        if let absence = absences.absence(in: month), !(wasDead && death!.day < absence.from) {
            return Departure(
                person: person, day: absence.from, isDeath: wasDead, isBack: absence.isBack && !wasDead,
                isOver: absence.to != nil && !wasDead)
        }
        if let death {
            return wasDead ? Departure(person: person, day: death.day, isDeath: true) : nil
        }
        // What no event tells: whoever knew of it has named the person.
        if let only { return only.ids.contains(person) ? Departure(person: person, day: nil, isDeath: false) : nil }
        if dead.contains(person) {
            return Departure(person: person, day: nil, isDeath: true, rowDay: rowDays[person])
        }
        let isThere = absences.isGone || living.contains { $0.id == person }
        return isThere ? nil : Departure(person: person, day: nil, isDeath: false)
    }

    /// Whether somebody's going before the end of a month is ended by the word alone of an office that may not take it back.
    func isBackByLowerWord(_ person: [UInt8], besides known: Settled, in month: CalendarMonth) throws -> Bool {
        Absences(words(try events(about: person), besides: known)).isEndedByLowerWord(in: month)
    }

    /// Under whatever household: deaths are told of a person.
    private func events(about person: [UInt8]) throws -> [MemberEvent] {
        if let known = memory.events[person] { return known }
        let events = try MemberEvents.all(about: person, in: household.area, db)
        memory.events[person] = events
        return events
    }

    /// What was told of somebody's coming and going, deaths apart, in the order of the events.
    private func words(
        _ events: [MemberEvent], besides known: Settled
    ) -> [(isLeaving: Bool, event: MemberEvent)] {
        events.compactMap { event in
            guard event.household == household || event.other == household.id, !known.ids.contains(event.id) else {
                return nil
            }
            let isHere = event.household == household
            // Whoever is placed somewhere has left the household that the event names as the other.
            if event.change == .placed { return (!isHere, event) }
            guard isHere else { return nil }
            if MemberChange.arrivals.contains(event.change) { return (false, event) }
            return MemberChange.departures.contains(event.change) && event.change != .death ? (true, event) : nil
        }
    }
}
