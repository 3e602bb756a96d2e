import ChangeSets

/// One reason why a line of a sheet is not imported; a line may have several.
///
/// The description may repeat what a cell holds, which is anything at all where columns are shifted: for the person
/// who has the file, never for a log.
package struct RefusedLine: Hashable, Sendable, CustomStringConvertible {
    /// Physical line of the file, from 1.
    package let line: Int
    /// Nil where the reason is not in one column.
    package let column: HouseholdColumn?
    package let reason: Reason

    package var description: String {
        "line \(line)" + (column.map { ", \($0.title)" } ?? "") + ": \(reason)"
    }

    package enum Reason: Hashable, Sendable {
        case cellsWithoutColumn(cells: Int, columns: Int)
        case missing
        case missingWithoutIdentity
        case tooLong(characters: Int, limit: Int)
        case controlCharacter(Unicode.Scalar)
        case lostCharacter
        /// As an export shows it for a purpose that does not need it whole.
        case masked
        case scientificNotation(String)
        case noArea(String)
        case noPhone(String)
        case noDate(String)
        case bornAfter(CalendarDate)
        case unknownWord(String, offered: String)
        case supportObligor
        case identity(InvalidIdentityNumber)
        case sexDiffers(inIdentity: Sex)
        case birthDiffers(inIdentity: CalendarDate)
        case headWithOtherRelation
        case relationOfHead
        case noHead
        case severalHeads(otherLine: Int)
        case householdDiffers(fromLine: Int)
        case repeatedIdentity(otherLine: Int)
        case leftOut(line: Int)
        case leftOutBeside(line: Int)
        case noVillage(OfficeCode)
        case outsideOffice(OfficeCode, office: OfficeCode)
        case severalHouseholds
        case voidHousehold
        case voidPerson
        case otherHead
    }
}

extension RefusedLine.Reason: CustomStringConvertible {
    package var description: String {
        switch self {
        case .cellsWithoutColumn(let cells, let columns):
            "has \(cells) cells for \(columns) columns; put a text that contains the delimiter in quotes"
        case .masked: "is masked; leave it empty, or export the sheet for a purpose that opens it"
        case .missing: "is empty; every line needs a value here"
        case .missingWithoutIdentity: "is empty; fill it in, or the identity number that tells it"
        case .tooLong(let characters, let limit): "has \(characters) characters; shorten it to \(limit)"
        case .controlCharacter(let scalar):
            "holds a line break or invisible character (U+\(String(scalar.value, radix: 16, uppercase: true))); remove it"
        case .lostCharacter:
            "holds the sign � for a character that was lost before the file was saved; type it again"
        case .scientificNotation(let text):
            "the spreadsheet turned a long number into \(text); format the column as text and type the number again"
        case .noArea(let text):
            "‘\(text)’ is no division code of a household; a district has 6 digits, a town 9, a village 12"
        case .noPhone(let text):
            "‘\(text)’ is no telephone number; write one number with digits, + - ( ) and spaces"
        case .noDate(let text): "‘\(text)’ is no date; write it as 1960-01-31, 1960/1/31 or 19600131"
        case .bornAfter(let today): "lies after \(today); correct the date, or this computer's"
        case .unknownWord(let text, let offered): "‘\(text)’ is not known; write one of \(offered)"
        case .supportObligor:
            "one who owes support is no member of the household; remove the line and record the obligation there"
        case .identity(let reason): "\(reason)"
        case .sexDiffers(let sex): "the identity number says \(sex.words[1]) (\(sex)); correct the one that is wrong"
        case .birthDiffers(let birth): "the identity number says \(birth); correct the one that is wrong"
        case .headWithOtherRelation: "the line is marked as the head's; write 户主 (head), or take the mark away"
        case .relationOfHead: "the line is not marked as the head's; mark it, or write another relation"
        case .noHead: "nobody is the household's head; mark the line of one member"
        case .severalHeads(let line): "line \(line) of the same household is the head's too; keep one mark"
        case .householdDiffers(let line):
            "differs from line \(line) of the same household; make them equal, or leave all but one empty"
        case .repeatedIdentity(let line): "line \(line) has the same identity number; keep the person once"
        case .leftOut(let line): "left out: line \(line) of the same household was refused; correct that one"
        case .leftOutBeside(let line):
            "left out: line \(line), beside this household, does not tell which household it belongs to; "
                + "correct that one"
        case .noVillage(let area):
            "\(area) is a \(area.tier); write the 12 digits of the village or residents' committee where the family lives"
        case .outsideOffice(let area, let office):
            "\(area) does not belong to office \(office); import the line there, or at an office above both"
        case .severalHouseholds:
            "two households here have this number; give one another (‘sanji household set --number’)"
        case .voidHousehold: "the household with this number was made void here; restore it first, or remove its lines"
        case .otherHead:
            "the register has another head of this household, whom no line of the file means (by identity number, or by name or by "
                + "sex and birth date); write what the register has, or correct it there"
        case .voidPerson: "the person's record was made void here; restore it first, or remove the household's lines"
        }
    }
}
