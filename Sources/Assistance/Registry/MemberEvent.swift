import ChangeSets
import Foundation
import GRDB
import Replica

/// Why somebody belongs to a household from a day on, or no longer (domain 3.2, `member_change`).
package enum MemberChange: String, Sendable, CaseIterable {
    case birth, marriageIn = "marriage_in", registrationIn = "registration_in", livingTogether = "living_together"
    case otherIn = "other_in"
    case death, marriageOut = "marriage_out", registrationOut = "registration_out", away, otherOut = "other_out"
    /// 分户: some members are a household of their own from now on.
    case split
    /// 户主变更
    case head
    /// Where somebody lives who was entered unaware of a split.
    case placed
    /// 死亡更正: whoever was entered as dead lives.
    case alive
    /// 作废: entered by mistake.
    case void
    case restored

    package static let arrivals: [MemberChange] = [.birth, .marriageIn, .registrationIn, .livingTogether, .otherIn]
    package static let departures: [MemberChange] = [.death, .marriageOut, .registrationOut, .away, .otherOut]

    package var chinese: String {
        switch self {
        case .birth: "出生"
        case .marriageIn: "婚嫁迁入"
        case .registrationIn: "户籍迁入"
        case .livingTogether: "共同生活新增"
        case .otherIn: "其他增加"
        case .death: "死亡"
        case .marriageOut: "婚嫁迁出"
        case .registrationOut: "户籍迁出"
        case .away: "服刑、服兵役"
        case .otherOut: "其他减少"
        case .split: "分户"
        case .head: "户主变更"
        case .placed: "归户"
        case .alive: "死亡更正"
        case .void: "作废"
        case .restored: "恢复"
        }
    }
}

/// One thing that happened to who lives in a household.
package struct MemberEvent: Hashable, Sendable {
    package let id: [UInt8]
    package let household: HouseholdID
    /// nil for a split.
    package let person: [UInt8]?
    package let change: MemberChange
    package let day: CalendarDate
    /// By a split the new household.
    package let other: [UInt8]?
    /// By a split the members that were known; by the word that somebody lives the deaths that were told of, and the warnings; by a
    /// taking out the members that went with it; by all others the splits.
    let settles: Settled
    package let office: OfficeCode
    package let user: String
    package let text: String
}

