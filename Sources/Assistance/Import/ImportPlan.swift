import ChangeSets

/// What an import will write in one area: worked out from the sheet and the stored rows alone, before anything is
/// written.
///
/// A cell that the sheet leaves empty says nothing: it never erases what the replica has. Who is not in the sheet stays.
struct ImportPlan {
    private(set) var writes: [RowWrite] = []
    private(set) var households = ImportReport.Counts()
    private(set) var persons = ImportReport.Counts()
    /// Lines of households with a member, or a number, that is void here; nothing of them is in `writes`.
    private(set) var refused: [RefusedLine] = []

    /// - Parameters:
    ///   - sheet: Households of `area`.
    ///   - stored: All rows of `area`.
    init(_ sheet: [ReadHousehold], area: OfficeCode, stored: StoredRows) {
        let numbers = HouseholdNumbers(stored.households, area: area)
        var households: [(read: ReadHousehold, id: [UInt8], stored: StoredRow<HouseholdCell>?)] = []
        for read in sheet {
            switch numbers.match(read.household.number) {
            case .stored(let row): households.append((read, row.id, row))
            case .new(let id): households.append((read, id, nil))
            case .void: refuse(read, .householdNumber, .voidHousehold, line: read.lines[0])
            case .several: refuse(read, .householdNumber, .severalHouseholds, line: read.lines[0])
            }
        }
        let matching = PersonMatching(
            households.flatMap { household in
                household.read.household.members.map { .init(household: household.id, person: $0) }
            }, stored: stored.persons)
        var matches = matching.matches[...]
        for (read, id, row) in households {
            let own = Array(matches.prefix(read.lines.count))
            matches = matches.dropFirst(read.lines.count)
            if let void = own.firstIndex(of: .void) {
                refuse(read, nil, .voidPerson, line: read.lines[void])
            } else if let head = Self.strangeHead(read.household, row, own, stored.persons) {
                refuse(read, .isHead, .otherHead, line: read.lines[head])
            } else {
                add(read.household, id, row, own, stored.persons, area: area)
            }
        }
    }

    /// The place of a member who would become the head although nobody knows that person, while the register has another
    /// head whom no line means: an old sheet after a correction, mostly.
    private static func strangeHead(
        _ household: SheetHousehold, _ row: StoredRow<HouseholdCell>?, _ matches: [PersonMatching.Match],
        _ persons: [StoredRow<PersonCell>]
    ) -> Int? {
        guard case .blob(let head)? = row?[.head_person],
            let known = persons.firstIndex(where: { $0.id == head && $0.isLive }), !matches.contains(.stored(known))
        else { return nil }
        return household.members.indices.first { index in
            guard household.members[index].relation == .head, case .new = matches[index] else { return false }
            return true
        }
    }

    private mutating func add(
        _ household: SheetHousehold, _ id: [UInt8], _ row: StoredRow<HouseholdCell>?, _ matches: [PersonMatching.Match],
        _ persons: [StoredRow<PersonCell>], area: OfficeCode
    ) {
        var head: [UInt8]?
        var members: [RowWrite?] = []
        for (person, match) in zip(household.members, matches) {
            let known: StoredRow<PersonCell>?
            let personID: [UInt8]
            switch match {
            case .stored(let index): (known, personID) = (persons[index], persons[index].id)
            case .new(let derived): (known, personID) = (nil, derived)
            case .void: continue  // The caller lets no such household in.
            }
            if person.relation == .head { head = personID }
            members.append(
                RowWrite(
                    table: personTable.name, area: area, id: personID, cells: PersonCell.self,
                    values: PersonCell.values(of: person, in: id), stored: known))
            self.persons.count(members.last ?? nil, stored: known != nil)
        }
        let own = RowWrite(
            table: householdTable.name, area: area, id: id, cells: HouseholdCell.self,
            values: HouseholdCell.values(of: household, head: head), stored: row)
        households.count(own, stored: row != nil)
        writes += ([own] + members).compactMap { $0 }
    }

    /// Refuses one line for a reason, and the others of its household for it.
    private mutating func refuse(
        _ read: ReadHousehold, _ column: HouseholdColumn?, _ reason: RefusedLine.Reason, line: Int
    ) {
        refused += read.lines.map {
            $0 == line
                ? RefusedLine(line: $0, column: column, reason: reason)
                : RefusedLine(line: $0, column: nil, reason: .leftOut(line: line))
        }
    }
}

/// Finds the households of an area by their numbers.
private struct HouseholdNumbers {
    enum Match {
        case stored(StoredRow<HouseholdCell>)
        case new([UInt8])
        case void
        /// Two offices gave two families one number, and neither came from a sheet.
        case several
    }

    private let area: OfficeCode
    private let byNumber: [CellValue: [StoredRow<HouseholdCell>]]
    private let ids: Set<[UInt8]>

    init(_ stored: [StoredRow<HouseholdCell>], area: OfficeCode) {
        self.area = area
        byNumber = Dictionary(grouping: stored) { $0[.household_no] }
        ids = Set(stored.map(\.id))
    }

    func match(_ number: String) -> Match {
        if let same = byNumber[.text(number)] {
            let live = same.filter(\.isLive)
            let derived = HouseholdIDs.household(area, number: number)
            if let imported = live.first(where: { $0.id == derived }) { return .stored(imported) }
            return live.count > 1 ? .several : live.first.map { .stored($0) } ?? .void
        }
        // A stored row with the derived id has got another number since, so it is another household.
        var attempt = 0
        while true {
            let id = HouseholdIDs.household(area, number: number, attempt: attempt)
            if !ids.contains(id) { return .new(id) }
            attempt += 1
        }
    }
}
