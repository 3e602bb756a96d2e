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
        /// nil where nobody has said it: of somebody who was merged away, mostly.
        let day: CalendarDate?
        let isDeath: Bool
    }

    /// In order of their ids.
    let living: [Person]
    /// Deaths that somebody told of and nobody entitled has taken back, also where the person's own row says nothing of it.
    let deaths: [[UInt8]: CalendarDate]
    private let left: [[UInt8]: CalendarDate]

    init(of household: HouseholdID, _ db: Database) throws {
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql:
                    "SELECT id, name, death_date FROM person WHERE area = ? AND household = ? AND row_state = 'live' ORDER BY id"
            ),
            arguments: [household.area.digits, Data(household.id)])
        let events = try MemberEvents.all(of: household, db).filter { $0.household == household }
        var deaths = MemberEvents.standingDeaths(events)
        for row in rows { if let day = row.date("death_date") { deaths[row.bytes("id") ?? []] = day } }
        self.deaths = deaths
        living = rows.map { Person(id: $0.bytes("id") ?? [], name: $0["name"]) }.filter { deaths[$0.id] == nil }
        left = events.reduce(into: [:]) { left, event in
            // Who moved out by a split is one of those that were known by then.
            if event.change == .split { for person in event.settles.ids { left[person] = event.day } }
            if MemberChange.departures.contains(event.change), event.change != .death, let person = event.person {
                left[person] = event.day
            }
        }
    }

    /// - Returns: nil for whoever is there.
    func departure(of person: [UInt8]) -> Departure? {
        if let day = deaths[person] { return Departure(day: day, isDeath: true) }
        if living.contains(where: { $0.id == person }) { return nil }
        return Departure(day: left[person], isDeath: false)
    }

    /// Whether everybody was dead or had left before a day, as far as is known.
    func isEmpty(before day: CalendarDate) -> Bool {
        let days = Array(deaths.values) + left.filter { deaths[$0.key] == nil }.map(\.value)
        return living.isEmpty && !days.isEmpty && days.allSatisfy { $0 < day }
    }
}
