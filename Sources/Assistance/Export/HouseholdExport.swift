import ChangeSets
import GRDB
import Replica

/// Writes the households of a replica as a sheet, which ``HouseholdImport`` takes back.
package enum HouseholdExport {
    /// The live households with their living members, whole numbers only as far as the purpose needs and the tier may see them
    /// (``AccessRights``); masked ones no import takes back: by area and number, the head first, then by age.
    ///
    /// The order and every character follow from the rows alone, so that two offices with the same rows write the same
    /// file. What a sheet would refuse (a member without a birth date, a number that is no identity number) is written as
    /// it is, and refused on reading.
    /// - Parameters:
    ///   - area: Only rows of this area and those below it.
    ///   - progress: Called with how many households of how many are done.
    ///   - reason: Why it is taken, with `purpose`: on record before it is written.
    ///   - second: Another person, who agrees that it is taken (domain 4.9).
    /// - Throws: ``TextEncodingError``, ``HouseholdExportError``.
    package static func export(
        from replica: OfficeReplica, area: OfficeCode? = nil, encoding: TextEncoding = .utf8WithMark,
        language: HouseholdSheet.Language = .chinese, for purpose: AccessPurpose, reason: String, as user: ActingUser,
        secondedBy second: String, today: CalendarDate, progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) throws -> ExportedSheet {
        guard !reason.trimmedCell.isEmpty else { throw CaseError.empty("reason") }
        let second = second.trimmedCell
        guard !second.isEmpty, second != user.name else { throw HouseholdExportError.alone(user.name) }
        let area = area ?? replica.office
        guard area.isOnBranch(of: replica.office) else {
            throw HouseholdExportError.elsewhere(area, office: replica.office)
        }
        let (fields, households, persons) = try replica.read { db in
            (
                try AccessRights(db, at: area, on: today).fields(for: purpose, at: replica.office.tier),
                try Row.fetchAll(
                    db,
                    sql: """
                        SELECT area, id, household_no, address, phone, cause_main, head_person
                        FROM household WHERE row_state = 'live' AND substr(area, 1, ?) = ?
                        ORDER BY area, length(household_no), household_no, id
                        """, arguments: [area.digits.utf8.count, area.digits]),
                try Row.fetchAll(
                    db,
                    sql: """
                        SELECT area, household, id, relation, name, id_number, sex, birth, ethnicity, hukou_kind
                        FROM person WHERE row_state = 'live' AND death_date IS NULL AND substr(area, 1, ?) = ?
                        ORDER BY birth, id_number, name, sex, id
                        """, arguments: [area.digits.utf8.count, area.digits])
            )
        }
        var members = Dictionary(grouping: persons) { [$0["area"] as DatabaseValue, $0["household"]] }
        var lines: [(HouseholdColumn) -> String] = []
        var empty = 0
        for (index, household) in households.enumerated() {
            progress(index, households.count)
            guard let own = members.removeValue(forKey: [household["area"], household["id"]]) else {
                empty += 1
                continue
            }
            let heads = own.map { isHead($0, of: household) }
            for wanted in [true, false] {
                for (person, isHead) in zip(own, heads) where isHead == wanted {
                    lines.append { cell($0, of: person, isHead: isHead, in: household, fields, language) }
                }
            }
        }
        let (code, bytes) = try replica.write(as: user) { db in
            try ExportLog.record(
                .households, area.digits, purpose: purpose.rawValue, reason: reason, at: replica.office, by: user,
                secondedBy: second, on: today, db
            ) { code in
                (try encoding.encode(HouseholdSheet.text(ofLines: lines, in: language, mark: code)), lines.count)
            }
        }
        return ExportedSheet(
            code: code, bytes: bytes,
            households: households.count - empty, persons: lines.count, householdsWithoutMembers: empty,
            personsWithoutHousehold: members.values.reduce(0) { $0 + $1.count })
    }

    private static func isHead(_ person: Row, of household: Row) -> Bool {
        let head: DatabaseValue = household["head_person"]
        return head.isNull ? person["relation"] == Relation.head.rawValue : head == person["id"]
    }

    private static func shown(_ text: String, whole: Bool, _ mask: (String) -> String?) -> String {
        whole || text.isEmpty ? text : mask(text) ?? ""
    }

    private static func cell(
        _ column: HouseholdColumn, of person: Row, isHead: Bool, in household: Row,
        _ fields: Set<HouseholdFile.Field>, _ language: HouseholdSheet.Language
    ) -> String {
        func text(_ row: Row, _ name: String) -> String { row[name] ?? "" }
        // A code that this version has no word for is written as it is.
        func word<Word: SheetWord & RawRepresentable<String>>(_: Word.Type, _ code: String) -> String {
            Word(rawValue: code)?.word(in: language) ?? code
        }
        return switch column {
        case .area: text(household, "area")
        case .householdNumber: text(household, "household_no")
        case .address:
            shown(text(household, "address"), whole: fields.contains(.address)) { Mask.address($0, .workList) }
        case .phone:
            shown(text(household, "phone"), whole: fields.contains(.phone)) { Mask.phone($0, .workList) }
        case .cause: fields.contains(.health) ? word(HardshipCause.self, text(household, "cause_main")) : ""
        case .isHead: (isHead ? HeadMark.yes : .no).word(in: language)
        case .name: text(person, "name")
        case .identity:
            shown(text(person, "id_number"), whole: fields.contains(.identity)) { Mask.identityNumber($0, .workList) }
        case .sex: word(Sex.self, text(person, "sex"))
        // The day of birth is the middle of the number.
        case .birth: shown(text(person, "birth"), whole: fields.contains(.identity)) { String($0.prefix(4)) }
        case .relation: word(Relation.self, text(person, "relation"))
        case .ethnicity: text(person, "ethnicity")
        case .hukou: word(HukouKind.self, text(person, "hukou_kind"))
        }
    }
}

/// A sheet as a file, and what is not in it.
package struct ExportedSheet: Hashable, Sendable {
    /// Under which it is on record (``ExportLog``); stands on every line.
    package let code: String
    package let bytes: [UInt8]
    package let households: Int
    package let persons: Int
    /// A sheet has one line per person, so such a household has none.
    package let householdsWithoutMembers: Int
    /// Living people whose household is not here, void, or not told.
    package let personsWithoutHousehold: Int
}

package enum HouseholdExportError: Error, Hashable, CustomStringConvertible {
    case elsewhere(OfficeCode, office: OfficeCode)
    case alone(String)

    package var description: String {
        switch self {
        case .alone(let user):
            "another person than ‘\(user)’ agrees that so many people's data are taken: --second NAME"
        case .elsewhere(let area, let office):
            "office \(office) holds no rows of \(area); export at that office, or at one above both"
        }
    }
}
