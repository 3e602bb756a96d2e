import ChangeSets
import Foundation
import GRDB

/// Who of a household's people is there, and since when the others are gone.
struct Residents {
    struct Person: Hashable {
        let id: [UInt8]
        let name: String
    }

    struct Departure: Hashable {
        /// nil where nobody has told it: of somebody who was merged away, or whose row alone says that they have died.
        let day: CalendarDate?
        let isDeath: Bool
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

    /// - Parameters:
    ///   - known: Events that whoever counts the person knew of: they say nothing of a going after that.
    ///   - month: Who is back was gone in a month that lies whole between leaving and coming back.
    /// - Returns: nil for whoever is there.
    func departure(of person: [UInt8], besides known: Settled, in month: CalendarMonth) throws -> Departure? {
        if living.contains(where: { $0.id == person }) {
            let words = words(of: person, besides: known)
            guard let last = words.last(where: { $0.event.day < month.firstDay }), last.isLeaving,
                let end = month.lastDay, !words.contains(where: { (month.firstDay...end).contains($0.event.day) }),
                words.contains(where: { !$0.isLeaving && $0.event.day > end })
            else { return nil }
            return Departure(day: last.event.day, isDeath: false)
        }
        if let death = try MemberEvents.standingDeath(of: person, in: household.area, db) {
            return Departure(day: death.day, isDeath: true)
        }
        if dead.contains(person) { return Departure(day: nil, isDeath: true) }
        return Departure(day: try dayOfLeaving(person, besides: known), isDeath: false)
    }

    /// Whether somebody has told of a person's coming, going or death since.
    func hasNews(of person: [UInt8], besides known: Settled) throws -> Bool {
        try MemberEvents.all(about: person, in: household.area, db).contains { event in
            (MemberChange.departures.contains(event.change) || MemberChange.arrivals.contains(event.change))
                && !known.ids.contains(event.id)
        }
    }

    /// By the last word of the highest office that has told of it, if no coming back follows that such an office has told of.
    private func dayOfLeaving(_ person: [UInt8], besides known: Settled) throws -> CalendarDate? {
        let words = words(of: person, besides: known)
        let highest = words.filter(\.isLeaving).map(\.event.office.tier).min()
        return words.last { word in highest.map { word.event.office.tier <= $0 } ?? false }.flatMap {
            $0.isLeaving ? $0.event.day : nil
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
