import ChangeSets
import Foundation
import GRDB
import Replica

/// What is told of a household besides its people. What is nil stays as it is; an empty word takes it off.
package struct HouseholdDescription: Sendable {
    package struct Location: Hashable, Sendable {
        package let lat: Double
        package let lon: Double
        /// How far off it may be.
        package let accuracy_m: Double?

        package init(lat: Double, lon: Double, accuracy_m: Double?) {
            self.lat = lat
            self.lon = lon
            self.accuracy_m = accuracy_m
        }
    }

    package enum Word: String, Sendable, CaseIterable {
        case address, phone, dwelling, remarks
        case cause = "cause_main"
        case moreCauses = "cause_more"
        /// Where they live, where they are registered: division codes.
        case liveRegion = "live_region"
        case registrationRegion = "hukou_region"

        fileprivate var isRegion: Bool { self == .liveRegion || self == .registrationRegion }
        fileprivate var isCause: Bool { self == .cause || self == .moreCauses }
    }

    /// A cause is a ``HardshipCause`` in English or Chinese; other causes are several, with commas between them.
    package var words: [Word: String] = [:]
    package var location: Location?

    package init() {}

    /// - Throws: ``MemberError/region(_:)``, ``MemberError/cause(_:)``, ``MemberError/location``.
    fileprivate func values() throws(MemberError) -> [(column: String, value: DatabaseValue)] {
        var values: [(String, DatabaseValue)] = []
        for word in Word.allCases {
            guard let text = words[word]?.trimmedCell else { continue }
            if word.isRegion, !text.isEmpty, (try? OfficeCode(text)).map({ $0.tier < .district }) ?? true {
                throw .region(text.shortened)
            }
            let value = word.isCause ? try Self.causes(text, several: word == .moreCauses) : text
            values.append((word.rawValue, (value.isEmpty ? nil : value).databaseValue))
        }
        if let location {
            guard (-90...90).contains(location.lat), (-180...180).contains(location.lon),
                location.accuracy_m.map({ $0 >= 0 && $0.isFinite }) ?? true
            else { throw .location }
            values += [
                ("lat", location.lat.databaseValue), ("lon", location.lon.databaseValue),
                ("accuracy_m", location.accuracy_m.databaseValue),
            ]
        }
        return values
    }

    /// The codes that are kept, whichever language they were told in.
    private static func causes(_ text: String, several: Bool) throws(MemberError) -> String {
        var codes: [String] = []
        for part in several ? text.split(whereSeparator: { ",，、".contains($0) }).map(String.init) : [text] {
            let word = part.trimmedCell
            guard !word.isEmpty else { continue }
            guard let cause = HardshipCause.read(word) else { throw .cause(word.shortened) }
            codes.append(cause.rawValue)
        }
        return codes.joined(separator: ",")
    }
}

/// 户籍地: urgent relief needs no registration here, everything else does (domain 4.10, 5.1).
enum Registration {
    /// - Parameter region: As the household's row names it; nil for the area that it is kept in.
    /// - Returns: The region, where that is in another district; what is no code of a district or below says nothing.
    static func elsewhere(_ region: String?, _ area: OfficeCode) -> String? {
        guard let region, let code = try? OfficeCode(region), code.tier >= .district else { return nil }
        return region.hasPrefix(area.digits.prefix(6)) ? nil : region
    }

    static func elsewhere(_ household: HouseholdID, _ db: Database) throws -> String? {
        let region = try String.fetchOne(
            db.cachedStatement(sql: "SELECT hukou_region FROM household WHERE area = ? AND id = ?"),
            arguments: [household.area.digits, Data(household.id)])
        return elsewhere(region, household.area)
    }
}

extension MemberEntry {
    /// 建档: a household with its head; the others come by ``add(_:to:because:on:text:)``. Two offices that enter the same one unaware of each
    /// other write one row; under one number with different heads they write two, which are told apart by their ids.
    /// - Throws: ``MemberError``, ``FactError``; then nothing was written.
    package func create(
        _ number: String, in area: OfficeCode, head: NewMember, _ description: HouseholdDescription
    ) throws -> HouseholdID {
        let number = number.trimmedCell
        guard !number.isEmpty else { throw CaseError.empty("number of the household") }
        guard head.birth <= today else { throw FactError.later("day") }
        let values = try description.values()
        return try replica.write(as: user) { db in
            let isTaken = try Bool.fetchOne(
                db, sql: "SELECT EXISTS (SELECT 1 FROM household WHERE area = ? AND household_no = ?)",
                arguments: [area.digits, number])
            guard isTaken == false else { throw MemberError.numberTaken(number.shortened) }
            try checkUnknown(head.number, in: area, db)
            let (id, _) = try DerivedID.free(householdTable, in: area, db) {
                HouseholdIDs.household(
                    area, number: number, head: head.name, attempt: $0)
            }
            let household = HouseholdID(area: area, id: id)
            try NewRow(
                table: householdTable, area: area, values: [("household_no", number.databaseValue)] + values
            ).insert(id: id, by: user, db)
            let person = try write(head, in: household, db)
            try db.execute(
                sql: "UPDATE household SET head_person = ? WHERE area = ? AND id = ?",
                arguments: [Data(person), area.digits, Data(id)])
            return household
        }
    }

    /// Takes down what has changed about a household; decisions change by a review only.
    /// - Parameter number: Another number, where two families were given one.
    package func describe(
        _ household: HouseholdID, _ description: HouseholdDescription, number: String? = nil
    ) throws {
        let number = number.map(\.trimmedCell)
        guard number != "" else { throw CaseError.empty("number of the household") }
        let values = try description.values() + (number.map { [("household_no", $0.databaseValue)] } ?? [])
        guard !values.isEmpty else { throw MemberError.nothingSaidOfHousehold }
        try write(household) { db in
            let isTaken = try Bool.fetchOne(
                db, sql: "SELECT EXISTS (SELECT 1 FROM household WHERE area = ? AND household_no = ? AND id != ?)",
                arguments: [household.area.digits, number, Data(household.id)])
            if isTaken == true { throw MemberError.numberTaken((number ?? "").shortened) }
            let sets = values.map { "\($0.column) = ?" }.joined(separator: ", ")
            try db.execute(
                sql: "UPDATE household SET \(sets) WHERE area = ? AND id = ?",
                arguments: StatementArguments(values.map(\.value)) + [household.area.digits, Data(household.id)])
        }
    }
}
