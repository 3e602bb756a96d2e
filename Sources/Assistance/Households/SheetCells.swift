import ChangeSets

/// The cells of one line, read column by column; what cannot be read is collected in `refused`.
struct SheetCells {
    let line: Int
    let cells: [HouseholdColumn: String]
    private(set) var refused: [RefusedLine] = []

    init(line: Int, cells: [HouseholdColumn: String]) {
        self.line = line
        self.cells = cells
    }

    /// - Parameter limit: Longest accepted, in Unicode scalars.
    /// - Returns: nil when the cell is empty or refused.
    mutating func text(_ column: HouseholdColumn, limit: Int) -> String? {
        guard let cell = cells[column], !cell.isEmpty else {
            if column.isMandatory { refuse(column, .missing) }
            return nil
        }
        let length = cell.unicodeScalars.count
        if length > limit {
            refuse(column, .tooLong(characters: length, limit: limit))
        } else if let control = cell.unicodeScalars.first(where: Self.isControl) {
            refuse(column, .controlCharacter(control))
        } else if cell.unicodeScalars.contains("\u{FFFD}") {
            refuse(column, .lostCharacter)
        } else if column == .address, cell.contains("**") {
            refuse(column, .masked)
        } else {
            return cell
        }
        return nil
    }

    mutating func word<Word: SheetWord>(_ column: HouseholdColumn) -> Word? {
        guard let text = text(column, limit: 200) else { return nil }
        if let word = Word.read(text) { return word }
        refuse(column, .unknownWord(text.shortened, offered: Word.offered))
        return nil
    }

    /// - Parameter defaultArea: Stands for the cell, when no line of the sheet has anything in it.
    mutating func key(defaultArea: OfficeCode?) -> HouseholdKey? {
        let number = code(.householdNumber, limit: 40)
        if let defaultArea { return number.map { HouseholdKey(area: defaultArea, number: $0) } }
        guard let text = code(.area, limit: 40) else { return nil }
        guard let area = Self.area(text) else {
            refuse(.area, .noArea(text))
            return nil
        }
        return number.map { HouseholdKey(area: area, number: $0) }
    }

    mutating func phone() -> String? {
        guard let text = code(.phone, limit: 40) else { return nil }
        let digits = text.utf8.filter { (0x30...0x39).contains($0) }.count
        if digits >= 3, text.utf8.allSatisfy({ (0x30...0x39).contains($0) || Self.phoneMarks.contains($0) }) {
            return text
        }
        refuse(.phone, .noPhone(text))
        return nil
    }

    mutating func identity() -> IdentityNumber? {
        guard let text = code(.identity, limit: 40) else { return nil }
        do throws(InvalidIdentityNumber) {
            return text.utf8.count == 15 ? try IdentityNumber(widening: text) : try IdentityNumber(text)
        } catch {
            refuse(.identity, .identity(error))
            return nil
        }
    }

    /// - Returns: the cell's sex, else that of `identity`.
    mutating func sex(in identity: IdentityNumber?) -> Sex? {
        guard let given: Sex = word(.sex) else { return identity?.sex ?? missing(.sex) }
        if let identity, identity.sex != given { refuse(.sex, .sexDiffers(inIdentity: identity.sex)) }
        return given
    }

    /// - Returns: the cell's date, else that of `identity`.
    mutating func birth(in identity: IdentityNumber?, today: CalendarDate) -> CalendarDate? {
        var given: CalendarDate?
        if let text = text(.birth, limit: 40)?.halfWidth {
            given = CalendarDate(written: text)
            if given == nil { refuse(.birth, .noDate(text)) }
        }
        if let given, let identity, identity.birth != given {
            refuse(.birth, .birthDiffers(inIdentity: identity.birth))
        }
        guard let birth = given ?? identity?.birth else { return missing(.birth) }
        if birth > today { refuse(given == nil ? .identity : .birth, .bornAfter(today)) }
        return birth
    }

    mutating func relation(isHead: Bool?) -> Relation? {
        guard let text = text(.relation, limit: 200) else { return nil }
        if Relation.obligorWords.contains(text.asEnglishWord) {
            refuse(.relation, .supportObligor)
            return nil
        }
        guard let relation: Relation = word(.relation) else { return nil }
        if isHead == true, relation != .head { refuse(.relation, .headWithOtherRelation) }
        if isHead == false, relation == .head { refuse(.relation, .relationOfHead) }
        return relation
    }

    /// A text of digits: what a spreadsheet shows and saves as 9.9E+17 unless the column is formatted as text.
    private mutating func code(_ column: HouseholdColumn, limit: Int) -> String? {
        guard let text = text(column, limit: limit)?.halfWidth else { return nil }
        if Self.isScientific(text) {
            refuse(column, .scientificNotation(text))
            return nil
        }
        return text
    }

    /// Refuses an empty cell whose value nothing else tells; a cell that is refused already is left at that.
    private mutating func missing<Value>(_ column: HouseholdColumn) -> Value? {
        // Once the number itself is refused, it may well tell the value when it is corrected.
        let isRefused = refused.contains { $0.column == column || $0.column == .identity }
        if !isRefused { refuse(column, .missingWithoutIdentity) }
        return nil
    }

    private mutating func refuse(_ column: HouseholdColumn, _ reason: RefusedLine.Reason) {
        refused.append(RefusedLine(line: line, column: column, reason: reason))
    }

    /// One digit, perhaps some after a point, and an exponent. (A regular expression takes longer than all the rest.)
    private static func isScientific(_ text: String) -> Bool {
        let parts = text.utf8.split(omittingEmptySubsequences: false) { $0 | 0x20 == UInt8(ascii: "e") }
        guard parts.count == 2, let first = parts[0].first else { return false }
        let fraction = parts[0].dropFirst()
        let exponent = parts[1].first == UInt8(ascii: "+") ? parts[1].dropFirst() : parts[1]
        func isNumber(_ part: Substring.UTF8View) -> Bool {
            !part.isEmpty && part.allSatisfy { (0x30...0x39).contains($0) }
        }
        return (0x30...0x39).contains(first) && isNumber(exponent)
            && (fraction.isEmpty || (fraction.first == UInt8(ascii: ".") && isNumber(fraction.dropFirst())))
    }

    private static let phoneMarks = Set("+-() ".utf8)

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        // What turns the direction of what follows, and what cannot be seen: two names that look alike must be alike.
        case 0x061C, 0x200B, 0x200E, 0x200F, 0x202A...0x202E, 0x2060...0x2069, 0xFEFF, 0xE0000...0xE007F: return true
        default: break
        }
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: return true
        default: return false
        }
    }

    /// - Returns: nil for the codes of offices above those that hold households, too.
    private static func area(_ text: String) -> OfficeCode? {
        guard [Tier.district, .town, .village].contains(Tier(digits: text.utf8.count)) else { return nil }
        do throws(InvalidOfficeCode) { return try OfficeCode(text) } catch { return nil }  // The refusal tells why.
    }
}

extension String {
    /// Full-width letters, digits and marks as a Chinese keyboard gives them (U+FF01 to U+FF5E, and the wide space) in
    /// their ASCII form: in a number they mean the same, and would else make another one.
    var halfWidth: String {
        guard unicodeScalars.contains(where: { $0.halfWidth != $0 }) else { return self }
        return String(String.UnicodeScalarView(unicodeScalars.map(\.halfWidth)))
    }
}

extension Unicode.Scalar {
    fileprivate var halfWidth: Unicode.Scalar {
        switch value {
        case 0x3000: " "
        case 0xff01...0xff5e: Unicode.Scalar(value - 0xfee0) ?? self
        default: self
        }
    }
}
