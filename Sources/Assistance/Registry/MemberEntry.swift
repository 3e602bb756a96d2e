import ChangeSets
import Foundation
import GRDB
import Replica

/// Somebody who comes into a household.
package struct NewMember: Sendable {
    package let name: String
    /// The identity number, where there is one.
    package let number: String?
    package let sex: Sex?
    package let birth: CalendarDate
    package let relation: Relation
    package let hukou: HukouKind?

    /// - Parameters:
    ///   - identity: As it is typed; nil for a child without a card.
    ///   - asOnCard: Takes a number that fails its check as well: old papers hold wrong ones, and help does not wait (domain 4.4).
    ///   - birth: nil where the number says it.
    package init(
        name: String, identity text: String? = nil, asOnCard: Bool = false, sex: Sex? = nil, birth: CalendarDate? = nil,
        relation: Relation, hukou: HukouKind? = nil
    ) throws {
        guard !name.trimmedCell.isEmpty else { throw MemberError.noName }
        let typed = try text.map { try TypedNumber($0, asOnCard: asOnCard) }
        try typed?.check(birth, sex)
        guard let born = birth ?? typed?.identity?.birth else { throw FamilyError.noBirth(name.shortened) }
        self.name = name.trimmedCell
        number = typed?.text
        self.sex = sex ?? typed?.identity?.sex
        self.birth = born
        self.relation = relation
        self.hukou = hukou
    }
}

/// An identity number as somebody has typed it.
struct TypedNumber {
    let text: String
    /// nil for one that fails its check, and stands on the card all the same.
    let identity: IdentityNumber?

    /// - Throws: ``MemberError/identity(_:)``.
    init(_ text: String, asOnCard: Bool) throws {
        do throws(InvalidIdentityNumber) {
            let number = try Self.standard(text)
            (self.text, identity) = (number.digits, number)
        } catch {
            guard asOnCard, Self.isOnCard(text) else { throw MemberError.identity(error) }
            (self.text, identity) = (text.uppercased(), nil)
        }
    }

    /// - Throws: Where the number says something else.
    func check(_ birth: CalendarDate?, _ sex: Sex?) throws(MemberError) {
        guard let identity else { return }
        if let birth, identity.birth != birth { throw .otherBirth(identity.birth) }
        if let sex, identity.sex != sex { throw .otherSex(identity.sex) }
    }

    /// Also of an old card, widened.
    static func standard(_ text: String) throws(InvalidIdentityNumber) -> IdentityNumber {
        try text.utf8.count == 15 ? IdentityNumber(widening: text) : IdentityNumber(text)
    }

    /// Whether a card may have it, whatever its check says.
    static func isOnCard(_ text: String) -> Bool {
        (1...20).contains(text.utf8.count) && text.utf8.allSatisfy(isOfCards)
    }

    private static func isOfCards(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || byte == UInt8(ascii: "X") || byte == UInt8(ascii: "x")
    }
}

