import Assistance
import ChangeSets
import Testing

/// The day on which the tests read.
let sheetToday = CalendarDate(year: 2024, month: 6, day: 30)

let sheetHeader = "area,household_no,address,phone,cause,is_head,name,id_number,sex,birth,relation,ethnicity,hukou"

/// Reads lines under ``sheetHeader``; the first of them is line 2.
func readSheet(_ lines: String..., header: String = sheetHeader) throws -> HouseholdSheet {
    try HouseholdSheet.read(([header] + lines).joined(separator: "\r\n"), today: try #require(sheetToday))
}

/// Every refusal of lines under ``sheetHeader``, as a person reads it.
func refusals(_ lines: String...) throws -> [String] {
    try HouseholdSheet.read(([sheetHeader] + lines).joined(separator: "\r\n"), today: try #require(sheetToday))
        .refused.map(\.description)
}

let headLine = "990000105007,1,,,,yes,甲一,990000196001010013,male,1960-01-01,head,,"
let wifeLine = "990000105007,1,,,,no,乙二,990000195803150021,female,1958-03-15,spouse,,"

extension SheetHousehold {
    /// A household as ``HouseholdSheet`` would read it, with people who are in no other.
    /// - Parameter index: Number of the household; makes its number and identity numbers unlike any other's.
    static func random(index: Int, using random: inout TableRandom) throws -> SheetHousehold {
        let areas = ["990000", "990000105", "990000105007", "990001"]
        let texts = ["甲村1组", "\u{20BB7}家,\"东\";院", "=1+1", "'=x", "\u{F92C}a\u{301}", "+86-571", "'", "-"]
        var members: [SheetPerson] = []
        let count = Int.random(in: 1...6, using: &random)
        let head = Int.random(in: 0..<count, using: &random)
        for member in 0..<count {
            let birth = try #require(
                CalendarDate(
                    year: Int.random(in: 1930...2023, using: &random), month: Int.random(in: 1...12, using: &random),
                    day: Int.random(in: 1...28, using: &random)))
            let sex = random.pick(Sex.allCases)
            // Unique: the birth date repeats, the sequence within a household and the household's own year do not.
            let own = try #require(CalendarDate(year: 1900 + index, month: birth.month, day: birth.day))
            let number = madeUpIdentity(born: own, sequence: 2 * member + (sex == .male ? 1 : 0))
            let identity = Bool.random(using: &random) ? try IdentityNumber(number) : nil
            members.append(
                SheetPerson(
                    name: random.pick(["甲一", "乙二", "丙·三", "\u{20BB7}四", "=戊五"]), identity: identity, sex: sex,
                    birth: identity == nil ? birth : own,
                    relation: member == head ? .head : random.pick(Array(Relation.allCases.dropFirst())),
                    ethnicity: random.pick([nil, "汉族", "@族"]), hukou: random.pick([nil] + HukouKind.allCases)))
        }
        return SheetHousehold(
            area: try OfficeCode(random.pick(areas)), number: random.pick(["", "-", "低保 "]) + "\(index)",
            address: random.pick([nil] + texts), phone: random.pick([nil, "+86 571 000000", "(0571) 1-23"]),
            cause: random.pick([nil] + HardshipCause.allCases), members: members)
    }
}
