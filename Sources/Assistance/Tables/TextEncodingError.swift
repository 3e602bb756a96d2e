/// Why a file is not text in an encoding we read, or a text cannot be written in one.
///
/// Offsets are in bytes from the start of the file, from 0.
package enum TextEncodingError: Error, Hashable, CustomStringConvertible {
    case workbook
    case malformed(TextEncoding, offset: Int)
    /// Most of it is UTF-8, and something is not.
    case damagedUTF8(offset: Int)
    case unknown(utf8Offset: Int, gb18030Offset: Int)
    case notText(offset: Int)
    /// - Parameter line: Physical line of the text, from 1.
    case unencodable(Unicode.Scalar, line: Int)
    case converterMissing

    package var description: String {
        switch self {
        case .workbook:
            "this is a spreadsheet's own file, not text; open it and save it as ‘CSV UTF-8’"
        case .malformed(let encoding, let offset):
            "byte \(offset) is not \(encoding.name); save the file again as ‘CSV UTF-8’"
        case .damagedUTF8(let offset):
            "the file is UTF-8, but damaged at byte \(offset); save it again as ‘CSV UTF-8’ or copy it anew"
        case .unknown(let utf8Offset, let gb18030Offset):
            "the file is neither UTF-8 (byte \(utf8Offset)) nor GB 18030 (byte \(gb18030Offset)); "
                + "save it again as ‘CSV UTF-8’"
        case .notText(let offset):
            "byte \(offset) is a zero, which text does not have; save the file again as ‘CSV UTF-8’"
        case .unencodable(let scalar, let line):
            "line \(line): GB 18030 has no character U+\(String(scalar.value, radix: 16, uppercase: true)); "
                + "write UTF-8 instead"
        case .converterMissing:
            "this system cannot convert GB 18030; install glibc's converters "
                + "(libc-gconv-modules-extra, glibc-gconv-extra), or save the file as ‘CSV UTF-8’"
        }
    }
}

extension TextEncoding {
    /// As people call it.
    package var name: String {
        switch self {
        case .utf8, .utf8WithMark: "UTF-8"
        case .utf16LittleEndian, .utf16BigEndian: "UTF-16"
        case .gb18030: "GB 18030"
        }
    }
}