package enum MemberEvents {
    /// Of a household, or of one that was split off it: in order of their ids, which begin with the time.
    package static func all(of household: HouseholdID, _ db: Database) throws -> [MemberEvent] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT *, \(RowWriter.office(of: memberEventTable.name, as: "t")) AS writer FROM member_event AS t
                    WHERE rowid IN (
                        SELECT rowid FROM member_event WHERE area = ?1 AND household = ?2
                        UNION ALL SELECT rowid FROM member_event WHERE area = ?1 AND other_household = ?2)
                    ORDER BY id
                    """),
            arguments: [household.area.digits, Data(household.id)]
        ).compactMap(MemberEvent.init)
    }

    static func insert(
        _ change: MemberChange, _ person: [UInt8]?, of household: HouseholdID, on day: CalendarDate,
        other: [UInt8]? = nil, settles: Settled, _ text: String = "", by user: ActingUser, _ db: Database
    ) throws {
        try NewRow(
            table: memberEventTable, area: household.area,
            values: [
                ("household", household.id.databaseValue), ("person", person.databaseValue),
                ("kind", change.rawValue.databaseValue), ("day", day.written),
                ("other_household", other.databaseValue), ("settles", settles.databaseValue),
                ("text", text.databaseValue),
            ]
        ).insert(by: user, db)
    }

    /// Who is of a household, or was by what somebody told.
    static func everybody(of household: HouseholdID, _ db: Database) throws -> Set<[UInt8]> {
        let found = try Data.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT id FROM person WHERE area = ?1 AND household = ?2
                    UNION SELECT person FROM member_event WHERE area = ?1 AND household = ?2 AND person IS NOT NULL
                    UNION SELECT person FROM member_event WHERE area = ?1 AND other_household = ?2 AND person IS NOT NULL
                    """),
            arguments: [household.area.digits, Data(household.id)])
        return Set(found.map { [UInt8]($0) })
    }

    /// About a person, in whatever household: in order of their ids.
    static func all(about person: [UInt8], in area: OfficeCode, _ db: Database) throws -> [MemberEvent] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT *, \(RowWriter.office(of: memberEventTable.name, as: "t")) AS writer FROM member_event AS t
                    WHERE area = ? AND person = ? ORDER BY id
                    """),
            arguments: [area.digits, Data(person)]
        ).compactMap(MemberEvent.init)
    }

    /// The death of a person that somebody told of, and that no office of the same or a higher tier has taken back; of several the
    /// highest office's. The person's own row may say otherwise by whoever stands nearest, and money waits all the same (domain 3.4 B).
    static func standingDeath(of person: [UInt8], in area: OfficeCode, _ db: Database) throws -> MemberEvent? {
        standingDeath(among: try all(about: person, in: area, db))
    }

    /// - Parameter events: About one person.
    static func standingDeath(among events: [MemberEvent]) -> MemberEvent? {
        // By the death, the highest tier that has taken it back.
        var takenBack: [[UInt8]: Tier] = [:]
        for word in events where word.change == .alive {
            for id in word.settles.ids { takenBack[id] = min(takenBack[id] ?? .village, word.office.tier) }
        }
        return events.filter { death in
            death.change == .death && takenBack[death.id].map { $0 > death.office.tier } ?? true
        }.min { ($0.office.tier, $0.id.hex) < ($1.office.tier, $1.id.hex) }
    }

    /// Likewise, where it has happened by a day; nil for whatever is told.
    static func standingDeath(
        of person: [UInt8], in area: OfficeCode, by day: CalendarDate?, _ db: Database
    ) throws -> MemberEvent? {
        try standingDeath(of: person, in: area, db).flatMap { death in day.map { death.day <= $0 } ?? true ? death : nil
        }
    }

    /// Those that a decision did not know of: the family is looked at again at once.
    static func unknown(to decision: Decision, of household: HouseholdID, _ db: Database) throws -> [MemberEvent] {
        try all(of: household, db).filter { !decision.settles.ids.contains($0.id) }
    }

    /// Whoever was entered in a household unaware that it was split (domain 3.6, C11): asked at both of them, until somebody who knows of the
    /// split says where that person lives.
    package static func questions(of household: HouseholdID, _ db: Database) throws -> [OpenQuestion] {
        try all(of: household, db).filter { $0.change == .split }.flatMap { split in
            try unplaced(by: split, db).map { person in
                OpenQuestion(
                    kind: .placement, rows: [person.id],
                    what: "\(person.name) was entered in a household unaware that it was split into "
                        + [split.household.id, split.other ?? []].map { $0.hex.prefix(12) }.joined(separator: " and "))
            }
        }
    }

    private static func unplaced(by split: MemberEvent, _ db: Database) throws -> [(id: [UInt8], name: String)] {
        let living = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT id, name FROM person WHERE area = ? AND household = ? AND row_state = 'live' ORDER BY id
                    """),
            arguments: [split.household.area.digits, Data(split.household.id)]
        ).map { (id: $0.bytes("id") ?? [], name: $0["name"] as String) }
        let strangers = living.filter { !split.settles.ids.contains($0.id) }
        guard !strangers.isEmpty else { return [] }
        let placed = try all(of: split.household, db).filter { $0.settles.ids.contains(split.id) }.compactMap(\.person)
        return strangers.filter { !placed.contains($0.id) }
    }

    /// Who was entered in a village's households unaware of a split, by household.
    static func unplaced(in area: OfficeCode, _ db: Database) throws -> Set<Newcomer> {
        let split = try Data.fetchAll(
            db.cachedStatement(sql: "SELECT DISTINCT household FROM member_event WHERE area = ? AND kind = 'split'"),
            arguments: [area.digits])
        return try split.reduce(into: []) { found, id in
            let household = HouseholdID(area: area, id: [UInt8](id))
            for event in try all(of: household, db) where event.change == .split {
                for person in try unplaced(by: event, db) {
                    found.insert(Newcomer(household: event.household, person: person.id))
                }
            }
        }
    }

    struct Newcomer: Hashable {
        let household: HouseholdID
        let person: [UInt8]
    }

    /// Splits that whoever enters somebody in a household knows of.
    static func splits(of household: HouseholdID, _ db: Database) throws -> Settled {
        Settled(try all(of: household, db).filter { $0.change == .split }.map(\.id))
    }
}

