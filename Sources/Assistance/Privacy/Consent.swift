import ChangeSets
import Foundation
import GRDB
import Replica

/// 同意书: what a member has agreed to (domain 3.4 I, 4.2, 4.12).
package struct Consent: Hashable, Sendable {
    package enum Purpose: String, Sendable, CaseIterable {
        /// 经济状况核对: other departments are asked of the family's circumstances.
        case check
        /// 慈善帮扶: a charity hears who the family is.
        case charity
    }

    package let id: [UInt8]
    package let person: [UInt8]
    package let purpose: Purpose
    package let isGiven: Bool
    package let from: CalendarDate
    package let to: CalendarDate?
    package let guardian: String?
    package let office: OfficeCode
    package let user: String
    package let text: String
    let settles: Settled
}

package enum Consents {
    /// 民法典 17: adults decide for themselves. 个人信息保护法 31: under fourteen a guardian agrees.
    static let adultAge = 18
    static let guardianAge = 14

    /// All that was taken down of a member, in order of their ids.
    package static func all(of person: [UInt8], in area: OfficeCode, _ db: Database) throws -> [Consent] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT *, \(RowWriter.office(of: consentTable.name, as: "t")) AS writer FROM consent AS t
                    WHERE area = ? AND person = ? ORDER BY id
                    """),
            arguments: [area.digits, Data(person)]
        ).compactMap { row in
            guard let office = try? OfficeCode(row["writer"] as String),
                let purpose = Consent.Purpose(rawValue: row["purpose"]), let from = row.date("from_day")
            else { return nil }
            return Consent(
                id: row.bytes("id") ?? [], person: person, purpose: purpose, isGiven: row["kind"] == "given",
                from: from, to: row.date("to_day"), guardian: row["guardian"], office: office, user: row["created_by"],
                text: row["text"], settles: Settled(written: row["settles"]))
        }
    }

    /// Of the people who live in a household, with their names.
    package static func all(of household: HouseholdID, _ db: Database) throws -> [(name: String, consent: Consent)] {
        try Residents(of: household, db).living.flatMap { person in
            try all(of: person.id, in: household.area, db).map { (person.name, $0) }
        }
    }

    /// How somebody stands to a purpose on a day. A withdrawal ends what was given unaware of it, whoever took either down, and whatever day
    /// another office's clock shows.
    enum Standing { case given, withdrawn, unsaid }

    static func standing(
        of person: [UInt8], in area: OfficeCode, on day: CalendarDate, for purpose: Consent.Purpose, _ db: Database
    ) throws -> Standing {
        let words = try all(of: person, in: area, db).filter { $0.purpose == purpose }
        let withdrawn = Set(words.filter { !$0.isGiven }.map(\.id))
        let given = words.contains { word in
            word.isGiven && word.from <= day && word.to.map { day <= $0 } ?? true
                && withdrawn.isSubset(of: word.settles.ids)
        }
        return given ? .given : withdrawn.isEmpty ? .unsaid : .withdrawn
    }

    /// Whether other departments may be asked of a family: every adult has agreed, with the application or since, and nobody has withdrawn it.
    /// - Throws: ``CaseError``.
    static func check(_ file: CaseFile, on day: CalendarDate, _ db: Database) throws {
        let adults = try adults(of: file.household, on: day, db)
        // For children alone somebody agrees for each of them.
        for adult in try adults.isEmpty ? Residents(of: file.household, on: day, db).living : adults {
            switch try standing(of: adult.id, in: file.area, on: day, for: .check, db) {
            case .given: continue
            case .unsaid: if !file.hasConsent { throw CaseError.noConsent }
            case .withdrawn: throw CaseError.consentWithdrawn(adult.name)
            }
        }
    }

    /// Whether anybody who is or was of a family wants it not to be named, and not all adults who live there have agreed.
    static func isWithdrawn(
        by household: HouseholdID, besides other: [UInt8]?, on day: CalendarDate, for purpose: Consent.Purpose,
        _ db: Database
    ) throws -> Bool {
        let adults = try adults(of: household, on: day, db)
        let haveAgreed = try adults.allSatisfy {
            try standing(of: $0.id, in: household.area, on: day, for: purpose, db) == .given
        }
        if haveAgreed, !adults.isEmpty { return false }
        let people = try MemberEvents.everybody(of: household, db).union(other.map { [$0] } ?? [])
        return try people.contains {
            try standing(of: $0, in: household.area, on: day, for: purpose, db) == .withdrawn
        }
    }

    private static func adults(
        of household: HouseholdID, on day: CalendarDate, _ db: Database
    ) throws -> [Residents.Person] {
        let births = try Row.fetchAll(
            db.cachedStatement(
                sql: "SELECT id, birth, id_number FROM person WHERE area = ? AND household = ? AND row_state = 'live'"),
            arguments: [household.area.digits, Data(household.id)]
        ).reduce(into: [[UInt8]: CalendarDate]()) { $0[$1.bytes("id") ?? []] = $1.birth }
        // Whose age nobody knows is asked.
        return try Residents(of: household, on: day, db).living.filter { person in
            births[person.id].map { $0.age(on: day) >= adultAge } ?? true
        }
    }
}

extension MemberEntry {
    /// Takes down that a member agrees, or agrees no longer.
    /// - Parameters:
    ///   - member: Whole name, identity number, or beginning of the id.
    ///   - guardian: Who agrees for a child under fourteen.
    /// - Throws: ``FactError``, ``FamilyError``; then nothing was written.
    @discardableResult
    package func consent(
        _ member: String, of household: HouseholdID, to purpose: Consent.Purpose, isGiven: Bool, from: CalendarDate,
        to: CalendarDate? = nil, guardian: String? = nil, text: String = ""
    ) throws -> [UInt8] {
        guard from <= today else { throw FactError.later("day") }
        guard to.map({ $0 >= from }) ?? true else { throw FactError.endsBefore }
        return try write(household) { db in
            let id = try living(member, of: household, db)
            let row = try Row.fetchOne(
                db, sql: "SELECT birth, id_number FROM person WHERE area = ? AND id = ?",
                arguments: [household.area.digits, Data(id)])
            let isChild = row?.birth.map { $0.age(on: from) < Consents.guardianAge } ?? false
            if isGiven, isChild, guardian?.trimmedCell.isEmpty ?? true { throw FactError.empty("guardian") }
            let withdrawn = try Consents.all(of: id, in: household.area, db).filter {
                $0.purpose == purpose && !$0.isGiven
            }
            return try NewRow(
                table: consentTable, area: household.area,
                values: [
                    ("person", id.databaseValue), ("kind", (isGiven ? "given" : "withdrawn").databaseValue),
                    ("purpose", purpose.rawValue.databaseValue), ("from_day", from.written),
                    ("to_day", (to?.description).databaseValue), ("guardian", guardian.databaseValue),
                    ("text", text.databaseValue),
                    ("settles", Settled(isGiven ? withdrawn.map(\.id) : []).databaseValue),
                ]
            ).insert(by: user, db)
        }
    }
}
