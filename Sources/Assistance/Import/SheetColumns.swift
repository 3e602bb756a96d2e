import ChangeSets
import Foundation
import GRDB

/// The columns of `household` that a sheet tells, as the table names them.
enum HouseholdCell: String, CaseIterable {
    case household_no, address, phone, cause_main, head_person

    static func values(of household: SheetHousehold, head: [UInt8]?) -> [CellValue] {
        allCases.map { cell in
            switch cell {
            case .household_no: .text(household.number)
            case .address: CellValue(text: household.address)
            case .phone: CellValue(text: household.phone)
            case .cause_main: CellValue(text: household.cause?.rawValue)
            case .head_person: head.map(CellValue.blob) ?? .null
            }
        }
    }
}

/// The columns of `person` that a sheet tells, as the table names them.
enum PersonCell: String, CaseIterable {
    case household, relation, name, id_number, sex, birth, ethnicity, hukou_kind

    /// - Parameter household: Id of the household.
    static func values(of person: SheetPerson, in household: [UInt8]) -> [CellValue] {
        allCases.map { cell in
            switch cell {
            case .household: .blob(household)
            case .relation: .text(person.relation.rawValue)
            case .name: .text(person.name)
            case .id_number: CellValue(text: person.identity?.digits)
            case .sex: .text(person.sex.rawValue)
            case .birth: .text(person.birth.description)
            case .ethnicity: CellValue(text: person.ethnicity)
            case .hukou_kind: CellValue(text: person.hukou?.rawValue)
            }
        }
    }
}

extension CellValue {
    init(text: String?) { self = text.map(CellValue.text) ?? .null }

    init(_ value: DatabaseValue) {
        switch value.storage {
        case .null: self = .null
        case .int64(let number): self = .integer(number)
        case .double(let number): self = .real(number)
        case .string(let text): self = .text(text)
        case .blob(let data): self = .blob([UInt8](data))
        }
    }

    var databaseValue: DatabaseValue {
        switch self {
        case .null: .null
        case .integer(let number): number.databaseValue
        case .real(let number): number.databaseValue
        case .text(let text): text.databaseValue
        case .blob(let bytes): Data(bytes).databaseValue
        }
    }

    /// Nothing was filled in.
    var isBlank: Bool { self == .null || self == .text("") }
}
