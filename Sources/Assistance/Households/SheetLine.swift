import ChangeSets

/// One line of the sheet as far as it can be judged by itself.
struct SheetLine {
    let line: Int
    /// Nil when the line does not tell which household it belongs to.
    let key: HouseholdKey?
    let address: String?
    let phone: String?
    let cause: HardshipCause?
    /// Nil when it is unreadable, which is refused already.
    let isHead: Bool?
    /// Known also where something else of the line is refused, so that it is found twice all the same.
    let identity: IdentityNumber?
    /// Nil when any cell of the line is refused.
    let person: SheetPerson?

    /// - Parameters:
    ///   - defaultArea: Where the household lives, when no line of the sheet tells an area.
    ///   - today: Nobody is born later.
    ///   - refused: Every refusal of the line is appended.
    init(
        _ record: CsvRecord, header: SheetHeader, defaultArea: OfficeCode?, today: CalendarDate,
        refused: inout [RefusedLine]
    ) {
        var cells = SheetCells(line: record.line, cells: header.cells(of: record))
        line = record.line
        key = cells.key(defaultArea: defaultArea)
        // Too many cells mean that some stand under another's header; to judge each would bury the one true reason.
        let filled = SheetHeader.filledCells(of: record)
        guard filled <= header.columnCount else {
            refused.append(
                RefusedLine(
                    line: record.line, column: nil,
                    reason: .cellsWithoutColumn(cells: filled, columns: header.columnCount)))
            (address, phone, cause, isHead, identity, person) = (nil, nil, nil, nil, nil, nil)
            return
        }
        address = cells.text(.address, limit: 200)
        phone = cells.phone()
        cause = cells.word(.cause)
        let mark: HeadMark? = cells.word(.isHead)
        isHead = mark.map { $0 == .yes }
        let name = cells.text(.name, limit: 60)
        identity = cells.identity()
        let sex = cells.sex(in: identity)
        let birth = cells.birth(in: identity, today: today)
        let relation = cells.relation(isHead: isHead)
        let ethnicity = cells.text(.ethnicity, limit: 20)
        let hukou: HukouKind? = cells.word(.hukou)
        refused += cells.refused
        if cells.refused.isEmpty, let name, let sex, let birth, let relation {
            person = SheetPerson(
                name: name, identity: identity, sex: sex, birth: birth, relation: relation, ethnicity: ethnicity,
                hukou: hukou)
        } else {
            person = nil
        }
    }
}

/// What makes lines one household.
struct HouseholdKey: Hashable {
    let area: OfficeCode
    let number: String

    // By bytes: Swift's own equality of strings is by canonical equivalence, under which two written numbers, or two
    // ideographs of a name, could be one.
    static func == (a: Self, b: Self) -> Bool { a.area == b.area && a.number.utf8.elementsEqual(b.number.utf8) }

    func hash(into hasher: inout Hasher) {
        hasher.combine(area)
        for byte in number.utf8 { hasher.combine(byte) }
    }
}