extension MemberEvent {
    /// The day on which it was entered, by the time in its id; for what no program of ours wrote the day that it names.
    var knownOn: CalendarDate {
        max(day, CalendarDate(madeWith: id) ?? day)
    }

    /// - Returns: nil for one that this program cannot read.
    fileprivate init?(_ row: Row) {
        guard let office = try? OfficeCode(row["writer"] as String), let change = MemberChange(rawValue: row["kind"]),
            let area = try? OfficeCode(row["area"] as String), let household = row.bytes("household"),
            let day = row.date("day")
        else { return nil }
        id = row.bytes("id") ?? []
        self.household = HouseholdID(area: area, id: household)
        person = row.bytes("person")
        self.change = change
        self.day = day
        other = row.bytes("other_household")
        settles = Settled(written: row["settles"])
        self.office = office
        user = row["created_by"]
        text = row["text"]
    }
}

package enum MemberError: Error, Hashable, CustomStringConvertible {
    case notArrival(MemberChange)
    case notDeparture(MemberChange)
    case noName
    case identity(InvalidIdentityNumber)
    case otherBirth(CalendarDate)
    case otherSex(Sex)
    case numberTaken(String)
    case noMembers
    case everybody
    case headStays
    case headMustMove
    case gone
    case knownElsewhere(String)
    case otherArea
    case lives
    case isMember(String)
    case nothingSaid
    case nothingSaidOfHousehold
    case region(String)
    case cause(String)
    case location
    case hasCases
    case notYours(OfficeCode)

    package var description: String {
        switch self {
        case .notArrival(let change): "‘\(change.rawValue)’ takes somebody out of a household; ‘sanji household leave’"
        case .notDeparture(let change): "‘\(change.rawValue)’ brings somebody into a household; ‘sanji household add’"
        case .noName: "the name is empty; say it"
        case .identity(let fault): "identity number: \(fault) (--as-on-card where the card says so)"
        case .otherBirth(let day): "the identity number says born \(day); compare both with the card"
        case .otherSex(let sex): "the identity number says \(sex.rawValue); compare both with the card"
        case .numberTaken(let number): "another household has the number \(number); give a new one"
        case .noMembers: "name the members who are a household of their own: --member, at least one"
        case .everybody: "somebody stays in the old household; else give it a new number"
        case .headStays: "the head of the old household stays there; change the head first (‘sanji household head’)"
        case .headMustMove: "the head of the new household is one of those who move into it"
        case .gone: "has died or left this household already"
        case .knownElsewhere(let number):
            "somebody with this identity number lives in household \(number) of this village; ‘sanji household place’ moves them"
        case .lives: "lives, by all that is known here"
        case .nothingSaid: "say what has changed: ‘sanji household member --help’ lists it"
        case .nothingSaidOfHousehold: "say what has changed: ‘sanji household set --help’ lists it"
        case .region(let text): "‘\(text)’ is no division code; codes have 6, 9 or 12 digits"
        case .cause(let word): "‘\(word)’ is no cause of hardship; use \(HardshipCause.offered)"
        case .location: "latitudes are -90 to 90, longitudes -180 to 180, an accuracy 0 metres or more"
        case .hasCases:
            "a case or a decision of this household is there; end it first (‘sanji case list’, ‘sanji review stop’)"
        case .isMember(let name): "\(name) of that birth date is a member of this household already"
        case .notYours(let office): "\(office) has told of the death; that office or one above it takes it back"
        case .otherArea: "a household of another village: whoever moves there is moved by the office above both"
        }
    }
}
