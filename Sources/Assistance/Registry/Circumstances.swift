import ChangeSets
import Foundation
import GRDB
import Replica

/// What the rules ask of a member besides age, certificates and money. What is nil stays as it is.
package struct Circumstances: Sendable {
    package enum Health: String, Sendable, CaseIterable { case ordinary, serious }

    package enum SchoolStage: String, Sendable, CaseIterable { case none, preschool, primary, secondary, college }

    package struct Schooling: Sendable {
        package let stage: SchoolStage
        package let school: String
        package let ends: CalendarDate?

        package init(_ stage: SchoolStage, school: String = "", ends: CalendarDate? = nil) {
            self.stage = stage
            self.school = school
            self.ends = ends
        }
    }

    package var health: Health?
    package var schooling: Schooling?
    package var isInInstitution: Bool?
    package var relation: Relation?
    package var hukou: HukouKind?
    /// What no rule looks at: `phone`, `ethnicity`, `marriage`, `education`, `employment`; an empty word takes it off.
    package var words: [Word: String] = [:]

    package enum Word: String, Sendable, CaseIterable { case phone, ethnicity, marriage, education, employment }

    package init(health: Health? = nil, schooling: Schooling? = nil, isInInstitution: Bool? = nil) {
        self.health = health
        self.schooling = schooling
        self.isInInstitution = isInInstitution
    }

    /// By column of the person's row.
    var values: [(column: String, value: DatabaseValue)] {
        var values: [(String, DatabaseValue)] = Word.allCases.compactMap { word in
            words[word].map(\.trimmedCell).map { (word.rawValue, ($0.isEmpty ? nil : $0).databaseValue) }
        }
        if let relation { values.append(("relation", relation.rawValue.databaseValue)) }
        if let hukou { values.append(("hukou_kind", hukou.rawValue.databaseValue)) }
        if let health { values.append(("health", health.rawValue.databaseValue)) }
        if let isInInstitution { values.append(("in_institution", isInInstitution.databaseValue)) }
        if let schooling {
            values += [
                ("school_stage", schooling.stage.rawValue.databaseValue),
                ("school", (schooling.school.isEmpty ? nil : schooling.school).databaseValue),
                ("school_ends", (schooling.ends?.description).databaseValue),
            ]
        }
        return values
    }
}

extension MemberEntry {
    /// Takes down what has changed about a member; decisions change by a review only.
    /// - Parameter member: Whole name, identity number, or beginning of the id.
    /// - Parameter identity: Corrected as one: the number says birth and sex.
    package func describe(
        _ member: String, of household: HouseholdID, _ circumstances: Circumstances, identity: Identity? = nil
    ) throws {
        guard !circumstances.values.isEmpty || identity != nil else { throw MemberError.nothingSaid }
        try write(household) { db in
            let id = try living(member, of: household, db)
            let values =
                try circumstances.values + (identity.map { try corrected($0, of: id, in: household.area, db) } ?? [])
            let sets = values.map { "\($0.column) = ?" }.joined(separator: ", ")
            try db.execute(
                sql: "UPDATE person SET \(sets) WHERE area = ? AND id = ?",
                arguments: StatementArguments(values.map(\.value)) + [household.area.digits, Data(id)])
        }
    }

    /// What is on a member's card, as somebody has read it again; what is nil stays as it is.
    package struct Identity: Sendable {
        package var name: String?
        package var number: String?
        package var asOnCard = false
        package var sex: Sex?
        package var birth: CalendarDate?

        package init(
            name: String? = nil, number: String? = nil, asOnCard: Bool = false, sex: Sex? = nil,
            birth: CalendarDate? = nil
        ) {
            self.name = name
            self.number = number
            self.asOnCard = asOnCard
            self.sex = sex
            self.birth = birth
        }
    }

    private func corrected(
        _ new: Identity, of person: [UInt8], in area: OfficeCode, _ db: Database
    ) throws -> [(column: String, value: DatabaseValue)] {
        let row = try Row.fetchOne(
            db, sql: "SELECT id_number FROM person WHERE area = ? AND id = ?", arguments: [area.digits, Data(person)])
        let typed = try new.number.map { try TypedNumber($0, asOnCard: new.asOnCard) }
        try typed?.check(new.birth, new.sex)
        // Without a new number the one that is known goes on saying birth and sex.
        if typed == nil, let known = try? (row?["id_number"] as String?).map({ try TypedNumber($0, asOnCard: true) }) {
            try known.check(new.birth, new.sex)
        }
        try checkUnknown(typed?.text, in: area, besides: person, db)
        guard (new.birth ?? typed?.identity?.birth).map({ $0 <= today }) ?? true else { throw FactError.later("birth") }
        guard new.name.map({ !$0.trimmedCell.isEmpty }) ?? true else { throw MemberError.noName }
        return [
            ("name", (new.name?.trimmedCell).databaseValue), ("id_number", (typed?.text).databaseValue),
            ("sex", (new.sex ?? typed?.identity?.sex)?.rawValue.databaseValue ?? .null),
            ("birth", ((new.birth ?? typed?.identity?.birth)?.description).databaseValue),
        ].filter { !$0.1.isNull }
    }

    /// 作废: a household that was entered by mistake, with its members; only one that gets nothing.
    package func void(_ household: HouseholdID, text: String) throws {
        guard !text.trimmedCell.isEmpty else { throw CaseError.empty("reason") }
        try write(household) { db in
            let decisions = try Decisions(of: household, db)
            let hasCase = try CaseReading.all(of: household, db).contains { $0.state.stage < .confirmed }
            guard decisions.all.isEmpty, !hasCase else { throw MemberError.hasCases }
            let members = try Data.fetchAll(
                db, sql: "SELECT id FROM person WHERE area = ? AND household = ? AND row_state = 'live'",
                arguments: [household.area.digits, Data(household.id)]
            ).map { [UInt8]($0) }
            // Who goes with it comes back with it; who was merged away before does neither.
            try insert(.void, nil, of: household, on: today, other: nil, settles: Settled(members), text, db)
            try set("void", household, members, db)
        }
    }

    /// Takes it back: the household and the members who were void with it.
    package func restore(_ household: HouseholdID, text: String) throws {
        guard !text.trimmedCell.isEmpty else { throw CaseError.empty("reason") }
        try replica.write(as: user) { db in
            let taken = try MemberEvents.all(of: household, db).last { $0.change == .void }
            // Made void by hand it comes back without anybody else.
            try set("live", household, taken.map { Array($0.settles.ids) } ?? [], db)
            try insert(.restored, nil, of: household, on: today, other: nil, settles: Settled([]), text, db)
        }
    }

    private func set(_ state: String, _ household: HouseholdID, _ members: [[UInt8]], _ db: Database) throws {
        try db.execute(
            sql: "UPDATE household SET row_state = ? WHERE area = ? AND id = ?",
            arguments: [state, household.area.digits, Data(household.id)])
        for member in members {
            try db.execute(
                sql: "UPDATE person SET row_state = ? WHERE area = ? AND id = ? AND row_state IN ('live', 'void')",
                arguments: [state, household.area.digits, Data(member)])
        }
    }
}
