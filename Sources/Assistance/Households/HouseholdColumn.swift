/// A column of the sheet "households with members". Its raw value is the English header.
///
/// Headers are taken in either language, in any order; small and capital letters, and `_`, `-` and space, are one.
package enum HouseholdColumn: String, Sendable, CaseIterable {
    case area
    case householdNumber = "household_no"
    case address
    case phone
    case cause
    case isHead = "is_head"
    case name
    case identity = "id_number"
    case sex
    case birth
    case relation
    case ethnicity
    case hukou

    /// The Chinese header.
    package var chinese: String {
        switch self {
        case .area: "区划代码"
        case .householdNumber: "户编号"
        case .address: "地址"
        case .phone: "电话"
        case .cause: "致困原因"
        case .isHead: "户主"
        case .name: "姓名"
        case .identity: "身份证号"
        case .sex: "性别"
        case .birth: "出生日期"
        case .relation: "与户主关系"
        case .ethnicity: "民族"
        case .hukou: "户口性质"
        }
    }

    /// Both headers, as messages name the column.
    package var title: String { "\(chinese) (\(rawValue))" }

    /// Whether a sheet must have it, and every line a value in it.
    package var isMandatory: Bool {
        switch self {
        case .area, .householdNumber, .isHead, .name, .relation: true
        case .address, .phone, .cause, .identity, .sex, .birth, .ethnicity, .hukou: false
        }
    }

    /// - Parameter header: A header cell, already trimmed.
    init?(header: String) {
        let word = header.asEnglishWord
        guard let column = Self.allCases.first(where: { $0.rawValue == word || $0.chinese == header }) else {
            return nil
        }
        self = column
    }

    var order: Int { Self.allCases.firstIndex(of: self)! }  // A case is among all cases.
}

extension String {
    /// Small ASCII letters, with `_` for space and hyphen.
    var asEnglishWord: String {
        String(
            decoding: utf8.map { byte in
                switch byte {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte | 0x20
                case UInt8(ascii: " "), UInt8(ascii: "-"): UInt8(ascii: "_")
                default: byte
                }
            }, as: UTF8.self)
    }

    /// Without white space, byte order marks and zero-width spaces at both ends, which come along when people paste.
    var trimmedCell: String {
        func isBlank(_ scalar: Unicode.Scalar) -> Bool {
            scalar.properties.isWhitespace || scalar == "\u{FEFF}" || scalar == "\u{200B}"
        }
        guard let first = unicodeScalars.firstIndex(where: { !isBlank($0) }),
            let last = unicodeScalars.lastIndex(where: { !isBlank($0) })
        else { return "" }
        return String(unicodeScalars[first...last])
    }
}
