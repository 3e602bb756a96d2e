import ChangeSets

/// Finds which person of the replica each person of a sheet is, within one area.
///
/// By identity number; else by household, name, sex and birth date; else, where only one on either side can be meant,
/// by household and half of that (a name corrected, a card received). Two different identity numbers are never the same
/// person: a mistyped number is corrected in the record, not by import. Each stored person is found at most once.
struct PersonMatching {
    /// One person of the sheet.
    struct Sought {
        /// Id of the household.
        let household: [UInt8]
        let person: SheetPerson
    }

    enum Match: Hashable {
        /// Index among the stored persons.
        case stored(Int)
        case new([UInt8])
        /// Found, but void here.
        case void
    }

    /// One for each person sought, in their order.
    private(set) var matches: [Match]
    private let sought: [Sought]
    private let stored: [StoredRow<PersonCell>]
    private var found: [Match?]
    private var claimed: Set<[UInt8]> = []

    init(_ sought: [Sought], stored: [StoredRow<PersonCell>]) {
        self.sought = sought
        self.stored = stored
        found = Array(repeating: nil, count: sought.count)
        matches = []
        matchNumbers()
        matchExactly()
        matchWhereOnlyOneIsMeant()
        deriveIDs()
        matches = found.compactMap { $0 }
    }

    private mutating func matchNumbers() {
        let byNumber = Dictionary(grouping: stored.indices.filter { !stored[$0][.id_number].isBlank }) {
            stored[$0][.id_number]
        }
        for index in sought.indices {
            guard let digits = sought[index].person.identity?.digits, let same = byNumber[.text(digits)] else {
                continue
            }
            let live = same.filter { stored[$0].isLive && isFree($0) }
            let own = live.first { stored[$0][.household] == .blob(sought[index].household) }
            if let row = own ?? live.first {
                claim(row, for: index)
            } else {
                found[index] = .void
            }
        }
    }

    private mutating func matchExactly() {
        struct Key: Hashable {
            let household, name, sex, birth: CellValue
        }
        let byKey = Dictionary(grouping: stored.indices.filter { stored[$0].isLive }) {
            let row = stored[$0]
            return Key(household: row[.household], name: row[.name], sex: row[.sex], birth: row[.birth])
        }
        for index in sought.indices where found[index] == nil {
            let (household, person) = (sought[index].household, sought[index].person)
            let key = Key(
                household: .blob(household), name: .text(person.name), sex: .text(person.sex.rawValue),
                birth: .text(person.birth.description))
            let row = byKey[key]?.first {
                isFree($0) && (person.identity == nil || stored[$0][.id_number].isBlank)
            }
            if let row { claim(row, for: index) }
        }
    }

    private mutating func matchWhereOnlyOneIsMeant() {
        let waiting = Dictionary(grouping: sought.indices.filter { found[$0] == nil }) { sought[$0].household }
        let rows = Dictionary(
            grouping: stored.indices.filter { stored[$0].isLive && isFree($0) && stored[$0][.id_number].isBlank }
        ) { stored[$0][.household] }
        for (household, people) in waiting {
            let unclaimed = rows[.blob(household)] ?? []
            for index in people {
                let meant = unclaimed.filter { agree(index, $0) }
                guard meant.count == 1, people.filter({ agree($0, meant[0]) }).count == 1 else { continue }
                claim(meant[0], for: index)
            }
        }
    }

    private mutating func deriveIDs() {
        let byID = Dictionary(uniqueKeysWithValues: stored.indices.map { (stored[$0].id, $0) })
        for index in sought.indices where found[index] == nil {
            var attempt = 0
            while found[index] == nil {
                let id = HouseholdIDs.person(sought[index].person, in: sought[index].household, attempt: attempt)
                attempt += 1
                if claimed.contains(id) { continue }
                if let row = byID[id] {
                    // Imported from such a line once, and corrected since; unless it is another person by now.
                    guard agree(index, row) else { continue }
                    if stored[row].isLive { claim(row, for: index) } else { found[index] = .void }
                } else {
                    claimed.insert(id)
                    found[index] = .new(id)
                }
            }
        }
    }

    private func isFree(_ row: Int) -> Bool { !claimed.contains(stored[row].id) }

    private mutating func claim(_ row: Int, for index: Int) {
        claimed.insert(stored[row].id)
        found[index] = .stored(row)
    }

    /// Whether the name, or sex and birth date, are the same.
    private func agree(_ index: Int, _ row: Int) -> Bool {
        let (person, row) = (sought[index].person, stored[row])
        return row[.name] == .text(person.name)
            || (row[.sex] == .text(person.sex.rawValue) && row[.birth] == .text(person.birth.description))
    }
}
