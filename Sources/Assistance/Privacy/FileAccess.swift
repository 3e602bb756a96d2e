import ChangeSets
import Foundation
import GRDB
import Replica

/// 查阅目的: why somebody opens what is masked otherwise.
package enum AccessPurpose: String, Sendable, CaseIterable {
    case application, warning, visit, payment, complaint, audit
}

/// A household's file as a screen shows it (domain 4.9, M3): identity and account numbers masked, unless opened with a purpose and
/// a reason, which everybody who holds the file can read afterwards.
package struct HouseholdFile: Sendable {
    package struct Member: Hashable, Sendable {
        package let name: String
        package let relation: String?
        package let sex: String?
        package let identity: String
        package let phone: String
        /// The year alone where the number is masked: the day is the middle of it.
        package let birth: String
        package let isDead: Bool
        package let state: String
        /// 病, 残: that there is something, never what.
        package let marks: String
    }

    package let household: HouseholdID
    package let number: String
    /// To the group where it is masked.
    package let address: String
    /// Empty unless it is opened.
    package let cause: String
    /// The household's; masked unless it is opened.
    package let phone: String
    package let reviewDue: CalendarDate?
    package let members: [Member]
    package let decision: Decision?
    /// Decided already, and not in force yet.
    package let coming: Decision?
    /// What it gets a month; nil unless it is opened.
    package let amount: Money?
    /// 近亲属备案: staff who are related, and how.
    package let kin: [String]
    package let openCases: Int
    package let openWarnings: Int
    /// What stands whole in it.
    package let revealed: Set<Field>

    /// What is masked unless it is opened.
    package enum Field: String, Sendable, CaseIterable {
        case identity, phone, address
        /// What a family earns, owns, spends and gets.
        case income
        /// Illnesses, disabilities, and why a family is in need.
        case health
    }

    /// - Parameter revealed: Only ``FileAccess/open(_:_:reason:)`` asks for any.
    init(_ household: HouseholdID, revealed: Set<Field>, today: CalendarDate, _ db: Database) throws {
        let key: StatementArguments = [household.area.digits, Data(household.id)]
        let row = try Row.fetchOne(
            db.cachedStatement(sql: "SELECT * FROM household WHERE area = ? AND id = ?"), arguments: key)
        guard let row else { throw FamilyError.unknown("\(household.area)/\(household.id.hex)") }
        self.household = household
        self.revealed = revealed
        number = row["household_no"]
        let address = row["address"] as String? ?? ""
        self.address = revealed.contains(.address) ? address : Mask.address(address, .workList) ?? ""
        cause = revealed.contains(.health) ? row["cause_main"] ?? "" : ""
        func has(_ table: DomainTable, _ person: Row) throws -> Bool {
            try !HoldingFacts(table, household.area, ("person", person.bytes("id") ?? []), db).rows.isEmpty
        }
        let phone = row["phone"] as String? ?? ""
        self.phone = revealed.contains(.phone) || phone.isEmpty ? phone : Mask.phone(phone, .workList) ?? ""
        reviewDue = row.date("review_due")
        members = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT * FROM person WHERE area = ?1 AND household = ?2
                    ORDER BY id IS NOT (SELECT head_person FROM household WHERE area = ?1 AND id = ?2), id
                    """), arguments: key
        ).map { person in
            let (identity, phone) = (person["id_number"] as String? ?? "", person["phone"] as String? ?? "")
            return Member(
                name: person["name"], relation: person["relation"], sex: person["sex"],
                identity: revealed.contains(.identity) || identity.isEmpty
                    ? identity : Mask.identityNumber(identity, .casePage) ?? "",
                phone: revealed.contains(.phone) || phone.isEmpty ? phone : Mask.phone(phone, .workList) ?? "",
                birth: person.birth.map { revealed.contains(.identity) ? "\($0)" : "\($0.year)" } ?? "",
                isDead: person.date("death_date") != nil, state: person["row_state"],
                marks: Mask.health(
                    isIll: try person["health"] as String? == "serious" || has(illnessTable, person),
                    isDisabled: try has(disabilityTable, person), .workList) ?? "")
        }
        let month = today.calendarMonth
        let decisions = try Decisions(of: household, db)
        decision = decisions.holding(in: month)
        coming = decisions.all.last { $0.outcome != .refused && $0.fromMonth > month }
        amount = revealed.contains(.income) ? decision?.amount(in: month) : nil
        kin = try Row.fetchAll(
            db.cachedStatement(
                sql: "SELECT staff, relation FROM kin_filing WHERE area = ? AND household = ? ORDER BY id"),
            arguments: key
        ).map { "\($0["staff"] as String) \($0["relation"] as String)" }
        openCases = try CaseReading.all(of: household, db).count { $0.state.stage < .confirmed }
        openWarnings = try WarningReading.all(of: household, db).count { $0.state.stage != .closed }
    }

    /// Masked; leaves no trace.
    package static func masked(_ household: HouseholdID, today: CalendarDate, _ db: Database) throws -> HouseholdFile {
        try HouseholdFile(household, revealed: [], today: today, db)
    }
}

/// 最小必要: what a purpose needs, and what a tier may see at all, as the district has published it (domain 4.9).
struct AccessRights {
    private let words: [String: Set<HouseholdFile.Field>]
    private let book: RuleBook

    /// - Throws: ``RuleError`` where nothing is published: then nothing is opened.
    init(_ db: Database, at area: OfficeCode, on today: CalendarDate) throws {
        var book = try PublishedRules.book(of: area, on: today, db)
        var words: [String: Set<HouseholdFile.Field>] = [:]
        for (word, value) in try book.words(.accessFields) {
            let fields = try (value ?? "").split(separator: "+").map { name in
                guard let field = HouseholdFile.Field(rawValue: String(name)) else {
                    throw book.malformed(.accessFields)
                }
                return field
            }
            words[word] = Set(fields)
        }
        self.words = words
        self.book = book
    }

    /// - Throws: ``RuleError`` where the purpose or the tier is not named.
    func fields(for purpose: AccessPurpose, at tier: Tier) throws -> Set<HouseholdFile.Field> {
        guard let needed = words[purpose.rawValue], let allowed = words[tier.description] else {
            throw book.malformed(.accessFields)
        }
        return needed.intersection(allowed)
    }
}

/// One opening of a file.
package struct AccessRecord: Hashable, Sendable {
    /// Empty where the file was taken with all others of an area.
    package let id: [UInt8]
    package let household: HouseholdID
    package let office: String
    package let user: String
    package let day: CalendarDate?
    package let purpose: String
    package let reason: String
    /// 近亲属 or 本人
    package let isRelated: Bool
    /// By a relative: what an office above has said of it, and who.
    package let review: String?
}

extension StoredFact {
    /// What of a file it belongs to.
    package var field: HouseholdFile.Field { table.field }
}

extension DomainTable {
    /// Of a table of facts.
    var field: HouseholdFile.Field {
        switch name {
        case incomeTable.name, rigidExpenseTable.name, assetTable.name, obligorTable.name, findingTable.name: .income
        case dwellingCheckTable.name: .address
        // What somebody has seen is said in words, which may name an illness.
        default: .health
        }
    }
}

/// Opens files, and keeps who did.
package struct FileAccess {
    let replica: OfficeReplica
    let user: ActingUser
    let today: CalendarDate

    package init(_ replica: OfficeReplica, as user: ActingUser, today: CalendarDate) {
        self.replica = replica
        self.user = user
        self.today = today
    }

    /// With what the purpose needs and the tier may see: written down first, in the same transaction, so that nothing is seen that is not written down.
    package func open(_ household: HouseholdID, _ purpose: AccessPurpose, reason: String) throws -> HouseholdFile {
        try opening(household, purpose, reason) { fields, db in
            try HouseholdFile(household, revealed: fields, today: today, db)
        }
    }

    /// - Returns: What may be shown of it, once it is written down who asked.
    package func fields(
        of household: HouseholdID, _ purpose: AccessPurpose, reason: String
    ) throws -> Set<HouseholdFile.Field> { try opening(household, purpose, reason) { fields, _ in fields } }

    /// Purposes that open something of a household at this office; none where nothing is published.
    package static func purposes(
        opening field: HouseholdFile.Field, of household: HouseholdID, on day: CalendarDate, _ db: Database
    ) throws -> [AccessPurpose] {
        guard let office = try String.fetchOne(db, sql: "SELECT office()").flatMap({ try? OfficeCode($0) }),
            let rights = try? AccessRights(db, at: household.area, on: day)
        else { return [] }
        return AccessPurpose.allCases.filter { purpose in
            (try? rights.fields(for: purpose, at: office.tier))?.contains(field) ?? false
        }
    }

    private func opening<Shown>(
        _ household: HouseholdID, _ purpose: AccessPurpose, _ reason: String,
        _ read: (Set<HouseholdFile.Field>, Database) throws -> Shown
    ) throws -> Shown {
        guard !reason.trimmedCell.isEmpty else { throw CaseError.empty("reason") }
        return try replica.write(as: user) { db in
            let fields = try AccessRights(db, at: household.area, on: today).fields(
                for: purpose, at: replica.office.tier)
            let shown = try read(fields, db)
            let related = try Self.isRelated(user, to: household, db)
            try NewRow(
                table: Self.log(of: purpose, at: replica.office.tier), area: household.area,
                values: [
                    ("household", household.id.databaseValue), ("purpose", purpose.rawValue.databaseValue),
                    ("reason", reason.databaseValue), ("day", today.description.databaseValue),
                    ("related", related.databaseValue),
                ]
            ).insert(by: user, db)
            return shown
        }
    }

    /// What is looked into about an office is not told there, nor below it.
    private static func log(of purpose: AccessPurpose, at tier: Tier) -> DomainTable {
        guard [.complaint, .audit].contains(purpose) else { return accessLogTable }
        return switch tier {
        case .village: accessLogTable
        case .town: accessAboveTable
        default: districtAccessTable
        }
    }

    static func hasRelatives(_ household: HouseholdID, _ db: Database) throws -> Bool {
        try Bool.fetchOne(
            db, sql: "SELECT EXISTS (SELECT 1 FROM kin_filing WHERE area = ? AND household = ?)",
            arguments: [household.area.digits, Data(household.id)]) ?? false
    }

    /// Files that a member of staff is related to a household.
    package func file(staff: String, relation: String, to household: HouseholdID) throws {
        guard !staff.trimmedCell.isEmpty, !relation.trimmedCell.isEmpty else {
            throw CaseError.empty("name or relation")
        }
        try replica.write(as: user) { db in
            try NewRow(
                table: kinFilingTable, area: household.area,
                values: [
                    ("household", household.id.databaseValue), ("staff", staff.trimmedCell.databaseValue),
                    ("relation", relation.trimmedCell.databaseValue), ("day", today.description.databaseValue),
                ]
            ).insert(by: user, db)
        }
    }

    /// Who has opened a file, the last first; then who has taken it with all others of an area.
    package static func records(of household: HouseholdID, _ db: Database) throws -> [AccessRecord] {
        let taken = try ExportLog.all(in: nil, db).filter { record in
            record.content == .households && household.area.digits.hasPrefix(record.part)
        }
        return try records(db, "area = ? AND household = ?", [household.area.digits, Data(household.id)])
            + taken.map { record in
                AccessRecord(
                    id: [], household: household, office: record.office.digits, user: record.user, day: record.day,
                    purpose: record.purpose,
                    reason: "\(record.code): \(record.reason)", isRelated: false, review: nil)
            }
    }

    /// Openings by relatives, of an area and below it.
    package static func byRelatives(in area: OfficeCode, _ db: Database) throws -> [AccessRecord] {
        try records(db, "area >= ? AND area < ? AND related = 1", [area.digits, area.digits + ":"])
    }

    private static func records(
        _ db: Database, _ condition: String, _ arguments: StatementArguments
    ) throws -> [AccessRecord] {
        var rows: [Row] = []
        for table in [accessLogTable, accessAboveTable, districtAccessTable] {
            rows += try Row.fetchAll(
                db,
                sql: """
                    SELECT *, \(RowWriter.office(of: table.name, as: "t")) AS writer FROM \(table.name) AS t
                    WHERE \(condition)
                    """, arguments: arguments)
        }
        rows.sort { ($0.bytes("id") ?? []).hex > ($1.bytes("id") ?? []).hex }
        return try rows.map { row in
            let (id, office) = (row.bytes("id") ?? [], row["writer"] as String)
            let opener = row.isTrue("related") ? try? OfficeCode(office) : nil
            return AccessRecord(
                id: id,
                household: HouseholdID(area: try OfficeCode(row["area"] as String), id: row.bytes("household") ?? []),
                office: office, user: row["created_by"], day: row.date("day"), purpose: row["purpose"],
                reason: row["reason"], isRelated: row.isTrue("related"),
                review: try opener.flatMap { try review(of: id, by: row["created_by"], at: $0, db) })
        }
    }
}

/// Finds files by what people know of a family.
package enum HouseholdFinder {
    package struct Found: Hashable, Sendable {
        package let household: HouseholdID
        package let number: String
        package let name: String
        package let relation: String?
        /// Masked as on a work list, both.
        package let identity: String
        package let address: String
    }

    /// - Parameter text: A whole name or identity number, or a household's number.
    /// - Returns: At most `limit`, and whether there are more.
    package static func find(_ text: String, limit: Int = 50, _ db: Database) throws -> (found: [Found], hasMore: Bool)
    {
        let rows = try Row.fetchAll(
            db,
            sql: """
                WITH found (area, id) AS (
                    SELECT area, id FROM person WHERE id_number = ?1
                    UNION SELECT area, id FROM person WHERE name = ?2
                    UNION SELECT area, coalesce(head_person, (
                        SELECT min(q.id) FROM person AS q WHERE q.area = o.area AND q.household = o.id))
                    FROM household AS o WHERE household_no = ?2)
                SELECT h.area, h.id, h.household_no, h.address, p.name, p.relation, p.id_number
                FROM found AS f CROSS JOIN person AS p ON p.area = f.area AND p.id = f.id
                CROSS JOIN household AS h ON h.area = p.area AND h.id = p.household
                WHERE p.row_state = 'live' AND h.row_state = 'live'
                ORDER BY h.area, h.household_no, p.id LIMIT ?3
                """, arguments: [text.uppercased(), text, limit + 1])
        let found = try rows.prefix(limit).map { row in
            let identity = row["id_number"] as String? ?? ""
            return Found(
                household: HouseholdID(area: try OfficeCode(row["area"] as String), id: row.bytes("id") ?? []),
                number: row["household_no"], name: row["name"], relation: row["relation"],
                identity: identity.isEmpty ? "" : Mask.identityNumber(identity, .workList) ?? "",
                address: Mask.address(row["address"] ?? "", .workList) ?? "")
        }
        return (found, rows.count > limit)
    }
}