/// Changes who lives in a household. Each is one transaction with an event of its own, so that a decision tells whether it knew.
package struct MemberEntry {
    let replica: OfficeReplica
    let user: ActingUser
    let today: CalendarDate

    package init(_ replica: OfficeReplica, as user: ActingUser, today: CalendarDate) {
        self.replica = replica
        self.user = user
        self.today = today
    }

    /// - Returns: Id of the person.
    /// - Throws: ``MemberError``, ``FactError``; then nothing was written.
    @discardableResult
    package func add(
        _ member: NewMember, to household: HouseholdID, because change: MemberChange, on day: CalendarDate,
        text: String = ""
    ) throws -> [UInt8] {
        guard MemberChange.arrivals.contains(change) else { throw MemberError.notArrival(change) }
        guard day <= today, member.birth <= today else { throw FactError.later("day") }
        return try write(household) { db in
            try checkUnknown(member.number, in: household.area, db)
            let id = try write(member, in: household, db)
            try event(change, id, of: household, on: day, text, db)
            return id
        }
    }

    /// Two offices that enter one person unaware of each other write one row, as two imports do; who comes back is who left.
    func write(_ member: NewMember, in household: HouseholdID, _ db: Database) throws -> [UInt8] {
        for attempt in 0..<DerivedID.attempts {
            let id = HouseholdIDs.person(
                member.name, member.number, member.sex, member.birth, in: household.id, attempt: attempt)
            let key: StatementArguments = [household.area.digits, Data(id)]
            let known = try Row.fetchOne(
                db,
                sql: "SELECT household, name, id_number, death_date, row_state FROM person WHERE area = ? AND id = ?",
                arguments: key)
            guard let known else {
                try NewRow(
                    table: personTable, area: household.area,
                    values: [
                        ("household", household.id.databaseValue),
                        ("relation", member.relation.rawValue.databaseValue),
                        ("name", member.name.databaseValue), ("id_number", member.number.databaseValue),
                        ("sex", (member.sex?.rawValue).databaseValue), ("birth", member.birth.written),
                        ("hukou_kind", (member.hukou?.rawValue).databaseValue),
                    ]
                ).insert(id: id, by: user, db)
                return id
            }
            // Somebody else by now: a number or a name was corrected, or it is an odd row.
            guard known["id_number"] as String? == member.number, known["name"] as String? == member.name,
                known["row_state"] == "live"
            else { continue }
            if known.bytes("household") == household.id { throw MemberError.isMember(member.name.shortened) }
            guard known["death_date"] as String? == nil else { throw MemberError.gone }
            if let home = known.bytes("household") { throw MemberError.knownElsewhere(String(home.hex.prefix(12))) }
            try place(id, in: household, relation: member.relation, db)
            return id
        }
        throw WarningError.oddRows
    }

    /// A death stops the next payment at once; somebody else becomes head by ``makeHead(_:of:on:text:)``.
    /// - Parameter member: Whole name or identity number.
    package func leave(
        _ member: String, of household: HouseholdID, because change: MemberChange, on day: CalendarDate,
        text: String = ""
    ) throws {
        guard MemberChange.departures.contains(change) else { throw MemberError.notDeparture(change) }
        guard day <= today else { throw FactError.later("day") }
        try write(household) { db in
            let id = change == .death ? try mortal(member, of: household, db) : try living(member, of: household, db)
            let key: StatementArguments = [household.area.digits, Data(id)]
            if change == .death {
                try db.execute(
                    sql: "UPDATE person SET death_date = ? WHERE area = ? AND id = ?",
                    arguments: [day.description] + key)
            } else {
                try db.execute(
                    sql: "UPDATE person SET household = NULL, relation = NULL WHERE area = ? AND id = ?", arguments: key
                )
            }
            try event(change, id, of: household, on: day, text, db)
        }
    }

    /// Takes back that somebody has died: an office of the tier that said so, or one above it.
    /// - Parameter member: Whole name or identity number.
    package func revive(_ member: String, of household: HouseholdID, text: String) throws {
        guard !text.trimmedCell.isEmpty else { throw CaseError.empty("reason") }
        try write(household) { db in
            let id = try memberOrNamed(member, of: household, db)
            let standing = try MemberEvents.standingDeath(of: id, in: household.area, db)
            if let standing, standing.office.tier < replica.office.tier { throw MemberError.notYours(standing.office) }
            let isDead = try Residents(of: household, db).isDead(id)
            let warnings = try DeathWarnings.all(naming: id, of: household, db)
            guard standing != nil || isDead || warnings.contains(where: { $0.state.stage == .closed }) else {
                throw MemberError.lives
            }
            let deaths = try MemberEvents.all(about: id, in: household.area, db).filter { $0.change == .death }
            let seen = try Data.fetchAll(
                db, sql: "SELECT id FROM sighting WHERE area = ? AND person = ? AND kind = ?",
                arguments: [household.area.digits, Data(id), WarningKind.death.rawValue]
            ).map { [UInt8]($0) }
            try db.execute(
                sql: "UPDATE person SET death_date = NULL WHERE area = ? AND id = ?",
                arguments: [household.area.digits, Data(id)])
            try insert(
                .alive, id, of: household, on: today, other: nil,
                settles: Settled(deaths.map(\.id) + warnings.map(\.id) + seen), text,
                db)
        }
    }

    /// The money follows the head.
    package func makeHead(
        _ member: String, of household: HouseholdID, on day: CalendarDate, text: String = ""
    ) throws {
        guard day <= today else { throw FactError.later("day") }
        try write(household) { db in
            let id = try living(member, of: household, db)
            try setHead(id, of: household, db)
            try event(.head, id, of: household, on: day, text, db)
        }
    }

    /// - Parameters:
    ///   - number: Of the new household.
    ///   - head: One of `members`.
    ///   - members: Whole names or identity numbers.
    /// - Returns: The new household.
    package func split(
        _ household: HouseholdID, number: String, head: String, members: [String], on day: CalendarDate,
        text: String = ""
    ) throws -> HouseholdID {
        guard day <= today else { throw FactError.later("day") }
        guard !number.trimmedCell.isEmpty else { throw CaseError.empty("number of the new household") }
        guard !members.isEmpty else { throw MemberError.noMembers }
        return try write(household) { db in
            let moving = try members.map { try living($0, of: household, db) }
            let newHead = try living(head, of: household, db)
            guard moving.contains(newHead) else { throw MemberError.headMustMove }
            let all = try people(of: household, db)
            guard Set(moving).count < all.living.count else { throw MemberError.everybody }
            guard !moving.contains(try oldHead(of: household, db)) else { throw MemberError.headStays }
            let new = HouseholdID(
                area: household.area, id: HouseholdIDs.split(household, number: number.trimmedCell))
            let isTaken = try Bool.fetchOne(
                db, sql: "SELECT EXISTS (SELECT 1 FROM household WHERE area = ?1 AND (household_no = ?2 OR id = ?3))",
                arguments: [household.area.digits, number.trimmedCell, Data(new.id)])
            guard isTaken == false else { throw MemberError.numberTaken(number.shortened) }
            // Address, telephone and causes go along until somebody says otherwise.
            try db.execute(
                sql: """
                    INSERT INTO household (
                        area, id, household_no, head_person, address, phone, live_region, hukou_region, cause_main, created_by)
                    SELECT area, ?3, ?4, ?5, address, phone, live_region, hukou_region, cause_main, ?6
                    FROM household WHERE area = ?1 AND id = ?2
                    """,
                arguments: [
                    household.area.digits, Data(household.id), Data(new.id), number.trimmedCell, Data(newHead),
                    user.name,
                ])
            for person in moving {
                try place(person, in: new, relation: person == newHead ? .head : nil, db)
                // Who has left the old household by it, whatever becomes of them later.
                try insert(.placed, person, of: new, on: day, other: household.id, settles: Settled([]), text, db)
            }
            try insert(
                .split, nil, of: household, on: day, other: new.id, settles: Settled(all.known), text, db)
            return new
        }
    }

    /// Says where somebody lives who was entered unaware of a split, or moves a member within a village.
    /// - Parameter person: Whole name or identity number, of a member of `other`.
    package func place(
        _ person: String, of other: HouseholdID, in household: HouseholdID, on day: CalendarDate, text: String = ""
    ) throws {
        guard day <= today else { throw FactError.later("day") }
        guard other.area == household.area else { throw MemberError.otherArea }
        try write(household) { db in
            let id = try living(person, of: other, db)
            if other != household {
                guard try oldHead(of: other, db) != id else { throw MemberError.headStays }
                try place(id, in: household, relation: nil, db)
            }
            let splits = try MemberEvents.splits(of: household, db).ids.union(MemberEvents.splits(of: other, db).ids)
            try insert(
                .placed, id, of: household, on: day, other: other.id, settles: Settled(splits), text, db)
        }
    }

    // MARK: Rows

    func write<T>(_ household: HouseholdID, _ body: (Database) throws -> T) throws -> T {
        try replica.write(as: user) { db in
            let state = try String.fetchOne(
                db, sql: "SELECT row_state FROM household WHERE area = ? AND id = ?",
                arguments: [household.area.digits, Data(household.id)])
            guard state == "live" else { throw FamilyError.notLive(String(household.id.hex.prefix(12))) }
            return try body(db)
        }
    }

    private func event(
        _ change: MemberChange, _ person: [UInt8], of household: HouseholdID, on day: CalendarDate, _ text: String,
        _ db: Database
    ) throws {
        try insert(
            change, person, of: household, on: day, other: nil, settles: try MemberEvents.splits(of: household, db),
            text, db)
    }

    func insert(
        _ change: MemberChange, _ person: [UInt8]?, of household: HouseholdID, on day: CalendarDate, other: [UInt8]?,
        settles: Settled, _ text: String, _ db: Database
    ) throws {
        try MemberEvents.insert(
            change, person, of: household, on: day, other: other, settles: settles, text, by: user, db)
    }

    /// - Parameter person: Who has it already, where somebody has.
    func checkUnknown(_ number: String?, in area: OfficeCode, besides person: [UInt8] = [], _ db: Database) throws {
        guard let number else { return }
        let known = try String.fetchOne(
            db,
            sql: """
                SELECT h.household_no FROM person AS p JOIN household AS h ON h.area = p.area AND h.id = p.household
                WHERE p.area = ? AND p.id_number = ? AND p.row_state = 'live' AND p.death_date IS NULL AND p.id != ?
                """, arguments: [area.digits, number, Data(person)])
        if let known { throw MemberError.knownElsewhere(known) }
    }

    func living(_ name: String, of household: HouseholdID, _ db: Database) throws -> [UInt8] {
        let id = try HouseholdLookup.member(name, of: household, db)
        let isDead = try Bool.fetchOne(
            db, sql: "SELECT death_date IS NOT NULL FROM person WHERE area = ? AND id = ?",
            arguments: [household.area.digits, Data(id)])
        guard isDead == false else { throw MemberError.gone }
        return id
    }

    /// Whose death this office may tell of: no office of its tier or above it has, whatever the row says.
    private func mortal(_ name: String, of household: HouseholdID, _ db: Database) throws -> [UInt8] {
        let id = try memberOrNamed(name, of: household, db)
        let standing = try MemberEvents.standingDeath(of: id, in: household.area, db)
        guard standing.map({ $0.office.tier > replica.office.tier }) ?? true else { throw MemberError.gone }
        return id
    }

    /// A member; else whoever a death warning of the household names, who has left it, was merged away or made void since.
    private func memberOrNamed(_ name: String, of household: HouseholdID, _ db: Database) throws -> [UInt8] {
        do {
            return try HouseholdLookup.member(name, of: household, db)
        } catch let error as FamilyError {
            guard let named = try DeathWarnings.named(name, of: household, db) else { throw error }
            return named
        }
    }

    /// - Returns: Those who live, and all that are known there.
    private func people(
        of household: HouseholdID, _ db: Database
    ) throws -> (living: [[UInt8]], known: [[UInt8]]) {
        let rows = try Row.fetchAll(
            db, sql: "SELECT id, death_date FROM person WHERE area = ? AND household = ? AND row_state = 'live'",
            arguments: [household.area.digits, Data(household.id)])
        return (
            rows.filter { $0.date("death_date") == nil }.compactMap { $0.bytes("id") },
            rows.compactMap { $0.bytes("id") }
        )
    }

    private func oldHead(of household: HouseholdID, _ db: Database) throws -> [UInt8] {
        let head = try Data.fetchOne(
            db, sql: "SELECT head_person FROM household WHERE area = ? AND id = ?",
            arguments: [household.area.digits, Data(household.id)])
        return head.map { [UInt8]($0) } ?? []
    }

    private func setHead(_ id: [UInt8], of household: HouseholdID, _ db: Database) throws {
        let key: StatementArguments = [household.area.digits, Data(household.id)]
        try db.execute(
            sql: "UPDATE household SET head_person = ? WHERE area = ? AND id = ?", arguments: [Data(id)] + key)
        try db.execute(
            sql: "UPDATE person SET relation = 'other' WHERE area = ? AND household = ? AND relation = 'head'",
            arguments: key)
        try place(id, in: household, relation: .head, db)
    }

    /// - Parameter relation: To the head; nil where nobody has said it yet.
    private func place(
        _ person: [UInt8], in household: HouseholdID, relation: Relation?, _ db: Database
    ) throws {
        try db.execute(
            sql: "UPDATE person SET household = ?, relation = ? WHERE area = ? AND id = ?",
            arguments: [
                Data(household.id), (relation ?? .other).rawValue, household.area.digits, Data(person),
            ])
    }
}
